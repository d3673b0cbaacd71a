/**
 * Goal: `parseJson` reads RFC 8259 and nothing more, and refuses what two readers could take
 * differently.
 * Method: hand-written texts with their values; a longer table of texts that are wrong, each with its
 * code and the offset a person would point at; every proper prefix of a text that holds every kind.
 */

import { depthMax, parseJson } from "@reprise/canonical-json";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";
import { sameJson } from "./same-json.ts";

describe("values", () => {
  const vectors: readonly (readonly [text: string, value: unknown])[] = [
    ["null", null],
    ["true", true],
    ["false", false],
    ["0", 0],
    ["-0", -0],
    ["-12", -12],
    ["1.50", 1.5],
    ["1E2", 100],
    ["1e+2", 100],
    ["12e-1", 1.2],
    ["0e5", 0],
    ["-0.0e-0", -0],
    ["999999999999999", 999999999999999],
    ["1000000000000000", 1e15],
    ["9007199254740993", 9007199254740992],
    ["12345678901234567890", 12345678901234567000],
    ["0.1", 0.1],
    ["1e-400", 0],
    ["1.7976931348623157e308", Number.MAX_VALUE],
    ['""', ""],
    ['"x"', "x"],
    ['"\u007f\u0080\u2028\uffff"', "\u007f\u0080\u2028\uffff"],
    ['"😀"', "😀"],
    [String.raw`"\"\\\/\b\f\n\r\t"`, '"\\/\b\f\n\r\t'],
    [String.raw`"\u0000\u00e9\u20AC\uFFFF"`, "\u0000é€\uffff"],
    [String.raw`"\ud83d\ude00"`, "😀"],
    [String.raw`"a\uD83D\uDE00b\u0041"`, "a😀bA"],
    [String.raw`"\\ud800"`, "\\ud800"],
    ["[]", []],
    ["[[],[[]]]", [[], [[]]]],
    ['[1,"a",null,true]', [1, "a", null, true]],
    ["{}", {}],
    ['{"":{"a":[]}}', { "": { a: [] } }],
    ['{"b":1,"a":2}', { b: 1, a: 2 }],
    ['{"a":1,"A":2,"\u00e9":3,"e\u0301":4}', { a: 1, A: 2, "\u00e9": 3, "e\u0301": 4 }],
    [' \t\r\n[ 1 , { "a" : 2 } ]\n', [1, { a: 2 }]],
  ];
  test.each(vectors)("%s", (text, value) => {
    const parsed = parseJson(text);
    expect(parsed).toStrictEqual(value);
    expect(sameJson(parsed, JSON.parse(text))).toBe(true);
  });
});

