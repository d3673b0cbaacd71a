/**
 * Goal: `canonicalize` writes what RFC 8785 says, byte for byte.
 * Method: the RFC's own examples, copied by hand with their section; then its rules one by one, each
 * with a value chosen so that the nearest wrong rule would write something else.
 */

import { canonicalBytes, canonicalize, depthMax, type JsonValue } from "@reprise/canonical-json";
import { describe, expect, test } from "vitest";

describe("the examples of RFC 8785", () => {
  // Section 3.2.2: the input, as a JSON text.
  const sample: JsonValue = JSON.parse(String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`);

  test("section 3.2.3: the sample, sorted", () => {
    expect(canonicalize(sample)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  test("section 3.2.4: the sample in UTF-8", () => {
    const expected = `
      7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72
      75 65 2c 66 61 6c 73 65 5d 2c 22 6e 75 6d 62 65 72 73 22 3a
      5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c 31
      65 2b 33 30 2c 34 2e 35 2c 30 2e 30 30 32 2c 31 65 2d 32 37
      5d 2c 22 73 74 72 69 6e 67 22 3a 22 e2 82 ac 24 5c 75 30 30
      30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22 7d`;
    expect(Buffer.from(canonicalBytes(sample)).toString("hex")).toBe(expected.replace(/\s/g, ""));
  });

  test("section 3.2.3: the order of keys", () => {
    const value = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    expect(canonicalize(value)).toBe(
      `{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}`,
    );
  });

  // Appendix B: the bits of a double, and its text. NaN and Infinity are in the refusals.
  const numbers: readonly (readonly [bits: bigint, text: string])[] = [
    [0x0000000000000000n, "0"],
    [0x8000000000000000n, "0"],
    [0x0000000000000001n, "5e-324"],
    [0x8000000000000001n, "-5e-324"],
    [0x7fefffffffffffffn, "1.7976931348623157e+308"],
    [0xffefffffffffffffn, "-1.7976931348623157e+308"],
    [0x4340000000000000n, "9007199254740992"],
    [0xc340000000000000n, "-9007199254740992"],
    [0x4430000000000000n, "295147905179352830000"],
    [0x44b52d02c7e14af5n, "9.999999999999997e+22"],
    [0x44b52d02c7e14af6n, "1e+23"],
    [0x44b52d02c7e14af7n, "1.0000000000000001e+23"],
    [0x444b1ae4d6e2ef4en, "999999999999999700000"],
    [0x444b1ae4d6e2ef4fn, "999999999999999900000"],
    [0x444b1ae4d6e2ef50n, "1e+21"],
    [0x3eb0c6f7a0b5ed8cn, "9.999999999999997e-7"],
    [0x3eb0c6f7a0b5ed8dn, "0.000001"],
    [0x41b3de4355555553n, "333333333.3333332"],
    [0x41b3de4355555554n, "333333333.33333325"],
    [0x41b3de4355555555n, "333333333.3333333"],
    [0x41b3de4355555556n, "333333333.3333334"],
    [0x41b3de4355555557n, "333333333.33333343"],
    [0xbecbf647612f3696n, "-0.0000033333333333333333"],
    [0x43143ff3c1cb0959n, "1424953923781206.2"],
  ];
  test.each(numbers)("appendix B: %s is %s", (bits, text) => {
    expect(canonicalize(new Float64Array(new BigUint64Array([bits]).buffer)[0] ?? null)).toBe(text);
  });
});

describe("values", () => {
  const vectors: readonly (readonly [name: string, value: JsonValue, text: string])[] = [
    ["null", null, "null"],
    ["true", true, "true"],
    ["false", false, "false"],
    ["the empty string", "", '""'],
    ["the empty array", [], "[]"],
    ["the empty object", {}, "{}"],
    ["empty ones inside", { b: {}, a: [], c: "" }, '{"a":[],"b":{},"c":""}'],
    ["array order is kept", [3, 1, 2], "[3,1,2]"],
    ["objects in arrays are sorted", [{ b: 1, a: 2 }], '[{"a":2,"b":1}]'],
    ["short escapes", "\b\t\n\f\r", String.raw`"\b\t\n\f\r"`],
    ["other controls, in lower case", "\u0000\u001f\u001b", String.raw`"\u0000\u001f\u001b"`],
    ["DEL and C1 stay raw", "\u007f\u0080", '"\u007f\u0080"'],
    ["line separators stay raw", "\u2028\u2029", '"\u2028\u2029"'],
    ["the slash is not escaped", "/", '"/"'],
    ["astral characters stay raw", "😀", '"😀"'],
    ["no normalization", "e\u0301\u00e9", '"e\u0301\u00e9"'],
    ["noncharacters are characters", "\uffff\ufeff", '"\uffff\ufeff"'],
  ];
  test.each(vectors)("%s", (_name, value, text) => {
    expect(canonicalize(value)).toBe(text);
  });
});

describe("the order of keys", () => {
  test("is by UTF-16 units: an astral key comes before U+E000 and U+FFFF", () => {
    const value = { "\uffff": 1, "\ue000": 2, "\u{1f600}": 3, "\u{10ffff}": 4, "\ud7ff": 5 };
    expect(canonicalize(value)).toBe(
      '{"\ud7ff":5,"\u{1f600}":3,"\u{10ffff}":4,"\ue000":2,"\uffff":1}',
    );
  });
  test("is not numeric, though the engine enumerates so", () => {
    expect(canonicalize({ 10: 1, 9: 2, 1: 3, "-1": 4, "01": 5 })).toBe(
      '{"-1":4,"01":5,"1":3,"10":1,"9":2}',
    );
  });
  test("is not that of a language, nor blind to case", () => {
    expect(canonicalize({ ä: 1, z: 2, Z: 3, a: 4 })).toBe('{"Z":3,"a":4,"z":2,"ä":1}');
  });
  test("puts a prefix first, and the empty key before all", () => {
    expect(canonicalize({ aa: 1, a: 2, "": 3, "a\u0000": 4 })).toBe(
      '{"":3,"a":2,"a\\u0000":4,"aa":1}',
    );
  });
  test("is by the characters, not by their escapes", () => {
    // Raw, the newline is before the space; as an escape it would begin with a backslash, after it.
    expect(canonicalize({ " ": 1, "\n": 2, "]": 3, '"': 4 })).toBe(
      String.raw`{"\n":2," ":1,"\"":4,"]":3}`,
    );
  });
});

describe("what is accepted", () => {
  test("names that objects inherit, as own keys", () => {
    const value: JsonValue = JSON.parse('{"toString":1,"__proto__":{"x":2},"constructor":3}');
    expect(canonicalize(value)).toBe('{"__proto__":{"x":2},"constructor":3,"toString":1}');
  });
  test("a member called toJSON that is data", () => {
    expect(canonicalize({ toJSON: "no function" })).toBe('{"toJSON":"no function"}');
  });
  test("an object without a prototype", () => {
    expect(canonicalize(Object.assign(Object.create(null), { b: 1, a: 2 }))).toBe('{"a":2,"b":1}');
  });
  test("an object whose prototype has none; what it inherits is not written", () => {
    const prototype = Object.assign(Object.create(null), { inherited: () => 0, gone: undefined });
    expect(canonicalize(Object.assign(Object.create(prototype), { a: 1 }))).toBe('{"a":1}');
  });
  test("objects and arrays of another realm", async () => {
    const { runInNewContext } = await import("node:vm");
    expect(canonicalize(runInNewContext("({ b: [1, {}], a: null })"))).toBe(
      '{"a":null,"b":[1,{}]}',
    );
  });
  test("a value that stands in two places", () => {
    const shared = { n: [1] };
    expect(canonicalize({ b: shared, a: [shared, shared] })).toBe(
      '{"a":[{"n":[1]},{"n":[1]}],"b":{"n":[1]}}',
    );
  });
  test("members that JSON does not look at: not enumerable, or beside an array's elements", () => {
    const value = { a: 1 };
    Object.defineProperty(value, "hidden", { value: () => 0 });
    Object.defineProperty(value, Symbol("hidden"), { value: 1 });
    expect(canonicalize(value)).toBe('{"a":1}');
    expect(canonicalize(Object.assign([1], { name: "x" }))).toBe("[1]");
  });
  test("as many levels as depthMax, with leaves in the last", () => {
    let value: JsonValue = [1, "x"];
    for (let level = 1; level < depthMax; level += 1) value = level % 2 ? { a: value } : [value];
    expect(canonicalize(value)).toBe(JSON.stringify(value));
  });
  test("accessors, which are read twice", () => {
    let reads = 0;
    const value = {
      get a() {
        reads += 1;
        return "x";
      },
    };
    expect(canonicalize(value)).toBe('{"a":"x"}');
    expect(reads).toBe(2);
  });
});

test("canonicalBytes gives bytes of their own", () => {
  const bytes = canonicalBytes({ b: "é", a: 1 });
  expect(Buffer.from(bytes).toString("hex")).toBe("7b2261223a312c2262223a22c3a9227d");
  expect(bytes.byteLength).toBe(bytes.buffer.byteLength);
});
