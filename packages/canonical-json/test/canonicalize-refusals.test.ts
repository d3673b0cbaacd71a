/**
 * Goal: `canonicalize` refuses everything that is not JSON data, and says where.
 * Method: a table of values, the code and the JSON Pointer of each written by hand; then the limits
 * at their edges. A value is typed as JSON only to get past the compiler.
 */

import {
  canonicalBytes,
  canonicalize,
  charactersMax,
  depthMax,
  type JsonValue,
  valuesMax,
} from "@reprise/canonical-json";
import { afterEach, describe, expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

/** The point of these tests is what the types forbid. */
function refused(value: unknown) {
  return refusalOf(() => canonicalize(value as JsonValue));
}

function withHole(): unknown[] {
  const array: unknown[] = [1, 2, 3];
  delete array[1];
  return array;
}

class Order {
  readonly id = 1;
}
class Headless extends null {}

describe("by code and path", () => {
  const vectors: readonly (readonly [name: string, value: unknown, code: string, path: string])[] =
    [
      ["undefined", undefined, "UNSUPPORTED_TYPE", ""],
      ["undefined in an object", { a: 1, b: undefined }, "UNSUPPORTED_TYPE", "/b"],
      ["undefined in an array", [0, undefined], "UNSUPPORTED_TYPE", "/1"],
      ["a hole", { a: withHole() }, "UNSUPPORTED_TYPE", "/a/1"],
      ["an array of holes", new Array(3), "UNSUPPORTED_TYPE", "/0"],
      ["a function", () => 1, "UNSUPPORTED_TYPE", ""],
      ["a function in an object", { f() {} }, "UNSUPPORTED_TYPE", "/f"],
      ["a class", [Order], "UNSUPPORTED_TYPE", "/0"],
      ["a symbol", Symbol("s"), "UNSUPPORTED_TYPE", ""],
      ["a symbol in an array", [Symbol("s")], "UNSUPPORTED_TYPE", "/0"],
      ["a bigint", 1n, "UNSUPPORTED_TYPE", ""],
      ["a bigint deep inside", { a: [{ b: 1n }] }, "UNSUPPORTED_TYPE", "/a/0/b"],
      ["NaN", Number.NaN, "NUMBER_NOT_FINITE", ""],
      ["Infinity", { n: Number.POSITIVE_INFINITY }, "NUMBER_NOT_FINITE", "/n"],
      ["-Infinity", [[Number.NEGATIVE_INFINITY]], "NUMBER_NOT_FINITE", "/0/0"],
      ["a high surrogate alone", "\ud800", "STRING_ILL_FORMED", ""],
      ["a low surrogate alone", ["ok", "\udfff"], "STRING_ILL_FORMED", "/1"],
      ["surrogates the wrong way round", { s: "\ude00\ud83d" }, "STRING_ILL_FORMED", "/s"],
      ["a surrogate at the end", "abc\ud83d", "STRING_ILL_FORMED", ""],
      ["a surrogate in a key", { a: { "\ud83d": 1 } }, "STRING_ILL_FORMED", "/a/\ud83d"],
      ["a Date", new Date(0), "OBJECT_NOT_PLAIN", ""],
      ["a Map", { m: new Map() }, "OBJECT_NOT_PLAIN", "/m"],
      ["a Set", [new Set()], "OBJECT_NOT_PLAIN", "/0"],
      ["a RegExp", /x/, "OBJECT_NOT_PLAIN", ""],
      ["an Error", new Error("x"), "OBJECT_NOT_PLAIN", ""],
      ["a Promise", Promise.resolve(1), "OBJECT_NOT_PLAIN", ""],
      ["a typed array", new Uint8Array(1), "OBJECT_NOT_PLAIN", ""],
      ["an ArrayBuffer", new ArrayBuffer(1), "OBJECT_NOT_PLAIN", ""],
      ["a Buffer", Buffer.from("x"), "OBJECT_NOT_PLAIN", ""],
      ["a boxed number", Object(1), "OBJECT_NOT_PLAIN", ""],
      ["a boxed string", Object("s"), "OBJECT_NOT_PLAIN", ""],
      ["a boxed boolean", Object(false), "OBJECT_NOT_PLAIN", ""],
      ["a boxed bigint", Object(1n), "OBJECT_NOT_PLAIN", ""],
      ["a boxed symbol", Object(Symbol("s")), "OBJECT_NOT_PLAIN", ""],
      ["an instance of a class", { order: new Order() }, "OBJECT_NOT_PLAIN", "/order"],
      ["an object that inherits from a plain one", Object.create({ a: 1 }), "OBJECT_NOT_PLAIN", ""],
      ["a symbol key", { [Symbol("s")]: 1 }, "SYMBOL_KEY", ""],
      ["a symbol key inside", { a: [{ b: 1, [Symbol("s")]: 1 }] }, "SYMBOL_KEY", "/a/0"],
      ["an own toJSON", { toJSON: () => 1 }, "TO_JSON_METHOD", ""],
      ["an array's own toJSON", [Object.assign([], { toJSON: () => 1 })], "TO_JSON_METHOD", "/0"],
      [
        "a toJSON that is not enumerable",
        { a: Object.defineProperty({}, "toJSON", { value: () => 1 }) },
        "TO_JSON_METHOD",
        "/a",
      ],
      [
        "a toJSON on a prototype without one",
        Object.create(Object.assign(Object.create(null), { toJSON: () => 1 })),
        "TO_JSON_METHOD",
        "",
      ],
      ["a revoked proxy", revokedProxy(), "VALUE_UNREADABLE", ""],
    ];
  test.each(vectors)("%s", (_name, value, code, path) => {
    const refusal = refused(value);
    expect([refusal.code, refusal.path]).toEqual([code, path]);
    expect(refusal.fault).toBe("caller");
    expect(refusal.offset).toBeUndefined();
  });

  function revokedProxy(): unknown {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  }

  test("canonicalBytes refuses the same", () => {
    expect(refusalOf(() => canonicalBytes([Number.NaN])).path).toBe("/0");
  });
  test("a class that extends null has a prototype without one, and so passes as data", () => {
    expect(canonicalize(Object.create(Headless.prototype))).toBe("{}");
  });
});

describe("the message", () => {
  test.each([
    [{ "a/b": { "m~n": [undefined] } }, "expected a JSON value, got undefined at /a~1b/m~0n/0"],
    [new Order(), "expected a plain object, got an instance of Order at the root"],
    [[Number.NaN], "expected a finite number, got NaN at /0"],
    [withHole(), "expected a JSON value, got a hole in the array at /1"],
    [{ "\ud800": 1 }, "expected a well-formed key, got a lone surrogate at /\ufffd"],
    [
      { ["k".repeat(500)]: 1n },
      `expected a JSON value, got a bigint at /${"k".repeat(199)}... (501 characters)`,
    ],
  ])("%#", (value, message) => {
    expect(refused(value).message).toBe(message);
  });
});

describe("cycles", () => {
  test("of an object, an array, both", () => {
    const object: Record<string, unknown> = { a: 1 };
    object.self = object;
    expect([refused(object).code, refused(object).path]).toEqual(["CYCLE", "/self"]);
    const array: unknown[] = [];
    array.push(array);
    expect([refused(array).code, refused(array).path]).toEqual(["CYCLE", "/0"]);
    const outer = { list: [{ back: undefined as unknown }] };
    outer.list[0] = { back: outer };
    expect([refused(outer).code, refused(outer).path]).toEqual(["CYCLE", "/list/0/back"]);
  });
  test("with many ways round end at the first", () => {
    const ring: Record<string, unknown> = {};
    for (let way = 0; way < 100; way += 1) ring[`way${way}`] = [ring, ring];
    expect(refused(ring).path).toBe("/way0/0");
  });
});

describe("limits", () => {
  test("one level more than depthMax, of arrays, of objects, and far more", () => {
    for (const levels of [depthMax + 1, 1_000_000]) {
      let arrays: unknown = [];
      let objects: unknown = {};
      for (let level = 1; level < levels; level += 1) {
        arrays = [arrays];
        objects = { a: objects };
      }
      expect(refused(arrays).code).toBe("VALUE_TOO_DEEP");
      expect(refused(arrays).path).toBe("/0".repeat(depthMax));
      expect(refused(objects).path).toBe("/a".repeat(depthMax));
    }
  });
  test("a value that doubles at every level is refused, not written for ever", () => {
    let array: unknown = [1];
    let object: unknown = {};
    for (let level = 0; level < 100; level += 1) {
      array = [array, array];
      object = { a: object, b: object };
    }
    expect(refused(array).code).toBe("VALUE_TOO_LARGE");
    expect(refused(object).code).toBe("VALUE_TOO_LARGE");
  });
  test("valuesMax counts the root and every element; one more is refused", () => {
    const row: null[] = new Array(1023).fill(null);
    const rows: unknown[] = new Array(valuesMax / 1024 - 1).fill(row);
    // The root, 4,095 rows of 1 + 1,023 values, and 1,023 more make 4,194,304.
    const most = [...rows, ...row] as JsonValue;
    expect(canonicalize(most).length).toBeGreaterThan(valuesMax);
    expect(refused([...rows, ...row, null]).code).toBe("VALUE_TOO_LARGE");
  });
  test("an array of a length that no memory holds is refused at once", () => {
    expect(refused(new Array(4_294_967_295)).code).toBe("VALUE_TOO_LARGE");
  });
  test("charactersMax counts strings and keys, each as often as it is written", () => {
    const half = "x".repeat(charactersMax / 2);
    expect(canonicalize([half, half])).toHaveLength(charactersMax + 7);
    expect(refused([half, half, "x"])).toMatchObject({ code: "VALUE_TOO_LARGE", path: "/2" });
    expect(refused({ [half]: half, x: 1 })).toMatchObject({ code: "VALUE_TOO_LARGE", path: "/x" });
  });
  test("at the limit, every character an escape is still a text", () => {
    expect(canonicalize("\u0001".repeat(charactersMax))).toHaveLength(6 * charactersMax + 2);
  });
});

describe("what throws while it is read", () => {
  test("an accessor's error is the cause", () => {
    const cause = new Error("not now");
    const value = {
      get a(): never {
        throw cause;
      },
    };
    expect(refused(value).code).toBe("VALUE_UNREADABLE");
    expect(refused(value).cause).toBe(cause);
    expect(refused(value).message).toContain("not now");
  });
});

describe("a toJSON on a built-in prototype", () => {
  const prototypes = [Object, Array, String, Number, Boolean].map((type) => type.prototype);
  afterEach(() => {
    for (const prototype of prototypes) Reflect.deleteProperty(prototype, "toJSON");
  });
  test.each([
    ["Object", Object.prototype, {}],
    ["Array", Array.prototype, []],
    ["String", String.prototype, "x"],
    ["Number", Number.prototype, 1],
    ["Boolean", Boolean.prototype, true],
  ])("%s", (_name, prototype, value) => {
    const toJSON = () => "called";
    Object.defineProperty(prototype, "toJSON", { value: toJSON, configurable: true });
    expect(refused(value).code).toBe("TO_JSON_METHOD");
  });
});
