/**
 * Goal: the workload is worth recording (keys, headers, sizes, scripts, broken messages) and comes
 * from its seed alone.
 * Method: looks at the 1,000 messages of the main job.
 */
import { encodeEnvelope } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { eventTypes, workload } from "../src/workload.js";

const messages = [...workload({ messages: 1000, seed: 42 })];
const text = new TextDecoder();

function isJson(value: Uint8Array): boolean {
  try {
    JSON.parse(text.decode(value));
    return true;
  } catch {
    return false;
  }
}

test("sizes run from a few bytes to tens of kilobytes", () => {
  const sizes = messages.map(({ value }) => value.length);
  expect(Math.min(...sizes)).toBe(2);
  expect(Math.max(...sizes)).toBeGreaterThan(20_000);
});

test("keys, types and scripts vary; some keys are empty", () => {
  expect(new Set(messages.map(({ key }) => text.decode(key))).size).toBe(41);
  expect(new Set(messages.map(({ headers }) => headers["event-type"]))).toEqual(
    new Set(eventTypes),
  );
  expect(messages.some(({ headers }) => headers.region === "日本")).toBe(true);
  expect(messages.some(({ value }) => text.decode(value).includes("🎁"))).toBe(true);
});

test("a few are broken on purpose, most are canonical JSON", () => {
  const broken = messages.filter(({ value }) => !isJson(value)).length;
  expect(broken).toBeGreaterThan(0);
  expect(broken).toBeLessThan(20);
});

test("the same seed gives the same bytes; a shorter run is the beginning of a longer one", () => {
  const bytes = (seed: number, count: number): Buffer =>
    Buffer.concat([...workload({ messages: count, seed })].map(encodeEnvelope));
  const whole = bytes(42, 1000);
  expect(Buffer.concat(messages.map(encodeEnvelope)).equals(whole)).toBe(true);
  expect(bytes(43, 1000).equals(whole)).toBe(false);
  const beginning = bytes(42, 10);
  expect(whole.subarray(0, beginning.length).equals(beginning)).toBe(true);
});
