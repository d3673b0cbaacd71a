/**
 * The messages of one partition that somebody still needs, by offset. A ring: the message at
 * `offset` is in slot `offset & mask`, so that appending, reading and forgetting cost the same
 * however many there are. It holds bytes (msg.envelope_v1), as a broker does: what a program does
 * to its objects afterwards does not reach them.
 */
import type { Cursor } from "./cursor.js";
import type { MemoryLimits } from "./options.js";

export interface PartitionLog {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the oldest message kept. */
  start: number;
  /** The offset that the next message gets. */
  end: number;
  /** The bytes of the messages kept. */
  bytes: number;
  /** A power of two long, at least `end - start`. */
  slots: (Uint8Array | undefined)[];
  /** One of each group that reads the topic. What all have committed is forgotten. */
  readonly cursors: Cursor[];
}

/** How much: of a batch, for one partition. */
export interface Amount {
  messages: number;
  bytes: number;
}

const slotsMin = 16;

export function createPartitionLog(topic: string, partition: number): PartitionLog {
  const slots = new Array<undefined>(slotsMin).fill(undefined);
  return { topic, partition, start: 0, end: 0, bytes: 0, slots, cursors: [] };
}

/** Appends and returns the offset. Whether there is room is asked before. */
export function append(log: PartitionLog, message: Uint8Array): number {
  if (log.end - log.start === log.slots.length) grow(log);
  const offset = log.end;
  log.slots[offset & (log.slots.length - 1)] = message;
  log.end += 1;
  log.bytes += message.length;
  return offset;
}

function grow(log: PartitionLog): void {
  const mask = log.slots.length - 1;
  const wider = new Array<Uint8Array | undefined>(log.slots.length * 2).fill(undefined);
  for (let offset = log.start; offset < log.end; offset++) {
    wider[offset & (wider.length - 1)] = log.slots[offset & mask];
  }
  log.slots = wider;
}

/** The message at `offset`, which is `start` to `end - 1`. */
export function read(log: PartitionLog, offset: number): Uint8Array {
  // A slot between `start` and `end` is filled.
  return log.slots[offset & (log.slots.length - 1)] as Uint8Array;
}

/** Forgets what every group has committed. Returns whether that was anything. */
export function trim(log: PartitionLog): boolean {
  let committed = log.end;
  for (const cursor of log.cursors) committed = Math.min(committed, cursor.committed);
  if (log.cursors.length === 0 || committed === log.start) return false;
  const mask = log.slots.length - 1;
  for (let offset = log.start; offset < committed; offset++) {
    log.bytes -= read(log, offset).length;
    log.slots[offset & mask] = undefined;
  }
  log.start = committed;
  return true;
}

/** Whether `log` has room for `amount` now. */
export function hasRoom(log: PartitionLog, amount: Amount, limits: MemoryLimits): boolean {
  return (
    log.end - log.start + amount.messages <= limits.partitionMessagesMax &&
    log.bytes + amount.bytes <= limits.partitionBytesMax
  );
}

/** Adds a message of `size` bytes to what is to go into `log`. */
export function addAmount(
  amounts: Map<PartitionLog, Amount>,
  log: PartitionLog,
  size: number,
): Amount {
  let amount = amounts.get(log);
  if (amount === undefined) {
    amount = { messages: 0, bytes: 0 };
    amounts.set(log, amount);
  }
  amount.messages += 1;
  amount.bytes += size;
  return amount;
}
