/**
 * Goal: know what `fast-json-stable-stringify` (2.1.0) does where it is not RFC 8785, and what we
 * rely on where it is. Each line of the first part is a case that `canonicalize` keeps away from it.
 * Method: call the package itself. When an upgrade turns one of these red, look whether the check in
 * `soundness.ts` still has a reason, or still suffices.
 */

import stringify from "fast-json-stable-stringify";
import { describe, expect, test } from "vitest";

function hole(): unknown[] {
  const array: unknown[] = [1, 2];
  delete array[0];
  return array;
}

describe("what it writes and RFC 8785 does not", () => {
  const vectors: readonly (readonly [name: string, value: unknown, text: string | undefined])[] = [
    ["NaN is null", Number.NaN, "null"],
    ["Infinity is null", [Number.POSITIVE_INFINITY], "[null]"],
    ["-Infinity is null", { a: Number.NEGATIVE_INFINITY }, '{"a":null}'],
    ["undefined is no text at all", undefined, undefined],
    ["a member that is undefined disappears", { a: 1, b: undefined }, '{"a":1}'],
    ["an element that is undefined is null", [undefined], "[null]"],
    ["a hole is null", hole(), "[null,2]"],
    ["a function is no text at all", () => 1, undefined],
    ["a member that is a function disappears", { f() {} }, "{}"],
    ["an element that is a function is null", [() => 1], "[null]"],
    ["a symbol is no text at all", Symbol("s"), undefined],
    ["a member that is a symbol disappears", { s: Symbol("s") }, "{}"],
    ["a symbol key disappears", { [Symbol("s")]: 1 }, "{}"],
    ["a lone surrogate is escaped", "\ud800", String.raw`"\ud800"`],
    ["a lone surrogate in a key is escaped", { "\udc00": 1 }, String.raw`{"\udc00":1}`],
    ["a Date is a string", new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ["toJSON is called", { toJSON: () => ({ b: 1, a: 2 }) }, '{"a":2,"b":1}'],
    ["toJSON of an array is called", Object.assign([], { toJSON: () => 1 }), "1"],
    ["toJSON is called once, not on its result", { toJSON: () => ({ toJSON: 1 }) }, '{"toJSON":1}'],
    ["an inherited toJSON is called", Object.create({ toJSON: () => 1 }), "1"],
    ["a member whose toJSON gives undefined disappears", { a: { toJSON() {} } }, "{}"],
    ["a Map is an empty object", new Map([[1, 2]]), "{}"],
    ["a Set is an empty object", new Set([1]), "{}"],
    ["a typed array is an object of its elements", new Uint8Array([7]), '{"0":7}'],
    ["a boxed number is an empty object", Object(1), "{}"],
    ["a boxed string is an object of its units", Object("s"), '{"0":"s"}'],
    [
      "an instance of a class is its own members",
      new (class A {
        x = 1;
      })(),
      '{"x":1}',
    ],
  ];
  test.each(vectors)("%s", (_name, value, text) => {
    expect(stringify(value)).toBe(text);
  });
  test("toJSON of a primitive's prototype is called", () => {
    Object.defineProperty(String.prototype, "toJSON", { value: () => 1, configurable: true });
    try {
      expect(stringify("x")).toBe("1");
    } finally {
      Reflect.deleteProperty(String.prototype, "toJSON");
    }
  });
});

describe("where it throws something of the engine's", () => {
  test("a bigint", () => {
    expect(() => stringify(1n)).toThrow(TypeError);
  });
  test("an object that contains itself", () => {
    const object: Record<string, unknown> = {};
    object.self = object;
    expect(() => stringify(object)).toThrow(TypeError);
  });
  test("an array that contains itself overflows the stack: only objects are remembered", () => {
    const array: unknown[] = [];
    array.push(array);
    expect(() => stringify(array)).toThrow(RangeError);
  });
  test("great depth overflows the stack", () => {
    let value: unknown = [];
    for (let level = 0; level < 1_000_000; level += 1) value = [value];
    expect(() => stringify(value)).toThrow(RangeError);
  });
});

describe("what we rely on", () => {
  const vectors: readonly (readonly [name: string, value: unknown, text: string])[] = [
    ["-0 is 0", [-0, { a: -0 }], '[0,{"a":0}]'],
    ["numbers are ECMAScript's", [1e21, 1e-7, 0.1 + 0.2], "[1e+21,1e-7,0.30000000000000004]"],
    ["keys are in UTF-16 order", { "\ufb33": 1, "\u{1f600}": 2 }, '{"\u{1f600}":2,"\ufb33":1}'],
    ["integer keys are in text order", { 9: 1, 10: 2 }, '{"10":2,"9":1}'],
    [
      "members that are falsy stay",
      { a: "", b: 0, c: false, d: null },
      '{"a":"","b":0,"c":false,"d":null}',
    ],
    ["elements that are falsy stay", ["", 0, false, null], '["",0,false,null]'],
    ["__proto__ is a key", JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
    ["no prototype is fine", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ["inherited members are left out", Object.create({ a: 1 }), "{}"],
    ["members not enumerable are left out", Object.defineProperty({}, "a", { value: 1 }), "{}"],
    ["an array's other members are left out", Object.assign([1], { a: 1 }), "[1]"],
    ["strings are ECMAScript's", '\u0007\b\u2028/"', '"\\u0007\\b\u2028/\\""'],
  ];
  test.each(vectors)("%s", (_name, value, text) => {
    expect(stringify(value)).toBe(text);
  });
  test("an object in two places is written twice", () => {
    const shared = { a: 1 };
    expect(stringify([shared, { b: shared }])).toBe('[{"a":1},{"b":{"a":1}}]');
  });
  test("an accessor is read once", () => {
    let reads = 0;
    const value = {
      get a() {
        reads += 1;
        return reads;
      },
    };
    expect(stringify(value)).toBe('{"a":1}');
  });
});
