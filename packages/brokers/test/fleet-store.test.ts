/*
 * Goal: the state is read as it was written; two commands never work at once; a lock whose holder
 * is gone, or that is no lock, stops nobody.
 * Method: a folder of our own; locks written by hand.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identityOf } from "@reprise/brokers/os";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFleetStore } from "../src/os/fleet-store.js";
import { refusal, rejection } from "./refusals.js";

const redis = { via: "native", port: 6379, pid: 7, birth: "b", logFile: "/l" } as const;
const kafka = { via: "docker", port: 9092, composeFile: "/c" } as const;
let root: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "reprise-store-"));
  folder = join(root, ".reprise", "brokers");
});
afterEach(() => rmSync(root, { recursive: true }));

test("records come and go, one by one", () => {
  const store = openFleetStore(folder);
  expect(store.read()).toEqual({});
  expect(existsSync(folder)).toBe(false);
  store.write("redis", redis);
  store.write("kafka", kafka);
  expect(openFleetStore(folder).read()).toEqual({ redis, kafka });
  store.write("redis", undefined);
  store.write("amqp", undefined);
  expect(store.read()).toEqual({ kafka });
});

test("a state that is not ours is neither read nor written over", () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "state.json"), "{}");
  const store = openFleetStore(folder);
  expect(refusal(() => store.read()).code).toBe("STATE_INVALID");
  expect(refusal(() => store.write("redis", redis)).code).toBe("STATE_INVALID");
});

test("a folder that cannot be", () => {
  writeFileSync(join(root, ".reprise"), "a file");
  const store = openFleetStore(folder);
  expect(refusal(() => store.write("redis", redis)).code).toBe("FOLDER_UNAVAILABLE");
});

test("alone: the second is told who is at it, and may come afterwards", async () => {
  const store = openFleetStore(folder);
  const second = await store.alone(() => rejection(openFleetStore(folder).alone(async () => 1)));
  expect(second.code).toBe("BUSY");
  expect(second.message).toContain(`process ${process.pid} works on the brokers of ${folder}`);
  expect(await store.alone(async () => 2)).toBe(2);
  expect(existsSync(join(folder, "lock"))).toBe(false);
});

test("what fails gives the lock back", async () => {
  const store = openFleetStore(folder);
  await expect(store.alone(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await store.alone(async () => 3)).toBe(3);
});

test.each([
  ["of a process that is gone", JSON.stringify({ pid: 4_194_303, birth: "b" })],
  ["of one whose pid is another's by now", JSON.stringify({ pid: process.pid, birth: "earlier" })],
  ["half written", '{"pid":'],
  ["empty", ""],
  ["of another form", '{"pid":"1"}'],
])("a lock %s is nobody's", async (_, text) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "lock"), text);
  expect(await openFleetStore(folder).alone(async () => 4)).toBe(4);
});

test("a lock whose holder lives is kept", async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "lock"), JSON.stringify(identityOf(process.pid)));
  expect((await rejection(openFleetStore(folder).alone(async () => 5))).code).toBe("BUSY");
  expect(existsSync(join(folder, "lock"))).toBe(true);
});
