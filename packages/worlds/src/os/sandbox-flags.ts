/**
 * The flags of node's permission model, for the node that runs this.
 *
 * | flag | Node 20 | 22 | 24 | 26 |
 * |---|---|---|---|---|
 * | `--experimental-permission` | yes | yes | | |
 * | `--permission` | | yes | yes | yes |
 * | `--allow-fs-read`, `-write`, `--allow-child-process`, `-worker`, `-addons`, `-wasi` | yes | yes | yes | yes |
 * | `--disable-sigusr1` | | yes | yes | yes |
 * | `--allow-net`, `--allow-ffi` | | | | yes |
 *
 * Where a flag is missing, the guard stands alone. The inspector is never allowed: Node 20 and 22
 * refuse it under the model, later ones want a flag for it.
 */
import type { SandboxPolicy } from "../sandbox-policy.js";
import { WorldError } from "../world-error.js";
import type { SandboxRoots } from "./sandbox-roots.js";

/** Node 20 says at each start that the model is experimental, Node 26 that `--allow-net` is. */
const quiet = "--disable-warning=ExperimentalWarning";

const known = (flag: string): boolean => process.allowedNodeEnvironmentFlags.has(flag);

/** Throws SANDBOX_UNAVAILABLE where this node has no permission model. */
export function permissionFlags(policy: SandboxPolicy, roots: SandboxRoots): readonly string[] {
  const { limits, net } = policy;
  const hasModel = known("--permission");
  if (!hasModel && !known("--experimental-permission")) {
    throw new WorldError(
      "SANDBOX_UNAVAILABLE",
      `node ${process.versions.node} has no permission model; expected 20.19 or later`,
    );
  }
  const flags: string[] = hasModel ? ["--permission"] : ["--experimental-permission", quiet];
  flags.push(...pathFlags("read", [...roots.code, ...roots.read]));
  flags.push(...pathFlags("write", roots.write));
  if (allowsProcesses(policy)) flags.push("--allow-child-process");
  if (allowsWorkers(policy)) flags.push("--allow-worker");
  if (policy.language?.allow_ffi === true) flags.push("--allow-addons");
  if (policy.language?.allow_ffi === true && known("--allow-ffi")) flags.push("--allow-ffi");
  if (policy.language?.allow_unsafe === true) flags.push("--allow-wasi");
  const reachesOut = net.enabled && (net.allow_tcp || net.allow_udp || net.allow_dns);
  if (reachesOut && known("--allow-net")) flags.push("--allow-net", quiet);
  if (known("--disable-sigusr1")) flags.push("--disable-sigusr1");
  flags.push(`--max-old-space-size=${Math.floor(limits.mem_bytes / 2 ** 20)}`);
  return flags;
}

export function allowsProcesses({ process, limits }: SandboxPolicy): boolean {
  return process.enabled && process.allow_spawn && limits.procs > 0;
}

export function allowsWorkers({ threads }: SandboxPolicy): boolean {
  return threads?.enabled === true && (threads.max_workers ?? 0) > 0;
}

/**
 * The form with a star holds for a file too, and for a folder that is not there yet. Node 20 ends at a
 * root that is given twice, and all versions lose the folder itself where a root lies in another: only
 * the outermost are given.
 */
function pathFlags(kind: "read" | "write", roots: readonly string[]): readonly string[] {
  const below = (root: string): string => (root.endsWith("/") ? root : `${root}/`);
  const outermost = [...new Set(roots)].filter(
    (root) => !roots.some((other) => other !== root && root.startsWith(below(other))),
  );
  return outermost.map((root) => `--allow-fs-${kind}=${below(root)}*`);
}
