/*
 * Goal: a broker ends with the process that started it, however that ends; a detached one does not.
 * Method: a process of its own, made from the sources, that starts a Redis, tells its pid, and is
 * ended in every way; the kernel is asked about the Redis until it is gone.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { identityOf, isSameProcess } from "@reprise/brokers/os";
import { build } from "tsup";
import { afterAll, beforeAll, expect, test } from "vitest";
import { endProcess } from "../src/os/detached-process.js";

const packageFolder = fileURLToPath(new URL("../", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "reprise-children-"));
const program = join(root, "parent.mjs");

beforeAll(async () => {
  await build({
    config: false,
    entry: { brokers: join(packageFolder, "src/os/index.ts") },
    outDir: root,
    format: "esm",
    target: "node20",
    platform: "node",
    tsconfig: join(packageFolder, "../../tsconfig.test.json"),
    silent: true,
    outExtension: () => ({ js: ".mjs" }),
  });
  const lines = [
    'import { startBroker } from "./brokers.mjs";',
    "const [, , folder, detached, way] = process.argv;",
    'const broker = await startBroker({ kind: "redis", folder, detached: detached === "yes" });',
    "console.log(broker.pid);",
    'if (way === "exit") process.exit(0);',
    'if (way === "end") await broker.stop();',
    'if (way === "throw") throw new Error("as asked");',
  ];
  writeFileSync(program, lines.join("\n"));
});
afterAll(() => rmSync(root, { recursive: true }));

interface Family {
  readonly parent: ReturnType<typeof spawn>;
  readonly redis: { readonly pid: number; readonly birth: string };
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>;
}

let count = 0;

async function start(detached: "yes" | "no", way: string): Promise<Family> {
  count++;
  const args = [program, join(root, `redis-${count}`), detached, way];
  const parent = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(parent, "exit").then(([code, signal]) => [code, signal] as const);
  const [text] = await once(parent.stdout, "data");
  const pid = Number(String(text));
  // Where the parent ends at once, its Redis may be gone before anybody looks.
  return { parent, redis: identityOf(pid) ?? { pid, birth: "gone" }, ended };
}

async function gone(identity: { pid: number; birth: string }): Promise<void> {
  while (isSameProcess(identity)) await new Promise((resolve) => setImmediate(resolve));
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const;
test.each(signals)("the parent gets %s and ends with it; its Redis is gone", async (signal) => {
  const { parent, redis, ended } = await start("no", "stay");
  expect(isSameProcess(redis)).toBe(true);
  parent.kill(signal);
  expect(await ended).toEqual([null, signal]);
  await gone(redis);
});

test.each([
  ["exit", 0],
  ["throw", 1],
  ["end", 0],
])("the parent ends by itself: %s", async (way, status) => {
  const { redis, ended } = await start("no", way);
  expect(await ended).toEqual([status, null]);
  await gone(redis);
});

test("a detached one stays, and does not keep its parent", async () => {
  const { redis, ended } = await start("yes", "stay");
  expect(await ended).toEqual([0, null]);
  expect(isSameProcess(redis)).toBe(true);
  expect(await endProcess(redis)).toBe(true);
});

test("a detached one that is stopped again is waited for", async () => {
  const { redis, ended } = await start("yes", "end");
  expect(await ended).toEqual([0, null]);
  expect(isSameProcess(redis)).toBe(false);
});
