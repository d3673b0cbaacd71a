/**
 * Goal: exactly what the standard allows is read, and everything else is a result that says why not.
 * Method: vectors by hand from the standard's grammar, more bad than good; every prefix and every
 * changed character of a good one; generated text, with its seed.
 */
import {
  formatTraceparent,
  formatTracestate,
  parseTraceparent,
  parseTracestate,
} from "@reprise/obs";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const good = `00-${traceId}-${spanId}-01`;

describe("traceparent", () => {
  test.each([
    [good, true],
    [`00-${traceId}-${spanId}-00`, false],
    [`00-${traceId}-${spanId}-ff`, true],
    [`00-${traceId}-${spanId}-02`, false],
    [`cc-${traceId}-${spanId}-01`, true],
    [`01-${traceId}-${spanId}-01-what-comes-later`, true],
    [`01-${traceId}-${spanId}-01-`, true],
  ])("%s", (text, sampled) => {
    expect(parseTraceparent(text)).toEqual({
      ok: true,
      context: { traceId, spanId, sampled, state: [] },
    });
  });

  test.each<[unknown, string]>([
    [undefined, "absent"],
    [null, "absent"],
    [[good], "absent"],
    ["", "length"],
    [good.slice(0, -1), "length"],
    [`${good} `, "form"],
    [`${good}-`, "length"],
    [`${good}-more`, "length"],
    [`${good}0`, "form"],
    [` ${good.slice(1)}`, "form"],
    [good.toUpperCase(), "form"],
    [good.replace("4bf9", "4BF9"), "form"],
    [good.replaceAll("-", "_"), "form"],
    [`ff-${traceId}-${spanId}-01`, "version"],
    [`0g-${traceId}-${spanId}-01`, "form"],
    [`01-${traceId}-${spanId}-01.later`, "form"],
    [`00-${"0".repeat(32)}-${spanId}-01`, "trace-id-zero"],
    [`00-${traceId}-${"0".repeat(16)}-01`, "span-id-zero"],
    [`00-${traceId}-${spanId}-0x`, "form"],
    [`\n${good}`, "form"],
    [`01-${traceId}-${spanId}-01-${"x".repeat(600)}`, "length"],
  ])("%j is refused: %s", (text, problem) => {
    expect(parseTraceparent(text)).toEqual({ ok: false, problem });
  });

  test("no prefix is taken, and no version 00 with a character that is no lower-case hex digit", () => {
    for (let length = 0; length < good.length; length++) {
      expect(parseTraceparent(good.slice(0, length)).ok).toBe(false);
    }
    for (let place = 0; place < good.length; place++) {
      const changed = `${good.slice(0, place)}G${good.slice(place + 1)}`;
      expect(parseTraceparent(changed).ok, changed).toBe(false);
    }
  });

  test("what is written is read again", () => {
    for (const sampled of [true, false]) {
      const context = { traceId, spanId, sampled, state: [] };
      expect(parseTraceparent(formatTraceparent(context))).toEqual({ ok: true, context });
    }
  });
});

describe("tracestate", () => {
  test.each<[string, [string, string][]]>([
    ["", []],
    [",, ,\t", []],
    ["a=1", [["a", "1"]]],
    [
      "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
      [
        ["rojo", "00f067aa0ba902b7"],
        ["congo", "t61rcWkgMzE"],
      ],
    ],
    [
      " a=1 ,\tb=2\t",
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    ["fw529a3039@dt=x y", [["fw529a3039@dt", "x y"]]],
    ["0tenant@v=1", [["0tenant@v", "1"]]],
    ["a_-*/9=~!<>", [["a_-*/9", "~!<>"]]],
    [`${"k".repeat(256)}=1`, [["k".repeat(256), "1"]]],
    [`${"k".repeat(241)}@${"v".repeat(14)}=1`, [[`${"k".repeat(241)}@${"v".repeat(14)}`, "1"]]],
    [`a=${"v".repeat(256)}`, [["a", "v".repeat(256)]]],
  ])("%j", (text, members) => {
    const state = members.map(([key, value]) => ({ key, value }));
    expect(parseTracestate(text)).toEqual({ ok: true, state });
    expect(parseTracestate(formatTracestate(state))).toEqual({ ok: true, state });
  });

  test.each<[unknown, string]>([
    [7, "absent"],
    ["a", "form"],
    ["a=1,b", "form"],
    ["=1", "key"],
    ["A=1", "key"],
    ["1a=1", "key"],
    ["a b=1", "key"],
    ["a =1", "key"],
    ["a@b@c=1", "key"],
    ["a@1=1", "key"],
    ["@a=1", "key"],
    ["a@=1", "key"],
    [`${"k".repeat(257)}=1`, "key"],
    [`${"k".repeat(242)}@v=1`, "key"],
    [`k@${"v".repeat(15)}=1`, "key"],
    ["a=", "value"],
    ["a=1=2", "value"],
    ["a=\u00e9", "value"],
    ["a=\u0000", "value"],
    ["a=x\ny", "value"],
    [`a=${"v".repeat(257)}`, "value"],
    ["a=1,a=2", "key-twice"],
    [Array.from({ length: 33 }, (_, n) => `k${n}=1`).join(","), "members"],
    ["x".repeat(8_193), "length"],
  ])("%j is refused: %s", (text, problem) => {
    expect(parseTracestate(text)).toEqual({ ok: false, problem });
  });
});

test("generated text gives a result, and quickly", () => {
  const seed = 7;
  const draw = seededRandom(seed);
  const alphabet = "0f-=,@ \tA\u00ff\ud800_*/z";
  for (let round = 0; round < 5_000; round++) {
    const length = draw() % 80;
    let text = "";
    for (let place = 0; place < length; place++) text += alphabet[draw() % alphabet.length] ?? "";
    const state = parseTracestate(text);
    if (state.ok) expect(parseTracestate(formatTracestate(state.state)), text).toEqual(state);
    expect(parseTraceparent(text).ok, `seed ${seed}, round ${round}`).toBe(false);
  }
  for (const part of [" ", "a=1,", ",", "a@", "\t"]) {
    expect(typeof parseTracestate(part.repeat(8_000 / part.length)).ok).toBe("boolean");
  }
});
