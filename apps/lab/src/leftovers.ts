/** What an earlier run, interrupted, has left in the lab's group: taken away, so that this one is whole. */
import { consume, type Driver, MsgError } from "@reprise/msg-core";

/** A broker that brings nothing for so long has nothing. */
const idleMs = 2000;

/** Acks what there is, and resolves with how many. Rejects with ABORTED by `signal`. */
export async function takeLeftovers(driver: Driver, signal: AbortSignal): Promise<number> {
  const { acked, ended } = await consume(driver, () => undefined, {
    stopWhenIdle: true,
    waitMs: idleMs,
    signal,
  });
  if (ended === "aborted") throw new MsgError("ABORTED", "interrupted");
  return acked;
}
