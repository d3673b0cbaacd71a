/**
 * Goal: an error can be recognised and acted on without reading its message, also when two copies of
 * the package are loaded; the numbers are X07's; the README tells of every code.
 * Method: load the module a second time; hold the table against the numbers as the formats list
 * them, and against the README's; look at what an error carries.
 */

import { readFileSync } from "node:fs";
import { MsgError, type MsgErrorCode } from "@reprise/msg-core";
import { describe, expect, test, vi } from "vitest";

describe("MsgError.is", () => {
  test("knows the error of another copy", async () => {
    vi.resetModules();
    const copy = await import("@reprise/msg-core");
    expect(copy.MsgError).not.toBe(MsgError);
    const error = new copy.MsgError("CLOSED", "made elsewhere");
    expect(error).not.toBeInstanceOf(MsgError);
    expect(MsgError.is(error)).toBe(true);
    expect(copy.MsgError.is(new MsgError("CLOSED", "made here"))).toBe(true);
  });
  test.each([
    [undefined],
    [null],
    ["CLOSED"],
    [7],
    [new Error("CLOSED")],
    [Object.assign(new Error("x"), { name: "MsgError", code: "CLOSED" })],
    [{ code: "CLOSED", fault: "caller", retryable: false }],
    [MsgError],
  ])("does not know %o", (other) => {
    expect(MsgError.is(other)).toBe(false);
  });
});

describe("an error", () => {
  test("carries code, fault, number and details, and no mark that shows", () => {
    const error = new MsgError("ENVELOPE_FRAMING", "m", { offset: 3 });
    expect({ ...error }).toEqual({
      name: "MsgError",
      code: "ENVELOPE_FRAMING",
      fault: "peer",
      retryable: false,
      x07: 9507,
      details: { offset: 3 },
    });
    expect(error.message).toBe("m");
    expect(String(error)).toBe("MsgError: m");
    expect(error).toBeInstanceOf(Error);
    expect(Object.getOwnPropertySymbols({ ...error })).toEqual([]);
  });
  test("has a cause when it is given one, undefined too, and none otherwise", () => {
    const cause = new Error("of the client");
    expect(new MsgError("BROKER_REFUSED", "m", { cause }).cause).toBe(cause);
    expect("cause" in new MsgError("BROKER_REFUSED", "m", { cause: undefined })).toBe(true);
    expect("cause" in new MsgError("BROKER_REFUSED", "m", { limit: 1 })).toBe(false);
  });
  test("takes a number read from a cassette in place of its own", () => {
    expect(new MsgError("BROKER_REFUSED", "m", { x07: 9711 }).x07).toBe(9711);
    expect(new MsgError("NO_MATCH", "m", { x07: 2010 }).x07).toBe(2010);
  });
});

test("isCode knows codes, and not what every object has", () => {
  expect(MsgError.isCode("CLOSED")).toBe(true);
  for (const other of ["", "closed", "CLOSED ", "toString", "constructor", "__proto__"]) {
    expect(MsgError.isCode(other)).toBe(false);
  }
});

