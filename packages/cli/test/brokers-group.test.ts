/*
 * Goal: `reprise brokers` says which broker is in which state and why, in text and in JSON, with the
 * exit status that scripts go by; Ctrl-C reaches what was begun; progress goes to a terminal only.
 * Method: brokers that are none: a Fleet of the test, which keeps what it was asked. What a real one
 * does is tested in @reprise/brokers.
 */
import { type BrokerReport, BrokersError, type Fleet, type UpOptions } from "@reprise/brokers";
import { expect, test } from "vitest";
import { createBrokersGroup } from "../src/os/brokers-group.js";
import { type FakeHostOptions, type Run, run } from "./fake-host.js";

const host = "127.0.0.1";
const started: readonly BrokerReport[] = [
  { kind: "kafka", host, port: 9092, state: "started", via: "native", pid: 11, tookMs: 2140 },
  { kind: "amqp", host, port: 5672, state: "up", via: "native", pid: 12, logFile: "/b/r.log" },
  { kind: "redis", host, port: 6379, state: "foreign" },
];

interface Brokers {
  readonly reports?: readonly BrokerReport[];
  readonly fleet?: Partial<Fleet>;
}

async function brokers(
  args: readonly string[],
  { reports = started, fleet = {} }: Brokers = {},
  options: Partial<FakeHostOptions> = {},
): Promise<Run & { readonly asked: readonly unknown[] }> {
  const asked: unknown[] = [];
  const all: Fleet = {
    async choose(via) {
      asked.push(["choose", via]);
      return { via: via ?? "native", why: "docker does not answer", composeFile: undefined };
    },
    async up({ kinds }) {
      asked.push(["up", kinds]);
      return reports;
    },
    async down(kinds) {
      asked.push(["down", kinds]);
      return reports;
    },
    async status(kinds) {
      asked.push(["status", kinds]);
      return reports;
    },
    async logs({ kind, lines, follow, write }) {
      asked.push(["logs", kind, lines, follow]);
      await write(`of ${kind}\nand m`);
      await write("ore");
    },
    ...fleet,
  };
  const groups = [createBrokersGroup(() => all)];
  return { ...(await run(["brokers", ...args], { cwd: "/", groups, ...options })), asked };
}

const all = ["kafka", "amqp", "redis"];

test("up: all of them, and which way", async () => {
  const { status, stdout, stderr, asked } = await brokers(["up"]);
  expect(asked).toEqual([
    ["choose", undefined],
    ["up", all],
  ]);
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(`native: docker does not answer
kafka  127.0.0.1:9092   up       started in 2.1 s, native, pid 11
amqp   127.0.0.1:5672   up       since before, native, pid 12
redis  127.0.0.1:6379   answers  not started by reprise
`);
});

test("up: those that are named, once each, as asked", async () => {
  const { asked } = await brokers(["up", "redis", "kafka", "redis", "--via", "docker"]);
  expect(asked).toEqual([
    ["choose", "docker"],
    ["up", ["redis", "kafka"]],
  ]);
});

test("up when it is up: says so, and nothing of a way", async () => {
  const { status, stdout } = await brokers(["up", "amqp"], { reports: started.slice(1, 2) });
  expect(status).toBe(0);
  expect(stdout).toBe("amqp   127.0.0.1:5672   up       since before, native, pid 12\n");
});

const missing = new BrokersError("BINARY_MISSING", "redis-server is not on this machine", {
  install: "apt install redis-server",
});
const failed: readonly BrokerReport[] = [
  ...started.slice(0, 1),
  { kind: "redis", host, port: 6379, state: "failed", error: missing },
];

test("up: one cannot be started: the others are told, then why, then what to do; 3", async () => {
  const { status, stdout, stderr } = await brokers(["up"], { reports: failed });
  expect(status).toBe(3);
  expect(stdout).toContain("kafka  127.0.0.1:9092   up");
  expect(stdout).toContain("redis  127.0.0.1:6379   failed   BINARY_MISSING\n");
  expect(stderr).toBe(
    "reprise: BINARY_MISSING: redis-server is not on this machine\nnext: apt install redis-server\n",
  );
});

test("--json: a line for each, and the error last", async () => {
  const { status, stdout } = await brokers(["up", "--json"], { reports: failed });
  expect(status).toBe(3);
  expect(
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    {
      type: "broker",
      broker: "kafka",
      host,
      port: 9092,
      state: "started",
      serves: true,
      via: "native",
      pid: 11,
      took_ms: 2140,
    },
    {
      type: "broker",
      broker: "redis",
      host,
      port: 6379,
      state: "failed",
      serves: false,
      error: "BINARY_MISSING",
    },
    {
      type: "error",
      code: "BINARY_MISSING",
      message: "redis-server is not on this machine",
      next: "apt install redis-server",
    },
  ]);
});

test.each<[BrokerReport["state"], number]>([
  ["up", 0],
  ["started", 0],
  ["foreign", 0],
  ["down", 1],
  ["silent", 1],
])("status with one that is %s: %i", async (state, status) => {
  const reports = [started[1], { kind: "redis", host, port: 6379, state }] as BrokerReport[];
  const ran = await brokers(["status"], { reports });
  expect(ran.status).toBe(status);
  expect(ran.stdout.split("\n")).toHaveLength(3);
  const json = await brokers(["status", "--json"], { reports });
  expect(json.status).toBe(status);
  expect(JSON.parse(json.stdout.split("\n")[1] ?? "")).toMatchObject({
    state,
    serves: status === 0,
  });
});

