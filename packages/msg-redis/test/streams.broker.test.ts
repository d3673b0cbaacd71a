/**
 * Goal: the stream bus on Redis obeys every law of stream buses, and leaves no handle behind.
 * Method: the laws that the bus in memory is held to as well, on the Redis that `reprise brokers up`
 * starts; each trial has streams of its own.
 */
import { describe, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import { streamLaws } from "../../../tools/testing/stream-laws.ts";
import { sharedPort } from "./redis-harness.ts";
import { openNotes, stageOn } from "./streams-harness.ts";

expectNoLeaks();

describe.each(Object.entries(streamLaws))("%s", (_, laws) => {
  test.each(laws)("$says", async ({ holds }) => {
    const stage = stageOn(sharedPort);
    try {
      await holds(stage, expect);
    } finally {
      await stage.end();
    }
  });
});

test("it says that it is not embedded", async () => {
  const bus = await openNotes(sharedPort);
  expect(bus.capabilities).toEqual({ embedded: false, durable: true });
  await bus.close();
});
