/**
 * Log records to a stream: standard error, a file, a pipe. Where the stream is slower than the
 * program, lines wait in a buffer of bounded size; what finds it full is dropped and counted, and
 * the log says so itself with the record `log.dropped` once there is room. A stream that fails takes
 * the log down, never the program.
 */
import type { Writable } from "node:stream";
import type { LogRecord, LogSink } from "../logs/log-record.js";
import { logLine } from "../logs/log-text.js";

export interface StreamSinkOptions {
  /** Default: `logLine`. */
  readonly render?: (record: LogRecord) => string;
  /** Characters that may wait. Default 1,048,576. */
  readonly bufferLengthMax?: number;
}

export interface StreamSink {
  readonly write: LogSink;
  /** Records that were not written. */
  readonly dropped: number;
  /** Why the stream failed, where it did: nothing is written from then on. */
  readonly failure: Error | undefined;
  /**
   * Resolves when what was written before is with the operating system, or the stream has failed,
   * or `deadlineMs` (default 5,000) is over. The stream stays open: it is the caller's.
   */
  flush(deadlineMs?: number): Promise<void>;
  /** `flush`, and lets go of the stream. What comes later is dropped. */
  close(deadlineMs?: number): Promise<void>;
}

const deadlineMsDefault = 5_000;

export function createStreamSink(stream: Writable, options: StreamSinkOptions = {}): StreamSink {
  const { render = logLine, bufferLengthMax = 1_048_576 } = options;
  const lines = createLineBuffer(stream);
  let untold = 0;
  let closed = false;
  return {
    write(record) {
      const line = render(record);
      const isFull = lines.waitingLength + line.length > bufferLengthMax;
      if (closed || lines.failure !== undefined || isFull) {
        lines.drop(1);
        untold += 1;
        return;
      }
      if (untold > 0) {
        const fields = { count: untold };
        untold = 0;
        lines.add(render({ level: "warn", event: "log.dropped", index: record.index, fields }));
      }
      lines.add(line);
    },
    flush: lines.flush,
    async close(deadlineMs) {
      await lines.flush(deadlineMs);
      closed = true;
      lines.end();
    },
    get dropped() {
      return lines.dropped;
    },
    get failure() {
      return lines.failure;
    },
  };
}

interface LineBuffer {
  add(line: string): void;
  drop(count: number): void;
  flush(deadlineMs?: number): Promise<void>;
  /** Drops what waits, and lets go of the stream. */
  end(): void;
  readonly waitingLength: number;
  readonly dropped: number;
  readonly failure: Error | undefined;
}

/** Lines that wait for the stream to take more. */
function createLineBuffer(stream: Writable): LineBuffer {
  const waiting: string[] = [];
  const flushes = createFlushes(
    () => failure !== undefined || (unwritten === 0 && waiting.length === 0),
  );
  let waitingLength = 0;
  let blocked = false;
  let dropped = 0;
  let unwritten = 0;
  let failure: Error | undefined;

  const send = (text: string, count: number): void => {
    unwritten += 1;
    blocked = !stream.write(text, (error) => {
      unwritten -= 1;
      if (error !== null && error !== undefined) dropped += count;
      flushes.look();
    });
  };
  const onDrain = (): void => {
    blocked = false;
    // One text: a write each would cost more than the lines are worth.
    const lines = waiting.splice(0);
    waitingLength = 0;
    if (lines.length > 0) send(lines.join(""), lines.length);
    flushes.look();
  };
  const onFailure = (error: Error): void => {
    failure ??= error;
    dropped += waiting.splice(0).length;
    flushes.look();
  };
  const onClose = (): void => onFailure(new Error("the log's stream was closed"));
  stream.on("drain", onDrain);
  stream.on("error", onFailure);
  stream.on("close", onClose);

  return {
    add(line) {
      if (!blocked) send(line, 1);
      else {
        waiting.push(line);
        waitingLength += line.length;
      }
    },
    drop(count) {
      dropped += count;
    },
    flush: flushes.flush,
    end() {
      dropped += waiting.splice(0).length;
      stream.off("drain", onDrain);
      stream.off("close", onClose);
      // The handler for errors stays: a stream that fails later must not end the program.
    },
    get waitingLength() {
      return waitingLength;
    },
    get dropped() {
      return dropped;
    },
    get failure() {
      return failure;
    },
  };
}

/** Those who wait until `isDone`. */
function createFlushes(isDone: () => boolean): {
  look(): void;
  flush(deadlineMs?: number): Promise<void>;
} {
  const waiting = new Set<() => void>();
  return {
    look() {
      if (!isDone()) return;
      for (const done of waiting) done();
    },
    flush: (deadlineMs = deadlineMsDefault) =>
      new Promise((resolve) => {
        if (isDone()) {
          resolve();
          return;
        }
        const timer = setTimeout(() => done(), deadlineMs);
        const done = (): void => {
          clearTimeout(timer);
          waiting.delete(done);
          resolve();
        };
        waiting.add(done);
      }),
  };
}
