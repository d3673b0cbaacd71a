/**
 * What node does before a sandboxed program and before each of its workers (`--import`): reads the
 * policy and puts the guard in place. If anything fails here, nothing runs.
 */
import { readOrders, tellReady, watchLauncher } from "./sandbox-channel.js";
import { guardSandbox } from "./sandbox-guard.js";
import { workerOrders } from "./sandbox-guard-processes.js";

/** The policy that this process is held to from now on. */
export const guardedBy: string = start();

function start(): string {
  const handedOn = workerOrders();
  const orders = handedOn ?? readOrders();
  if (handedOn === undefined) watchLauncher();
  guardSandbox(orders);
  if (handedOn === undefined) tellReady();
  return orders.policy.policy_id;
}