describe("keys that objects inherit", () => {
  test("are own members and touch no prototype", () => {
    const text = '{"__proto__":{"polluted":1},"constructor":2,"toString":3,"hasOwnProperty":4}';
    const parsed = parseJson(text);
    expect(sameJson(parsed, JSON.parse(text))).toBe(true);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(parsed, "__proto__")).toEqual({
      value: { polluted: 1 },
      writable: true,
      enumerable: true,
      configurable: true,
    });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
  test("are own members also where the inherited one cannot be assigned to", () => {
    const frozen = { value: 1, writable: false, configurable: true };
    Object.defineProperty(Object.prototype, "frozenName", frozen);
    try {
      const parsed = parseJson('{"frozenName":2}');
      expect(Object.getOwnPropertyDescriptor(parsed, "frozenName")?.value).toBe(2);
    } finally {
      Reflect.deleteProperty(Object.prototype, "frozenName");
    }
  });
  test.each(["__proto__", "constructor", "toString"])("%s twice is a duplicate", (key) => {
    const refusal = refusalOf(() => parseJson(`{"${key}":1,"${key}":2}`));
    expect([refusal.code, refusal.offset]).toEqual(["DUPLICATE_KEY", 6 + key.length]);
  });
});

describe("refusals, by code and offset", () => {
  const vectors: readonly (readonly [text: string, code: string, offset: number])[] = [
    ["", "UNEXPECTED_END", 0],
    [" \n", "UNEXPECTED_END", 2],
    ["[", "UNEXPECTED_END", 1],
    ["[1", "UNEXPECTED_END", 2],
    ["[1,", "UNEXPECTED_END", 3],
    ["{", "UNEXPECTED_END", 1],
    ['{"a"', "UNEXPECTED_END", 4],
    ['{"a":', "UNEXPECTED_END", 5],
    ['{"a":1', "UNEXPECTED_END", 6],
    ['"', "UNEXPECTED_END", 1],
    ['"abc', "UNEXPECTED_END", 4],
    ['"abc\\', "UNEXPECTED_END", 5],
    ['"abc\\"', "UNEXPECTED_END", 6],
    ['"\\u', "UNEXPECTED_END", 3],
    ['"\\u12', "UNEXPECTED_END", 5],
    ['"\\ud83d\\u', "UNEXPECTED_END", 9],
    ["-", "UNEXPECTED_END", 1],
    ["1.", "UNEXPECTED_END", 2],
    ["1e", "UNEXPECTED_END", 2],
    ["1e+", "UNEXPECTED_END", 3],
    ["tru", "UNEXPECTED_END", 3],
    ["]", "UNEXPECTED_CHARACTER", 0],
    ["[1,]", "UNEXPECTED_CHARACTER", 3],
    ["[,1]", "UNEXPECTED_CHARACTER", 1],
    ["[1 2]", "UNEXPECTED_CHARACTER", 3],
    ["[1}", "UNEXPECTED_CHARACTER", 2],
    ['{"a":1,}', "UNEXPECTED_CHARACTER", 7],
    ["{a:1}", "UNEXPECTED_CHARACTER", 1],
    ["{1:1}", "UNEXPECTED_CHARACTER", 1],
    ["{'a':1}", "UNEXPECTED_CHARACTER", 1],
    ['{"a" 1}', "UNEXPECTED_CHARACTER", 5],
    ['{"a"=1}', "UNEXPECTED_CHARACTER", 4],
    ['{"a":1 "b":2}', "UNEXPECTED_CHARACTER", 7],
    ['{"a":1]', "UNEXPECTED_CHARACTER", 6],
    ["nul1", "UNEXPECTED_CHARACTER", 3],
    ["True", "UNEXPECTED_CHARACTER", 0],
    ["NaN", "UNEXPECTED_CHARACTER", 0],
    ["nan", "UNEXPECTED_CHARACTER", 1],
    ["Infinity", "UNEXPECTED_CHARACTER", 0],
    ["undefined", "UNEXPECTED_CHARACTER", 0],
    ["'a'", "UNEXPECTED_CHARACTER", 0],
    ["+1", "UNEXPECTED_CHARACTER", 0],
    [".5", "UNEXPECTED_CHARACTER", 0],
    ["/* */1", "UNEXPECTED_CHARACTER", 0],
    ["\ufeff1", "UNEXPECTED_CHARACTER", 0],
    ["\u00a01", "UNEXPECTED_CHARACTER", 0],
    ["\u20281", "UNEXPECTED_CHARACTER", 0],
    ["\u000b1", "UNEXPECTED_CHARACTER", 0],
    ["\u00001", "UNEXPECTED_CHARACTER", 0],
    ["\uff11", "UNEXPECTED_CHARACTER", 0],
    ["1 1", "TRAILING_TEXT", 2],
    ["nullx", "TRAILING_TEXT", 4],
    ["{}{}", "TRAILING_TEXT", 2],
    ["1\u0000", "TRAILING_TEXT", 1],
    ["1\ufeff", "TRAILING_TEXT", 1],
    ["1.5.5", "TRAILING_TEXT", 3],
    ["1e5e5", "TRAILING_TEXT", 3],
    ["0x10", "TRAILING_TEXT", 1],
    ["1_000", "TRAILING_TEXT", 1],
    ["1n", "TRAILING_TEXT", 1],
    ["-a", "NUMBER_INVALID", 1],
    ["--1", "NUMBER_INVALID", 1],
    ["-.5", "NUMBER_INVALID", 1],
    ["-Infinity", "NUMBER_INVALID", 1],
    ["[1.]", "NUMBER_INVALID", 3],
    ["[1.e5]", "NUMBER_INVALID", 3],
    ["[1ex]", "NUMBER_INVALID", 3],
    ["[1e+-1]", "NUMBER_INVALID", 4],
    ["01", "NUMBER_INVALID", 0],
    ["-00", "NUMBER_INVALID", 0],
    ["[1,-012.5]", "NUMBER_INVALID", 3],
    ["1e400", "NUMBER_OVERFLOW", 0],
    ["[-1e309]", "NUMBER_OVERFLOW", 1],
    ["1".repeat(310), "NUMBER_OVERFLOW", 0],
    ['"\u0000"', "CONTROL_CHARACTER", 1],
    ['"\u001f"', "CONTROL_CHARACTER", 1],
    ['"a\nb"', "CONTROL_CHARACTER", 2],
    ['"\\n\u001f"', "CONTROL_CHARACTER", 3],
    ['{"a\tb":1}', "CONTROL_CHARACTER", 3],
    ['"\\x41"', "ESCAPE_INVALID", 1],
    ['"\\a"', "ESCAPE_INVALID", 1],
    ['"\\U0041"', "ESCAPE_INVALID", 1],
    ['"\\\n"', "ESCAPE_INVALID", 1],
    ['"\\\'"', "ESCAPE_INVALID", 1],
    ['"ab\\u12g4"', "ESCAPE_INVALID", 3],
    ['"\\u 123"', "ESCAPE_INVALID", 1],
    ['"\\u12"', "ESCAPE_INVALID", 1],
    ['"\\u+123"', "ESCAPE_INVALID", 1],
    ['"\\u00`0"', "ESCAPE_INVALID", 1],
    ['"\\ud83d\\ude0x"', "ESCAPE_INVALID", 7],
    ['"\\ud800"', "LONE_SURROGATE", 1],
    ['"\\udc00"', "LONE_SURROGATE", 1],
    ['"\\ud800x"', "LONE_SURROGATE", 1],
    ['"a\\ud800\\n"', "LONE_SURROGATE", 2],
    ['"\\ud83d\\ud83d\\ude00"', "LONE_SURROGATE", 1],
    ['"\\ud83d\\ude00\\ude00"', "LONE_SURROGATE", 13],
    ['"\\ud83d\\u0041"', "LONE_SURROGATE", 1],
    ['{"\\udfff":1}', "LONE_SURROGATE", 2],
    ['"\ud800"', "LONE_SURROGATE", 1],
    ['"😀\udc00"', "LONE_SURROGATE", 3],
    ['"\ud83d\\ude00"', "LONE_SURROGATE", 1],
    ['"\\ud83d\ude00"', "LONE_SURROGATE", 7],
    ['{"\ud83d":1}', "LONE_SURROGATE", 2],
    ['{"a":1,"a":1}', "DUPLICATE_KEY", 7],
    ['{"a":1,"b":2,"a":3}', "DUPLICATE_KEY", 13],
    ['{"a":1,"\\u0061":2}', "DUPLICATE_KEY", 7],
    ['{"\\u0061":1,"a":2}', "DUPLICATE_KEY", 12],
    ['{"😀":1,"\\ud83d\\ude00":2}', "DUPLICATE_KEY", 8],
    ['{"":null,"":null}', "DUPLICATE_KEY", 9],
    ['{"1":0,"1":0}', "DUPLICATE_KEY", 7],
    ['[{"x":{"a":0,"a":0}}]', "DUPLICATE_KEY", 13],
  ];
  test.each(vectors)("%j", (text, code, offset) => {
    const refusal = refusalOf(() => parseJson(text));
    expect([refusal.code, refusal.offset]).toEqual([code, offset]);
    expect(refusal.fault).toBe("peer");
    expect(refusal.path).toBeUndefined();
  });
  test("the same key in two objects is no duplicate", () => {
    expect(parseJson('{"a":{"a":[{"a":1},{"a":2}]}}')).toEqual({ a: { a: [{ a: 1 }, { a: 2 }] } });
  });
  test("one of a thousand keys again", () => {
    const members = Array.from({ length: 1000 }, (_, index) => `"k${index}":0`);
    expect(Object.keys(parseJson(`{${members}}`) ?? {})).toHaveLength(1000);
    expect(refusalOf(() => parseJson(`{${members},"k500":0}`)).code).toBe("DUPLICATE_KEY");
  });
  test("every proper prefix of a text", () => {
    const text = String.raw`{"a":[1,-2.5e+3,"x\n\ud83d\ude00"],"b":{"c":null,"d":true},"e":false}`;
    expect(parseJson(text)).toEqual(JSON.parse(text));
    for (let length = 0; length < text.length; length += 1) {
      const prefix = text.slice(0, length);
      const refusal = refusalOf(() => parseJson(prefix));
      // A pair cut in half between its escapes is alone; any other cut is an end.
      const code = /\\ud83d\\?$/.test(prefix) ? "LONE_SURROGATE" : "UNEXPECTED_END";
      expect(refusal.code, prefix).toBe(code);
    }
  });
});

describe("where", () => {
  test.each([
    ["[1,\n 2,\n x]", 3, 2, 9],
    ["[1,\r\n 2,\r\n x]", 3, 2, 11],
    ["[1,\r 2,\r x]", 3, 2, 9],
    ["\n\n", 3, 1, 2],
    ['["😀", x]', 1, 8, 7],
  ])("%j: line %i, column %i, offset %i", (text, line, column, offset) => {
    const refusal = refusalOf(() => parseJson(text));
    expect([refusal.line, refusal.column, refusal.offset]).toEqual([line, column, offset]);
    expect(refusal.message).toContain(`at line ${line}, column ${column} (offset ${offset})`);
  });
  test.each([
    ["[1 2]", "expected a comma or ], got 2 (U+0032) at"],
    ["[\u00a0]", "expected a value, got U+00A0 at"],
    ["[", "expected a value, got the end of the text at"],
    ['{"a":1,"a":2}', 'expected each key once, got "a" again at'],
    [`[1${"0".repeat(400)}]`, `got 1${"0".repeat(39)}... (401 characters) at`],
  ])("%j says %s", (text, message) => {
    expect(refusalOf(() => parseJson(text)).message).toContain(message);
  });
});

describe("depth", () => {
  const arrays = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  const objects = (levels: number) => `${'{"a":'.repeat(levels)}0${"}".repeat(levels)}`;
  test("depthMax levels are read", () => {
    expect(JSON.stringify(parseJson(arrays(depthMax)))).toBe(arrays(depthMax));
    expect(JSON.stringify(parseJson(objects(depthMax)))).toBe(objects(depthMax));
  });
  test.each([depthMax + 1, 1_000_000])("%i are not", (levels) => {
    for (const [text, width] of [
      [arrays(levels), 1],
      [objects(levels), 5],
      ["[".repeat(levels), 1],
    ] as const) {
      const refusal = refusalOf(() => parseJson(text));
      expect([refusal.code, refusal.offset]).toEqual(["TEXT_TOO_DEEP", depthMax * width]);
    }
  });
});

test.each([[undefined], [null], [1], [{}], [Object("1")]])("%j is no text", (text) => {
  const refusal = refusalOf(() => parseJson(text as unknown as string));
  expect([refusal.code, refusal.fault]).toEqual(["ARGUMENT_INVALID", "caller"]);
});
