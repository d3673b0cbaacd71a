/**
 * Goal: a scope has the session that policy, code and environment say, and no other; it ends with its
 * body, whatever happens, and masks nothing.
 * Method: contracts and cassettes in a folder of the test's own; a table of modes; scopes that run at
 * once, in each other, and on after their end.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { consume, type Driver, MsgError } from "@reprise/msg-core";
import { openMemoryDriver } from "@reprise/msg-memory";
import { type Mode, type Session, sessionDriver } from "@reprise/msg-rr";
import { currentSession, loadPolicy, type WithPolicyOptions, withPolicy } from "@reprise/msg-rr/os";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "reprise-scope-"));
  writeContracts();
  vi.stubEnv("CI", undefined);
  vi.stubEnv("REPRISE_MODE", undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

const allModes = ["off", "record_missing_v1", "record_v1", "replay_v1", "rewrite_v1"];
const operations = ["event_v1", "poll_env_v1", "publish_env_v1", "settle_v1"];

interface Contracts {
  readonly entry?: object;
  readonly index?: object;
  readonly policy?: object;
  readonly sanitizer?: object;
}

function write(file: string, document: unknown): void {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof document === "string" ? document : JSON.stringify(document));
}

function writeContracts({ entry, index, policy, sanitizer }: Contracts = {}): void {
  write("arch/rr/index.x07rr.json", {
    schema_version: "x07.arch.rr.index@0.1.0",
    defaults: { record_modes_allowed: allModes },
    policies: [
      {
        id: "p_v1",
        policy_path: "arch/rr/policies/p_v1.policy.json",
        sanitize_id: "s_v1",
        sanitize_path: "arch/rr/sanitizers/s_v1.sanitize.json",
        worlds_allowed: ["run-os", "solve-rr"],
        kinds_allowed: ["rr"],
        ops_allowed: operations.map((name) => `std.msg.memory.${name}`),
        cassette_brand: "std.rr.cassette_v1",
        ...entry,
      },
    ],
    ...index,
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
    ...policy,
  });
  write("arch/rr/sanitizers/s_v1.sanitize.json", {
    schema_version: "x07.arch.rr.sanitize@0.1.0",
    id: "s_v1",
    v: 1,
    redact_headers: ["authorization"],
    redact_token: "redacted",
    ...sanitizer,
  });
}

function optionsOf(options: Partial<WithPolicyOptions> = {}): WithPolicyOptions {
  return { archRoot: join(root, "arch"), policyId: "p_v1", cassette: "a.rrbin", root, ...options };
}

const driverOf = (session: Session): Promise<Driver> =>
  sessionDriver(session, {
    kind: "memory",
    endpoint: "e",
    open: () => openMemoryDriver({ endpoint: "e", topics: ["t"] }),
  });

const utf8 = new TextEncoder();

/** Publishes a value, consumes it, and gives what came. */
async function exchange(session: Session, value = "v", headers: Record<string, string> = {}) {
  const driver = await driverOf(session);
  const came: string[] = [];
  await driver.publish([{ topic: "t", key: utf8.encode("k"), value: utf8.encode(value), headers }]);
  await consume(driver, ({ envelope }) => void came.push(Buffer.from(envelope.value).toString()), {
    limit: 1,
  });
  await driver.close();
  return came;
}

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "fine",
    (error: unknown) => (MsgError.is(error) ? error.code : String(error)),
  );

