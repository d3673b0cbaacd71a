/**
 * Goal: what passes through a driver or a bus reaches those who look on, as they asked for it.
 * Method: a mirror on a free port, clients of `ws`, the memory driver and stream events by hand.
 */
import { createServer } from "node:net";
import type { DriverEvent } from "@reprise/msg-core";
import { openMemoryDriver } from "@reprise/msg-memory";
import { afterEach, expect, test } from "vitest";
import { MirrorError, type MirrorOptions, mirrorProtocol } from "../src/index.js";
import { type Mirror, startMirror } from "../src/os/index.js";
import { greeted, of } from "./mirror-visitor.js";

const text = new TextEncoder();
const open: Mirror[] = [];
afterEach(() => Promise.all(open.splice(0).map((mirror) => mirror.close())));

async function started(options?: MirrorOptions): Promise<Mirror> {
  const mirror = await startMirror(options);
  open.push(mirror);
  return mirror;
}

const entry = (stream: string, type: string) =>
  ({
    direction: "added",
    stream,
    id: "1-0",
    message: { op_id: "o", type, actor: "a", snap_sha: "s" },
  }) as const;

test("a client is greeted, and sees what a driver publishes and delivers", async () => {
  const mirror = await started({ clock: () => 1_700_000_000_000 });
  const driver = openMemoryDriver({ endpoint: "billing", topics: ["orders"] });
  driver.observe(mirror.observer({ source: driver.endpoint }));
  const visitor = await greeted(mirror);
  expect(visitor.frames[0]).toEqual({
    frame: "hello",
    protocol: mirrorProtocol,
    time: "2023-11-14T22:13:20.000Z",
    client: 1,
    heartbeat_ms: 10_000,
  });
  await driver.publish([
    { topic: "orders", key: text.encode("k"), value: text.encode('{"n":1}'), headers: { h: "v" } },
  ]);
  const deliveries = await driver.poll({ maxItems: 1 });
  await driver.settle(deliveries.map((delivery) => ({ delivery, outcome: "ack" as const })));
  await driver.close();
  const seen = [];
  for (const direction of ["published", "delivered", "acked"]) {
    const frame = await visitor.next(of("message"));
    expect(frame).toMatchObject({
      direction,
      source: "billing",
      stream: "orders",
      size: 7,
      message: {
        key: { data: "k" },
        headers: { h: "v" },
        value: { encoding: "json", data: '{"n":1}' },
      },
    });
    seen.push(frame.seq);
  }
  // The second was what the broker did: it gave the driver its partitions.
  expect(seen).toEqual([1, 3, 4]);
  expect(visitor.frames[2]).toMatchObject({ frame: "broker", seq: 2, source: "billing" });
});

test("an observer shows only the events that it was asked for", async () => {
  const mirror = await started();
  const visitor = await greeted(mirror);
  const observe = mirror.observer({ events: ["broker"] });
  const broker = (name: string): DriverEvent => ({ type: "broker", name, detail: "" });
  const envelope = { topic: "t", key: text.encode(""), value: text.encode(""), headers: {} };
  observe({ type: "published", envelope, receipt: { partition: 0, position: "" } });
  observe(broker("first"));
  mirror.observe(broker("second"));
  expect(await visitor.next(of("broker"))).toMatchObject({ name: "first", seq: 1 });
  expect(await visitor.next(of("broker"))).toMatchObject({ name: "second", seq: 2 });
  expect(visitor.frames.filter(of("message"))).toEqual([]);
});

