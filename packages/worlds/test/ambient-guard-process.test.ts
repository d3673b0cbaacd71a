/**
 * Goal: inside a world a program does not learn what process and machine it is in; outside `process` is
 * what it was.
 * Method: members by hand, and the environment through every way of looking into it, by references
 * taken before and after.
 */
import processModule, { env as importedEnv } from "node:process";
import { guardAmbient, inWorld } from "@reprise/worlds/os";
import { expect, test } from "vitest";
import { refusalIn } from "./counted-sources.js";

const keys = Object.keys(process).sort();
const versions = { ...process.versions };
guardAmbient();

test.each(
  [
    "argv",
    "argv0",
    "arch",
    "config",
    "env",
    "execArgv",
    "execPath",
    "pid",
    "platform",
    "release",
    "report",
    "stdin",
    "version",
    "versions",
  ].filter((name) => Object.getOwnPropertyDescriptor(process, name)?.configurable === true),
)("process.%s is refused, under every name of process", (name) => {
  for (const holder of [process, processModule, globalThis.process]) {
    expect(refusalIn(() => Reflect.get(holder, name))).toBe(`AMBIENT_REFUSED process.${name}`);
  }
});

test.each([
  "abort",
  "chdir",
  "cwd",
  "exit",
  "getBuiltinModule",
  "binding",
  "dlopen",
  "getuid",
  "kill",
  "memoryUsage",
  "resourceUsage",
  "umask",
])("process.%s() is refused", (name) => {
  const call = (): unknown => Reflect.apply(Reflect.get(process, name), process, []);
  expect(refusalIn(call)).toBe(`AMBIENT_REFUSED process.${name}`);
});

test("process.memoryUsage.rss() is refused", () => {
  expect(refusalIn(() => process.memoryUsage.rss())).toBe("AMBIENT_REFUSED process.memoryUsage");
  expect(process.memoryUsage.rss()).toBeGreaterThan(0);
});

test.each<[string, (env: NodeJS.ProcessEnv) => unknown]>([
  ["read", (env) => env.HOME],
  ["asked", (env) => "HOME" in env],
  ["listed", (env) => Object.keys(env)],
  ["copied", (env) => ({ ...env })],
  ["described", (env) => Object.getOwnPropertyDescriptor(env, "HOME")],
  ["written", (env) => Object.assign(env, { REPRISE_X: "1" })],
  ["defined", (env) => Object.defineProperty(env, "REPRISE_X", { value: "1" })],
  ["deleted", (env) => Reflect.deleteProperty(env, "HOME")],
])("the environment cannot be %s by a reference from outside", (_, look) => {
  const { env } = process;
  expect(refusalIn(() => look(env))).toBe("AMBIENT_REFUSED process.env");
  expect(refusalIn(() => look(importedEnv))).toBe("AMBIENT_REFUSED process.env");
  expect(process.env.REPRISE_X).toBeUndefined();
});

test("outside, process is what it was", () => {
  expect(Object.keys(process).sort()).toEqual(keys);
  expect({ ...process.versions }).toEqual(versions);
  process.env.REPRISE_Y = "1";
  expect([process.env.REPRISE_Y, "REPRISE_Y" in process.env]).toEqual(["1", true]);
  expect(Object.keys(process.env)).toContain("REPRISE_Y");
  expect({ ...process.env }.REPRISE_Y).toBe("1");
  Object.defineProperty(process.env, "REPRISE_Y", {
    value: "2",
    writable: true,
    enumerable: true,
    configurable: true,
  });
  expect(process.env.REPRISE_Y).toBe("2");
  delete process.env.REPRISE_Y;
  expect(process.env.REPRISE_Y).toBeUndefined();
  const { env } = process;
  process.env = { REPRISE_Z: "1" };
  expect(process.env).toEqual({ REPRISE_Z: "1" });
  expect(refusalIn(() => process.env)).toBe("AMBIENT_REFUSED process.env");
  process.env = env;
  expect(typeof process.cwd()).toBe("string");
  expect(process.pid).toBeGreaterThan(0);
  process.umask(process.umask());
});

test("what hands nothing back may be asked", () => {
  const written = inWorld("solve-pure", undefined, () => process.stdout.write(""));
  expect(typeof written).toBe("boolean");
  expect(inWorld("solve-pure", undefined, () => typeof process.emitWarning)).toBe("function");
});
