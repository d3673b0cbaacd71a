/**
 * Goal: a message has one canonical text; the reader takes any JSON of it, and nothing else.
 * Method: a text written by hand, both ways; a table of what is wrong with the pointer that must be
 * said, on reading and on writing; other spellings of the same message.
 */
import {
  type AmpMessage,
  encodeAmpMessage,
  messageSizeMax,
  parseAmpMessage,
  signedBytes,
} from "@reprise/msg-amp";
import { describe, expect, test } from "vitest";
import { refusal, sample, sampleText, without } from "./samples.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

test("the canonical text, both ways", () => {
  expect(decoder.decode(encodeAmpMessage(sample))).toBe(sampleText);
  expect(parseAmpMessage(sampleText)).toEqual(sample);
  expect(parseAmpMessage(encoder.encode(sampleText))).toEqual(sample);
});

test("a signature is over the message without it", () => {
  const signed = { ...sample, sig: "hmac-sha256:00", proof: { by: "tests" } };
  expect(decoder.decode(signedBytes(signed))).toBe(
    sampleText.replace(',"snap_sha"', ',"proof":{"by":"tests"},"snap_sha"'),
  );
});

describe("other spellings are the same message", () => {
  const spellings: Readonly<Record<string, string>> = {
    "space and order": JSON.stringify(
      Object.fromEntries(Object.entries(sample).reverse()),
      null,
      3,
    ),
    escapes: sampleText.replace("fixer", "\\u0066ixer").replace("😀", "\\ud83d\\ude00"),
    "an escaped name": sampleText.replace('"actor"', '"\\u0061ctor"'),
    "1.2e1": sampleText.replace('"lines":12', '"lines":1.2e1'),
    "12.000": sampleText.replace('"lines":12', '"lines":12.000'),
    "120E-1": sampleText.replace('"lines":12', '"lines":120E-1'),
  };
  for (const [name, text] of Object.entries(spellings)) {
    test(name, () => {
      expect(decoder.decode(encodeAmpMessage(parseAmpMessage(text)))).toBe(sampleText);
    });
  }
});

test("what is left out of causality and payload is read as empty", () => {
  const { causality: _, payload: __, ...rest } = sample;
  expect(parseAmpMessage(JSON.stringify(rest))).toEqual({ ...sample, causality: {}, payload: {} });
});

const long = "x".repeat(257);
const members = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, "id"]));

/** What is wrong, and where: refused on reading and on writing alike. */
const wrong: readonly (readonly [string, unknown, string])[] = [
  ["null", null, ""],
  ["an array", [sample], ""],
  ["a text", "message", ""],
  ["no op_id", without("op_id"), "/op_id"],
  ["no at", without("at"), "/at"],
  ["no type", without("type"), "/type"],
  ["no actor", without("actor"), "/actor"],
  ["no snap_sha", without("snap_sha"), "/snap_sha"],
  ["an empty op_id", { ...sample, op_id: "" }, "/op_id"],
  ["an empty type", { ...sample, type: "" }, "/type"],
  ["an empty actor", { ...sample, actor: "" }, "/actor"],
  ["an op_id that is a number", { ...sample, op_id: 7 }, "/op_id"],
  ["a long op_id", { ...sample, op_id: long }, "/op_id"],
  ["a long snap_sha", { ...sample, snap_sha: long }, "/snap_sha"],
  ["snap_sha null", { ...sample, snap_sha: null }, "/snap_sha"],
  ["milliseconds", { ...sample, at: "2026-11-20T17:45:09.000Z" }, "/at"],
  ["an offset", { ...sample, at: "2026-11-20T17:45:09.000120+00:00" }, "/at"],
  ["a small z", { ...sample, at: "2026-11-20T17:45:09.000120z" }, "/at"],
  ["a day that is not", { ...sample, at: "2026-02-29T17:45:09.000120Z" }, "/at"],
  ["month 13", { ...sample, at: "2026-13-01T17:45:09.000120Z" }, "/at"],
  ["hour 24", { ...sample, at: "2026-11-20T24:00:00.000000Z" }, "/at"],
  ["a leap second", { ...sample, at: "2016-12-31T23:59:60.000000Z" }, "/at"],
  ["a line end behind at", { ...sample, at: `${sample.at}\n` }, "/at"],
  ["other digits in at", { ...sample, at: "２026-11-20T17:45:09.000120Z" }, "/at"],
  ["causality null", { ...sample, causality: null }, "/causality"],
  ["causality a list", { ...sample, causality: ["r-1"] }, "/causality"],
  ["a cause that is a number", { ...sample, causality: { parent: 1 } }, "/causality/parent"],
  ["an empty cause", { ...sample, causality: { parent: "" } }, "/causality/parent"],
  ["a cause without a name", { ...sample, causality: { "": "id" } }, "/causality/"],
  ["a name to escape", { ...sample, causality: { "a/b~": 1 } }, "/causality/a~1b~0"],
  ["too many causes", { ...sample, causality: members(65) }, "/causality"],
  ["payload a list", { ...sample, payload: [] }, "/payload"],
  ["payload null", { ...sample, payload: null }, "/payload"],
  ["proof null", { ...sample, proof: null }, "/proof"],
  ["proof a text", { ...sample, proof: "yes" }, "/proof"],
  ["sig null", { ...sample, sig: null }, "/sig"],
  ["an empty sig", { ...sample, sig: "" }, "/sig"],
  ["a long sig", { ...sample, sig: "x".repeat(513) }, "/sig"],
  ["a field that is unknown", { ...sample, priority: 1 }, "/priority"],
  ["a field of another case", { ...sample, Type: "X" }, "/Type"],
];

