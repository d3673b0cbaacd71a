/**
 * Goal: the binary records are read as they are drawn; any other bytes are RECORDED_MISMATCH.
 * Method: the examples of docs/reference/cassette-v1.md, every prefix of each and a byte behind it;
 * text short and long, ASCII and not; values out of range.
 */
import { decodeHandover, decodeReceipt, decodeSettlement } from "@reprise/msg-rr";
import { describe, expect, test } from "vitest";
import { bytesOf, field, hexOf } from "../../../tools/testing/hex.ts";
import { refusalOf } from "./refusal.ts";

const text = new TextEncoder();
const handover = "00000000 03000000 01000000 00000000 02000000";
const settlement = "02000000 01000000 02000000 3137 06000000 6f7264657273";

const records: readonly (readonly [string, (bytes: Uint8Array) => unknown, string, unknown])[] = [
  ["receipt", decodeReceipt, "02000000 02000000 3137", { partition: 2, position: "17" }],
  [
    "handover",
    decodeHandover,
    `${handover} 02000000 3137`,
    { batchIndex: 0, batchSize: 3, attempt: 1, redelivered: false, partition: 2, position: "17" },
  ],
  [
    "settlement",
    decodeSettlement,
    `${settlement} 01000000 00000000`,
    { partition: 2, attempt: 1, position: "17", topic: "orders", outcome: "ack", reason: "" },
  ],
];

describe.each(records)("a %s", (_, decode, hex, value) => {
  const bytes = bytesOf(hex);

  test("is read, at its place in a larger buffer too", () => {
    expect(decode(bytes)).toEqual(value);
    expect(decode(Uint8Array.of(9, ...bytes, 9).subarray(1, bytes.length + 1))).toEqual(value);
  });

  test("cut short, or with a byte behind it, is refused", () => {
    for (let size = 0; size < bytes.length; size++) {
      expect(refusalOf(() => decode(bytes.subarray(0, size))).code).toBe("RECORDED_MISMATCH");
    }
    const refusal = refusalOf(() => decode(Uint8Array.of(...bytes, 0)));
    expect([refusal.code, refusal.x07]).toEqual(["RECORDED_MISMATCH", 9612]);
  });
});

test.each([
  "",
  "é",
  "x".repeat(24),
  "x".repeat(25),
  `${"x".repeat(23)}é`,
  "日本".repeat(20),
  "\ufeff1",
])("the position %j is read", (position) => {
  const bytes = bytesOf(`ffffffff ${field(hexOf(text.encode(position)))}`);
  expect(decodeReceipt(bytes)).toEqual({ partition: 0xffffffff, position });
});

test.each([
  ["a position that is not UTF-8", decodeReceipt, "00000000 01000000 ff"],
  ["a length that leaves the record", decodeReceipt, "00000000 ffffffff 3137"],
  ["redelivered 2", decodeHandover, "00000000 03000000 01000000 02000000 02000000 00000000"],
  [
    "an index that is not below its size",
    decodeHandover,
    "03000000 03000000 01000000 00000000 02000000 00000000",
  ],
  ["outcome 0", decodeSettlement, `${settlement} 00000000 00000000`],
  ["outcome 4", decodeSettlement, `${settlement} 04000000 00000000`],
])("refused: %s", (_, decode, hex) => {
  expect(refusalOf(() => decode(bytesOf(hex))).code).toBe("RECORDED_MISMATCH");
});
