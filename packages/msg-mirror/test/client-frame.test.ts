/**
 * Goal: what a client sends is one of two frames, or refused with a reason that fits a close frame.
 * Method: a table, mostly of bad frames; then every prefix of a good one.
 */
import { expect, test } from "vitest";
import { readClientFrame } from "../src/client-frame.js";

test.each([
  [{ frame: "auth", token: "secret" }],
  [{ frame: "auth", token: "" }],
  [{ frame: "subscribe" }],
  [{ frame: "subscribe", streams: [], types: ["*"] }],
  [{ frame: "subscribe", streams: Array.from({ length: 64 }, () => "x".repeat(256)) }],
])("good: %j", (frame) => {
  expect(readClientFrame(JSON.stringify(frame))).toEqual(frame);
});

test.each([
  "",
  "hello",
  "null",
  "7",
  '"subscribe"',
  "[]",
  "{}",
  '{"frame":"hello"}',
  '{"frame":1}',
  '{"frame":"auth"}',
  '{"frame":"auth","token":7}',
  '{"frame":"auth","token":"a","more":1}',
  '{"frame":"auth","token":"a","token":"b"}',
  '{"frame":"subscribe","stream":"a"}',
  '{"frame":"subscribe","streams":"a"}',
  '{"frame":"subscribe","streams":null}',
  '{"frame":"subscribe","streams":[1]}',
  '{"frame":"subscribe","types":[["a"]]}',
  '{"frame":"subscribe","__proto__":{}}',
  '{"frame":"subscribe"} ;',
  "[".repeat(20_000),
  JSON.stringify({ frame: "auth", token: "x".repeat(513) }),
  JSON.stringify({ frame: "subscribe", types: ["x".repeat(257)] }),
  JSON.stringify({ frame: "subscribe", streams: Array.from({ length: 65 }, () => "a") }),
])("refused: %.60s", (text) => {
  const answer = readClientFrame(text);
  if (!("refusal" in answer)) throw new Error(`taken: ${text}`);
  expect(new TextEncoder().encode(answer.refusal).length).toBeLessThanOrEqual(123);
});

test("every prefix of a good frame is refused", () => {
  const text = '{"frame":"subscribe","streams":["amp:*"],"types":["FIX.*"]}';
  for (let length = 0; length < text.length; length++) {
    expect(readClientFrame(text.slice(0, length))).toHaveProperty("refusal");
  }
});
