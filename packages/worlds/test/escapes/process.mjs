/** Ways by other programs, other threads, node's insides, and the process itself. */
import childProcess, { spawn } from "node:child_process";
import cluster from "node:cluster";
import crypto from "node:crypto";
import inspector from "node:inspector";
import module, { createRequire } from "node:module";
import os from "node:os";
import process from "node:process";
import v8 from "node:v8";
import vm from "node:vm";
import workers, { Worker } from "node:worker_threads";

const require = createRequire(import.meta.url);
const noSpawn = "process.allow_spawn";
const unsafe = "language.allow_unsafe";
const ffi = "language.allow_ffi";

export const attempts = [
  ["spawn", noSpawn, () => spawn("true")],
  ["spawnSync", noSpawn, () => childProcess.spawnSync("true").status],
  ["exec", noSpawn, () => childProcess.exec("true")],
  ["execSync", noSpawn, () => childProcess.execSync("true")],
  ["execFile", noSpawn, () => childProcess.execFile("true")],
  ["execFileSync", noSpawn, () => childProcess.execFileSync("true")],
  ["fork", noSpawn, () => childProcess.fork("run.mjs")],
  [
    "node with other flags",
    noSpawn,
    () => spawn(process.execPath, ["-e", "0"], { env: { NODE_OPTIONS: "--allow-child-process" } }),
  ],
  [
    "ChildProcess itself",
    noSpawn,
    () =>
      new childProcess.ChildProcess().spawn({ file: "true", args: [], envPairs: [], stdio: [] }),
  ],
  [
    "its handle",
    noSpawn,
    () =>
      new childProcess.ChildProcess()._handle.spawn({
        file: "/bin/true",
        args: ["true"],
        stdio: [],
      }),
  ],
  ["cluster.fork", noSpawn, () => cluster.fork()],
  [
    "execve",
    "process.allow_exec",
    () => (process.execve === undefined ? "absent" : process.execve("/bin/true", ["true"], {})),
  ],
  [
    "node:test",
    noSpawn,
    async () => {
      const test = await import("node:test");
      const stream = test.run({ files: [process.argv[1]], concurrency: false });
      return await new Promise((resolve, reject) => {
        stream
          .on("test:fail", ({ details }) => reject(details.error))
          .on("end", () => resolve("ran"));
        stream.on("error", reject).resume();
      });
    },
  ],
  ["a worker", "threads.enabled", () => new Worker("0", { eval: true })],
  [
    "a worker with flags of its own",
    "threads.enabled",
    () => new workers.Worker("0", { eval: true, execArgv: [] }),
  ],
  ["hooks of the loader", "threads", () => module.register("data:text/javascript,0")],
  ["a native addon", ffi, () => process.dlopen({ exports: {} }, "/tmp/addon.node")],
  ["require of a native addon", ffi, ({ data }) => require(`${data}/addon.node`)],
  ["an engine of OpenSSL", ffi, () => crypto.setEngine("/tmp/engine.so")],
  ["process.binding", unsafe, () => process.binding("tcp_wrap")],
  ["process.binding, fs", unsafe, () => process.binding("fs")],
  ["process._linkedBinding", unsafe, () => process._linkedBinding("tcp_wrap")],
  [
    "internal modules",
    "nothing",
    () => {
      try {
        return require(["internal", "test", "binding"].join("/"));
      } catch (error) {
        if (error.code === "MODULE_NOT_FOUND") return "nothing";
        throw error;
      }
    },
  ],
  ["V8's flags", unsafe, () => v8.setFlagsFromString("--allow-natives-syntax")],
  ["a snapshot when the heap is full", unsafe, () => v8.setHeapSnapshotNearHeapLimit(1)],
  ["inspector.open", "inspector", () => inspector.open(0)],
  ["a session", "inspector", () => new inspector.Session().connect()],
  [
    "a session, promised",
    "inspector",
    async () => {
      const { Session } = await import("node:inspector/promises");
      return new Session().connect();
    },
  ],
  ["process._debugProcess", "inspector", () => process._debugProcess(process.ppid)],
  ["kill the launcher", "process", () => process.kill(process.ppid, "SIGKILL")],
  ["ask whether a process is there", "process", () => process.kill(1, 0)],
  ["kill a group", "process", () => process.kill(0, "SIGTERM")],
  ["process._kill", "process", () => process._kill(process.ppid, 9)],
  ["setuid", "process", () => process.setuid(65_534)],
  ["setgid", "process", () => process.setgid(65_534)],
  ["setgroups", "process", () => process.setgroups([])],
  ["os.setPriority", "process", () => os.setPriority(process.ppid, 19)],
  ["exit", "process.allow_exit", ({ mayExit }) => (mayExit ? "absent" : process.exit(0))],
  [
    "code in another context",
    noSpawn,
    () => {
      const leaked = vm.runInNewContext("host.constructor.constructor('return process')()", {
        host: {},
      });
      return leaked.getBuiltinModule?.("child_process").spawn("true") ?? spawn("true");
    },
  ],
  [
    "process.mainModule",
    noSpawn,
    () => {
      const load = process.mainModule?.require ?? require;
      return load("child_process").spawn("true");
    },
  ],
  ["Module._load", noSpawn, () => module._load("child_process", null, false).spawn("true")],
  [
    "Function's process",
    noSpawn,
    () => {
      const found = new Function("return process")();
      return require("node:child_process").spawn(found.execPath);
    },
  ],
  [
    "a secret variable",
    "nothing",
    () => {
      if (process.env.SECRET !== undefined) return process.env.SECRET;
      if (JSON.stringify(process.report.getReport().environmentVariables ?? {}).includes("hush")) {
        return "in the report";
      }
      return "nothing";
    },
  ],
  [
    "a variable that is denied",
    "nothing",
    () => {
      if (process.env.DENIED !== undefined) return process.env.DENIED;
      return "nothing";
    },
  ],
  [
    "NODE_OPTIONS",
    "nothing",
    () => {
      if (process.env.NODE_OPTIONS !== undefined) return process.env.NODE_OPTIONS;
      return "nothing";
    },
  ],
  ["a long timer", "time.max_sleep_ms", () => setTimeout(() => undefined, 60_001)],
  [
    "a long wait",
    "time.max_sleep_ms",
    () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_001),
  ],
  [
    "a wait for ever",
    "time.max_sleep_ms",
    () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  ],
  [
    "a long timer, promised",
    "time.max_sleep_ms",
    async () => {
      const { setTimeout: wait } = await import("node:timers/promises");
      return await wait(60_001);
    },
  ],
];
