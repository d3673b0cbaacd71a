/**
 * Adding to streams: what is added while the server works on a batch is the next batch. One at a time, so
 * that entries keep their order over a lost connection; what of a batch has no reply then is added again,
 * and may be there twice: a message has an id for that.
 */
import { MsgError, type StreamAddRequest } from "@reprise/msg-core";
import type { Calls } from "./calls.js";
import { type Command, CommandError, isPassing, type RedisConnection } from "./connection.js";
import { refusalOf } from "./refusals.js";
import { textOf } from "./replies.js";
import type { RedisStreamLimits } from "./stream-options.js";

export interface StreamAdderParts {
  readonly calls: Calls;
  readonly limits: RedisStreamLimits;
  /** Bytes of one entry's field and value; dead letters are let through. */
  readonly entrySizeMax: number;
}

interface Waiting {
  readonly stream: string;
  readonly command: Command;
  readonly size: number;
  resolve(id: string): void;
  reject(error: unknown): void;
}

/** Entries of one batch, and their bytes: written at once. */
const batchCountMax = 1_000;
const batchBytesMax = 4 * 2 ** 20;

export function createStreamAdder(
  parts: StreamAdderParts,
): (request: StreamAddRequest) => Promise<string> {
  const { limits, entrySizeMax } = parts;
  const queue: Waiting[] = [];
  let bytes = 0;
  let count = 0;
  let isRunning = false;

  const run = async (): Promise<void> => {
    isRunning = true;
    // What is added in the same turn goes together.
    await Promise.resolve();
    while (queue.length > 0) {
      const batch = queue.splice(0, fitting(queue));
      await write(parts.calls, batch);
      for (const { size } of batch) bytes -= size;
      count -= batch.length;
    }
    isRunning = false;
  };

  return (request) => {
    const { stream, field, value, isDeadLetter } = request;
    const size = field.length + value.length;
    if (!isDeadLetter && size > entrySizeMax) throw tooLong(size, entrySizeMax);
    if (count >= limits.waitingAddsMax || bytes + size > limits.waitingBytesMax) throw full(count);
    count += 1;
    bytes += size;
    return new Promise((resolve, reject) => {
      queue.push({ stream, command: commandOf(request), size, resolve, reject });
      if (!isRunning) void run();
    });
  };
}

function commandOf({ stream, maxLength, field, value }: StreamAddRequest): Command {
  return ["XADD", stream, "MAXLEN", "~", String(maxLength), "*", field, value];
}

function fitting(queue: readonly Waiting[]): number {
  let bytes = 0;
  const over = queue.findIndex(({ size }, at) => {
    bytes += size;
    return at > 0 && (at >= batchCountMax || bytes > batchBytesMax);
  });
  return over < 0 ? queue.length : over;
}

/** Never rejects. */
async function write(calls: Calls, batch: readonly Waiting[]): Promise<void> {
  let left = batch;
  const what = `adding to ${batch[0]?.stream}`;
  const attempt = async (connection: RedisConnection): Promise<true> => {
    const asked = left;
    const outcomes = await connection.callAll(asked.map(({ command }) => command));
    let passing: CommandError | undefined;
    left = asked.filter((waiting, at) => {
      const outcome = outcomes[at] ?? null;
      if (isPassing(outcome)) {
        passing = outcome;
        return true;
      }
      if (outcome instanceof CommandError) waiting.reject(refusalOf(what, outcome));
      else waiting.resolve(textOf(outcome));
      return false;
    });
    if (passing !== undefined) throw passing;
    return true;
  };
  try {
    await calls.run(what, attempt);
  } catch (error) {
    for (const waiting of left) waiting.reject(error);
  }
}

function tooLong(actual: number, limit: number): MsgError {
  const message = `entry is ${actual} bytes, at most ${limit} (max_entry_bytes in the profile)`;
  return new MsgError("VALUE_TOO_LONG", message, { limit, actual });
}

function full(count: number): MsgError {
  return new MsgError("QUEUE_FULL", `${count} adds wait for the server: wait for some of them`);
}