describe("the mode", () => {
  test.each<[Mode | undefined, string | undefined, string | undefined, string, Mode | string]>([
    // in code, REPRISE_MODE, CI, the policy's default: what it is
    [undefined, undefined, undefined, "replay_v1", "replay"],
    [undefined, undefined, undefined, "record_missing_v1", "record-missing"],
    [undefined, "", "", "record_v1", "record"],
    [undefined, "record", undefined, "replay_v1", "record"],
    ["rewrite", "record", undefined, "replay_v1", "rewrite"],
    [undefined, undefined, "true", "record_v1", "replay"],
    [undefined, undefined, "1", "rewrite_v1", "replay"],
    [undefined, undefined, "true", "record_missing_v1", "replay"],
    [undefined, undefined, "true", "off", "replay"],
    [undefined, undefined, "false", "record_v1", "record"],
    [undefined, undefined, "0", "record_v1", "record"],
    [undefined, "rewrite", "true", "replay_v1", "rewrite"],
    [undefined, "record-missing", "true", "replay_v1", "replay"],
    ["record-missing", undefined, "true", "replay_v1", "replay"],
    ["record", undefined, "true", "replay_v1", "record"],
    ["off", undefined, "true", "replay_v1", "off"],
    [undefined, "record_v1", undefined, "replay_v1", "SESSION_CONFIG"],
    [undefined, "toString", undefined, "replay_v1", "SESSION_CONFIG"],
    ["off", "nonsense", undefined, "replay_v1", "off"],
  ])("in code %s, REPRISE_MODE %s, CI %s, policy %s: %s", async (mode, env, ci, byPolicy, is) => {
    write(".x07_rr/a.rrbin", "");
    writeContracts({ policy: { mode_default: byPolicy } });
    vi.stubEnv("REPRISE_MODE", env);
    vi.stubEnv("CI", ci);
    const options = optionsOf(mode === undefined ? {} : { mode });
    const got = await withPolicy(options, (session) => session.mode).catch((error: unknown) =>
      MsgError.is(error) ? error.code : String(error),
    );
    expect(got).toBe(is);
  });
});

describe("what a policy refuses is typed", () => {
  test.each<[string, string, Contracts, Partial<WithPolicyOptions>]>([
    ["an unknown policy", "POLICY_UNKNOWN", {}, { policyId: "other" }],
    [
      "a mode, without defaults",
      "POLICY_REFUSED",
      { index: { defaults: undefined } },
      { mode: "record" },
    ],
    [
      "replay, where it is not listed",
      "POLICY_REFUSED",
      { index: { defaults: { record_modes_allowed: ["record_v1"] } } },
      {},
    ],
    ["the world of its mode", "POLICY_REFUSED", { entry: { worlds_allowed: ["run-os"] } }, {}],
    ["a world", "POLICY_REFUSED", {}, { world: "run-os-sandboxed" }],
    ["a path", "CASSETTE_PATH", {}, { cassette: "../a.rrbin" }],
    ["no cassette to replay", "CASSETTE_UNAVAILABLE", {}, {}],
    ["a policy of another id", "CONTRACT_INVALID", { policy: { id: "q_v1" } }, {}],
    ["a sanitizer of another id", "CONTRACT_INVALID", { sanitizer: { id: "z" } }, {}],
    ["a policy file that is missing", "CONTRACT_INVALID", { entry: { policy_path: "none" } }, {}],
    ["an index that is missing", "CONTRACT_INVALID", {}, { archRoot: "nowhere" }],
  ])("%s is %s", async (_, code, contracts, options) => {
    writeContracts(contracts);
    let ran = false;
    const run = withPolicy(optionsOf(options), () => {
      ran = true;
    });
    expect(await codeOf(run)).toBe(code);
    expect(ran).toBe(false);
  });

  test.each<[string, object, Mode]>([
    ["an operation", { ops_allowed: ["std.msg.kafka.publish_env_v1"] }, "rewrite"],
    ["a kind", { kinds_allowed: ["http"] }, "rewrite"],
    ["an operation, in replay", { ops_allowed: [] }, "replay"],
    ["a kind, in replay", { kinds_allowed: [] }, "replay"],
  ])("%s is POLICY_REFUSED", async (_, entry, mode) => {
    await withPolicy(optionsOf({ mode: "rewrite" }), (session) => exchange(session));
    writeContracts({ entry });
    const run = withPolicy(optionsOf({ mode }), (session) => exchange(session));
    expect(await codeOf(run)).toBe("POLICY_REFUSED");
  });

  test("a file that is no JSON, or whose matching is wrong, is told by its name", () => {
    write("arch/rr/policies/p_v1.policy.json", "{");
    expect(() => loadPolicy(join(root, "arch"), "p_v1")).toThrow(/p_v1\.policy\.json: /);
    writeContracts();
    write("arch/rr/policies/p_v1.policy.matching.json", { order: "any" });
    expect(() => loadPolicy(join(root, "arch"), "p_v1")).toThrow(/schema_version/);
  });

  test("paths of the index are taken from beside arch, or from within it", () => {
    write(
      "contracts/rr/index.x07rr.json",
      readFileSync(join(root, "arch/rr/index.x07rr.json"), "utf8"),
    );
    expect(loadPolicy(join(root, "contracts"), "p_v1").policy.id).toBe("p_v1");
    const within = {
      policy_path: "rr/policies/p_v1.policy.json",
      sanitize_path: "rr/sanitizers/s_v1.sanitize.json",
    };
    writeContracts({ entry: within });
    expect(loadPolicy(join(root, "arch"), "p_v1").sanitizer.id).toBe("s_v1");
  });
});

