/**
 * Goal: a publish that differs in any one byte from what was recorded fails strict replay, and the
 * error names the nearest entry, the field and the byte.
 * Method: every byte of topic, key, value and header of a message among others, changed in several
 * ways; then random messages, the seed printed on failure.
 */
import { type Envelope, MsgError } from "@reprise/msg-core";
import { recordingDriver, replayDriver } from "@reprise/msg-rr";
import fc from "fast-check";
import { expect, test } from "vitest";
import { message, receiptAt, scriptedDriver } from "./scripted-driver.ts";
import { recorded, sessionOn } from "./sessions.ts";

const utf8 = new TextEncoder();

/** The error of publishing `changed` where `original` was recorded behind `before`. */
async function refusal(original: Envelope, changed: Envelope, before: readonly Envelope[] = []) {
  const store = await recorded(async (session) => {
    const script = scriptedDriver();
    const batch = [...before, original];
    script.publishes.push(batch.map((_, index) => receiptAt(String(index))));
    await recordingDriver(script, session).publish(batch);
  });
  const driver = replayDriver(sessionOn(store), { kind: "memory", endpoint: "e" });
  try {
    await driver.publish([...before, changed]);
  } catch (error) {
    if (MsgError.is(error)) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

const original = message({
  topic: "orders",
  key: "customer-7",
  value: '{"amount":1200,"note":"naïve"}',
  headers: { "event-id": "7f3a", region: "eu-süd" },
});
const others = [message({ topic: "orders", key: "customer-1" }), message({ topic: "other" })];

function flipped(bytes: Uint8Array, at: number, bits: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ bits;
  return copy;
}

/** `text` with the ASCII character at `at` replaced. */
function replaced(text: string, at: number): string {
  return `${text.slice(0, at)}${text[at] === "x" ? "y" : "x"}${text.slice(at + 1)}`;
}

const changes: [field: string, at: number, changed: Envelope][] = [];
for (const part of ["key", "value"] as const) {
  for (let at = 0; at < original[part].length; at++) {
    for (const bits of [1, 0x20, 0x80, 0xff]) {
      changes.push([part, at, { ...original, [part]: flipped(original[part], at, bits) }]);
    }
  }
}
for (let at = 0; at < original.topic.length; at++) {
  changes.push(["topic", at, { ...original, topic: replaced(original.topic, at) }]);
}
for (const [name, value] of Object.entries(original.headers)) {
  for (let at = 0; at < value.length; at++) {
    const headers = { ...original.headers, [name]: replaced(value, at) };
    changes.push([
      `header ${name}`,
      utf8.encode(value.slice(0, at)).length,
      { ...original, headers },
    ]);
  }
}

test(`each of ${changes.length} changes of one byte is named`, async () => {
  for (const [field, at, changed] of changes) {
    const error = await refusal(original, changed, others);
    const place = `${field}, byte ${at}`;
    expect(error.code, place).toBe("REPLAY_DIFFERS");
    expect(error.details.entry, place).toBe(3);
    const [, name, byte] = /\n {2}field {5}(.*), at byte (\d+)\n/.exec(error.message) ?? [];
    expect(name?.startsWith(field), `${place}: ${error.message}`).toBe(true);
    expect(byte, place).toBe(String(at));
  }
});

test("a header more, a header less, a byte more, a byte less", async () => {
  const { region, ...headers } = original.headers;
  const longer = Uint8Array.of(...original.value, 0x20);
  for (const changed of [
    { ...original, headers },
    { ...original, headers: { ...original.headers, zone: "" } },
    { ...original, value: longer },
    { ...original, value: original.value.subarray(1) },
    { ...original, key: original.key.subarray(0, -1) },
  ]) {
    expect((await refusal(original, changed, others)).code).toBe("REPLAY_DIFFERS");
  }
});

test("random messages, random bytes", async () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
  const sample = fc.record({ key: bytes, value: bytes, part: fc.constantFrom("key", "value") });
  await fc.assert(
    fc.asyncProperty(sample, fc.nat(), fc.integer({ min: 1, max: 255 }), async (drawn, n, bits) => {
      const { key, value, part } = drawn;
      const sent = message({ key, value });
      const field = part === "key" ? "key" : "value";
      const at = n % sent[field].length;
      const error = await refusal(sent, { ...sent, [field]: flipped(sent[field], at, bits) });
      expect(error.code).toBe("REPLAY_DIFFERS");
      expect(error.message).toMatch(new RegExp(`\\n {2}field {5}${field}.*, at byte ${at}\\n`));
    }),
    { numRuns: 300 },
  );
});
