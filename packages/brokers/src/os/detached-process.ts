/** Ends a process that is not our child, and no other that has its number now. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessIdentity } from "../fleet-state.js";
import { isSameProcess, signalProcess } from "./process-identity.js";

const lookEveryMs = 20;
const stopWithinMs = 10_000;
const killWithinMs = 5_000;

/** SIGTERM, and SIGKILL after 10 s. false: it is there still, 5 s after that. */
export async function endProcess(identity: ProcessIdentity): Promise<boolean> {
  signalProcess(identity, "SIGTERM");
  // A paused one only sees the signal when it goes on.
  signalProcess(identity, "SIGCONT");
  if (await goneWithin(identity, stopWithinMs)) return true;
  signalProcess(identity, "SIGKILL");
  return goneWithin(identity, killWithinMs);
}

async function goneWithin(identity: ProcessIdentity, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (isSameProcess(identity)) {
    if (performance.now() > deadline) return false;
    await sleep(lookEveryMs);
  }
  return true;
}
