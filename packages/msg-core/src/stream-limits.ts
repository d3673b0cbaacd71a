/** What a call on a stream bus may say: names and numbers, with their ranges. Out of it: LIMIT_EXCEEDED. */
import {
  checkName,
  groupLengthMax,
  inRange,
  topicLengthMax,
  waitMsMax,
} from "./broker-driver/bounds.js";
import { MsgError } from "./errors.js";
import type { StreamAddOptions, StreamReadOptions } from "./stream-bus.js";

export const streamMaxLengthDefault: number = 1_000;
/** Streams in one read. */
export const readStreamsMax: number = 100;
/** Entries of one stream in one read. */
export const readCountMax: number = 1_000;
/** Entries that one bus has read in groups and not acknowledged. */
export const heldEntriesMax: number = 10_000;

const lengthMax = 2 ** 31 - 1;
const countDefault = 100;

export function checkedAdd(stream: string, options: StreamAddOptions): number {
  checkName("stream", stream, topicLengthMax);
  const { maxLength = streamMaxLengthDefault } = options;
  return inRange("maxLength", maxLength, { max: lengthMax });
}

export interface CheckedRead {
  readonly count: number;
  readonly blockMs: number;
  readonly signal: AbortSignal | undefined;
}

export function checkedRead(streams: readonly string[], options: StreamReadOptions): CheckedRead {
  inRange("streams", streams.length, { max: readStreamsMax });
  for (const stream of streams) checkName("a stream", stream, topicLengthMax);
  if (new Set(streams).size < streams.length) {
    throw new MsgError("LIMIT_EXCEEDED", "a stream is named twice in one read");
  }
  const { count = countDefault, blockMs = 0, signal } = options;
  inRange("count", count, { max: readCountMax });
  inRange("blockMs", blockMs, { min: 0, max: waitMsMax });
  return { count, blockMs, signal };
}

export function checkGroup({ group, consumer }: { group: string; consumer: string }): void {
  checkName("group", group, groupLengthMax);
  checkName("consumer", consumer, groupLengthMax);
}

export function checkField(field: string): void {
  if (/^[\x20-\x7e]{1,64}$/.test(field)) return;
  const got = JSON.stringify(field.slice(0, 80));
  throw new MsgError("LIMIT_EXCEEDED", `field: expected 1 to 64 ASCII characters, got ${got}`);
}
