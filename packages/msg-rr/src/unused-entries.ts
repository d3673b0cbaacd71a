/** The end of a strict replay: what was recorded must have come up. */
import { MsgError } from "@reprise/msg-core";
import { placeOf } from "./entry-description.js";
import { isEventOperation } from "./operations.js";
import { replayBoardOf } from "./replay-board.js";
import type { Session } from "./session.js";

/**
 * Throws what differed first, if anything did and the program went on; else REPLAY_UNUSED if recorded
 * publishes, deliveries, settlements or draws were not replayed. Events may be left: a program that
 * ends sooner does not see the last ones.
 */
export function checkAllUsed(session: Session): void {
  replayBoardOf(session).check();
  const { recorded } = session;
  const counts = new Map<string, number>();
  let first = -1;
  for (let entry = 0; entry < recorded.count; entry++) {
    if (session.isUsed(entry)) continue;
    const { op } = recorded.bucketOf(entry);
    if (isEventOperation(op)) continue;
    if (first < 0) first = entry;
    counts.set(op, (counts.get(op) ?? 0) + 1);
  }
  if (first < 0) return;
  const unused = [...counts].map(([op, count]) => `${count} of ${op}`).join(", ");
  const message =
    "the program ended with recorded entries unused" +
    `\n  unused    ${unused}` +
    `\n  first     ${placeOf(session, first)}` +
    `\n  accept    ${session.acceptHint}`;
  const offset = recorded.offset(first);
  throw new MsgError("REPLAY_UNUSED", message, { entry: first, offset });
}
