/**
 * Goal: a frame says what was seen, in the members that the format has, whatever was seen.
 * Method: frames written by hand for each event of a driver and of a stream bus; then messages that
 * are too long, not what they should be, or hostile.
 */
import { type Envelope, MsgError, type RecordedEvent } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { encodeFrame, type SignatureState, timeText } from "../src/frame.js";
import { frameOf } from "../src/message-frame.js";
import {
  headersMax,
  keySizeMax,
  sightingOfEntry,
  sightingOfEvent,
  type Viewpoint,
} from "../src/sighting.js";
import { longTextMax, shortTextMax } from "../src/text-bounds.js";

const text = new TextEncoder();
const viewpoint: Viewpoint = { source: "billing", time: 1_700_000_000_123, bodySizeMax: 1000 };
const options = { seq: 7, bodySizeMax: 1000 };
const envelope: Envelope = {
  topic: "orders",
  key: text.encode("customer-7"),
  value: text.encode('{"total":42.00}'),
  headers: { a: "1" },
};
const delivery = { envelope, partition: 3, position: "17", attempt: 2, redelivered: true };
const message = {
  key: { encoding: "text", data: "customer-7", size: 10 },
  headers: { a: "1" },
  value: { encoding: "json", data: '{"total":42.00}', size: 15 },
};
const common = { frame: "message", seq: 7, time: "2023-11-14T22:13:20.123Z", source: "billing" };

const framed = (event: RecordedEvent) => frameOf(sightingOfEvent(event, viewpoint), options);

test("published", () => {
  expect(
    framed({ type: "published", envelope, receipt: { partition: 3, position: "17" } }),
  ).toEqual({
    ...common,
    direction: "published",
    stream: "orders",
    id: "17",
    partition: 3,
    size: 15,
    message,
  });
});

test("refused, with its error", () => {
  const error = new MsgError("VALUE_TOO_LONG", "value is 15 bytes, at most 10");
  expect(framed({ type: "refused", envelope, error })).toEqual({
    ...common,
    direction: "refused",
    stream: "orders",
    id: "",
    error: { code: "VALUE_TOO_LONG", message: "value is 15 bytes, at most 10" },
    size: 15,
    message,
  });
});

test.each([
  ["delivered", { type: "delivered", delivery }, {}],
  ["stale", { type: "stale", delivery }, {}],
  [
    "acked",
    { type: "settled", delivery, outcome: "ack", reason: undefined, latencyTicks: 12 },
    { latency_us: 12 },
  ],
  [
    "retried",
    { type: "settled", delivery, outcome: "retry", reason: "later", latencyTicks: undefined },
    { reason: "later" },
  ],
  [
    "rejected",
    { type: "settled", delivery, outcome: "reject", reason: "", latencyTicks: 0 },
    { reason: "", latency_us: 0 },
  ],
] satisfies [string, RecordedEvent, object][])("%s", (direction, event, more) => {
  expect(framed(event)).toEqual({
    ...common,
    direction,
    stream: "orders",
    id: "17",
    partition: 3,
    attempt: 2,
    ...more,
    size: 15,
    message,
  });
});

test("what the broker did", () => {
  expect(framed({ type: "broker", name: "rebalanced", detail: "generation 4" })).toEqual({
    frame: "broker",
    seq: 7,
    time: common.time,
    source: "billing",
    name: "rebalanced",
    detail: "generation 4",
  });
});

const amp = {
  op_id: "op-1",
  at: "2026-01-01T00:00:00.000000Z",
  type: "FIX.PATCH_APPLIED",
  actor: "fixer",
  causality: {},
  snap_sha: "abc",
  payload: { n: 1 },
};
const fields = { type: "FIX.PATCH_APPLIED", actor: "fixer", op_id: "op-1", snap_sha: "abc" };

test("an entry of a stream: the bytes where they are there, else the message as JSON", () => {
  const entry = { direction: "read", stream: "amp:fixer:in", id: "1-0", message: amp } as const;
  const frame = frameOf(sightingOfEntry(entry, viewpoint), options);
  const json = JSON.stringify(amp);
  const expected = {
    ...common,
    direction: "read",
    stream: "amp:fixer:in",
    id: "1-0",
    size: json.length,
    amp: { ...fields, signature: "unsigned" },
    message: { value: { encoding: "json", data: json, size: json.length } },
  };
  expect(frame).toEqual(expected);
  const spaced = text.encode(` ${json}`);
  const withBytes = frameOf(sightingOfEntry({ ...entry, bytes: spaced }, viewpoint), options);
  expect(withBytes).toMatchObject({
    size: spaced.length,
    message: { value: { data: ` ${json}` } },
    amp: { type: amp.type },
  });
});

