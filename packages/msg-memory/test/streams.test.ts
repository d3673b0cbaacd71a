/**
 * Goal: the stream bus in memory obeys every law of stream buses, is bounded, and leaves nothing behind.
 * Method: the laws that Redis is held to as well; then its own limits, its timer, and its isolation.
 */

import { MsgError, type StreamCodec, streamDeadLetterCodec } from "@reprise/msg-core";
import {
  createMemoryStreams,
  type MemoryStreamsOptions,
  openMemoryStreams,
} from "@reprise/msg-memory";
import { describe, expect, test } from "vitest";
import { refusalBy } from "../../../tools/testing/refusal.ts";
import { streamLaws } from "../../../tools/testing/stream-laws.ts";
import {
  type Note,
  noteCodec,
  type StreamStage,
  textsOf,
} from "../../../tools/testing/stream-stage.ts";

const refusal: (run: () => unknown) => MsgError = refusalBy(MsgError.is);

const timers = new Set<ReturnType<typeof setTimeout>>();
const timer = (ms: number, elapsed: () => void) => {
  const id = setTimeout(() => {
    timers.delete(id);
    elapsed();
  }, ms);
  timers.add(id);
  return () => {
    timers.delete(id);
    clearTimeout(id);
  };
};
const encoder = new TextEncoder();
const rawCodec = (field: string): StreamCodec<string> => ({
  field,
  encode: (text) => encoder.encode(text),
  decode: (bytes) => new TextDecoder().decode(bytes),
});

function stage(): StreamStage {
  const streams = createMemoryStreams();
  return {
    stream: "laws",
    other: "laws.other",
    open: async (opening = {}) =>
      openMemoryStreams<Note>({ codec: noteCodec, streams, timer, ...opening }),
    async addRaw(stream, field, value) {
      await openMemoryStreams({ codec: rawCodec(field), streams }).streamAdd(stream, value);
    },
    async deadLetters(stream) {
      const bus = openMemoryStreams({ codec: streamDeadLetterCodec, streams });
      return (await bus.streamRead([`${stream}.dead-letter`])).map(({ message }) => message);
    },
    end: async () => undefined,
  };
}

describe.each(Object.entries(streamLaws))("%s", (_, laws) => {
  test.each(laws)("$says", async ({ holds }) => {
    await holds(stage(), expect);
    expect(timers.size).toBe(0);
  });
});

const open = (options: Partial<MemoryStreamsOptions<Note>> = {}) =>
  openMemoryStreams<Note>({ codec: noteCodec, ...options });

test("it says that it is embedded, and not durable", () => {
  expect(open().capabilities).toEqual({ embedded: true, durable: false });
});

test("without a timer a read that finds nothing has waited at once; an iterator waits", async () => {
  const bus = open();
  expect(await bus.streamRead(["s"], { blockMs: 60_000 })).toEqual([]);
  const next = bus.streamIterate(["s"]).next();
  await bus.streamAdd("s", { text: "x" });
  expect((await next).value?.message.text).toBe("x");
});

test("with one it waits, and the time that is up ends it", async () => {
  let elapse: () => void = () => undefined;
  const bus = open({
    timer: (_, elapsed) => {
      elapse = elapsed;
      return () => undefined;
    },
  });
  const waiting = bus.streamRead(["s"], { blockMs: 5 });
  await Promise.resolve();
  await Promise.resolve();
  elapse();
  expect(await waiting).toEqual([]);
});

test("a reader that changes what it was given changes nothing", async () => {
  const codec: StreamCodec<Uint8Array> = {
    field: "b",
    encode: (bytes) => bytes,
    decode: (bytes) => bytes,
  };
  const streams = createMemoryStreams();
  const [one, two] = [openMemoryStreams({ codec, streams }), openMemoryStreams({ codec, streams })];
  const given = Uint8Array.of(1, 2);
  await one.streamAdd("s", given);
  given.fill(9);
  const [first] = await one.streamRead(["s"]);
  first?.message.fill(8);
  expect((await two.streamRead(["s"]))[0]?.message).toEqual(Uint8Array.of(1, 2));
});

test("what was trimmed while it was pending is gone, and holds up nothing", async () => {
  const streams = createMemoryStreams();
  const [one, two] = [open({ streams }), open({ streams })];
  await one.streamAdd("s", { text: "old" });
  await one.streamReadGroup(["s"], { group: "g", consumer: "a" });
  for (let at = 0; at < 150; at++)
    await one.streamAdd("s", { text: String(at) }, { maxLength: 10 });
  await one.close();
  const entries = await two.streamReadGroup(["s"], { group: "g", consumer: "b" });
  expect(textsOf(entries)).not.toContain("old");
  expect(textsOf(entries).at(-1)).toBe("149");
});

describe("limits", () => {
  test("a message that is too large", async () => {
    const bus = open({ streams: createMemoryStreams({ messageSizeMax: 10 }) });
    await bus.streamAdd("s", { text: "12345" });
    await expect(bus.streamAdd("s", { text: "123456" })).rejects.toMatchObject({
      code: "VALUE_TOO_LONG",
    });
  });
  test("all messages together; what is trimmed makes room", async () => {
    const bus = open({ streams: createMemoryStreams({ bytesMax: 2_000 }) });
    const add = () => bus.streamAdd("s", { text: "0123456" }, { maxLength: 1 });
    for (let at = 0; at < 1_000; at++) await add();
    const other = () => bus.streamAdd("other", { text: "0123456" });
    const adding = async () => {
      for (let at = 0; at < 1_000; at++) await other();
    };
    await expect(adding()).rejects.toMatchObject({ code: "QUEUE_FULL", retryable: true });
  });
  test("streams and groups", async () => {
    const bus = open({ streams: createMemoryStreams({ streamsMax: 2, groupsMax: 1 }) });
    await bus.streamAdd("a", { text: "" });
    await bus.streamReadGroup(["b"], { group: "g", consumer: "c" });
    const refused = { code: "LIMIT_EXCEEDED" };
    await expect(bus.streamAdd("c", { text: "" })).rejects.toMatchObject(refused);
    const second = bus.streamReadGroup(["b"], { group: "h", consumer: "c" });
    await expect(second).rejects.toMatchObject(refused);
  });
  test("options out of range", () => {
    expect(refusal(() => createMemoryStreams({ bytesMax: 0 })).code).toBe("LIMIT_EXCEEDED");
    expect(refusal(() => open({ deadLetterSuffix: "" })).code).toBe("LIMIT_EXCEEDED");
    const streams = { limits: createMemoryStreams().limits };
    expect(refusal(() => open({ streams })).code).toBe("CONTRACT_INVALID");
  });
});
