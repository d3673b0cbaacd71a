/*
 * Goal: what is not ours is told and never touched; Docker is used where it can be had, started for
 * what is not up, waited for, and asked to stop what it started and nothing else.
 * Method: listeners of this process as brokers that somebody else started; a shell script called
 * `docker` that writes down what it is asked and answers as the test says. No broker, no Docker.
 */

import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrokerKind, Fleet, ViaChoice } from "@reprise/brokers";
import { freePort, identityOf, openFleet } from "@reprise/brokers/os";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openFleetStore } from "../src/os/fleet-store.js";
import { rejection } from "./refusals.js";

const { signal } = new AbortController();
const native: ViaChoice = { via: "native", why: "as asked", composeFile: undefined };
let root: string;
let cwd: string;
let folder: string;
let ports: Record<BrokerKind, number>;
let fleet: Fleet;
const servers: Server[] = [];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "reprise-fleet-"));
  cwd = join(root, "work", "here");
  folder = join(cwd, ".reprise", "brokers");
  mkdirSync(cwd, { recursive: true });
  ports = { kafka: await freePort(), amqp: await freePort(), redis: await freePort() };
  fleet = openFleet({ cwd, ports });
  vi.stubEnv("PATH", `${join(root, "bin")}:${process.env.PATH}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.close();
  rmSync(root, { recursive: true });
});

/** A Redis, as far as the probe sees. */
async function foreignRedis(): Promise<void> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => socket.write("+PONG\r\n"));
  });
  servers.push(server.listen(ports.redis, "127.0.0.1"));
  await once(server, "listening");
}

/** Another protocol has Redis's port. */
async function otherProtocol(): Promise<void> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.end("SMTP\r\n");
  });
  servers.push(server.listen(ports.redis, "127.0.0.1"));
  await once(server, "listening");
}

/** `body` is shell; what it is asked is kept in docker.log. */
function fakeDocker(body: string): void {
  mkdirSync(join(root, "bin"));
  const file = join(root, "bin", "docker");
  writeFileSync(file, `#!/bin/sh\necho "$*" >> ${root}/docker.log\n${body}\n`);
  chmodSync(file, 0o755);
}

const asked = (): readonly string[] => {
  const file = join(root, "docker.log");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
};

test("nothing is there", async () => {
  expect(await fleet.status(["redis"])).toEqual([
    { kind: "redis", host: "127.0.0.1", port: ports.redis, state: "down" },
  ]);
  expect(await fleet.down(["redis"])).toMatchObject([{ state: "down" }]);
});

test("a foreign broker is told, not started beside, and not stopped", async () => {
  await foreignRedis();
  const foreign = { kind: "redis", host: "127.0.0.1", port: ports.redis, state: "foreign" };
  expect(await fleet.status(["redis"])).toEqual([foreign]);
  expect(await fleet.up({ kinds: ["redis"], choice: native, signal })).toEqual([foreign]);
  expect(await fleet.down(["redis"])).toEqual([foreign]);
  expect(await fleet.status(["redis"])).toEqual([foreign]);
});

test("a record whose process is gone, or whose pid is another's, touches nobody", async () => {
  await foreignRedis();
  const store = openFleetStore(folder);
  const mine = identityOf(process.pid);
  if (mine === undefined) throw new Error("this process has no identity");
  const record = { via: "native", port: ports.redis, logFile: "/l", ...mine } as const;
  store.write("redis", { ...record, birth: `${mine.birth}1` });
  expect(await fleet.status(["redis"])).toMatchObject([{ state: "foreign" }]);
  expect(await fleet.down(["redis"])).toMatchObject([{ state: "foreign" }]);
  expect(store.read()).toEqual({});
});

test("one of ours that is there and does not answer", async () => {
  const mine = identityOf(process.pid);
  if (mine === undefined) throw new Error("this process has no identity");
  const record = { via: "native", port: ports.redis, logFile: "/l", ...mine } as const;
  openFleetStore(folder).write("redis", record);
  const [report] = await fleet.up({ kinds: ["redis"], choice: native, signal });
  expect(report).toMatchObject({ state: "silent", pid: process.pid });
  expect(report?.error?.code).toBe("NOT_ANSWERING");
  expect(report?.error?.message).toContain("reprise brokers down redis ends it");
});

test("a port that something else has", async () => {
  await otherProtocol();
  vi.stubEnv("PATH", root);
  const [report] = await fleet.up({ kinds: ["redis"], choice: native, signal });
  expect(report?.state).toBe("failed");
  expect(["PORT_TAKEN", "BINARY_MISSING"]).toContain(report?.error?.code);
});

