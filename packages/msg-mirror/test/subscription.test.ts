/**
 * Goal: a client gets what its patterns say.
 * Method: a table of lists, a stream and a type.
 */
import { expect, test } from "vitest";
import { createSubscription, everything, type SubscriptionRequest } from "../src/subscription.js";

test.each([
  [{}, "s", undefined, true],
  [{ streams: [] }, "s", undefined, false],
  [{ streams: ["*"] }, "", undefined, true],
  [{ streams: ["amp:a"] }, "amp:a", undefined, true],
  [{ streams: ["amp:a"] }, "amp:ab", undefined, false],
  [{ streams: ["amp:a*"] }, "amp:ab", undefined, true],
  [{ streams: ["amp:a*"] }, "amp:a", undefined, true],
  [{ streams: ["amp:a*"] }, "amp:", undefined, false],
  [{ streams: ["x", "amp:*"] }, "amp:q", undefined, true],
  [{ streams: ["a*b"] }, "a*b", undefined, true],
  [{ streams: ["a*b"] }, "axb", undefined, false],
  [{ streams: ["a.c"] }, "abc", undefined, false],
  [{ streams: ["A"] }, "a", undefined, false],
  [{ types: ["FIX.*"] }, "s", "FIX.DONE", true],
  [{ types: ["FIX.*"] }, "s", "PLAN", false],
  [{ types: ["*"] }, "s", "", true],
  [{ types: ["*"] }, "s", undefined, false],
  [{ types: [] }, "s", "FIX", false],
  [{ streams: ["s"], types: ["FIX"] }, "s", "FIX", true],
  [{ streams: ["t"], types: ["FIX"] }, "s", "FIX", false],
  [{ streams: ["s"], types: ["PLAN"] }, "s", "FIX", false],
] satisfies [SubscriptionRequest, string, string | undefined, boolean][])(
  "%j, stream %j, type %j: %s",
  (request, stream, type, matches) => {
    expect(createSubscription(request).matches(stream, type)).toBe(matches);
  },
);

test("everything is everything", () => {
  expect(everything.matches("", undefined)).toBe(true);
  expect([everything.streams, everything.types]).toEqual([undefined, undefined]);
});