test("an AMP message in an envelope is found by its value, or by its headers where that is cut", () => {
  const headers = { "amp-type": "FIX.X", "amp-actor": "fixer", "amp-snap-sha": "abc" };
  const key = text.encode("op-9");
  const receipt = { partition: 0, position: "1" };
  const value = text.encode(JSON.stringify(amp));
  const seen = (given: Partial<Envelope>) =>
    framed({
      type: "published",
      envelope: { ...envelope, key, headers, value, ...given },
      receipt,
    });
  expect(seen({ headers: {} })).toMatchObject({ amp: { ...fields, signature: "unsigned" } });
  const long = text.encode(JSON.stringify({ ...amp, payload: "x".repeat(2000) }));
  const byHeaders = { type: "FIX.X", actor: "fixer", op_id: "op-9", snap_sha: "abc" };
  expect(seen({ value: long })).toMatchObject({
    size: long.length,
    amp: { ...byHeaders, signature: "unchecked" },
    message: { value: { cut: true, encoding: "text", size: long.length } },
  });
  expect(seen({ value: long, headers: { "amp-type": "FIX.X" } })).not.toHaveProperty("amp");
  expect(
    seen({ value: text.encode('{"type":"a","actor":1,"snap_sha":"c"}'), headers: {} }),
  ).not.toHaveProperty("amp");
});

const failing = (): never => {
  throw new Error("no key");
};
test.each<[string, () => SignatureState, SignatureState]>([
  ["a state", () => "valid", "valid"],
  ["another state", () => "bad signature", "bad signature"],
  // What a port without types may give.
  ["something else", () => "fine" as "valid", "unchecked"],
  ["an error", failing, "unchecked"],
])("a signature port that gives %s", (_, signatureOf, signature) => {
  const entry = { direction: "added", stream: "s", id: "", message: amp } as const;
  expect(frameOf(sightingOfEntry(entry, viewpoint), { ...options, signatureOf })).toMatchObject({
    amp: { signature },
  });
});

test("without a port, a message that has a signature is unchecked", () => {
  const entry = { direction: "added", stream: "s", id: "", message: { ...amp, sig: "x" } } as const;
  expect(frameOf(sightingOfEntry(entry, viewpoint), options)).toMatchObject({
    amp: { signature: "unchecked" },
  });
});

test("what is seen is as it was: the program may use its bytes again", () => {
  const value = text.encode("before");
  const receipt = { partition: 0, position: "1" };
  const event = { type: "published", envelope: { ...envelope, value }, receipt } as const;
  const sighting = sightingOfEvent(event, viewpoint);
  value.fill(0x21);
  expect(frameOf(sighting, options)).toMatchObject({ message: { value: { data: "before" } } });
});

test("every text has an end", () => {
  const long = "x".repeat(10_000);
  const headers = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`h${n}`, "v"]));
  const big: Envelope = { topic: long, key: text.encode(long), value: text.encode(long), headers };
  const settled = framed({
    type: "settled",
    delivery: { ...delivery, envelope: big, position: long },
    outcome: "reject",
    reason: long,
    latencyTicks: undefined,
  });
  if (settled.frame !== "message") throw new Error("no message");
  expect(settled.stream).toHaveLength(shortTextMax);
  expect(settled.id).toHaveLength(shortTextMax);
  expect(settled.reason).toHaveLength(longTextMax);
  expect(settled.message.key).toMatchObject({ cut: true, size: 10_000 });
  expect(settled.message.key?.data).toHaveLength(keySizeMax);
  expect(settled.message.value.data).toHaveLength(1000);
  expect(Object.keys(settled.message.headers ?? {})).toHaveLength(headersMax);
  expect(settled.message.headers_left).toBe(200 - headersMax);
  const wide = { ...envelope, headers: { a: "x".repeat(20_000), b: "1" } };
  expect(framed({ type: "delivered", delivery: { ...delivery, envelope: wide } })).toMatchObject({
    message: { headers: { b: "1" }, headers_left: 1 },
  });
});

test("a refused envelope may be anything at all", () => {
  const error = new MsgError("HEADERS_INVALID", "no");
  for (const given of [
    undefined,
    null,
    7,
    {},
    { topic: 1, key: "k", value: [], headers: { a: 1 } },
  ]) {
    // What a caller without types may give.
    const event = { type: "refused", envelope: given as unknown as Envelope, error } as const;
    expect(framed(event)).toMatchObject({ direction: "refused", stream: "", size: 0 });
  }
});

test("a header called __proto__ is a header", () => {
  const headers = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
  const frame = framed({
    type: "delivered",
    delivery: { ...delivery, envelope: { ...envelope, headers } },
  });
  expect(JSON.parse(encodeFrame(frame)).message.headers).toEqual(headers);
});

test("lone surrogates leave as escapes", () => {
  const frame = framed({ type: "broker", name: "\ud800", detail: "" });
  expect(encodeFrame(frame)).toContain('"name":"\\ud800"');
});

test("a clock that gives no time is 1970, not an error", () => {
  expect(timeText(Number.NaN)).toBe("1970-01-01T00:00:00.000Z");
  expect(timeText(8.64e15 + 1)).toBe("1970-01-01T00:00:00.000Z");
});
