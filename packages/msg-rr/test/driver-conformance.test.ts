/**
 * Goal: recording changes nothing that a driver promises, and a replay promises the same: it obeys
 * every law with no broker there.
 * Method: each law is run on recorded memory drivers, then on replaying ones with the cassette of
 * that run, all of which must come up.
 */
import { laws } from "@reprise/msg-conformance";
import { firstDifference } from "@reprise/msg-core";
import { checkAllUsed, createMemoryStore } from "@reprise/msg-rr";
import { describe, expect, test } from "vitest";
import { recordedStage, replayedStage, subjectOf } from "./memory-stages.ts";
import { sessionOn } from "./sessions.ts";

describe.each(["exact", "per-key", "any"] as const)("publishes in order %s", (order) => {
  for (const { id, statement, run } of laws) {
    test(`${id}: ${statement}`, async () => {
      const store = createMemoryStore();
      await run(subjectOf(() => recordedStage(sessionOn(store, { mode: "record" }))));
      const before = store.bytes().slice();
      const matching = { order, volatile: [] };
      // A trial that called nothing has left no cassette: then it is an empty one.
      const session = sessionOn(createMemoryStore(before), { matching });
      await run(subjectOf(() => replayedStage(session)));
      checkAllUsed(session);
      expect(firstDifference(store.bytes(), before)).toBe(-1);
    });
  }
});
