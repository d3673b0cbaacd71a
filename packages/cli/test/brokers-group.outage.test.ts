/*
 * Goal: as a process of its own, `reprise brokers` leaves its brokers running when it ends, prints no
 * progress into a pipe, and on Ctrl-C stops what it had begun.
 * Method: the command built from the sources, on ports of the test; a real Redis and a RabbitMQ that
 * is interrupted in the middle of its start.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "@reprise/brokers/os";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { buildBrokersOnPorts } from "./built-command.js";

let program: string;
let cwd: string;
let ports: { kafka: number; amqp: number; redis: number };

beforeAll(async () => {
  program = await buildBrokersOnPorts();
}, 60_000);
afterAll(() => rmSync(dirname(program), { recursive: true }));
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), "reprise-brokers-"));
  ports = { kafka: await freePort(), amqp: await freePort(), redis: await freePort() };
});
afterEach(async () => {
  await begin("down").ended;
  rmSync(cwd, { recursive: true });
});

function begin(...args: readonly string[]) {
  const child = spawn(process.execPath, [program, JSON.stringify(ports), ...args], { cwd });
  const printed = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed.stderr += text;
  });
  const ended = once(child, "close").then(([status]) => ({ status, ...printed }));
  return { child, printed, ended };
}

const state = (): string => {
  const file = join(cwd, ".reprise", "brokers", "state.json");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};

test("up, up again, status, logs, down", async () => {
  const up = await begin("up", "redis", "--via", "native").ended;
  expect([up.status, up.stderr]).toEqual([0, ""]);
  expect(up.stdout).toMatch(
    /^native: as asked\nredis {2}127\.0\.0\.1:\d+ +up +started in \d+\.\d s, native, pid \d+\n$/,
  );
  const again = await begin("up", "redis", "--via", "native").ended;
  expect([again.status, again.stderr]).toEqual([0, ""]);
  expect(again.stdout).toMatch(/^redis .* up +since before, native, pid \d+\n$/);
  expect((await begin("status", "redis").ended).status).toBe(0);
  expect((await begin("status").ended).status).toBe(1);
  const logs = await begin("logs", "redis", "--lines", "1").ended;
  expect(logs.stdout).toMatch(/Ready to accept connections/);
  const down = await begin("down").ended;
  expect([down.status, down.stderr]).toEqual([0, ""]);
  expect(down.stdout).toMatch(
    /^kafka .* down\namqp .* down\nredis .* stopped +ended in \d+\.\d s\n$/,
  );
  expect((await begin("status", "redis").ended).status).toBe(1);
});

test("Ctrl-C during up: nothing of it stays", async () => {
  const { child, ended } = begin("up", "redis", "amqp", "--via", "native");
  await vi.waitUntil(() => state().includes('"amqp"'), { timeout: 30_000 });
  child.kill("SIGINT");
  const { status, stdout, stderr } = await ended;
  expect(status).toBe(3);
  expect(stderr).toMatch(/^reprise: ABORTED: /);
  expect(stdout).toMatch(/amqp .* failed +ABORTED\n/);
  expect(JSON.parse(state()).brokers).toEqual({});
  const after = await begin("status", "redis", "amqp", "--json").ended;
  expect(after.stdout.match(/"state":"down"/g)).toHaveLength(2);
});

test("Ctrl-C ends logs --follow, and that is fine", async () => {
  await begin("up", "redis", "--via", "native").ended;
  const { child, printed, ended } = begin("logs", "redis", "--follow");
  await vi.waitUntil(() => printed.stdout.includes("Ready to accept"), { timeout: 30_000 });
  child.kill("SIGINT");
  const { status, stderr } = await ended;
  expect([status, stderr]).toEqual([0, ""]);
});