test("which way: as asked; docker where it answers and there is a compose.yaml", async () => {
  expect(await fleet.choose("native")).toEqual(native);
  fakeDocker("echo 27.0.1");
  expect(await fleet.choose(undefined)).toMatchObject({
    via: "native",
    why: "no compose.yaml here or above",
  });
  const composeFile = join(root, "work", "compose.yaml");
  writeFileSync(composeFile, "services: {}\n");
  expect(await fleet.choose(undefined)).toEqual({
    via: "docker",
    why: "docker answers",
    composeFile,
  });
  expect(await fleet.choose("docker")).toEqual({ via: "docker", why: "as asked", composeFile });
});

test.each([
  ["fails", "echo cannot connect >&2; exit 1"],
  ["says nothing", "exit 0"],
])("which way: native where docker %s", async (_, body) => {
  fakeDocker(body);
  writeFileSync(join(root, "work", "compose.yaml"), "services: {}\n");
  expect(await fleet.choose(undefined)).toMatchObject({
    via: "native",
    why: "docker does not answer",
  });
});

async function dockerChoice(): Promise<{ choice: ViaChoice; file: string }> {
  const file = join(root, "work", "compose.yaml");
  writeFileSync(file, "services: {}\n");
  return { choice: await fleet.choose("docker"), file };
}

test("docker: started and waited for, shown, and stopped", async () => {
  fakeDocker('case "$*" in *ps*) echo redis;; esac');
  const { choice, file } = await dockerChoice();
  const [started] = await fleet.up({ kinds: ["redis"], choice, signal });
  expect(started).toMatchObject({ state: "started", via: "docker", port: ports.redis });
  expect(await fleet.status(["redis"])).toMatchObject([{ state: "silent", via: "docker" }]);
  await foreignRedis();
  expect(await fleet.status(["redis"])).toMatchObject([{ state: "up", via: "docker" }]);
  expect(await fleet.up({ kinds: ["redis"], choice, signal })).toMatchObject([{ state: "up" }]);
  expect(await fleet.down(["redis"])).toMatchObject([{ state: "stopped", via: "docker" }]);
  expect(openFleetStore(folder).read()).toEqual({});
  const compose = `compose --file ${file}`;
  expect(asked().filter((line) => !line.includes(" ps "))).toEqual([
    `${compose} up --detach --wait redis`,
    `${compose} stop redis`,
  ]);
});

test("docker: what it says when it fails is told, and nothing stays recorded", async () => {
  fakeDocker('case "$*" in *up*) echo "no such service: redis" >&2; exit 15;; esac');
  const { choice, file } = await dockerChoice();
  const [report] = await fleet.up({ kinds: ["redis"], choice, signal });
  expect(report).toMatchObject({ state: "failed" });
  expect(report?.error?.code).toBe("DOCKER_FAILED");
  expect(report?.error?.details.logTail).toBe("no such service: redis");
  expect(asked().at(-1)).toBe(`compose --file ${file} stop redis`);
  expect(openFleetStore(folder).read()).toEqual({});
});

test("docker: given up in the middle", async () => {
  fakeDocker(`case "$*" in *up*) touch ${root}/begun; exec sleep 1000;; esac`);
  const { choice, file } = await dockerChoice();
  const controller = new AbortController();
  const done = fleet.up({ kinds: ["redis"], choice, signal: controller.signal });
  await vi.waitUntil(() => asked().some((line) => line.includes("up --detach")));
  controller.abort();
  expect((await done)[0]?.error?.code).toBe("ABORTED");
  expect(asked().at(-1)).toBe(`compose --file ${file} stop redis`);
});

test("docker: no compose.yaml, or a port that is taken", async () => {
  fakeDocker("exit 0");
  const none: ViaChoice = { via: "docker", why: "as asked", composeFile: undefined };
  const [missing] = await fleet.up({ kinds: ["redis"], choice: none, signal });
  expect(missing?.error?.message).toContain("expected a compose.yaml");
  await otherProtocol();
  const { choice } = await dockerChoice();
  const [taken] = await fleet.up({ kinds: ["redis"], choice, signal });
  expect(taken?.error?.code).toBe("PORT_TAKEN");
});

const logsOf = async (): Promise<string> => {
  let text = "";
  const write = async (more: string): Promise<void> => {
    text += more;
  };
  await fleet.logs({ kind: "redis", lines: 2, follow: false, signal, write });
  return text;
};

test("logs: of docker, of a native one that is down, and of none", async () => {
  expect((await rejection(logsOf())).code).toBe("NOT_RUNNING");
  mkdirSync(join(folder, "redis"), { recursive: true });
  writeFileSync(join(folder, "redis", "redis.log"), "1\n2\n3\n");
  expect(await logsOf()).toBe("2\n3\n");
  fakeDocker('echo "of docker"');
  openFleetStore(folder).write("redis", { via: "docker", port: 1, composeFile: "/c.yaml" });
  expect(await logsOf()).toBe("of docker\n");
  expect(asked()).toEqual(["compose --file /c.yaml logs --no-log-prefix --tail 2 redis"]);
});