test("subscriptions: by stream, by type, changed at any time; others are not touched", async () => {
  const mirror = await started({ signatureOf: () => "valid" });
  const [picky, all] = [await greeted(mirror), await greeted(mirror)];
  picky.say({ frame: "subscribe", streams: ["amp:*"], types: ["FIX.*"] });
  expect(await picky.next(of("subscribed"))).toEqual({
    frame: "subscribed",
    streams: ["amp:*"],
    types: ["FIX.*"],
  });
  mirror.watchStreams(entry("amp:a:in", "PLAN"));
  mirror.watchStreams(entry("other", "FIX.A"));
  mirror.watchStreams(entry("amp:a:in", "FIX.B"));
  expect(await picky.next(of("message"))).toMatchObject({
    seq: 3,
    amp: { type: "FIX.B", signature: "valid" },
  });
  expect(mirror.clients()).toMatchObject([
    {
      id: 1,
      streams: ["amp:*"],
      types: ["FIX.*"],
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    },
    { id: 2, streams: null, types: null },
  ]);
  picky.say({ frame: "subscribe" });
  expect(await picky.next(of("subscribed"))).toMatchObject({ streams: null, types: null });
  mirror.watchStreams(entry("other", "PLAN"));
  expect(await picky.next(of("message"))).toMatchObject({ seq: 4 });
  for (const seq of [1, 2, 3, 4]) expect(await all.next(of("message"))).toMatchObject({ seq });
});

test("with no client nothing is looked at: not even the message", async () => {
  const mirror = await started();
  const untouchable = new Proxy(
    {},
    {
      get: () => {
        throw new Error("looked at");
      },
    },
  );
  // Any look at the event beyond its type fails.
  mirror.watchStreams(untouchable as ReturnType<typeof entry>);
  expect(mirror.missed).toBe(0);
});

test("what cannot be shown is counted as missed, told as a gap, and harms nobody", async () => {
  const mirror = await started();
  const visitor = await greeted(mirror);
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  mirror.watchStreams({ ...entry("s", "T"), message: circular });
  mirror.watchStreams({ ...entry("s", "T"), message: 1n });
  // What a bus without types may give.
  mirror.watchStreams(undefined as unknown as ReturnType<typeof entry>);
  mirror.watchStreams(entry("s", "AFTER"));
  const after = await visitor.next(of("message"));
  expect(after).toMatchObject({ amp: { type: "AFTER" } });
  const gaps = visitor.frames.slice(0, visitor.frames.indexOf(after)).filter(of("gap"));
  expect(gaps.reduce((sum, { missed }) => sum + missed, 0)).toBe(3);
  expect(mirror.missed).toBe(3);
});

test("beyond the rate there is a gap, at its place, with how many", async () => {
  const mirror = await started({ limits: { messagesPerSecondMax: 10 } });
  const visitor = await greeted(mirror);
  for (let n = 0; n < 100; n++) mirror.watchStreams(entry("s", `T${n}`));
  const { missed } = await visitor.next(of("gap"));
  expect(missed).toBeGreaterThanOrEqual(80);
  expect(missed).toBe(mirror.missed);
  expect(visitor.frames.filter(of("message"))).toHaveLength(100 - missed);
});

test("the heartbeat beats, and says what was missed", async () => {
  const mirror = await started({ limits: { heartbeatMs: 400 } });
  const visitor = await greeted(mirror);
  const beats = [await visitor.next(of("beat")), await visitor.next(of("beat"))];
  expect(beats).toMatchObject([
    { seq: 0, missed: 0 },
    { seq: 0, missed: 0 },
  ]);
});

test("close tells the clients, and is idempotent; observing afterwards does nothing", async () => {
  const mirror = await startMirror();
  const visitor = await greeted(mirror);
  const closing = mirror.close();
  expect(mirror.close()).toBe(closing);
  await closing;
  expect(await visitor.closed).toEqual({ code: 1001, reason: "the mirror closes" });
  mirror.watchStreams(entry("s", "T"));
  expect([mirror.clients(), mirror.missed]).toEqual([[], 0]);
  await expect(greeted(mirror)).rejects.toThrow("ECONNREFUSED");
});

test("a port that is taken is ADDRESS_UNAVAILABLE", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;
  const error = await startMirror({ port }).catch((cause: unknown) => cause);
  server.close();
  expect(error).toMatchObject({
    code: "ADDRESS_UNAVAILABLE",
    retryable: true,
    details: { address: `127.0.0.1:${port}` },
  });
  expect(MirrorError.is(error)).toBe(true);
});
