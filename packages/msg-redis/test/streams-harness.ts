/** The stream bus on Redis as the laws of stream buses want it: streams of its own for each trial. */
import { type StreamBus, type StreamDeadLetter, streamDeadLetterCodec } from "@reprise/msg-core";
import type { RedisStreamsOptions } from "@reprise/msg-redis";
import { openRedisStreams } from "@reprise/msg-redis/os";
import { Redis } from "ioredis";
import { type Note, noteCodec, type StreamStage } from "../../../tools/testing/stream-stage.ts";
import { freshTopic, profileOn } from "./redis-harness.ts";

export type NoteOptions = Omit<RedisStreamsOptions<Note>, "codec" | "profile">;

export const openNotes = (port: number, options: NoteOptions = {}): Promise<StreamBus<Note>> =>
  openRedisStreams({
    codec: noteCodec,
    profile: profileOn(port),
    times: { claimEveryMs: 50 },
    ...options,
  });

export function stageOn(port: number): StreamStage {
  const raw = new Redis({ host: "127.0.0.1", port });
  const opened: StreamBus<unknown>[] = [];
  const stream = freshTopic();
  const other = `${stream}.other`;
  return {
    stream,
    other,
    async open(opening = {}) {
      const bus = await openNotes(port, opening);
      opened.push(bus);
      return bus;
    },
    async addRaw(name, field, value) {
      await raw.xadd(name, "*", field, value);
    },
    async deadLetters(name) {
      const bus = await openRedisStreams<StreamDeadLetter>({
        codec: streamDeadLetterCodec,
        profile: profileOn(port),
      });
      opened.push(bus);
      const letters = await bus.streamRead([`${name}.dead-letter`], { count: 1000 });
      return letters.map(({ message }) => message);
    },
    async end() {
      await Promise.all(opened.map((bus) => bus.close().catch(() => undefined)));
      await raw.del(stream, other, `${stream}.dead-letter`);
      await raw.quit();
    },
  };
}
