/**
 * Goal: a sandboxed program does what its policy allows as if there were no sandbox; it ends as it
 * would, or at its limits, or with its launcher.
 * Method: small programs in a policy each, that say what they got; real servers, files and signals. No
 * wait is for time: programs say when they are there.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type SandboxPolicy, WorldError } from "@reprise/worlds";
import { afterAll, expect, test } from "vitest";
import { openServers, openStage, policyWith, type Ran, writeTree } from "./sandbox-stage.js";

const stage = await openStage();
const servers = await openServers(stage.root);
await writeTree(stage.root, { "data/file": "read me", ".x07_rr/old": "old", "out/.keep": "" });

afterAll(async () => {
  await servers.close();
  await stage.close();
});

let programs = 0;

async function run(
  text: string,
  changes: Partial<SandboxPolicy> = {},
  more: { readonly env?: Record<string, string>; readonly isolation?: "os" } = {},
): Promise<Ran> {
  programs += 1;
  const program = await stage.program(`program-${programs}.mjs`, text);
  return await stage.run({ program, args: ["one", "two"], policy: policyWith(changes), ...more });
}

/** What a program wrote as JSON. */
async function said(...args: Parameters<typeof run>): Promise<unknown> {
  const ran = await run(...args);
  // Node warns of policies that allow children or workers.
  const stderr = ran.stderr.replaceAll(/^.*(SecurityWarning|--trace-warnings).*\n/gm, "");
  expect({ code: ran.code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(ran.stdout);
}

const say = "const say = (value) => console.log(JSON.stringify(value));";
const network = (changes: Partial<SandboxPolicy["net"]>) => ({
  net: {
    enabled: true,
    allow_dns: false,
    allow_tcp: true,
    allow_udp: false,
    allow_hosts: [{ host: "127.0.0.1", ports: [servers.allowed] }],
    ...changes,
  },
});

const connecting = `${say}
import net from "node:net";
const connect = (host, port) => new Promise((resolve) => {
  const socket = net.connect({ host, port });
  socket.once("connect", () => { socket.destroy(); resolve("connected"); });
  socket.once("error", (error) => resolve(error.details?.rule ?? error.code));
});`;

test("what is allowed works: sockets, fetch, files, variables, arguments", async () => {
  const program = `${connecting}
import fs from "node:fs";
import { insideSandbox } from "../dist/os/index.js";
fs.writeFileSync("out/new", "new");
fs.mkdirSync("out/folder/deep", { recursive: true });
fs.renameSync("out/new", "out/folder/new");
fs.appendFileSync(".x07_rr/old", "er");
await fs.promises.writeFile(".x07_rr/stream", fs.createReadStream("data/file"));
const mark = Object.getOwnPropertySymbols(globalThis)
  .find((one) => one.description === "@reprise/worlds/sandbox@1");
say({
  sockets: await Promise.all(["127.0.0.1", "localhost", "::ffff:127.0.0.1"]
    .map((host) => connect(host, ${servers.allowed}))),
  fetched: await (await fetch("http://localhost:${servers.allowed}/")).text(),
  files: [fs.readFileSync("out/folder/new", "utf8"), fs.readFileSync(".x07_rr/old", "utf8"),
    fs.readFileSync(".x07_rr/stream", "utf8"), fs.existsSync("out/new"), fs.readdirSync("data")],
  variables: process.env,
  zone: new Date(0).getTimezoneOffset(),
  args: process.argv.slice(2),
  cwd: process.cwd() === "${stage.root}",
  inside: insideSandbox(),
  forged: Reflect.defineProperty(globalThis, mark, { value: 1 }),
});`;
  const got = await said(
    program,
    {
      ...network({}),
      fs: {
        enabled: true,
        read_roots: ["data", "out", ".x07_rr"],
        write_roots: ["out", ".x07_rr"],
        deny_hidden: true,
        allow_mkdir: true,
        allow_rename: true,
      },
      env: { enabled: true, allow_keys: ["ONE", "TWO", "GONE"], deny_keys: ["TWO"] },
    },
    { env: { ONE: "1", TWO: "2", THREE: "3", TZ: "Asia/Tokyo" } },
  );
  expect(got).toEqual({
    sockets: ["connected", "connected", "connected"],
    fetched: "welcome",
    files: ["new", "older", "read me", false, ["file"]],
    variables: { ONE: "1", TZ: "UTC" },
    zone: 0,
    args: ["one", "two"],
    cwd: true,
    inside: { policyId: "escapes" },
    forged: false,
  });
});

test("a name of the policy stands for what it resolves to, another spelling for its address", async () => {
  const { allowed, forbidden } = servers;
  const got = await said(
    `${connecting}
import dgram from "node:dgram";
const send = (port) => new Promise((resolve) => {
  const socket = dgram.createSocket("udp4");
  socket.once("error", (error) => { socket.close(); resolve(error.details?.rule); });
  socket.send("x", port, "127.0.0.1", (error) => { if (!error) { socket.close(); resolve("sent"); } });
});
say([
  await connect("localhost", ${allowed}), await connect("127.0.0.1", ${allowed}),
  await connect("2130706433", ${allowed}), await connect("localhost", ${forbidden}),
  await connect("127.1", ${forbidden}), await send(${forbidden}), await send(${allowed}),
]);`,
    network({
      allow_dns: true,
      allow_udp: true,
      allow_hosts: [{ host: "LocalHost", ports: [allowed] }],
    }),
  );
  const refused = "net.allow_hosts";
  expect(got).toEqual(["connected", "connected", "connected", refused, refused, refused, "sent"]);
});

test("listening on an allowed endpoint", async () => {
  const { forbidden } = servers;
  const port = forbidden === 65_535 ? forbidden - 1 : forbidden + 1;
  const got = await said(
    `${say}
import net from "node:net";
const server = net.createServer((socket) => socket.end("hello")).listen(${port}, "127.0.0.1");
server.once("error", (error) => { say(error.code); }).once("listening", () => {
  net.connect(${port}, "127.0.0.1").once("data", (data) => { say(String(data)); server.close(); });
});`,
    network({ allow_hosts: [{ host: "127.0.0.1", ports: [port] }] }),
  );
  // Somebody else may have it: then the system says so, not the policy.
  expect(["hello", "EADDRINUSE"]).toContain(got);
});

test("child processes, as far as they are listed", async () => {
  const got = await said(
    `${say}
import { spawn, spawnSync, execFileSync, execSync } from "node:child_process";
import { once } from "node:events";
process.env.SECRET = "hush";
process.env.PASSED = "passed";
const rule = (start) => { try { return start(); } catch (error) { return error.details?.rule ?? error.code; } };
const child = spawn("/bin/cat", { stdio: "pipe" });
const seen = [
  rule(() => spawnSync("/usr/bin/env").stdout.toString()),
  rule(() => execSync("true").toString()), rule(() => execFileSync("/bin/true").toString()),
  rule(() => spawn("/bin/cat").pid), rule(() => child.kill()),
];
await once(child, "exit");
say([...seen, rule(() => spawnSync(process.execPath, ["-p", "1 + 1"]).stdout.toString()), rule(() => spawn("/bin/cat").pid)]);`,
    {
      limits: { ...policyWith().limits, procs: 1 },
      process: {
        ...policyWith().process,
        allow_spawn: true,
        allow_exec: true,
        allow_execs: ["/bin/cat"],
        allow_exec_prefixes: ["/usr/bin/e"],
        allow_env_keys: ["PASSED"],
        max_live: 4,
        max_spawns: 2,
      },
    },
  );
  const [live, shell, program, second, killed, node, third] = got as readonly unknown[];
  expect([live, shell, program, second, killed]).toEqual([
    "process.max_live",
    "process.allow_execs",
    "process.allow_execs",
    "process.max_live",
    true,
  ]);
  expect([node, third]).toEqual(["2\n", "process.max_spawns"]);
});

test("a worker has the guard, whatever flags it is given", async () => {
  const code = `
  import { createRequire } from "node:module";
  import { parentPort } from "node:worker_threads";
  const require = createRequire("file:///");
  const rule = (run) => { try { run(); return "came through"; } catch (error) { return error.details?.rule ?? error.code; } };
  require("net").connect(${servers.forbidden}, "127.0.0.1").on("error", (error) =>
    parentPort.postMessage([error.details?.rule, rule(() => require("fs").readFileSync("/etc/passwd")),
      rule(() => require("child_process").spawn("true"))]));`;
  await stage.program("worker.mjs", code);
  await stage.program(
    "worker.cjs",
    code
      .replace(/import .*from "node:module";/, "")
      .replace(
        /import .*from "node:worker_threads";/,
        "const { parentPort } = require('worker_threads');",
      )
      .replace(/const require = .*/, ""),
  );
  const got = await said(
    `${say}
import { Worker } from "node:worker_threads";
const asked = (file) => new Promise((resolve, reject) => {
  let rules;
  new Worker(file, { execArgv: [] }).on("message", (said) => { rules = said; })
    .on("error", reject).on("exit", () => resolve(rules));
});
const rule = (file, options) => { try { new Worker(file, options); } catch (error) { return error.details?.rule; } };
say([
  await asked(new URL("worker.mjs", import.meta.url)),
  await asked(new URL("worker.cjs", import.meta.url)),
  await asked(new URL("data:text/javascript," + encodeURIComponent(${JSON.stringify(code)}))),
  rule("0", { eval: true }),
  rule(new URL("worker.mjs", import.meta.url)), rule(new URL("worker.mjs", import.meta.url)),
]);`,
    { threads: { enabled: true, max_workers: 1 } },
  );
  const rules = ["net.enabled", "fs.enabled", "process.allow_spawn"];
  expect(got).toEqual([rules, rules, rules, "threads", null, "threads.max_workers"]);
});

test("clocks and timers, where the policy has none", async () => {
  const got = await said(
    `${say}
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
const rule = async (run) => { try { await run(); return "came through"; } catch (error) { return error.details?.rule ?? error.message; } };
const calls = [() => Date.now(), () => new Date(), () => Date(), () => performance.now(), () => process.hrtime(),
  () => process.hrtime.bigint(), () => setTimeout(() => 0, 0), () => setInterval(() => 0), () => wait(0), () => promisify(setTimeout)(0),
  () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1), () => AbortSignal.timeout(1),
  () => new Date(5).getTime()];
const rules = [];
for (const call of calls) rules.push(await rule(call));
say(rules);`,
    { time: { ...policyWith().time, enabled: false } },
  );
  const wall = Array(3).fill("time.allow_wall_clock");
  const stopWatch = Array(3).fill("time.allow_monotonic");
  const sleep = Array(6).fill("time.allow_sleep");
  expect(got).toEqual([...wall, ...stopWatch, ...sleep, "came through"]);
});

test.each([
  ["ends", "process.exitCode = 7;", { code: 7 }],
  ["fails", "throw new Error('x');", { code: 1 }],
  ["is refused and does not care", "fetch('http://127.0.0.1:9999').catch(() => 0);", { code: 0 }],
  ["is refused", "await fetch('http://127.0.0.1:9999');", { code: 3 }],
  ["is refused in a callback", "import('node:net').then((net) => net.connect(1));", { code: 3 }],
  [
    "is refused, and has a listener",
    "process.on('uncaughtException', () => 0); setTimeout(() => Atomics.wait(0, 0, 0, 1e9));",
    { code: 0 },
  ],
  [
    "ends by a signal",
    "process.kill(process.pid, 'SIGTERM'); setTimeout(() => 0, 9e3);",
    { code: 143, signal: "SIGTERM" },
  ],
  ["aborts", "process.abort();", { code: 134 }],
])("a program that %s", async (_, text, exit) => {
  const { code, signal, error } = await run(text);
  expect({ code, signal, error }).toEqual({ signal: undefined, error: undefined, ...exit });
});

test.each([
  ["wall_ms", "setInterval(() => 0, 1000);", { wall_ms: 500 }],
  ["wall_ms", "for (;;);", { wall_ms: 500 }],
  ["cpu_ms", "for (;;);", { cpu_ms: 300 }],
  ["mem_bytes", "const all = []; for (;;) all.push([...'0123456789']);", { mem_bytes: 67_108_864 }],
])("ended at its limit: %s, %s", async (limit, text, changes) => {
  const { code, error } = await run(text, { limits: { ...policyWith().limits, ...changes } });
  expect([code, error?.code, error?.details]).toEqual([
    3,
    "LIMIT_MET",
    { limit, policyId: "escapes", rule: `limits.${limit}` },
  ]);
});

test("files that are open at once", async () => {
  const got = await said(
    `${say}
import fs from "node:fs";
const open = [];
try { for (;;) open.push(fs.openSync("data/file")); } catch (error) {
  for (const fd of open) fs.closeSync(fd);
  say([error.code, open.length >= 10, open.length <= 10 + 32]);
}`,
    {
      limits: { ...policyWith().limits, fds: 10 },
      fs: { enabled: true, read_roots: ["data"], write_roots: [], deny_hidden: true },
    },
  );
  expect(got).toEqual(["EMFILE", true, true]);
});

test("an abort signal ends it", async () => {
  const controller = new AbortController();
  const program = await stage.program("endless.mjs", "console.log(1); setInterval(() => 0, 1000);");
  const { code, signal } = await stage.run({
    program,
    policy: policyWith(),
    signal: controller.signal,
    onOutput: () => controller.abort(),
  });
  expect({ code, signal }).toEqual({ code: 143, signal: "SIGTERM" });
});

test("what is not held is said before it starts", async () => {
  const told: string[] = [];
  const program = await stage.program("nothing.mjs", "");
  const { missing } = await stage.run({
    program,
    policy: policyWith({
      ...network({}),
      fs: { ...policyWith().fs, enabled: true, max_depth: 3 },
      threads: { enabled: true, max_queue: 1 },
    }),
    isolation: "os",
    onMissing: (what) => told.push(what),
  });
  expect(told).toEqual([
    "no private network namespace: the policy escapes allows the network, which one would cut off",
    "fs.max_depth is not held: node gives nothing to count it by",
    "threads.max_queue is not held: node gives nothing to count it by",
  ]);
  expect(missing).toEqual(told);
});

test("a network namespace of its own, or why there is none", async () => {
  const ran = await run(
    "import os from 'node:os'; console.log(JSON.stringify(os.networkInterfaces()));",
    {},
    { isolation: "os" },
  );
  if (ran.missing.length === 0) expect(JSON.parse(ran.stdout)).toEqual({});
  else expect(ran.missing).toEqual([expect.stringMatching(/^no private network namespace: ./)]);
  expect(ran.code).toBe(0);
});

test.each<[string, string, object]>([
  ["no program", "SANDBOX_UNAVAILABLE", { program: "/nowhere/program.mjs" }],
  [
    "a root with a star",
    "POLICY_INVALID",
    {
      policy: policyWith({ fs: { ...policyWith().fs, enabled: true, read_roots: ["data", "*"] } }),
    },
  ],
  [
    "a heap in which node cannot start",
    "SANDBOX_UNAVAILABLE",
    { policy: policyWith({ limits: { ...policyWith().limits, mem_bytes: 1_048_576 } }) },
  ],
])("%s: nothing runs", async (_, code, options) => {
  const program = await stage.program("never.mjs", "console.log('ran')");
  const failure: unknown = await stage
    .run({ program, policy: policyWith(), ...options })
    .catch((error) => error);
  expect(WorldError.is(failure) ? failure.code : failure).toBe(code);
});

/** Starts itself again in the sandbox, and waits there for a signal. */
const relaunching = `
import { insideSandbox, relaunchSandboxed } from "../dist/os/index.js";
const policy = JSON.parse(process.env.POLICY ?? "null");
const exit = await relaunchSandboxed({ policy });
if (exit === undefined) {
  process.on("SIGTERM", () => { console.log("bye"); process.exit(5); });
  console.log(insideSandbox().policyId, process.argv.slice(2).join(" "));
  setInterval(() => 0, 1000);
} else process.exitCode = exit.code;`;

test.each([
  ["SIGTERM", { code: 5, signal: null, stdout: "escapes a b\nbye\n" }],
  ["SIGKILL", { code: null, signal: "SIGKILL", stdout: "escapes a b\n" }],
] as const)("a program that relaunches itself, and its launcher's %s", async (signal, end) => {
  const program = await stage.program("relaunching.mjs", relaunching);
  const child = spawn(process.execPath, [program, "a", "b"], {
    env: { POLICY: JSON.stringify(policyWith()) },
    stdio: ["ignore", "pipe", "inherit"],
    cwd: join(stage.root, "program"),
  });
  let stdout = "";
  child.stdout.on("data", (chunk) => {
    if (stdout === "") child.kill(signal);
    stdout += chunk;
  });
  // The output closes when nobody holds it any more: the program itself has ended.
  const [code, by] = await once(child, "close");
  expect({ code, signal: by, stdout }).toEqual(end);
});

test("worlds inside a sandbox: a world answers or refuses first, outside of it the sandbox does", async () => {
  const program = `${say}
import fs from "node:fs";
import { guardAmbient, inWorld } from "../dist/os/index.js";
guardAmbient();
const attempt = (call) => { try { return call(); } catch ({ code }) { return code; } };
const sources = { clock: () => 86_400_000_000_000n, entropy: (_, size) => new Uint8Array(size) };
say({
  outside: [attempt(() => Date.now()), attempt(() => new Date().getTime()), attempt(() => fs.readFileSync("/etc/hostname"))],
  answered: inWorld("solve-rr", sources, () => [Date.now(), new Date().toISOString(), Math.random()]),
  pure: inWorld("solve-pure", undefined, () => [attempt(() => Date.now()), attempt(() => fs.readFileSync("data/file"))]),
});`;
  const time = { ...policyWith().time, allow_wall_clock: false };
  const files = { enabled: true, read_roots: ["data"], write_roots: [], deny_hidden: true };
  expect(await said(program, { time, fs: files })).toEqual({
    outside: ["SANDBOX_REFUSED", "SANDBOX_REFUSED", "SANDBOX_REFUSED"],
    answered: [86_400_000, "1970-01-02T00:00:00.000Z", 0],
    pure: ["AMBIENT_REFUSED", "AMBIENT_REFUSED"],
  });
});
