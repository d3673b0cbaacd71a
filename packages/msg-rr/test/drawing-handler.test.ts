/**
 * Goal: a handler that asks the clock and draws numbers, in a solve world, replays byte for byte; one
 * that draws otherwise, or could not be recorded, is told even if its failure was taken for a message's.
 * Method: a real handler with the real calls, in `inWorld`, on a broker in memory; a cassette in a file,
 * recorded, and replayed twice; the handler changed in between.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { consume, MsgError } from "@reprise/msg-core";
import { openMemoryDriver } from "@reprise/msg-memory";
import { type Mode, sessionDriver, sessionSources } from "@reprise/msg-rr";
import { withPolicy } from "@reprise/msg-rr/os";
import { inWorld, liveSources } from "@reprise/worlds/os";
import { afterEach, beforeEach, expect, test } from "vitest";

let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "reprise-draws-"));
  writeContracts(["clock_v1", "entropy_v1"]);
});

afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, document: object): void {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(document));
}

function writeContracts(draws: readonly string[]): void {
  const operations = ["event_v1", "poll_env_v1", "publish_env_v1", "settle_v1"];
  write("arch/rr/index.x07rr.json", {
    schema_version: "x07.arch.rr.index@0.1.0",
    defaults: { record_modes_allowed: ["replay_v1", "rewrite_v1"] },
    policies: [
      {
        id: "p_v1",
        policy_path: "arch/rr/policies/p_v1.policy.json",
        sanitize_id: "s_v1",
        sanitize_path: "arch/rr/sanitizers/s_v1.sanitize.json",
        worlds_allowed: ["run-os", "solve-rr"],
        kinds_allowed: ["rr"],
        ops_allowed: [
          ...operations.map((name) => `std.msg.memory.${name}`),
          ...draws.map((name) => `std.rr.${name}`),
        ],
        cassette_brand: "std.rr.cassette_v1",
      },
    ],
  });
  write("arch/rr/policies/p_v1.policy.json", {
    schema_version: "x07.arch.rr.policy@0.1.0",
    id: "p_v1",
    v: 1,
    mode_default: "replay_v1",
    match_mode: "lookup_v1",
    budgets: {
      max_cassette_bytes: 1_000_000,
      max_entries: 1000,
      max_req_bytes: 10_000,
      max_resp_bytes: 10_000,
      max_key_bytes: 128,
    },
  });
  write("arch/rr/sanitizers/s_v1.sanitize.json", {
    schema_version: "x07.arch.rr.sanitize@0.1.0",
    id: "s_v1",
    v: 1,
    redact_headers: [],
    redact_token: "redacted",
  });
}

const utf8 = new TextEncoder();
const messages = 20;

/** What the handler makes of each message, in order. */
async function run(mode: Mode, handle: (text: string) => string | Promise<string>) {
  const options = {
    archRoot: join(root, "arch"),
    policyId: "p_v1",
    cassette: "a.rrbin",
    root,
    mode,
  };
  return await withPolicy(options, async (session) => {
    const driver = await sessionDriver(session, {
      kind: "memory",
      endpoint: "e",
      open: () => openMemoryDriver({ endpoint: "e", topics: ["t"] }),
    });
    const sources = sessionSources(session, mode === "replay" ? {} : { live: liveSources() });
    const made: string[] = [];
    try {
      for (let index = 0; index < messages; index++) {
        const value = utf8.encode(`message ${index}`);
        await driver.publish([{ topic: "t", key: new Uint8Array(0), value, headers: {} }]);
      }
      await consume(
        driver,
        async ({ envelope }) => {
          const text = Buffer.from(envelope.value).toString();
          made.push(await inWorld("solve-rr", sources, () => handle(text)));
        },
        { limit: messages, maxAttempts: 2 },
      );
    } finally {
      await driver.close();
    }
    return made;
  });
}

const stamp = async (text: string): Promise<string> => {
  const begun = Date.now();
  await null;
  const luck = Math.random();
  const times = [
    begun,
    new Date().toISOString(),
    Date(),
    performance.now(),
    process.hrtime.bigint(),
  ];
  return [text, ...times, luck, crypto.randomUUID(), luck < 0.5 ? Math.random() : "heads"].join(
    " ",
  );
};

const cassette = (): Buffer => readFileSync(join(root, ".x07_rr", "a.rrbin"));

test("what it made comes again, and again, to the last byte", async () => {
  const recorded = await run("rewrite", stamp);
  expect(recorded).toHaveLength(messages);
  expect(new Set(recorded).size).toBe(messages);
  expect(new Set(recorded.map((line) => line.split(" ").at(-2))).size).toBe(messages);
  const bytes = cassette();
  expect(await run("replay", stamp)).toEqual(recorded);
  expect(await run("replay", stamp)).toEqual(recorded);
  expect(cassette()).toEqual(bytes);
});

test("two recordings differ: it is the real clock and real randomness that are recorded", async () => {
  const first = await run("rewrite", stamp);
  expect(await run("rewrite", stamp)).not.toEqual(first);
});

async function failureOf(work: Promise<unknown>): Promise<MsgError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (MsgError.is(error)) return error;
  throw new Error(`expected a MsgError, got ${String(error)}`);
}

test("a handler that draws something else fails the replay, though its failure looks like a message's", async () => {
  await run("rewrite", stamp);
  const changed = (text: string) => `${text} ${Math.random()}`;
  const { code, message } = await failureOf(run("replay", changed));
  expect(code).toBe("REPLAY_DIFFERS");
  expect(message).toMatch(
    /^Math\.random, 8 bytes: the draw differs .*\n.* {2}recorded {2}Date\.now/s,
  );
});

test("a handler that draws less leaves draws unused", async () => {
  await run("rewrite", stamp);
  const { code, message } = await failureOf(run("replay", (text) => text));
  expect(code).toBe("REPLAY_UNUSED");
  expect(message).toContain(" of std.rr.clock_v1");
});

test("a policy that does not allow draws ends the recording at the first one", async () => {
  writeContracts([]);
  const { code, message } = await failureOf(run("rewrite", stamp));
  expect(code).toBe("POLICY_REFUSED");
  expect(message).toMatch(/^Date\.now was asked, .* does not allow std\.rr\.clock_v1/);
});

test("a recording whose body took the failure for its own is told at its end", async () => {
  writeContracts([]);
  const options = { archRoot: join(root, "arch"), policyId: "p_v1", cassette: "a.rrbin", root };
  const swallowed = withPolicy({ ...options, mode: "rewrite" }, (session) => {
    const sources = sessionSources(session, { live: liveSources() });
    try {
      return inWorld("solve-rr", sources, () => Date.now());
    } catch {
      return 0;
    }
  });
  expect((await failureOf(swallowed)).code).toBe("POLICY_REFUSED");
});
