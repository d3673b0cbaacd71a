/** What a policy may say and nothing here holds: it is said, and not passed over. */
import type { SandboxPolicy } from "../sandbox-policy.js";

/** A sentence for each rule of this policy that is not held. */
export function unheldRules({ fs, threads }: SandboxPolicy): readonly string[] {
  const rules: string[] = [];
  for (const name of ["max_read_bytes", "max_write_bytes", "max_entries", "max_depth"] as const) {
    if (fs.enabled && fs[name] !== undefined) rules.push(`fs.${name}`);
  }
  for (const name of ["max_blocking", "max_queue"] as const) {
    if (threads?.enabled === true && threads[name] !== undefined) rules.push(`threads.${name}`);
  }
  return rules.map((rule) => `${rule} is not held: node gives nothing to count it by`);
}
