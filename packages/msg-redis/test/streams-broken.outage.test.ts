/**
 * Goal: streams outlive the server's death and the consumers' deaths: what was confirmed is there, in
 * order; what a dead consumer held is another's; what is slow is not dead; lost replies lose nothing.
 * Method: a real Redis that writes to disk before it answers, killed and restarted; a consumer in a
 * process of its own, killed with SIGKILL; a proxy that swallows a reply.
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { StreamBus, StreamEntry, StreamNotice } from "@reprise/msg-core";
import { Redis } from "ioredis";
import { build } from "tsup";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import { type Note, textsOf } from "../../../tools/testing/stream-stage.ts";
import { startProxy } from "../../../tools/testing/tcp-proxy.ts";
import { freshTopic } from "./redis-harness.ts";
import { rejection, type Stand, startStand } from "./stand.ts";
import { type NoteOptions, openNotes } from "./streams-harness.ts";

expectNoLeaks();

let stand: Stand;
const opened: StreamBus<Note>[] = [];
beforeAll(async () => {
  stand = await startStand();
});
afterAll(async () => {
  await Promise.all(opened.map((bus) => bus.close()));
  await stand.end();
});

const blockMs = 60_000;
const short = { claimIdleMs: 300, claimEveryMs: 50 } as const;

async function open(options: NoteOptions = {}, port = stand.broker.port): Promise<StreamBus<Note>> {
  const bus = await openNotes(port, { times: short, ...options });
  opened.push(bus);
  return bus;
}

const numbers = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index));

/** Reads until one of that text has come. */
async function readUntil(bus: StreamBus<Note>, stream: string, last: string) {
  const texts: string[] = [];
  while (texts.at(-1) !== last) {
    texts.push(...textsOf(await bus.streamRead([stream], { blockMs, count: 1000 })));
  }
  return texts;
}

test("a server that is killed and restarted has all that was confirmed, in order", async () => {
  const stream = freshTopic();
  const notices: StreamNotice[] = [];
  const writer = await open({ log: (notice) => notices.push(notice) });
  const reader = await open();
  const consumer = await open();
  const options = { maxLength: 100_000 };
  const add = (text: string) => writer.streamAdd(stream, { text }, options);
  const iterated: string[] = [];
  const iterating = (async () => {
    const group = { group: "g", consumer: "c" };
    for await (const entry of consumer.streamIterate([stream], group)) {
      iterated.push(entry.message.text);
      await consumer.acknowledge([entry]);
      if (entry.message.text === "end") return;
    }
  })();
  const confirmed = [...(await Promise.all(numbers(0, 500).map(add)))];
  const gone = async (): Promise<readonly string[]> => {
    const stored = new Set((await stand.raw.xrange(stream, "-", "+")).map(([id]) => id));
    return confirmed.filter((id) => !stored.has(id));
  };
  for (let kill = 0; kill < 3; kill++) {
    const underWay = Promise.all(numbers(500 + 200 * kill, 600 + 200 * kill).map(add));
    await stand.broker.kill();
    const inTheOutage = Promise.all(numbers(600 + 200 * kill, 700 + 200 * kill).map(add));
    await stand.broker.restart();
    // Of what it had confirmed before it was killed, the server has all: not yet what is new.
    expect(await gone()).toEqual([]);
    confirmed.push(...(await underWay), ...(await inTheOutage));
  }
  expect(await gone()).toEqual([]);
  await add("end");
  const texts = await readUntil(reader, stream, "end");
  // One whose confirmation was lost may be there twice.
  expect([...new Set(texts)]).toEqual([...numbers(0, 1100), "end"]);
  await iterating;
  expect([...new Set(iterated)].sort()).toEqual([...numbers(0, 1100), "end"].sort());
  expect(notices.map(({ name }) => name)).toContain("connection");
  expect((await stand.raw.xpending(stream, "g"))[0]).toBe(0);
});

test("what a consumer held that is killed with SIGKILL is another's, and only that", async () => {
  const stream = freshTopic();
  // In the package, so that the bundle finds ioredis.
  const here = fileURLToPath(new URL("..", import.meta.url));
  const folder = join(here, "node_modules", ".cache", "streams-child");
  mkdirSync(folder, { recursive: true });
  await build({
    config: false,
    silent: true,
    clean: false,
    entry: { child: fileURLToPath(new URL("streams-child.ts", import.meta.url)) },
    outDir: folder,
    format: "esm",
    outExtension: () => ({ js: ".mjs" }),
    platform: "node",
    target: "node20",
    noExternal: [/^(?!ioredis)/],
    external: ["ioredis"],
    // Its paths lead from package names to sources.
    tsconfig: fileURLToPath(new URL("../../../tsconfig.base.json", import.meta.url)),
  });
  const heir = await open();
  for (const text of ["done 1", "held 1", "done 2", "held 2", "held 3"]) {
    await heir.streamAdd(stream, { text });
  }
  const args = [join(folder, "child.mjs"), String(stand.broker.port), stream];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  let said = "";
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.includes("held 3")) break;
  }
  child.kill("SIGKILL");
  await exited;
  const entries: StreamEntry<Note>[] = [];
  while (entries.length < 3) {
    const reader = { group: "g", consumer: "heir", blockMs };
    entries.push(...(await heir.streamReadGroup([stream], reader)));
  }
  expect(textsOf(entries)).toEqual(["held 1", "held 2", "held 3"]);
  expect(entries.map(({ delivery }) => delivery)).toEqual(
    Array(3).fill({ group: "g", consumer: "heir", attempt: 2 }),
  );
  expect(await heir.acknowledge(entries)).toBe(3);
  expect((await stand.raw.xpending(stream, "g"))[0]).toBe(0);
});

