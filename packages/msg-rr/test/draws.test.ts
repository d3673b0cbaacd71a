/**
 * Goal: a draw's entry is the bytes that docs/reference/cassette-v1.md draws, and nothing else is one.
 * Method: vectors by hand, both ways; each prefix and a byte more; ranges.
 */
import { decodeDraw } from "@reprise/msg-rr";
import { describe, expect, test } from "vitest";
import { decodeDrawRequest, drawEntry, encodeNanoseconds } from "../src/draws.js";
import { refusalOf } from "./refusal.ts";

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

const clock = "std.rr.clock_v1";
const entropy = "std.rr.entropy_v1";
/** `Date.now`, a second and one nanosecond after 1970. */
const clockReq = bytes("08000000 446174652e6e6f77");
const clockResp = bytes("01ca9a3b 00000000");
/** `Math.random`, eight bytes. */
const entropyReq = bytes("08000000 0b000000 4d6174682e72616e646f6d");
const entropyResp = bytes("0102030405060708");

test("a reading of the clock", () => {
  expect(
    drawEntry({ call: "Date.now" }, { key: "k", resp: encodeNanoseconds(1_000_000_001n) }),
  ).toEqual({ kind: "rr", op: clock, key: "k", req: clockReq, resp: clockResp, err: 0, extra: [] });
  expect(decodeDraw({ op: clock, req: clockReq, resp: clockResp })).toEqual({
    kind: "clock",
    call: "Date.now",
    ns: 1_000_000_001n,
  });
});

test("a random draw", () => {
  const entry = drawEntry({ call: "Math.random", size: 8 }, { key: "k", resp: entropyResp });
  expect(entry).toMatchObject({ op: entropy, req: entropyReq, resp: entropyResp });
  expect(decodeDraw({ op: entropy, req: entropyReq, resp: entropyResp })).toEqual({
    kind: "entropy",
    call: "Math.random",
    bytes: entropyResp,
  });
});

test.each([
  [0n, "0000000000000000"],
  [-1n, "ffffffffffffffff"],
  [2n ** 63n - 1n, "ffffffffffffff7f"],
  [1_700_000_000_000_000_000n, "00002a36fe9c9717"],
])("%s nanoseconds", (ns, hex) => {
  const resp = encodeNanoseconds(ns);
  expect(Buffer.from(resp).toString("hex")).toBe(hex);
  expect(decodeDraw({ op: clock, req: clockReq, resp })).toMatchObject({ ns });
});

test.each<[string, unknown]>([
  ["2^63", 2n ** 63n],
  ["-2^63", -(2n ** 63n)],
  ["a number", 5],
  ["nothing", undefined],
])("%s is no reading", (_, ns) => {
  expect(refusalOf(() => encodeNanoseconds(ns as bigint)).code).toBe("RESULT_INVALID");
});

describe("what is no draw", () => {
  const refused = (op: string, req: Uint8Array, resp: Uint8Array): string =>
    refusalOf(() => decodeDraw({ op, req, resp })).code;

  test("another operation", () => {
    for (const op of ["std.msg.memory.settle_v1", "std.rr.clock_v2", ""]) {
      expect(refused(op, clockReq, clockResp)).toBe("RECORDED_MISMATCH");
    }
  });

  test("every prefix of a request, and one byte more", () => {
    for (const [op, req, resp] of [
      [clock, clockReq, clockResp],
      [entropy, entropyReq, entropyResp],
    ] as const) {
      for (let length = 0; length < req.length; length++) {
        expect(refused(op, req.subarray(0, length), resp)).toBe("RECORDED_MISMATCH");
      }
      expect(refused(op, Uint8Array.of(...req, 0), resp)).toBe("RECORDED_MISMATCH");
      for (const other of [resp.subarray(1), Uint8Array.of(...resp, 0), new Uint8Array(0)]) {
        expect(refused(op, req, other)).toBe("RECORDED_MISMATCH");
      }
    }
  });

  test("a request of the other kind, and a name that is not UTF-8", () => {
    expect(refused(clock, entropyReq, clockResp)).toBe("RECORDED_MISMATCH");
    expect(refused(entropy, clockReq, entropyResp)).toBe("RECORDED_MISMATCH");
    expect(refused(clock, bytes("01000000 ff"), clockResp)).toBe("RECORDED_MISMATCH");
    expect(decodeDrawRequest(clock, bytes("00000000"))).toEqual({ call: "" });
  });
});
