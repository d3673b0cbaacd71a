/**
 * Goal: results share memory without touching one another, and the package keeps no large input
 * alive.
 * Method: results of sizes around the thresholds, written over and looked at again; a chunk given
 * away to a worker; a large input that is read, dropped, and waited for to be collected.
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { decodeEnvelope, encodeEnvelope, firstDifference } from "@reprise/msg-core";
import { describe, expect, test } from "vitest";
import { hexOf } from "../../../tools/testing/hex.ts";
import { isBytes } from "../src/bytes.ts";

const none = new Uint8Array(0);
const withValue = (size: number, fill: number) =>
  encodeEnvelope({ topic: "t", key: none, value: new Uint8Array(size).fill(fill), headers: {} });

describe("results", () => {
  test("of any sizes do not overlap, and begin on 8 bytes", () => {
    const results = Array.from({ length: 300 }, (_, index) =>
      withValue((index * 37) % 9000, index),
    );
    for (const [index, result] of results.entries()) {
      expect(result.byteOffset % 8).toBe(0);
      const { value } = decodeEnvelope(result);
      expect(value.length).toBe((index * 37) % 9000);
      expect(value.every((byte) => byte === (index & 0xff))).toBe(true);
    }
    // To write over one leaves the others as they are.
    const before = results.map(hexOf);
    for (let index = 0; index < results.length; index += 2) results[index]?.fill(0xff);
    for (let index = 1; index < results.length; index += 2) {
      expect(hexOf(results[index] ?? none)).toBe(before[index]);
    }
  });
  test("come from a new chunk when the old one was given away", () => {
    const { buffer } = withValue(3, 7);
    structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
    expect([...decodeEnvelope(withValue(3, 7)).value]).toEqual([7, 7, 7]);
  });
  test("of a refused message leave nothing behind", () => {
    const before = withValue(3, 1);
    const bad = { topic: "t", key: none, value: none, headers: { a: "\ud800" } };
    expect(() => encodeEnvelope(bad)).toThrow();
    const after = withValue(3, 2);
    expect([...decodeEnvelope(before).value]).toEqual([1, 1, 1]);
    expect([...decodeEnvelope(after).value]).toEqual([2, 2, 2]);
  });
});

describe("inputs", () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

  function readIn(size: number): WeakRef<ArrayBufferLike> {
    const input = new Uint8Array(size);
    const encoded = withValue(10, 1);
    input.set(encoded);
    decodeEnvelope(input.subarray(0, encoded.length));
    decodeEnvelope(input.subarray(0, encoded.length));
    return new WeakRef(input.buffer);
  }

  test("of more than a megabyte are not kept alive", async () => {
    const input = readIn(1024 * 1024 + 1);
    await turn();
    collect();
    expect(input.deref()).toBe(undefined);
  });
  test("of less are kept until the next one at the most", async () => {
    const input = readIn(1024 * 1024);
    readIn(100);
    await turn();
    collect();
    expect(input.deref()).toBe(undefined);
  });
  test("may be shared with a worker", () => {
    const encoded = encodeEnvelope({
      topic: "é",
      key: none,
      value: Uint8Array.of(1),
      headers: { a: "é", b: "x".repeat(200) },
    });
    const shared = new Uint8Array(new SharedArrayBuffer(encoded.length));
    shared.set(encoded);
    expect(decodeEnvelope(shared)).toEqual(decodeEnvelope(encoded));
  });
});

test("what bytes are", () => {
  for (const bytes of [none, Buffer.alloc(1), runInNewContext("new Uint8Array(1)")]) {
    expect(isBytes(bytes)).toBe(true);
  }
  const others = [
    new Int8Array(1),
    new Uint8ClampedArray(1),
    new DataView(none.buffer),
    [],
    "",
    null,
  ];
  for (const other of others) expect(isBytes(other)).toBe(false);
});

test.each<[left: readonly number[], right: readonly number[], at: number]>([
  [[], [], -1],
  [[1, 2], [1, 2], -1],
  [[1, 2], [1, 3], 1],
  [[0], [1], 0],
  [[], [1], 0],
  [[1, 2, 3], [1, 2], 2],
  [[1], [1, 0], 1],
  [[2, 2], [1], 0],
])("%o and %o first differ at %i", (left, right, at) => {
  expect(firstDifference(Uint8Array.from(left), Uint8Array.from(right))).toBe(at);
});