describe.each(wrong)("%s", (_, value, pointer) => {
  test("is malformed when read", () => {
    const { code, fault, details } = refusal(() => parseAmpMessage(JSON.stringify(value)));
    expect([code, fault, details.pointer]).toEqual(["MESSAGE_MALFORMED", "peer", pointer]);
  });
  test("is invalid when written", () => {
    const { code, fault, details } = refusal(() => encodeAmpMessage(value as AmpMessage));
    expect([code, fault, details.pointer]).toEqual(["MESSAGE_INVALID", "caller", pointer]);
  });
});

describe("texts that are refused", () => {
  const texts: readonly (readonly [string, string | Uint8Array, string])[] = [
    ["nothing", "", "JSON_INVALID"],
    ["half", sampleText.slice(0, -1), "JSON_INVALID"],
    ["text behind it", `${sampleText} {}`, "JSON_INVALID"],
    ["a field twice", sampleText.replace("{", '{"actor":"other",'), "JSON_INVALID"],
    [
      "a field twice, once escaped",
      sampleText.replace("{", '{"\\u0061ctor":"other",'),
      "JSON_INVALID",
    ],
    ["half a character", sampleText.replace("fixer", "\\ud83d"), "JSON_INVALID"],
    ["a number without bounds", sampleText.replace(":12,", ":1e999,"), "JSON_INVALID"],
    ["no UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), "JSON_INVALID"],
    ["a byte order mark", encoder.encode(`\ufeff${sampleText}`), "JSON_INVALID"],
    ["__proto__ at the top", sampleText.replace("{", '{"__proto__":{"x":1},'), "MESSAGE_MALFORMED"],
    ["too long", " ".repeat(messageSizeMax + 1), "LIMIT_EXCEEDED"],
  ];
  for (const [name, text, code] of texts) {
    test(name, () => {
      expect(refusal(() => parseAmpMessage(text)).code).toBe(code);
    });
  }
});

describe("values that are not JSON are not written", () => {
  const values: readonly (readonly [string, unknown, string])[] = [
    ["undefined", { ...sample, proof: undefined }, "/proof"],
    ["NaN", { ...sample, payload: { n: Number.NaN } }, "/payload/n"],
    ["a date", { ...sample, payload: { at: new Date(0) } }, "/payload/at"],
    ["half a character", { ...sample, actor: "\ud83d" }, "/actor"],
    ["a big integer", { ...sample, payload: { n: 1n } }, "/payload/n"],
  ];
  for (const [name, value, pointer] of values) {
    test(name, () => {
      const { code, details } = refusal(() => encodeAmpMessage(value as AmpMessage));
      expect([code, details.pointer]).toEqual(["MESSAGE_INVALID", pointer]);
    });
  }
});

test("lenient: an unknown field stays, is signed, and is not written", () => {
  const text = sampleText.replace("{", '{"priority":1,');
  const message = parseAmpMessage(text, { lenient: true });
  expect(message).toEqual({ ...sample, priority: 1 });
  expect(decoder.decode(signedBytes(message))).toContain('"priority":1');
  expect(refusal(() => encodeAmpMessage(message)).details.pointer).toBe("/priority");
  expect(refusal(() => parseAmpMessage("{}", { lenient: true })).details.pointer).toBe("/op_id");
});

test("a payload may hold __proto__, and nothing happens to it", () => {
  const text = sampleText.replace('"files"', '"__proto__":{"admin":true},"files"');
  const message = parseAmpMessage(text);
  expect(decoder.decode(encodeAmpMessage(message))).toBe(text);
  expect("admin" in message.payload).toBe(false);
});

test("the longest message is read and written; one byte more is not", () => {
  const overhead = encodeAmpMessage({ ...sample, payload: { x: "" } }).length;
  const most = { ...sample, payload: { x: "y".repeat(messageSizeMax - overhead) } };
  expect(parseAmpMessage(encodeAmpMessage(most))).toEqual(most);
  const more = { ...sample, payload: { x: `${most.payload.x}y` } };
  const { code, details } = refusal(() => encodeAmpMessage(more));
  expect([code, details.limit, details.actual]).toEqual(["LIMIT_EXCEEDED", 2 ** 20, 2 ** 20 + 1]);
});
