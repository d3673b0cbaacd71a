/**
 * Goal: an error can be recognised and acted on without reading its message, also when two copies of
 * the package are loaded.
 * Method: load the module a second time under another address; look at the table of faults.
 */

import { CanonicalJsonError, canonicalJsonFaults } from "@reprise/canonical-json";
import { describe, expect, test, vi } from "vitest";

describe("CanonicalJsonError.is", () => {
  test("knows the error of another copy", async () => {
    vi.resetModules();
    const copy = await import("@reprise/canonical-json");
    expect(copy.CanonicalJsonError).not.toBe(CanonicalJsonError);
    const error = new copy.CanonicalJsonError("CYCLE", "made elsewhere");
    expect(error).not.toBeInstanceOf(CanonicalJsonError);
    expect(CanonicalJsonError.is(error)).toBe(true);
  });
  test.each([
    [undefined],
    [null],
    ["CYCLE"],
    [new Error("CYCLE")],
    [Object.assign(new Error("x"), { name: "CanonicalJsonError", code: "CYCLE" })],
    [{ code: "CYCLE", fault: "caller" }],
  ])("does not know %o", (other) => {
    expect(CanonicalJsonError.is(other)).toBe(false);
  });
});

describe("an error", () => {
  test("carries its code, its fault and its place, and no mark that shows", () => {
    const error = new CanonicalJsonError("DUPLICATE_KEY", "m", { offset: 3, line: 1, column: 4 });
    expect({ ...error }).toEqual({
      name: "CanonicalJsonError",
      code: "DUPLICATE_KEY",
      fault: "peer",
      path: undefined,
      offset: 3,
      line: 1,
      column: 4,
    });
    expect(error.message).toBe("m");
    expect("cause" in error).toBe(false);
    expect(Object.getOwnPropertySymbols({ ...error })).toEqual([]);
  });
  test("has a cause when it is given one, undefined too", () => {
    const error = new CanonicalJsonError("VALUE_UNREADABLE", "m", { path: "", cause: undefined });
    expect("cause" in error).toBe(true);
  });
});

test("the caller answers for values and arguments, the peer for texts", () => {
  const byFault = (fault: string) =>
    Object.entries(canonicalJsonFaults).flatMap(([code, of]) => (of === fault ? [code] : []));
  expect(byFault("caller").sort()).toEqual([
    "ARGUMENT_INVALID",
    "CYCLE",
    "NUMBER_NOT_FINITE",
    "OBJECT_NOT_PLAIN",
    "STRING_ILL_FORMED",
    "SYMBOL_KEY",
    "TO_JSON_METHOD",
    "UNSUPPORTED_TYPE",
    "VALUE_TOO_DEEP",
    "VALUE_TOO_LARGE",
    "VALUE_UNREADABLE",
  ]);
  expect(byFault("peer").sort()).toEqual([
    "CONTROL_CHARACTER",
    "DUPLICATE_KEY",
    "ESCAPE_INVALID",
    "LONE_SURROGATE",
    "NUMBER_INVALID",
    "NUMBER_NOT_CANONICAL",
    "NUMBER_OVERFLOW",
    "TEXT_TOO_DEEP",
    "TRAILING_TEXT",
    "UNEXPECTED_CHARACTER",
    "UNEXPECTED_END",
    "UTF8_INVALID",
  ]);
});