describe("the numbers of the formats", () => {
  // In the order of the X07 list; two of ours share the number of the nearest case of theirs.
  const numbers: readonly (readonly [x07: number, codes: readonly MsgErrorCode[]])[] = [
    [2000, ["SESSION_CONFIG", "CASSETTE_PATH", "POLICY_UNKNOWN", "POLICY_REFUSED"]],
    [2001, ["CASSETTE_VERSION"]],
    [2002, ["CASSETTE_UNAVAILABLE"]],
    [2003, ["BUDGET_BYTES"]],
    [2004, ["BUDGET_ENTRIES"]],
    [2005, ["BUDGET_REQ"]],
    [2006, ["BUDGET_RESP"]],
    [2007, ["BUDGET_KEY"]],
    [2008, ["CASSETTE_ENTRY_INVALID", "CASSETTE_CHECKSUM"]],
    [2009, ["NO_MATCH", "REPLAY_DIFFERS"]],
    [2010, ["KIND_MISMATCH"]],
    [2011, ["OP_MISMATCH"]],
    [2012, ["MODE_NO_REPLAY"]],
    [2013, ["MODE_NO_APPEND"]],
    [2014, ["CASSETTE_TRUNCATED"]],
    [9501, ["TOPIC_UNKNOWN"]],
    [9502, ["VALUE_TOO_LONG"]],
    [9503, ["HEADERS_INVALID"]],
    [9504, ["HEADER_NAME_INVALID"]],
    [9505, ["HEADER_VALUE_INVALID"]],
    [9506, ["ENVELOPE_TOO_LARGE"]],
    [9507, ["ENVELOPE_FRAMING"]],
    [9508, ["ENVELOPE_VERSION"]],
    [9509, ["HEADER_SECTION_INVALID"]],
    [9601, ["ENTRY_TOO_LARGE"]],
    [9602, ["ENTRY_TAG_INVALID"]],
    [9603, ["ENTRY_FRAMING"]],
    [9604, ["ENTRY_VERSION"]],
    [9610, ["SESSION_MISSING"]],
    [9611, ["SESSION_CLOSED"]],
    [9612, ["RECORDED_MISMATCH"]],
    [9613, ["RESULT_INVALID"]],
  ];
  test.each(numbers)("%i", (x07, codes) => {
    for (const code of codes) {
      const error = new MsgError(code, "m");
      expect([error.code, error.x07]).toEqual([code, x07]);
    }
  });
});

test("a retry can help where somebody else may act meanwhile, and nowhere else", () => {
  const retryable: readonly MsgErrorCode[] = [
    "ABORTED",
    "BROKER_TIMEOUT",
    "BROKER_UNREACHABLE",
    "CONNECTION_LOST",
    "PUBLISH_INCOMPLETE",
    "QUEUE_FULL",
  ];
  const final: readonly MsgErrorCode[] = [
    "AUTHENTICATION_FAILED",
    "BROKER_REFUSED",
    "CLOSED",
    "CONTRACT_INVALID",
    "DELIVERY_UNKNOWN",
    "DOCUMENT_INVALID",
    "ENVELOPE_FRAMING",
    "LIMIT_EXCEEDED",
    "OBSERVER_FAILED",
    "REPLAY_UNUSED",
    "SECRET_FOUND",
    "SECRET_MISSING",
    "UNROUTABLE",
  ];
  for (const code of retryable) expect(new MsgError(code, "m").retryable, code).toBe(true);
  for (const code of final) expect(new MsgError(code, "m").retryable, code).toBe(false);
});

describe("the README's table", () => {
  const textOf = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
  const table = textOf("../README.md").split("## Errors")[1] ?? "";
  /** A row may tell of several codes, whose numbers are then listed, or spanned. */
  const rows = [...table.matchAll(/^\| (`.*?) \| (\w+) \| (\w*) ?\| ([\d, to]*?) ?\| /gm)];
  const documented = rows.flatMap(([, codes = "", fault = "", retryable = "", numbers = ""]) =>
    [...codes.matchAll(/`(\w+)`/g)].map(([, code = ""], index) => {
      const [first = "", ...rest] = numbers.match(/\d+/g) ?? [];
      const number = rest.length === 0 ? Number(first) : Number(first) + index;
      return {
        code,
        fault,
        retryable: retryable === "yes",
        x07: first === "" ? undefined : number,
      };
    }),
  );
  test("says what an error says", () => {
    for (const row of documented) {
      expect(MsgError.isCode(row.code), row.code).toBe(true);
      const { code, fault, retryable, x07 } = new MsgError(row.code as MsgErrorCode, "m");
      expect(row).toEqual({ code, fault, retryable, x07 });
    }
  });
  test("has every code once", () => {
    const codes = [...textOf("../src/errors.ts").matchAll(/^ {2}\| "(\w+)"/gm)].map(
      ([, code]) => code,
    );
    expect(documented.map(({ code }) => code).sort()).toEqual(codes.sort());
    expect(codes.length).toBeGreaterThan(40);
  });
});
