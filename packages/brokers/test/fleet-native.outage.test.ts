/*
 * Goal: brokers of a working directory are started once, shown, kept for the next command, and
 * stopped; one that cannot be started leaves the others alone; given up, nothing stays.
 * Method: real ones on ports of the test; a second Fleet of the same folder stands for the next
 * command.
 */
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrokerKind, brokerKinds, type ViaChoice } from "@reprise/brokers";
import { freePort, isSameProcess, openFleet } from "@reprise/brokers/os";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openFleetStore } from "../src/os/fleet-store.js";
import { signalProcess } from "../src/os/process-identity.js";
import { redisCommand } from "./raw-redis.js";

const { signal } = new AbortController();
const choice: ViaChoice = { via: "native", why: "as asked", composeFile: undefined };
let cwd: string;
let ports: Record<BrokerKind, number>;
const next = () => openFleet({ cwd, ports });
const store = () => openFleetStore(join(cwd, ".reprise", "brokers"));

beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), "reprise-fleet-"));
  ports = { kafka: await freePort(), amqp: await freePort(), redis: await freePort() };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await next().down(brokerKinds);
  rmSync(cwd, { recursive: true });
});

test("all three, up, up again, shown, read, and down", async () => {
  const up = await next().up({ kinds: brokerKinds, choice, signal });
  expect(up.map(({ kind, state, port }) => [kind, state, port])).toEqual(
    brokerKinds.map((kind) => [kind, "started", ports[kind]]),
  );
  const again = await next().up({ kinds: brokerKinds, choice, signal });
  expect(again.map(({ state }) => state)).toEqual(["up", "up", "up"]);
  expect(again.map(({ pid }) => pid)).toEqual(up.map(({ pid }) => pid));
  expect(await next().status(brokerKinds)).toEqual(again);
  for (const { kind, logFile } of again) {
    expect(existsSync(logFile ?? "")).toBe(true);
    const lines: string[] = [];
    const write = async (text: string): Promise<void> => void lines.push(text);
    await next().logs({ kind, lines: 3, follow: false, signal, write });
    expect(lines.join("").trimEnd().split("\n")).toHaveLength(3);
  }
  const records = Object.values(store().read());
  expect(records).toHaveLength(3);
  const down = await next().down(brokerKinds);
  expect(down.map(({ state }) => state)).toEqual(["stopped", "stopped", "stopped"]);
  for (const record of records) {
    expect(record.via === "native" && isSameProcess(record)).toBe(false);
  }
  expect(store().read()).toEqual({});
  const after = await next().down(brokerKinds);
  expect(after.map(({ state }) => state)).toEqual(["down", "down", "down"]);
}, 120_000);

test("data stay from one up to the next; killed by somebody else, it is down", async () => {
  await next().up({ kinds: ["redis"], choice, signal });
  await redisCommand(ports.redis, "SET kept yes");
  const record = store().read().redis;
  if (record?.via !== "native") throw new Error("expected a native record");
  signalProcess(record, "SIGKILL");
  while (isSameProcess(record)) await new Promise((resolve) => setImmediate(resolve));
  expect(await next().status(["redis"])).toMatchObject([{ state: "down" }]);
  expect(await next().up({ kinds: ["redis"], choice, signal })).toMatchObject([
    { state: "started" },
  ]);
  expect(await redisCommand(ports.redis, "GET kept")).toBe("yes");
});

test("a paused one is told, and ended by down", async () => {
  await next().up({ kinds: ["redis"], choice, signal });
  const record = store().read().redis;
  if (record?.via !== "native") throw new Error("expected a native record");
  signalProcess(record, "SIGSTOP");
  expect(await next().status(["redis"])).toMatchObject([{ state: "silent", pid: record.pid }]);
  const [report] = await next().up({ kinds: ["redis"], choice, signal });
  expect(report?.error?.code).toBe("NOT_ANSWERING");
  expect(await next().down(["redis"])).toMatchObject([{ state: "stopped" }]);
  expect(isSameProcess(record)).toBe(false);
});

test("one whose program is missing says which package; the other is up", async () => {
  // Debian's RabbitMQ is found without PATH; mvn and java are not, nor is anything of JAVA_HOME.
  vi.stubEnv("PATH", "");
  vi.stubEnv("JAVA_HOME", "");
  const [kafka, redis] = await next().up({ kinds: ["kafka", "redis"], choice, signal });
  expect(kafka?.state).toBe("failed");
  expect(kafka?.error?.code).toBe("BINARY_MISSING");
  expect(kafka?.error?.details.install).toContain("openjdk");
  expect(redis?.state).toBe("failed");
  expect(redis?.error?.details.install).toContain("redis-server");
  expect(store().read()).toEqual({});
});

test("given up: what was up already by this call is stopped too, what was up before stays", async () => {
  await next().up({ kinds: ["redis"], choice, signal });
  const controller = new AbortController();
  const done = next().up({ kinds: ["redis", "amqp"], choice, signal: controller.signal });
  await vi.waitUntil(() => store().read().amqp !== undefined);
  const record = store().read().amqp;
  controller.abort();
  const [redis, amqp] = await done;
  expect(redis?.state).toBe("up");
  expect(amqp?.error?.code).toBe("ABORTED");
  expect(record?.via === "native" && isSameProcess(record)).toBe(false);
  expect(Object.keys(store().read())).toEqual(["redis"]);
});

test("given up after it had begun: the one that was quicker is stopped again", async () => {
  const controller = new AbortController();
  const kinds = ["redis", "amqp"] as const;
  const done = next().up({ kinds, choice, signal: controller.signal });
  // RabbitMQ's first words come a second after its start: Redis has long been up then.
  const log = join(cwd, ".reprise", "brokers", "amqp", "rabbitmq.log");
  await vi.waitUntil(async () => (await next().status(["redis"]))[0]?.state === "up");
  await vi.waitUntil(() => existsSync(log) && statSync(log).size > 0, { timeout: 60_000 });
  controller.abort();
  const [redis, amqp] = await done;
  expect(redis?.state).toBe("stopped");
  expect(amqp?.error?.code).toBe("ABORTED");
  expect(store().read()).toEqual({});
  expect(await next().status(kinds)).toMatchObject([{ state: "down" }, { state: "down" }]);
});
