/**
 * What the sandbox costs: the lab's commands on 10,000 messages, whole processes with their start,
 * under the profile and with `--no-sandbox`. On the embedded broker, and on each real one that answers
 * at its usual port (`reprise brokers up`).
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Benchmark, BenchmarkCase } from "./benchmark.ts";

const messages = 10_000;
const rounds = 5;
/** Within 10 % of the time. */
const atLeast = 0.9;
/** The program is `bench/dist/main.js`. */
const repository = resolve(dirname(process.argv[1] ?? ""), "../..");
const lab = join(repository, "apps/lab/bin/lab.mjs");
const arch = join(repository, "arch");
const brokers = [
  { kind: "kafka", port: 9092 },
  { kind: "amqp", port: 5672 },
  { kind: "redis", port: 6379 },
];

const root = mkdtempSync(join(tmpdir(), "reprise-bench-"));
process.on("exit", () => rmSync(root, { recursive: true, force: true }));

export const benchmark: Benchmark = { name: "sandbox", cases: await cases() };

async function cases(): Promise<readonly BenchmarkCase[]> {
  const kinds = ["memory"];
  for (const { kind, port } of brokers) {
    if (await answers(port)) kinds.push(kind);
    else process.stderr.write(`sandbox: ${kind} left out: nothing answers at 127.0.0.1:${port}\n`);
  }
  return kinds.flatMap((kind) => [
    compared(`record ${messages} messages from ${kind}, under os_record`, [
      ...["record", "--driver", kind, "--messages", String(messages), "--seed", "7"],
      ...["--cassette", kind],
    ]),
    compared(`replay them, under rr_replay`, ["replay", "--cassette", kind]),
  ]);
}

function compared(name: string, args: readonly string[]): BenchmarkCase {
  const all = [...args, "--root", root, "--arch", arch, "--out", join(root, "out")];
  return {
    name,
    rounds,
    ours: () => run(all),
    peers: [{ name: "no sandbox", run: () => run([...all, "--no-sandbox"]), atLeast }],
  };
}

function run(args: readonly string[]): Promise<void> {
  // In CI a replay would run under another profile.
  const { CI: _, ...env } = process.env;
  const child = spawn(process.execPath, [lab, ...args], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`lab ${args.join(" ")} ended with ${code}`));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
