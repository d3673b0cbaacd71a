/**
 * Goal: the modules of node refuse inside a world what reaches out, under each way of getting at them,
 * and do outside what they did.
 * Method: entry points by hand; every function of the modules that reach out; references taken before
 * the guard; modules loaded after it.
 */

import * as childProcess from "node:child_process";
import { spawnSync } from "node:child_process";
import * as dgram from "node:dgram";
import * as dns from "node:dns";
import * as fs from "node:fs";
import * as fsPromises from "node:fs/promises";
import * as http from "node:http";
import { createRequire } from "node:module";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import * as timers from "node:timers";
import * as timersPromises from "node:timers/promises";
import * as tls from "node:tls";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as vm from "node:vm";
import * as workers from "node:worker_threads";
import * as zlib from "node:zlib";
import { guardAmbient, inWorld } from "@reprise/worlds/os";
import { expect, test } from "vitest";
import { refusalIn } from "./counted-sources.js";

const require = createRequire(import.meta.url);
const before = { Socket: net.Socket, readFileSync: fs.readFileSync, spawn: childProcess.spawn };
guardAmbient();

test.each<[string, () => unknown]>([
  ["node:fs.readFileSync", () => fs.readFileSync("/etc/passwd")],
  ["node:fs.readFile", () => fs.readFile("/etc/passwd", () => undefined)],
  ["node:fs.existsSync", () => fs.existsSync("/")],
  ["node:fs.createReadStream", () => fs.createReadStream("/etc/passwd")],
  ["node:fs.writeFileSync", () => fs.writeFileSync("/tmp/x", "")],
  ["node:fs/promises.readFile", () => fsPromises.readFile("/etc/passwd")],
  ["node:fs/promises.readFile", () => fs.promises.readFile("/etc/passwd")],
  ["node:net.connect", () => net.connect(1)],
  ["node:net.createServer", () => net.createServer()],
  ["node:net.Socket", () => new net.Socket()],
  ["node:tls.connect", () => tls.connect(1)],
  ["node:http.get", () => http.get("http://localhost:1")],
  ["node:http.request", () => http.request("http://localhost:1")],
  ["node:http.createServer", () => http.createServer()],
  ["node:dgram.createSocket", () => dgram.createSocket("udp4")],
  ["node:dns.lookup", () => dns.lookup("localhost", () => undefined)],
  ["node:dns/promises.lookup", () => dns.promises.lookup("localhost")],
  ["node:child_process.spawn", () => childProcess.spawn("true")],
  ["node:child_process.execSync", () => childProcess.execSync("true")],
  ["node:worker_threads.Worker", () => new workers.Worker("x", { eval: true })],
  ["node:vm.runInThisContext", () => vm.runInThisContext("1")],
  ["node:vm.Script", () => new vm.Script("1")],
  ["node:os.hostname", () => os.hostname()],
  ["node:os.cpus", () => os.cpus()],
  ["node:zlib.gzip", () => zlib.gzip("x", () => undefined)],
  ["node:zlib.createGzip", () => zlib.createGzip()],
  ["setTimeout", () => timers.setTimeout(() => undefined, 0)],
  ["node:timers/promises.setTimeout", () => timersPromises.setTimeout(0)],
  ["node:timers/promises.scheduler.wait", () => timersPromises.scheduler.wait(0)],
  ["node:timers/promises.scheduler.yield", () => timersPromises.scheduler.yield()],
  ["node:timers/promises.setTimeout", () => promisify(setTimeout)(0)],
  ["node:module.createRequire", () => createRequire(import.meta.url)],
  ["process.cwd", () => path.resolve("x")],
])("%s is refused", (call, attempt) => {
  expect(refusalIn(attempt)).toBe(`AMBIENT_REFUSED ${call}`);
});

const reaching = { childProcess, dgram, dns, fsPromises, os, timers };

test.each(Object.entries(reaching))("every function of %s is refused", (_, module) => {
  const functions = Object.entries(module).filter(
    (entry): entry is [string, () => unknown] =>
      typeof entry[1] === "function" && !entry[0].startsWith("_"),
  );
  expect(functions.length).toBeGreaterThan(1);
  for (const [name, call] of functions) {
    expect([name, refusalIn(() => call())]).toEqual([
      name,
      expect.stringMatching(/^AMBIENT_REFUSED /),
    ]);
  }
});