describe("a scope", () => {
  test("records and replays, with what is redacted redacted on both sides", async () => {
    const headers = { authorization: "Bearer one" };
    const record = optionsOf({ mode: "rewrite" });
    expect(await withPolicy(record, (session) => exchange(session, "x", headers))).toEqual(["x"]);
    const other = { authorization: "Bearer two" };
    expect(await withPolicy(optionsOf(), (session) => exchange(session, "x", other))).toEqual([
      "x",
    ]);
    expect(readFileSync(join(root, ".x07_rr/a.rrbin"), "latin1")).not.toContain("Bearer");
  });

  test("takes its matching from beside the policy", async () => {
    await withPolicy(optionsOf({ mode: "rewrite" }), (session) => exchange(session, "1"));
    const changed = withPolicy(optionsOf(), (session) => exchange(session, "2"));
    await expect(changed).rejects.toMatchObject({
      code: "REPLAY_DIFFERS",
      message: expect.stringMatching(
        /accept {4}run the same command once with REPRISE_MODE=rewrite$/,
      ),
    });
    write("arch/rr/policies/p_v1.policy.matching.json", {
      schema_version: "reprise.rr.matching@0.1.0",
      volatile: ["/value"],
    });
    expect(await withPolicy(optionsOf(), (session) => exchange(session, "2"))).toEqual(["1"]);
  });

  test("ends with REPLAY_UNUSED, unless it is lenient; never over the body's own error", async () => {
    await withPolicy(optionsOf({ mode: "rewrite" }), (session) => exchange(session));
    expect(await codeOf(withPolicy(optionsOf(), () => undefined))).toBe("REPLAY_UNUSED");
    const lenient = optionsOf({ strictness: "lenient" });
    expect(await codeOf(withPolicy(lenient, () => undefined))).toBe("fine");
    const failing = withPolicy(optionsOf(), () => {
      throw new Error("the body's own");
    });
    await expect(failing).rejects.toThrow("the body's own");
  });

  test("tells of a difference that the body took for a success", async () => {
    await withPolicy(optionsOf({ mode: "rewrite" }), (session) => exchange(session, "1"));
    const swallowed = withPolicy(optionsOf(), async (session) => {
      await exchange(session, "2").catch(() => undefined);
    });
    await expect(swallowed).rejects.toMatchObject({ code: "REPLAY_DIFFERS" });
  });

  test("is closed on every exit: a late call is SESSION_CLOSED", async () => {
    await withPolicy(optionsOf({ mode: "rewrite" }), (session) => exchange(session));
    const left: { session: Session; driver: Driver }[] = [];
    const keep = async (session: Session) =>
      left.push({ session, driver: await driverOf(session) });
    await codeOf(withPolicy(optionsOf(), keep));
    await codeOf(
      withPolicy(optionsOf(), async (session) => {
        await keep(session);
        throw new Error("out");
      }),
    );
    await withPolicy(optionsOf({ mode: "record", cassette: "b.rrbin" }), keep);
    expect(left).toHaveLength(3);
    for (const { session, driver } of left) {
      expect(await codeOf(driver.publish([]))).toBe("SESSION_CLOSED");
      expect(await codeOf(driver.poll({ maxItems: 1 }))).toBe("SESSION_CLOSED");
      expect(() => session.append()).toThrow(expect.objectContaining({ code: "SESSION_CLOSED" }));
    }
  });

  test("a poll that it leaves waiting is told", async () => {
    let polling: Promise<string> | undefined;
    await withPolicy(optionsOf({ mode: "rewrite" }), async (session) => {
      const driver = await driverOf(session);
      const poll = driver.poll({ maxItems: 1 });
      await driver.close();
      await poll;
    });
    await withPolicy(optionsOf(), async (session) => {
      const driver = await driverOf(session);
      polling = codeOf(driver.poll({ maxItems: 1 }));
    });
    expect(await polling).toBe("SESSION_CLOSED");
  });

  test("that failed leaves what was recorded, and the file as it was where nothing was", async () => {
    const record = optionsOf({ mode: "rewrite" });
    await withPolicy(record, (session) => exchange(session, "1"));
    const before = readFileSync(join(root, ".x07_rr/a.rrbin"));
    await withPolicy(record, () => undefined);
    expect(readFileSync(join(root, ".x07_rr/a.rrbin"))).toEqual(before);
    const failing = withPolicy(record, async (session) => {
      await exchange(session, "2");
      throw new Error("late");
    });
    await expect(failing).rejects.toThrow("late");
    expect(await withPolicy(optionsOf(), (session) => exchange(session, "2"))).toEqual(["2"]);
  });
});

