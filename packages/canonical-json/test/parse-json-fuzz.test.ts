/**
 * Goal: on any text `parseJson` gives a value or its own error; what it accepts, `JSON.parse` accepts
 * with the same result; what it alone refuses, it refuses for one of four reasons.
 * Method: a million texts made by mutating a few dozen, from a seed; a failure prints the text. Then
 * the time for texts made to be slow.
 */

import { CanonicalJsonError, parseJson } from "@reprise/canonical-json";
import { expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { sameJson } from "./same-json.ts";

const seed = 0x8259;
const rounds = 1_000_000;

const stems: readonly string[] = [
  "null",
  "[true,false]",
  "-12.5e+3",
  "[0,-0,1.0,1e2,1E400,12345678901234567890]",
  '"plain"',
  String.raw`"\"\\\/\b\f\n\r\t"`,
  String.raw`"\u0041\ud83d\ude00\u00e9"`,
  '"😀é\u2028"',
  "[]",
  "{}",
  "[[[[]]]]",
  '{"a":1,"b":[2,{"c":null}]}',
  String.raw`{"a":1,"\u0062":2,"__proto__":3}`,
  '{"toString":{"constructor":[]}}',
  ' [ 1 ,\n\t{ "k" : "v" } ]\r\n',
  '{"1":"a","0":"b","-1":"c"}',
  '{"orderId":"o-1","total":129.95,"items":[{"sku":"S","n":2}]}',
];

const pieces: readonly string[] = [
  ..."{}[]:,\"\\/-+.eE0123456789 \n\t\rtfnulx'abr",
  "\u0000",
  "\u001f",
  "\ufeff",
  "\u00a0",
  "\ud83d",
  "\ude00",
  "\\u",
  "\\ud83d",
  "\\ude00",
  "\\u0061",
  "\\n",
  "null",
  "true",
  "1e400",
  '"a":',
  ',"a":1',
  '"__proto__":1,',
];

// The reasons for which JSON.parse is no model.
const stricter: readonly string[] = [
  "DUPLICATE_KEY",
  "LONE_SURROGATE",
  "NUMBER_OVERFLOW",
  "TEXT_TOO_DEEP",
];

function mutated(random: () => number): string {
  let text = stems[random() % stems.length] ?? "";
  for (let times = (random() % 3) + 1; times > 0; times -= 1) {
    const at = random() % (text.length + 1);
    const to = Math.min(text.length, at + (random() % 4));
    const piece = pieces[random() % pieces.length] ?? "";
    const kind = random() % 4;
    if (kind === 0) text = text.slice(0, at) + piece + text.slice(at);
    else if (kind === 1) text = text.slice(0, at) + text.slice(to);
    else if (kind === 2) text = text.slice(0, at) + piece + text.slice(to);
    else text = text.slice(0, to) + text.slice(at);
  }
  return text;
}

function outcomeOf(parse: (text: string) => unknown, text: string) {
  try {
    return { value: parse(text) };
  } catch (error) {
    return { error };
  }
}

/** What is wrong with the outcome, or undefined. */
function complaintAbout(text: string): string | undefined {
  const ours = outcomeOf(parseJson, text);
  const theirs = outcomeOf(JSON.parse, text);
  if ("value" in ours) {
    if ("error" in theirs) return "JSON.parse refuses it";
    return sameJson(ours.value, theirs.value) ? undefined : "JSON.parse reads it otherwise";
  }
  if (!CanonicalJsonError.is(ours.error)) return `it throws ${String(ours.error)}`;
  const { code, offset = -1 } = ours.error;
  if (offset < 0 || offset > text.length) return `its offset is ${offset}`;
  if ("value" in theirs && !stricter.includes(code)) return `JSON.parse accepts it; ${code}`;
  return undefined;
}

test(`a million mutated texts (seed ${seed})`, { timeout: 60_000 }, () => {
  const random = seededRandom(seed);
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // half the texts throw twice, and a trace costs more than the parse
  let accepted = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const text = mutated(random);
      const complaint = complaintAbout(text);
      if (complaint !== undefined) {
        const place = `seed ${seed}, round ${round}`;
        expect.fail(`${complaint}: ${JSON.stringify(text)} (${place})`);
      }
      if ("value" in outcomeOf(parseJson, text)) accepted += 1;
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  // Mutations that are all refused, or all accepted, would prove little.
  expect(accepted).toBeGreaterThan(rounds / 20);
  expect(accepted).toBeLessThan(rounds / 2);
});

/**
 * Linear time without a clock: work that grew with the square of the length would need hours for
 * these, and the test's own timeout is seconds.
 */
test.each([
  ["a long plain string", `"${"x".repeat(4_000_000)}"`],
  ["a long string of escapes", `"${"\\n".repeat(2_000_000)}"`],
  ["many strings with one escape each", `[${'"\\n",'.repeat(500_000)}0]`],
  ["many unclosed quotes' worth of escaped quotes", `"${'\\"'.repeat(2_000_000)}"`],
  ["a long fraction", `0.${"1".repeat(4_000_000)}`],
  ["much space", `${" ".repeat(4_000_000)}1`],
  [
    "many keys in one object",
    `{${Array.from({ length: 300_000 }, (_, index) => `"k${index}":0`).join()}}`,
  ],
  [
    "many integer keys in one object",
    `{${Array.from({ length: 300_000 }, (_, index) => `"${index * 1000}":0`).join()}}`,
  ],
])("time is linear: %s", (_name, text) => {
  expect(sameJson(parseJson(text), JSON.parse(text))).toBe(true);
});
