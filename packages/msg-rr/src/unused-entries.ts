/** The end of a strict replay: what was recorded must have come up. */
import { MsgError } from "@reprise/msg-core";
import type { Session } from "./session.js";

/**
 * Throws REPLAY_UNUSED if recorded publishes, deliveries, settlements or draws were not replayed.
 * Events may be left: a program that ends sooner does not see the last ones.
 */
export function checkAllUsed(session: Session): void {
  const { recorded } = session;
  const counts = new Map<string, number>();
  let first = -1;
  for (let entry = 0; entry < recorded.count; entry++) {
    const { op } = recorded.bucketOf(entry);
    if (session.isUsed(entry) || op.endsWith(".event_v1")) continue;
    if (first < 0) first = entry;
    counts.set(op, (counts.get(op) ?? 0) + 1);
  }
  if (first < 0) return;
  const unused = [...counts].map(([op, count]) => `${count} of ${op}`).join(", ");
  const offset = recorded.offset(first);
  const message =
    `the replay ended with recorded entries unused: ${unused}` +
    `\n  first     entry ${first}, at byte ${offset}\n  accept    ${session.acceptHint}`;
  throw new MsgError("REPLAY_UNUSED", message, { entry: first, offset });
}
