/**
 * Goal: a slow stream bounds the memory of a log and what is lost is told; a broken one does no harm.
 * Method: streams that take what they are told to take, when they are told to.
 */
import { Writable } from "node:stream";
import { createLogger } from "@reprise/obs";
import { createStreamSink } from "@reprise/obs/os";
import { expect, test } from "vitest";

/** Takes a write only when `take` is called, unless it is open. */
function gatedStream() {
  const taken: string[] = [];
  let release: ((error?: Error) => void) | undefined;
  let isOpen = false;
  const stream = new Writable({
    highWaterMark: 10,
    decodeStrings: false,
    write(chunk: string, _, done) {
      taken.push(chunk);
      if (isOpen) done();
      else release = done;
    },
  });
  return {
    stream,
    taken,
    open: () => {
      isOpen = true;
      release?.();
    },
    fail: (error: Error) => release?.(error),
  };
}

const render = ({ event, fields }: { event: string; fields: object }): string =>
  `${event}${event === "log.dropped" ? JSON.stringify(fields) : ""}\n`;

test("lines arrive whole and in order", async () => {
  const { stream, taken, open } = gatedStream();
  open();
  const sink = createStreamSink(stream);
  const log = createLogger({ sinks: [sink.write] });
  for (let n = 0; n < 100; n++) log.info("e", { n });
  await sink.flush();
  const lines = taken.join("").trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).fields.n)).toEqual([...Array(100).keys()]);
  expect(sink.dropped).toBe(0);
});

test("what a slow stream has no room for is dropped, counted, and told once there is room", async () => {
  const { stream, taken, open } = gatedStream();
  const sink = createStreamSink(stream, { render, bufferLengthMax: 40 });
  const log = createLogger({ sinks: [sink.write] });
  // The first is with the stream, four fit into the buffer.
  for (let n = 0; n < 10; n++) log.info(`event-${n}${n === 0 ? "-long" : "  "}`);
  expect(sink.dropped).toBe(5);
  open();
  await sink.flush();
  log.info("later");
  await sink.close();
  expect(taken.join("")).toBe(
    'event-0-long\nevent-1  \nevent-2  \nevent-3  \nevent-4  \nlog.dropped{"count":5}\nlater\n',
  );
  expect(sink.dropped).toBe(5);
});

test("a stream that fails ends the log and nothing else", async () => {
  const { stream, fail } = gatedStream();
  const sink = createStreamSink(stream, { render });
  const log = createLogger({ sinks: [sink.write] });
  log.info("a-longer-one");
  log.info("b");
  const flushed = sink.flush();
  fail(new Error("EPIPE"));
  await flushed;
  await new Promise((resolve) => setImmediate(resolve));
  log.info("c");
  expect(sink.failure?.message).toBe("EPIPE");
  expect(sink.dropped).toBe(3);
  await sink.close();
});

test("a stream that was destroyed under it is a failure", async () => {
  const { stream } = gatedStream();
  const sink = createStreamSink(stream, { render });
  const closed = new Promise((resolve) => stream.once("close", resolve));
  stream.destroy();
  await closed;
  createLogger({ sinks: [sink.write] }).info("late");
  expect(sink.failure).toBeDefined();
  expect(sink.dropped).toBe(1);
});

test("flush ends at its deadline, close drops what is left, and both may be called again", async () => {
  const { stream } = gatedStream();
  const sink = createStreamSink(stream, { render });
  const log = createLogger({ sinks: [sink.write] });
  log.info("stuck-in-the-stream");
  log.info("waiting");
  await sink.flush(1);
  expect(sink.dropped).toBe(0);
  await sink.close(1);
  await sink.close(1);
  log.info("late");
  expect(sink.dropped).toBe(2);
});
