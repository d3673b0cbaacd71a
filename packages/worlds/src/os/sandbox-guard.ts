/**
 * The guard of a sandbox: what the policy of this process does not list is refused from here on, for
 * the whole process and its rest. There is no way to take it away: what it stands in front of is in no
 * reach of the program.
 *
 * Where node's permission model stands behind it (files, child processes, workers, addons), the guard
 * comes first to say which rule refuses; beneath the network it is the only wall.
 */
import { syncBuiltinESMExports } from "node:module";
import { startLayer } from "./ambient-guard-patch.js";
import type { SandboxOrders } from "./sandbox-channel.js";
import { endpointsOf } from "./sandbox-endpoints.js";
import { guardDatagrams } from "./sandbox-guard-datagrams.js";
import { guardFiles } from "./sandbox-guard-files.js";
import { guardMachine } from "./sandbox-guard-machine.js";
import { guardNames } from "./sandbox-guard-names.js";
import { guardProcesses, guardWorkers } from "./sandbox-guard-processes.js";
import { guardSockets } from "./sandbox-guard-sockets.js";
import { guardTime } from "./sandbox-guard-time.js";
import { markSandbox } from "./sandbox-mark.js";
import { refusedPaths } from "./sandbox-paths.js";
import { exitOnRefusal, refusalsOf } from "./sandbox-refusal.js";

export function guardSandbox(orders: SandboxOrders): void {
  const { policy, roots, variables } = orders;
  const refuse = refusalsOf(policy.policy_id);
  const refusedBy = refusedPaths(policy.fs, roots);
  const endpoints = endpointsOf(policy.net);
  exitOnRefusal();
  // A shell on the way adds some of its own.
  for (const key of Object.keys(process.env)) {
    if (!variables.includes(key)) delete process.env[key];
  }
  guardSockets(policy.net, { endpoints, refuse });
  guardNames(policy.net, { endpoints, refuse });
  guardDatagrams(policy.net, { endpoints, refuse });
  guardProcesses(policy, refuse);
  guardWorkers(orders, refuse);
  guardMachine({ policy, refusedBy, refuse });
  guardTime(policy.time, refuse);
  guardFiles({ policy: policy.fs, refusedBy, refuse });
  syncBuiltinESMExports();
  startLayer();
  markSandbox(policy.policy_id);
}
