/** The stream bus on Redis, without the client: `os/streams.ts` brings that. */
import type { RawEntry, StreamLink, StreamLog, StreamReadRequest } from "@reprise/msg-core";
import type { DriverPorts } from "@reprise/msg-core/driver";
import type { Command, Connect, RedisConnection } from "./connection.js";
import type { RedisSettings } from "./options.js";
import { listOf, readEntries, textOf } from "./replies.js";
import { createStreamAdder } from "./stream-adder.js";
import { createStreamGroups } from "./stream-groups.js";
import { createStreamLine, type StreamLine } from "./stream-line.js";
import type { RedisStreamLimits } from "./stream-options.js";
import { createStreamWaiting, type StreamWaiting } from "./stream-waiting.js";

export interface StreamsLinkParts {
  readonly settings: RedisSettings;
  readonly limits: RedisStreamLimits;
  readonly connect: Connect;
  readonly ports: DriverPorts;
  readonly log: StreamLog | undefined;
}

interface Reading {
  readonly parts: StreamsLinkParts;
  readonly commands: StreamLine;
  readonly waiting: StreamWaiting;
  readonly isStopped: () => boolean;
}

/** Resolves when the server is there. Rejects as `openRedisDriver` does. */
export async function openStreamsLink(parts: StreamsLinkParts): Promise<StreamLink> {
  const { settings, limits, connect, ports, log } = parts;
  const { timer, now } = ports;
  const lineOf = (role: "commands" | "reading"): StreamLine =>
    createStreamLine({ settings, connect, timer, role, log });
  const commands = lineOf("commands");
  await commands.open();
  let isStopped = false;
  const waiting = createStreamWaiting({
    createReadingLine: () => lineOf("reading"),
    commands,
    linesMax: limits.waitingReadsMax,
  });
  const reading: Reading = { parts, commands, waiting, isStopped: () => isStopped };
  const groups = createStreamGroups({
    ...{ settings, commands, waiting, timer, now, log },
    isStopped: reading.isStopped,
  });
  const entrySizeMax = settings.limits.valueSizeMax;
  const add = createStreamAdder({ calls: commands.calls, limits, entrySizeMax });
  const running = new Set<Promise<unknown>>();
  return {
    capabilities: { embedded: false, durable: true },
    add: async (request) => add(request),
    read(request) {
      const work = read(reading, request);
      running.add(work);
      return work.finally(() => running.delete(work));
    },
    readGroup: async (request) => groups.read(request),
    acknowledge: ({ stream, group }, ids) => groups.acknowledge(stream, group, ids),
    putBack: groups.putBack,
    async close() {
      isStopped = true;
      await waiting.stop();
      await groups.close();
      await Promise.allSettled(running);
      await Promise.all([waiting.close(), commands.close()]);
    },
  };
}

async function read(reading: Reading, request: StreamReadRequest): Promise<readonly RawEntry[]> {
  const { parts, commands, isStopped } = reading;
  const { now } = parts.ports;
  const { places, signal } = request;
  await commands.calls.run("reading", (connection) => begin(parts.settings, connection, places));
  const until = now() + request.blockMs;
  for (;;) {
    if (isStopped() || signal?.aborted === true) return [];
    const waitMs = Math.min(parts.settings.blockMs, Math.ceil(until - now()));
    const entries = await readOnce(reading, { ...request, blockMs: waitMs });
    if (entries.length > 0) return entries;
    if (now() >= until) return [];
  }
}

/** The end of a stream is where it ends now: what comes between two reads must be read. */
async function begin(
  { start }: RedisSettings,
  connection: RedisConnection,
  places: StreamReadRequest["places"],
): Promise<true> {
  for (const [stream, id] of places) {
    if (id !== undefined) continue;
    places.set(stream, start === "end" ? await lastIdOf(connection, stream) : "0-0");
  }
  return true;
}

async function lastIdOf(connection: RedisConnection, stream: string): Promise<string> {
  const [newest] = listOf(await connection.call(["XREVRANGE", stream, "+", "-", "COUNT", "1"]));
  return newest === undefined ? "0-0" : textOf(listOf(newest)[0]);
}

async function readOnce(
  { commands, waiting }: Reading,
  { places, count, blockMs, signal }: StreamReadRequest,
): Promise<readonly RawEntry[]> {
  const streams = [...places.keys()];
  const block = blockMs > 0 ? ["BLOCK", String(blockMs)] : [];
  const behind = [...places.values()].map((id) => id ?? "0-0");
  const command: Command = [
    ...["XREAD", "COUNT", String(count), ...block],
    ...["STREAMS", ...streams, ...behind],
  ];
  const what = `reading ${streams.join(", ")}`;
  const reply =
    blockMs > 0
      ? await waiting.call(what, { command, signal })
      : await commands.calls.run(what, (connection) => connection.call(command));
  return readEntries(reply).flatMap(([stream, entries]) => {
    const last = entries.at(-1);
    if (last !== undefined) places.set(stream, last.id);
    return entries.map(({ id, fields = [] }) => ({ stream, id, fields, attempt: 1 }));
  });
}
