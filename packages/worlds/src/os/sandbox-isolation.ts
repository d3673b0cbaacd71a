/**
 * A private network namespace around a program whose policy has no network, where Linux gives one:
 * `unshare`, or `bwrap`, which some systems let do what they refuse to the other. Inside there is no
 * interface but a loopback that is down.
 */
import { spawnSync } from "node:child_process";
import type { SandboxPolicy } from "../sandbox-policy.js";

export interface Isolation {
  /** What comes before the program's own command line. */
  readonly prefix: readonly string[];
  /** What could not be added, and why. */
  readonly missing: readonly string[];
}

const ways: readonly (readonly string[])[] = [
  ["unshare", "--user", "--map-current-user", "--net", "--"],
  ["unshare", "--net", "--"],
  ["bwrap", "--dev-bind", "/", "/", "--unshare-net", "--die-with-parent", "--"],
];

/** Tried out with `true`, which must come to its end in each. */
const trialMs = 10_000;

export function networkIsolation(policy: SandboxPolicy): Isolation {
  const { net } = policy;
  if (net.enabled && (net.allow_tcp || net.allow_udp || net.allow_dns)) {
    return without(`the policy ${policy.policy_id} allows the network, which one would cut off`);
  }
  if (process.platform !== "linux") return without(`${process.platform} has none`);
  const problems: string[] = [];
  for (const prefix of ways) {
    const [command = "", ...args] = prefix;
    const trial = spawnSync(command, [...args, "true"], { encoding: "utf8", timeout: trialMs });
    if (trial.status === 0) return { prefix, missing: [] };
    const said = trial.error?.message ?? trial.stderr.trim().split("\n", 1)[0] ?? "";
    problems.push(said.startsWith(command) ? said : `${command}: ${said}`);
  }
  return without([...new Set(problems)].join("; "));
}

function without(why: string): Isolation {
  return { prefix: [], missing: [`no private network namespace: ${why}`] };
}
