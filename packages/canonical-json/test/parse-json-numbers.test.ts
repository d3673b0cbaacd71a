/**
 * Goal: each of the three number modes keeps its promise: a rounded double, the text verbatim, or
 * only the canonical text.
 * Method: the same texts in all modes, with hand-written outcomes.
 */

import { canonicalize, JsonNumber, type JsonValue, parseJson } from "@reprise/canonical-json";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

describe("lexeme", () => {
  test.each([
    "0",
    "-0",
    "1.0",
    "-0.00",
    "1E400",
    "-1e-400",
    "1e+2",
    "1E2",
    "12345678901234567890",
    "0.1000",
    "7".repeat(1000),
  ])("%s survives", (lexeme) => {
    const [number] = parseJson(`[ ${lexeme} ]`, { numbers: "lexeme" }) as [JsonNumber];
    expect(number).toBeInstanceOf(JsonNumber);
    expect(number.lexeme).toBe(lexeme);
  });
  test("at any depth, and nothing else changes", () => {
    const value = parseJson('{"n":[1.0,"1.0",{"lexeme":"1"}],"t":true}', { numbers: "lexeme" });
    expect(value).toStrictEqual({
      n: [new JsonNumber("1.0"), "1.0", { lexeme: "1" }],
      t: true,
    } as typeof value);
  });
  test.each(["01", "1.", "+1", ".5", "1e", "--1", "0x1", "NaN"])("%s is still refused", (text) => {
    expect(refusalOf(() => parseJson(`[${text}]`, { numbers: "lexeme" })).fault).toBe("peer");
  });
  test("canonicalize refuses what it gives", () => {
    const value = parseJson("[1]", { numbers: "lexeme" }) as unknown as JsonValue;
    expect(refusalOf(() => canonicalize(value)).code).toBe("OBJECT_NOT_PLAIN");
  });
});

describe("canonical", () => {
  test.each([
    "0",
    "-1",
    "10",
    "999999999999999",
    "1000000000000000",
    "9007199254740991",
    "9007199254740992",
    "12345678901234567000",
    "100000000000000000000",
    "1e+21",
    "0.1",
    "-0.5",
    "0.000001",
    "1e-7",
    "5e-324",
    "1.7976931348623157e+308",
  ])("%s is the only text of its number", (text) => {
    expect(parseJson(text, { numbers: "canonical" })).toBe(Number(text));
  });
  test.each([
    "-0",
    "1.0",
    "0.10",
    "1e2",
    "1E2",
    "1e21",
    "1E+21",
    "0e0",
    "-0.0",
    "1e-400",
    "0.0000001",
    "1e-6",
    "1000000000000000000000",
    "9007199254740993",
    "12345678901234567890",
    "0.1000000000000000055511151231257827",
    "3e-324",
  ])("%s is another text of it", (text) => {
    const refusal = refusalOf(() => parseJson(`[0,${text}]`, { numbers: "canonical" }));
    expect([refusal.code, refusal.offset]).toEqual(["NUMBER_NOT_CANONICAL", 3]);
    expect(refusal.message).toContain(`the canonical number ${String(Number(text))}, got ${text}`);
  });
  test.each(["1E400", "-1e309"])("%s has none", (text) => {
    const refusal = refusalOf(() => parseJson(text, { numbers: "canonical" }));
    expect(refusal.code).toBe("NUMBER_OVERFLOW");
  });
});

describe("value", () => {
  test("is the default", () => {
    expect(parseJson("[1.0,-0,1e2]")).toStrictEqual([1, -0, 100]);
    expect(parseJson("[1.0,-0,1e2]", {})).toStrictEqual([1, -0, 100]);
    expect(parseJson("[1.0,-0,1e2]", { numbers: "value" })).toStrictEqual([1, -0, 100]);
  });
});

test("there is no fourth mode", () => {
  const refusal = refusalOf(() => parseJson("1", { numbers: "exact" as "value" }));
  expect([refusal.code, refusal.fault]).toEqual(["ARGUMENT_INVALID", "caller"]);
});