test("require gives the guarded functions, by either name", () => {
  for (const name of ["fs", "node:fs"]) {
    const required = require(name) as typeof fs;
    expect(refusalIn(() => required.statSync("/"))).toBe("AMBIENT_REFUSED node:fs.statSync");
  }
});

test("references taken before are met beneath, where there is a beneath", () => {
  const socket = new before.Socket();
  expect(refusalIn(() => socket.connect(1))).toBe("AMBIENT_REFUSED node:net.Socket.connect");
  expect(refusalIn(() => new before.Socket().connect(1))).toMatch(/Socket/);
  expect(refusalIn(() => before.spawn("true"))).toMatch(/^AMBIENT_REFUSED/);
  const child = new childProcess.ChildProcess();
  expect(refusalIn(() => Reflect.apply(Reflect.get(child, "spawn"), child, [{}]))).toBe(
    "AMBIENT_REFUSED node:child_process.ChildProcess.spawn",
  );
  const server = net.createServer();
  expect(refusalIn(() => server.listen(0))).toBe("AMBIENT_REFUSED node:net.Server.listen");
  const udp = dgram.createSocket("udp4");
  expect(refusalIn(() => udp.send("x", 1))).toBe("AMBIENT_REFUSED node:dgram.Socket.send");
  expect(refusalIn(() => udp.bind(0))).toBe("AMBIENT_REFUSED node:dgram.Socket.bind");
  udp.close();
  const resolver = new dns.Resolver();
  expect(refusalIn(() => resolver.resolve4("x", () => undefined))).toMatch(/Resolver\.resolve4/);
  // A function that was taken out of its module is not met: the README says so.
  const { readFileSync } = before;
  expect(inWorld("solve-pure", undefined, () => typeof readFileSync)).toBe("function");
});

test("what gives the same for the same is let through", () => {
  const done = inWorld("solve-pure", undefined, () => [
    net.isIP("127.0.0.1"),
    String(zlib.gunzipSync(zlib.gzipSync("x"))),
    path.join("a", "..", "b"),
    path.posix.basename("/a/b"),
    vm.isContext({}),
  ]);
  expect(done).toEqual([4, "x", "b", "b", false]);
});

test("outside, the modules do what they did", async () => {
  expect(fs.existsSync("/")).toBe(true);
  expect(fs.readFileSync(fileURLToPath(import.meta.url), "utf8")).toContain("the modules do what");
  expect((await fsPromises.stat("/")).isDirectory()).toBe(true);
  expect((await promisify(fs.stat)("/")).isDirectory()).toBe(true);
  expect(fs.realpathSync.native("/")).toBe("/");
  expect(new fs.Stats()).toBeInstanceOf(fs.Stats);
  expect(vm.runInNewContext("1 + 1")).toBe(2);
  expect(spawnSync(process.execPath, ["-p", "1 + 1"], { encoding: "utf8" }).stdout).toBe("2\n");
  expect((await promisify(dns.lookup)("127.0.0.1")).address).toBe("127.0.0.1");
  await timersPromises.setTimeout(0);
  await new Promise<void>((resolve, reject) => {
    const server = net.createServer((socket) => socket.end("hello"));
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo;
      const socket = net.connect(port, "127.0.0.1");
      expect(socket).toBeInstanceOf(net.Socket);
      expect(socket.constructor).toBe(net.Socket);
      socket.on("data", (data) => expect(String(data)).toBe("hello"));
      socket.on("error", reject);
      socket.on("close", () => server.close(() => resolve()));
    });
  });
});

test("a module that is loaded later is guarded from the next scope on", async () => {
  const readline = await import("node:readline");
  const inspector = await import("node:inspector");
  expect(refusalIn(() => readline.createInterface(process.stdout as never))).toBe(
    "AMBIENT_REFUSED node:readline.createInterface",
  );
  expect(refusalIn(() => inspector.url())).toBe("AMBIENT_REFUSED node:inspector.url");
});
