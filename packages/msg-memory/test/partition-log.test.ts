/**
 * Goal: a partition keeps what is needed, finds it by offset, and forgets the rest.
 * Method: the ring is made to grow while it is turned, and trimmed to each point.
 */
import { expect, test } from "vitest";
import { createCursor } from "../src/cursor.ts";
import { append, createPartitionLog, hasRoom, read, trim } from "../src/partition-log.ts";
import { bytes } from "./exchange.ts";

const limits = {
  partitionMessagesMax: 4,
  partitionBytesMax: 10,
  valueSizeMax: 1,
  batchSizeMax: 1,
};

test("offsets go on while the ring turns and grows", () => {
  const log = createPartitionLog("orders", 0);
  const cursor = createCursor(log);
  log.cursors.push(cursor);
  for (let offset = 0; offset < 1000; offset++) {
    expect(append(log, bytes(`m${offset}`))).toBe(offset);
    // A third of what came has been forgotten at any time.
    cursor.committed = Math.floor(offset / 3);
    trim(log);
    expect(log.start).toBe(cursor.committed);
    expect(read(log, log.start)).toEqual(bytes(`m${log.start}`));
    expect(read(log, offset)).toEqual(bytes(`m${offset}`));
  }
  expect(log.slots.length).toBe(1024);
  expect(log.slots.filter((slot) => slot !== undefined).length).toBe(1000 - log.start);
});

test("what one group still needs is kept", () => {
  const log = createPartitionLog("orders", 0);
  const [slow, fast] = [createCursor(log), createCursor(log)];
  log.cursors.push(slow, fast);
  for (let count = 0; count < 4; count++) append(log, bytes("four"));
  fast.committed = 4;
  expect(trim(log)).toBe(false);
  slow.committed = 3;
  expect(trim(log)).toBe(true);
  expect([log.start, log.end, log.bytes]).toEqual([3, 4, 4]);
});

test("where no group reads, nothing is forgotten", () => {
  const log = createPartitionLog("orders", 0);
  append(log, bytes("kept"));
  expect(trim(log)).toBe(false);
  expect(log.start).toBe(0);
});

test("room is counted in messages and in bytes, to the last one", () => {
  const log = createPartitionLog("orders", 0);
  append(log, bytes("four"));
  expect(hasRoom(log, { messages: 3, bytes: 6 }, limits)).toBe(true);
  expect(hasRoom(log, { messages: 4, bytes: 6 }, limits)).toBe(false);
  expect(hasRoom(log, { messages: 3, bytes: 7 }, limits)).toBe(false);
});