test("down: what was stopped, what was not there, what is not ours", async () => {
  const { status, stdout, asked } = await brokers(["down", "kafka"], {
    reports: [
      { kind: "kafka", host, port: 9092, state: "stopped", via: "native", tookMs: 312 },
      { kind: "amqp", host, port: 5672, state: "down" },
      { kind: "redis", host, port: 6379, state: "foreign" },
    ],
  });
  expect([status, asked]).toEqual([0, [["down", ["kafka"]]]]);
  expect(stdout).toBe(`kafka  127.0.0.1:9092   stopped  ended in 0.3 s
amqp   127.0.0.1:5672   down
redis  127.0.0.1:6379   answers  not started by reprise
`);
});

test("logs: of one as they are, of several with their names", async () => {
  const one = await brokers(["logs", "redis", "--lines", "5"]);
  expect(one.stdout).toBe("of redis\nand more\n");
  expect(one.asked).toEqual([["logs", "redis", 5, false]]);
  const two = await brokers(["logs", "redis", "kafka"]);
  expect(two.stdout).toBe(
    "redis | of redis\nredis | and more\nkafka | of kafka\nkafka | and more\n",
  );
  expect(two.asked).toEqual([
    ["logs", "redis", 20, false],
    ["logs", "kafka", 20, false],
  ]);
  const json = await brokers(["logs", "redis", "--json"]);
  expect(json.stdout).toBe(
    '{"broker":"redis","text":"of redis","type":"line"}\n{"broker":"redis","text":"and more","type":"line"}\n',
  );
});

test("logs cannot drive the terminal", async () => {
  const logs: Fleet["logs"] = ({ write }) => write("\u001b[2Jgone\u202e\n");
  const { stdout } = await brokers(["logs", "redis"], { fleet: { logs } });
  expect(stdout).toBe("\\x1b[2Jgone\\u202e\n");
});

test("logs: one that never ran is passed over; where none ever ran it is an error, 1", async () => {
  const logs: Fleet["logs"] = async ({ kind, write }) => {
    if (kind !== "amqp") throw new BrokersError("NOT_RUNNING", `${kind} has no log here`);
    await write("of amqp\n");
  };
  const some = await brokers(["logs"], { fleet: { logs } });
  expect([some.status, some.stdout, some.stderr]).toEqual([0, "amqp  | of amqp\n", ""]);
  const none = await brokers(["logs", "kafka", "redis"], { fleet: { logs } });
  expect(none.status).toBe(1);
  expect(none.stderr).toMatch(/^reprise: NOT_RUNNING: kafka has no log here\n/);
});

test("logs --follow: all at once; a reader that leaves ends every one of them", async () => {
  let ended = 0;
  const logs: Fleet["logs"] = async ({ kind, write, signal }) => {
    const over = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    if (kind === "redis") await write("last\n");
    await over;
    ended++;
  };
  const broken = Object.assign(new Error("gone"), { code: "EPIPE" });
  const { status, stderr } = await brokers(["logs", "--follow"], { fleet: { logs } }, { broken });
  expect([status, stderr]).toEqual([0, ""]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(ended).toBe(2);
});

test("Ctrl-C reaches what was begun, and is an error", async () => {
  const controller = new AbortController();
  const up: Fleet["up"] = ({ signal }: UpOptions) =>
    new Promise((resolve) => {
      const error = new BrokersError("ABORTED", "starting kafka was given up");
      signal.addEventListener("abort", () =>
        resolve([{ kind: "kafka", host, port: 9092, state: "failed", error }]),
      );
      queueMicrotask(() => controller.abort());
    });
  const { status, stderr } = await brokers(
    ["up", "kafka"],
    { fleet: { up } },
    { interrupted: controller.signal },
  );
  expect(status).toBe(3);
  expect(stderr).toMatch(/^reprise: ABORTED: starting kafka was given up\n/);
});

test("progress on a terminal, taken away at the end; none in a pipe", async () => {
  const terminal = withResolvers();
  const up: Fleet["up"] = async () => {
    await terminal.promise;
    return started;
  };
  const onStderr = (): void => terminal.resolve();
  const shown = await brokers(
    ["up"],
    { fleet: { up } },
    { stderrTerminal: true, stepMs: 200, onStderr },
  );
  expect(shown.stderr.startsWith("\r\u001b[Kstarting kafka, amqp, redis  ")).toBe(true);
  expect(shown.stderr.endsWith("\r\u001b[K")).toBe(true);
  const piped = await brokers(["up"], { fleet: { up } }, { stepMs: 200 });
  expect(piped.stderr).toBe("");
});

/** A promise, and what resolves it. */
function withResolvers() {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

test.each([
  ["an unknown broker", ["up", "nats"], "expected kafka, amqp, redis"],
  ["an unknown way", ["up", "--via", "podman"], "Allowed choices are docker, native"],
  ["no lines", ["logs", "--lines", "0"], "expected a whole number from 1 to 100000"],
  ["an unknown command", ["restart"], "unknown command"],
  ["an unknown option", ["down", "--force"], "unknown option"],
])("%s: 2, and nothing is asked of a broker", async (_, args, message) => {
  const { status, stderr, asked } = await brokers(args);
  expect([status, asked]).toEqual([2, []]);
  expect(stderr).toContain(message);
});

test.each(["up", "down", "status", "logs"])("%s --help: examples and statuses", async (command) => {
  const { status, stdout } = await brokers([command, "--help"]);
  expect(status).toBe(0);
  expect(stdout).toContain(`Examples:\n  reprise brokers ${command}`);
  expect(stdout).toContain("Exit status:\n  0  fine\n  1  status: a broker is not up");
});
