/**
 * Goal: who may not look on is refused, who misbehaves is ended with a code that says why, and the
 * others see every message all the while.
 * Method: each misbehaviour by a client of its own, beside one that behaves; bare sockets where a
 * client of `ws` would be too polite.
 */
import { afterEach, expect, test, vi } from "vitest";
import type { MirrorOptions } from "../src/index.js";
import { type Mirror, startMirror } from "../src/os/index.js";
import { bareSocket, greeted, handshake, of, stuckClient, visit } from "./mirror-visitor.js";

const token = "a-token-of-32-letters-0123456789";
const open: Mirror[] = [];
afterEach(() => Promise.all(open.splice(0).map((mirror) => mirror.close())));

async function started(options?: MirrorOptions): Promise<Mirror> {
  const mirror = await startMirror(options);
  open.push(mirror);
  return mirror;
}

const entry = (id: string, message: unknown = { n: 1 }) =>
  ({ direction: "added", stream: "s", id, message }) as const;

/** A client that behaves still gets what is seen now. */
async function stillServed(mirror: Mirror, options = {}): Promise<void> {
  const visitor = await greeted(mirror, options);
  mirror.watchStreams(entry("still"));
  expect(await visitor.next(of("message"))).toMatchObject({ id: "still" });
  visitor.ws.close();
  await visitor.closed;
}

test("a token: in the header, or in the first frame; without it nothing is seen", async () => {
  const mirror = await started({ token });
  await greeted(mirror, { headers: { authorization: `Bearer ${token}` } });
  const visitor = await visit(mirror);
  expect(await visitor.next(of("locked"))).toMatchObject({ protocol: "reprise.mirror@0.1.0" });
  mirror.watchStreams(entry("before"));
  expect(mirror.clients()).toHaveLength(1);
  visitor.say({ frame: "auth", token });
  await visitor.next(of("hello"));
  mirror.watchStreams(entry("after"));
  expect(await visitor.next(of("message"))).toMatchObject({ id: "after" });
  expect(visitor.frames.filter(of("message"))).toHaveLength(1);
});

test.each([
  ["nearly right", `${token.slice(0, -1)}!`],
  ["shorter", token.slice(0, -1)],
  ["longer", `${token}0`],
  ["empty", ""],
])("a token that is %s: 4401 in the frame", async (_, wrong) => {
  const mirror = await started({ token });
  const visitor = await visit(mirror);
  visitor.say({ frame: "auth", token: wrong });
  expect(await visitor.closed).toMatchObject({ code: 4401 });
});

test("a wrong token in the header is 401; one in the address is not looked at", async () => {
  const mirror = await started({ token });
  await expect(visit(mirror, { headers: { authorization: "Bearer wrong" } })).rejects.toThrow(
    "401",
  );
  const asked = { ...mirror, url: mirror.url };
  const visitor = await visit({ ...asked, url: `${mirror.url}ws?token=${token}&x=` });
  expect(await visitor.next(of("locked"))).toBeDefined();
});

test("strangers are few at a time", async () => {
  const mirror = await started({ token, limits: { strangersMax: 1, patienceMs: 60_000 } });
  const silent = await visit(mirror);
  await expect(visit(mirror)).rejects.toThrow("503");
  await greeted(mirror, { headers: { authorization: `Bearer ${token}` } });
  silent.ws.close();
  await silent.closed;
});

test("who does not show a token in time, or subscribes without, is ended", async () => {
  const mirror = await started({ token, limits: { patienceMs: 30 } });
  const silent = await visit(mirror);
  expect(await silent.closed).toMatchObject({ code: 4401 });
  const eager = await visit(mirror);
  eager.ws.on("error", () => {});
  eager.say({ frame: "subscribe" });
  expect(await eager.closed).toMatchObject({ code: 4401 });
});

test.each([
  ["another origin", { origin: "http://evil.example" }],
  ["another port", { origin: "http://127.0.0.1:1" }],
  ["no origin of its own", { origin: "null" }],
  ["a rebound name", { headers: { host: "evil.example" }, origin: "http://evil.example" }],
])("%s is 403", async (_, options) => {
  const mirror = await started();
  await expect(visit(mirror, options)).rejects.toThrow("403");
  await stillServed(mirror, { origin: mirror.url.slice(0, -1) });
});

test("another path is 404, one client too many 503", async () => {
  const mirror = await started({ limits: { clientsMax: 1 } });
  await expect(visit({ ...mirror, url: `${mirror.url}other/` })).rejects.toThrow("404");
  const first = await greeted(mirror);
  await expect(visit(mirror)).rejects.toThrow("503");
  first.ws.close();
  await first.closed;
  await stillServed(mirror);
});

test("strangers cannot get in beyond the number of clients, and are told to come later", async () => {
  const mirror = await started({ token, limits: { clientsMax: 1 } });
  const [first, second] = [await visit(mirror), await visit(mirror)];
  first.say({ frame: "auth", token });
  await first.next(of("hello"));
  second.say({ frame: "auth", token });
  expect(await second.closed).toMatchObject({ code: 1013 });
});

