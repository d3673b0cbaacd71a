/** The variables that a sandboxed program starts with: those that its policy lists, and no others. */
import type { SandboxPolicy } from "../sandbox-policy.js";

/** They change node itself, the guard included: no policy can list them. */
const never = /^(NODE_|LD_|DYLD_|V8_|UV_|OPENSSL_|SSL_CERT_)/;
const harmless: ReadonlySet<string> = new Set(["NODE_ENV", "NODE_DEBUG", "NODE_NO_WARNINGS"]);

/** Without `time.allow_local_tzid` the program's time zone is UTC. */
export function sandboxEnvironment(
  { env, time }: SandboxPolicy,
  from: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const keys = env.enabled ? env.allow_keys : [];
  const picked: Record<string, string> = {};
  for (const key of keys) {
    const value = from[key];
    if (value === undefined || env.deny_keys.includes(key)) continue;
    if (never.test(key) && !harmless.has(key)) continue;
    picked[key] = value;
  }
  const hasZone = time.enabled && time.allow_local_tzid;
  if (!hasZone) picked.TZ = "UTC";
  else if (from.TZ !== undefined) picked.TZ = from.TZ;
  return picked;
}
