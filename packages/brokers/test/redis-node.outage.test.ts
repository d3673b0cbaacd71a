/*
 * Goal: a Redis of ours keeps what it acknowledged through SIGKILL, is silent when paused, comes back
 * on its port each time, and two of them do not meet.
 * Method: real ones, in folders of the test; commands by hand.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunningBroker } from "@reprise/brokers/os";
import { freePort, identityOf, isSameProcess, startBroker } from "@reprise/brokers/os";
import { afterAll, afterEach, expect, test } from "vitest";
import { answersAt } from "../src/os/probing.js";
import { redisProbe } from "../src/probe-bytes.js";
import { redisCommand } from "./raw-redis.js";
import { rejection } from "./refusals.js";

const root = mkdtempSync(join(tmpdir(), "reprise-redis-"));
const started: RunningBroker[] = [];

async function start(name: string, config: Record<string, string> = {}): Promise<RunningBroker> {
  const broker = await startBroker({ kind: "redis", folder: join(root, name), config });
  started.push(broker);
  return broker;
}

afterEach(async () => {
  for (const broker of started.splice(0)) await broker.stop();
});
afterAll(() => rmSync(root, { recursive: true }));

test("it answers, on loopback, as the process that is told", async () => {
  const broker = await start("one");
  expect(await redisCommand(broker.port, "PING")).toBe("+PONG");
  expect(await redisCommand(broker.port, "CONFIG GET bind")).toContain("127.0.0.1");
  expect(broker.host).toBe("127.0.0.1");
  expect(broker.isAlive()).toBe(true);
  expect(broker.nodes).toHaveLength(1);
  expect(identityOf(broker.pid)).toEqual(broker.identity);
  const info = await redisCommand(broker.port, "INFO server");
  expect(info).toContain(`process_id:${broker.pid}\r\n`);
});

test("killed twenty times, it has each write that it acknowledged", async () => {
  const broker = await start("killed");
  for (let round = 1; round <= 20; round++) {
    const { identity } = broker;
    expect(await redisCommand(broker.port, "INCR rounds")).toBe(`:${round}`);
    await broker.kill();
    expect(broker.isAlive()).toBe(false);
    expect(isSameProcess(identity)).toBe(false);
    await expect(redisCommand(broker.port, "PING")).rejects.toThrow("ECONNREFUSED");
    await broker.restart();
    expect(broker.identity).not.toEqual(identity);
  }
  expect(await redisCommand(broker.port, "GET rounds")).toBe("20");
});

test("restart of one that lives kills it first", async () => {
  const broker = await start("living");
  const { identity } = broker;
  await broker.restart();
  expect(isSameProcess(identity)).toBe(false);
  expect(await redisCommand(broker.port, "PING")).toBe("+PONG");
});

test("paused it is alive and silent; resumed it answers what was asked", async () => {
  const broker = await start("paused");
  const { port } = broker;
  await broker.pause();
  expect(broker.isAlive()).toBe(true);
  const asked = redisCommand(port, "PING");
  expect(await answersAt({ port, secure: false, probe: redisProbe() })).toBe(false);
  await broker.resume();
  expect(await asked).toBe("+PONG");
  await broker.pause();
  await broker.stop();
  expect(broker.isAlive()).toBe(false);
});

test("stopped, it is gone; what needs a process says so; stop and kill may be said again", async () => {
  const broker = await start("stopped");
  await broker.stop();
  await broker.stop();
  await broker.kill();
  expect((await rejection(broker.pause())).code).toBe("NOT_RUNNING");
  expect((await rejection(broker.resume())).code).toBe("NOT_RUNNING");
  await broker.restart();
  expect(await redisCommand(broker.port, "PING")).toBe("+PONG");
});

test("two side by side know nothing of each other; a folder is the same Redis again", async () => {
  const [one, two] = await Promise.all([start("first"), start("second")]);
  await redisCommand(one.port, "SET who one");
  expect(await redisCommand(two.port, "GET who")).toBe("$-1");
  await one.stop();
  expect(await redisCommand(two.port, "PING")).toBe("+PONG");
  const again = await start("first");
  expect(await redisCommand(again.port, "GET who")).toBe("one");
});

test("configuration of the caller: a password, and little memory", async () => {
  const { port } = await start("config", { requirepass: "word", maxmemory: "2mb" });
  expect(await redisCommand(port, "GET a")).toMatch(/^-NOAUTH/);
  expect(await redisCommand(port, "AUTH word\r\nCONFIG GET maxmemory")).toContain("+OK");
});

test("a line that Redis does not know ends it, and its own words are told", async () => {
  const error = await rejection(start("unknown", { "no-such-option": "1" }));
  expect(error.code).toBe("BROKER_EXITED");
  expect(error.details.logTail).toContain("no-such-option");
  expect(error.message).toContain("redis.log");
});

test("a port that is taken, by whom", async () => {
  const { port, pid } = await start("taker");
  const error = await rejection(startBroker({ kind: "redis", folder: join(root, "late"), port }));
  expect(error.code).toBe("PORT_TAKEN");
  expect(error.details.owner).toBe(`redis-server, pid ${pid}`);
  expect(await redisCommand(port, "PING")).toBe("+PONG");
});

test("one that does not answer in time is killed, and the port is free", async () => {
  const port = await freePort();
  const folder = join(root, "deaf");
  // It runs, and listens where nobody asks.
  const config = { port: "0", unixsocket: join(root, "socket") };
  const options = { kind: "redis", folder, port, config, answerWithinMs: 300 } as const;
  let pid = 0;
  const error = await rejection(
    startBroker({
      ...options,
      onProcess: (identity) => {
        pid = identity.pid;
      },
    }),
  );
  expect(error.code).toBe("NOT_ANSWERING");
  expect(error.message).toContain(`did not answer on port ${port} within 300 ms`);
  expect(pid).toBeGreaterThan(1);
  expect(identityOf(pid)).toBeUndefined();
});

test("given up during the start, nothing is left", async () => {
  const controller = new AbortController();
  let pid = 0;
  const done = startBroker({
    kind: "redis",
    folder: join(root, "given-up"),
    signal: controller.signal,
    onProcess: (identity) => {
      pid = identity.pid;
      controller.abort();
    },
  });
  expect((await rejection(done)).code).toBe("ABORTED");
  expect(pid).toBeGreaterThan(1);
  expect(identityOf(pid)).toBeUndefined();
});