test.each<[string, string | Buffer, number]>([
  ["no JSON", "hello", 4400],
  ["another frame", '{"frame":"publish"}', 4400],
  ["a bad subscription", '{"frame":"subscribe","streams":"*"}', 4400],
  ["bytes", Buffer.from("{}"), 1003],
  ["a frame that is too long", "x".repeat(40_000), 1009],
])("%s ends the client (%s, %i), and nobody else", async (_, data, code) => {
  const mirror = await started();
  const other = await greeted(mirror);
  const visitor = await greeted(mirror);
  visitor.ws.send(data);
  expect((await visitor.closed).code).toBe(code);
  mirror.watchStreams(entry("x"));
  expect(await other.next(of("message"))).toMatchObject({ id: "x" });
});

test("a client that talks too much is ended: 4429", async () => {
  const mirror = await started();
  const visitor = await greeted(mirror);
  for (let n = 0; n < 1000; n++) visitor.ws.send('{"frame":"subscribe"}');
  expect(await visitor.closed).toMatchObject({ code: 4429 });
  const pinging = await greeted(mirror);
  for (let n = 0; n < 1000; n++) pinging.ws.ping();
  expect(await pinging.closed).toMatchObject({ code: 4429 });
  await stillServed(mirror);
});

test("frames that are not of the protocol end the connection", async () => {
  const mirror = await started();
  for (const bytes of [
    [0x81, 0x02, 0x7b, 0x7d], // not masked
    [0xf1, 0x80, 0, 0, 0, 0], // reserved bits
    [0x83, 0x80, 0, 0, 0, 0], // an opcode that there is not
    [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], // an endless one
    [0x81, 0x81, 0, 0, 0, 0, 0xff], // text that is not UTF-8
  ]) {
    const socket = await stuckClient(mirror);
    const ended = new Promise<void>((resolve) => {
      socket.on("close", () => resolve());
    });
    socket.on("error", () => {});
    socket.resume();
    socket.write(Uint8Array.from(bytes));
    await ended;
  }
  await vi.waitFor(() => expect(mirror.clients()).toEqual([]));
  await stillServed(mirror);
});

test("an upgrade that is cut off, and one that is none, leave nothing behind", async () => {
  const mirror = await started();
  const cut = await bareSocket(mirror);
  cut.write(handshake.slice(0, 60));
  cut.destroy();
  const torn = await bareSocket(mirror);
  torn.write(handshake);
  torn.resetAndDestroy();
  const bad = await bareSocket(mirror);
  bad.write(handshake.replace("Version: 13", "Version: 7"));
  const parts: Buffer[] = [];
  for await (const part of bad) parts.push(part as Buffer);
  expect(Buffer.concat(parts).toString()).toMatch(/^HTTP\/1\.1 4\d\d /);
  await stillServed(mirror);
});

test("a client that does not read is told and cut off, within its bound; the others miss nothing", async () => {
  const limits = { bufferBytesMax: 2 ** 20, patienceMs: 50, messagesPerSecondMax: 100_000 };
  const mirror = await started({ limits });
  const socket = await stuckClient(mirror);
  const ended = new Promise<void>((resolve) => {
    socket.on("close", () => resolve());
  });
  socket.on("error", () => {});
  const other = await greeted(mirror);
  const message = { text: "x".repeat(20_000) };
  let most = 0;
  for (let sent = 1; mirror.clients().length === 2; sent++) {
    mirror.watchStreams(entry(`${sent}`, message));
    expect(await other.next(of("message"))).toMatchObject({ id: `${sent}` });
    most = Math.max(most, ...mirror.clients().map(({ bufferedBytes }) => bufferedBytes));
  }
  expect(most).toBeLessThanOrEqual(2 ** 20);
  expect(most).toBeGreaterThan(2 ** 19);
  expect(mirror.missed).toBe(0);
  // It hears of its end when it reads again.
  socket.resume();
  await ended;
});

test("a client that is slow hears why when it comes to it: 4408", async () => {
  const limits = { bufferFramesMax: 50, patienceMs: 20_000, messagesPerSecondMax: 100_000 };
  const mirror = await started({ limits });
  const slow = await greeted(mirror);
  slow.ws.pause();
  const message = { text: "x".repeat(200_000) };
  while (mirror.clients().length > 0) {
    mirror.watchStreams(entry("x", message));
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
  slow.ws.resume();
  expect(await slow.closed).toEqual({
    code: 4408,
    reason: "too slow: the buffer for this client is full",
  });
});

test("a client that does not answer the heartbeat is dropped", async () => {
  const mirror = await started({ limits: { heartbeatMs: 20 } });
  const socket = await stuckClient(mirror);
  const ended = new Promise<void>((resolve) => {
    socket.on("close", () => resolve());
  });
  // It reads, and answers nothing: a bare socket knows no pong.
  socket.resume();
  await ended;
  await vi.waitFor(() => expect(mirror.clients()).toEqual([]));
});