test("a consumer that is slow, and lives, keeps what it holds", async () => {
  const stream = freshTopic();
  const [slow, eager] = [await open(), await open()];
  await slow.streamAdd(stream, { text: "slow" });
  const held = await slow.streamReadGroup([stream], { group: "g", consumer: "slow", blockMs });
  // Five times as long as an unconfirmed one would be let alone.
  const eagerly = { group: "g", consumer: "eager", blockMs: 1_500 };
  expect(await eager.streamReadGroup([stream], eagerly)).toEqual([]);
  expect(await slow.acknowledge(held)).toBe(1);
});

test("a consumer that comes again is given at once what it held in its earlier life", async () => {
  const stream = freshTopic();
  const patient = await open({ times: { claimIdleMs: 3_600_000 } });
  for (const text of numbers(0, 3)) await patient.streamAdd(stream, { text });
  const earlier = new Redis({ host: "127.0.0.1", port: stand.broker.port });
  await earlier.xgroup("CREATE", stream, "g", "0");
  await earlier.xreadgroup("GROUP", "g", "me", "COUNT", 2, "STREAMS", stream, ">");
  earlier.disconnect();
  const reader = { group: "g", consumer: "me", blockMs };
  const first = await patient.streamReadGroup([stream], reader);
  expect(textsOf(first)).toEqual(["0", "1"]);
  expect(first[0]?.delivery?.attempt).toBe(2);
  const second = await patient.streamReadGroup([stream], reader);
  expect(textsOf(second)).toEqual(["2"]);
});

test("a reply that is lost on its way loses nothing, of a group or not", async () => {
  const stream = freshTopic();
  let isArmed = true;
  let resets = 0;
  const proxy = await startProxy({
    targetPort: stand.broker.port,
    onData(chunk, from) {
      if (!isArmed || from !== "server" || !Buffer.from(chunk).includes("note:lost")) return "pass";
      resets += 1;
      isArmed = false;
      return "reset";
    },
  });
  const bus = await open({ times: { ...short, claimIdleMs: 3_600_000 } }, proxy.port);
  const writer = await open();
  const reader = { group: "g", consumer: "c", blockMs };
  const waiting = bus.streamReadGroup([stream], reader);
  await writer.streamAdd(stream, { text: "lost" });
  expect(textsOf(await waiting)).toEqual(["lost"]);
  isArmed = true;
  const alone = bus.streamRead([stream], { blockMs });
  expect(textsOf(await alone)).toEqual(["lost"]);
  expect(resets).toBe(2);
  await bus.close();
  await proxy.close();
});

test("a group that is destroyed, or a server that is flushed, stops no reader", async () => {
  const stream = freshTopic();
  const notices: StreamNotice[] = [];
  const bus = await open({ log: (notice) => notices.push(notice) });
  const reader = { group: "g", consumer: "c", blockMs };
  await bus.streamAdd(stream, { text: "0" });
  const first = await bus.streamReadGroup([stream], reader);
  await bus.acknowledge(first);
  await stand.raw.xgroup("DESTROY", stream, "g");
  const waiting = bus.streamReadGroup([stream], reader);
  await bus.streamAdd(stream, { text: "1" });
  expect(textsOf(await waiting)).toEqual(["1"]);
  await stand.raw.flushall();
  const again = bus.streamReadGroup([stream], reader);
  await bus.streamAdd(stream, { text: "2" });
  expect(textsOf(await again)).toEqual(["2"]);
  expect(notices.filter(({ name }) => name === "group.created")).toHaveLength(2);
});

test("a server that does not answer: adds are bounded and end with BROKER_TIMEOUT; close ends", async () => {
  const stream = freshTopic();
  const proxy = await startProxy({ targetPort: stand.broker.port });
  const notices: StreamNotice[] = [];
  const times = { ...short, commandMs: 300, callMs: 600 };
  const limits = { waitingAddsMax: 10 };
  const log = (notice: StreamNotice): number => notices.push(notice);
  const bus = await open({ times, limits, log }, proxy.port);
  await bus.streamAdd(stream, { text: "0" });
  const held = await bus.streamReadGroup([stream], { group: "g", consumer: "c" });
  expect(textsOf(held)).toEqual(["0"]);
  proxy.pause();
  const adds = numbers(0, 10).map((text) => rejection(bus.streamAdd(stream, { text })));
  expect((await rejection(bus.streamAdd(stream, { text: "more" }))).code).toBe("QUEUE_FULL");
  const codes = (await Promise.all(adds)).map(({ code }) => code);
  expect(new Set(codes)).toEqual(new Set(["BROKER_TIMEOUT"]));
  const reading = await rejection(bus.streamRead([stream]));
  expect(reading.code).toBe("BROKER_TIMEOUT");
  const waiting = bus.streamRead([stream], { blockMs });
  await bus.close();
  expect(await waiting).toEqual([]);
  expect(notices.map(({ name }) => name)).toContain("close.late");
  await proxy.close();
});