describe("scopes do not mix", () => {
  test("outside of one there is no session", () => {
    expect(() => currentSession()).toThrow(expect.objectContaining({ code: "SESSION_MISSING" }));
  });

  test("at once, each sees its own, on its own cassette", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `many/${index}.rrbin`);
    const all = (mode: Mode) =>
      Promise.all(
        names.map((cassette) =>
          withPolicy(optionsOf({ mode, cassette }), async (session) => {
            const came = await exchange(session, cassette);
            expect(currentSession()).toBe(session);
            return came[0];
          }),
        ),
      );
    expect(await all("record")).toEqual(names);
    expect(await all("replay")).toEqual(names);
  });

  test("in each other, the inner one counts until it ends", async () => {
    await withPolicy(optionsOf({ mode: "record" }), async (outer) => {
      await withPolicy(optionsOf({ mode: "record", cassette: "b.rrbin" }), async (inner) => {
        expect(currentSession()).toBe(inner);
        await exchange(currentSession(), "inner");
      });
      expect(currentSession()).toBe(outer);
      await exchange(currentSession(), "outer");
    });
    const replay = (cassette: string, value: string) =>
      withPolicy(optionsOf({ cassette }), (session) => exchange(session, value));
    expect(await replay("a.rrbin", "outer")).toEqual(["outer"]);
    expect(await replay("b.rrbin", "inner")).toEqual(["inner"]);
  });

  test("what a scope leaves running keeps its session, which is closed", async () => {
    let go = (): void => undefined;
    let late: Promise<string> | undefined;
    const later = new Promise<void>((resolve) => {
      go = resolve;
    });
    await withPolicy(optionsOf({ mode: "record" }), async () => {
      late = later.then(() => codeOf(exchange(currentSession())));
    });
    await withPolicy(optionsOf({ mode: "record", cassette: "b.rrbin" }), async () => {
      go();
      expect(await late).toBe("SESSION_CLOSED");
    });
  });

  test("two may replay one cassette at once, but only one may record it", async () => {
    await withPolicy(optionsOf({ mode: "record" }), async (session) => {
      await exchange(session);
      const second = withPolicy(optionsOf({ mode: "rewrite" }), () => undefined);
      expect(await codeOf(second)).toBe("SESSION_CONFIG");
    });
    const replay = () => withPolicy(optionsOf(), (session) => exchange(session));
    expect(await Promise.all([replay(), replay()])).toEqual([["v"], ["v"]]);
    await withPolicy(optionsOf({ mode: "rewrite" }), (session) => exchange(session));
  });
});
