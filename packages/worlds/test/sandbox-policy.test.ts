/**
 * Goal: a policy is read as its schema has it, and anything else is refused at its place, before
 * anything runs.
 * Method: one whole document, and that with one change each; the same documents, and generated ones,
 * judged by the schema that the contract checker uses.
 */
import { readFileSync } from "node:fs";
import type { JsonValue } from "@reprise/canonical-json";
import { readSandboxPolicy, WorldError } from "@reprise/worlds";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { refusalBy } from "../../../tools/testing/refusal.ts";

type Document = Record<string, JsonValue>;

const whole: Document = {
  schema_version: "x07.run-os-policy@0.1.0",
  policy_id: "os_record.v1-A",
  notes: "why",
  limits: {
    cpu_ms: 1,
    wall_ms: 600_000,
    mem_bytes: 1_048_576,
    fds: 0,
    procs: 1024,
    core_dumps: false,
  },
  fs: {
    enabled: true,
    read_roots: ["."],
    write_roots: [".x07_rr"],
    deny_hidden: true,
    allow_symlinks: false,
    allow_mkdir: true,
    allow_remove: false,
    allow_rename: true,
    allow_walk: false,
    allow_glob: false,
    max_read_bytes: 0,
    max_write_bytes: 1,
    max_entries: 2,
    max_depth: 3,
  },
  net: {
    enabled: true,
    allow_dns: false,
    allow_tcp: true,
    allow_udp: false,
    allow_hosts: [
      { host: "127.0.0.1", ports: [1, 65_535] },
      { host: "::1", ports: [] },
    ],
  },
  env: { enabled: true, allow_keys: ["HOME"], deny_keys: [] },
  time: {
    enabled: true,
    allow_monotonic: true,
    allow_wall_clock: true,
    allow_sleep: true,
    max_sleep_ms: 86_400_000,
    allow_local_tzid: false,
  },
  process: {
    enabled: false,
    allow_spawn: false,
    max_live: 0,
    max_spawns: 0,
    allow_exec: false,
    allow_exit: true,
    allow_execs: ["/bin/true"],
    allow_exec_prefixes: [],
    allow_env_keys: [],
    max_cmd_bytes: 4096,
  },
  language: { allow_unsafe: false, allow_ffi: false },
  threads: { enabled: true, max_workers: 256, max_blocking: 4096, max_queue: 1_000_000 },
  db: { anything: [1, null] },
};

const errorOf = refusalBy(WorldError.is);

/** The document with one value put, or taken away, at a path. */
function changed(path: string, value: JsonValue | undefined): JsonValue {
  if (path === "") return value ?? null;
  const copy = structuredClone(whole);
  const steps = path
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = steps.pop() ?? "";
  let at: Record<string, unknown> = copy;
  for (const step of steps) at = at[step] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else
    Object.defineProperty(at, last, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return copy;
}

const schema: object = JSON.parse(
  readFileSync(new URL("../../arch/schemas/x07.run-os-policy@0.1.0.json", import.meta.url), "utf8"),
);
const bySchema = new Ajv2020({ strict: false }).compile(schema);

function accepts(document: JsonValue): boolean {
  try {
    readSandboxPolicy(document);
    return true;
  } catch (error) {
    if (WorldError.is(error) && error.code === "POLICY_INVALID") return false;
    throw error;
  }
}

test("the whole of it, and the least of it", () => {
  // A cap that has no row of its own is not handed on.
  const { max_cmd_bytes: _, ...process } = whole.process as Document;
  expect(readSandboxPolicy(whole)).toEqual({ ...whole, process });
  const { notes, language, threads, db, ...least } = whole;
  expect(readSandboxPolicy(least)).toEqual({ ...least, process });
});

const host = "/net/allow_hosts/0";

test.each<[string, JsonValue | undefined]>([
  ["", null],
  ["", []],
  ["", "text"],
  ["/schema_version", "x07.run-os-policy@0.2.0"],
  ["/schema_version", undefined],
  ["/policy_id", ""],
  ["/policy_id", "a b"],
  ["/policy_id", "a".repeat(65)],
  ["/policy_id", "ä"],
  ["/policy_id", 1],
  ["/policy_id", "a\n"],
  ["/notes", "n".repeat(4097)],
  ["/notes", null],
  ["/other", 1],
  ["/toString", 1],
  ["/__proto__", 1],
  ["/constructor", {}],
  ["/limits", undefined],
  ["/limits", []],
  ["/limits/cpu_ms", -1],
  ["/limits/cpu_ms", 1.5],
  ["/limits/cpu_ms", "1"],
  ["/limits/wall_ms", 0],
  ["/limits/wall_ms", 600_001],
  ["/limits/mem_bytes", 1_048_575],
  ["/limits/mem_bytes", 17_179_869_185],
  ["/limits/fds", 1025],
  ["/limits/procs", -1],
  ["/limits/procs", undefined],
  ["/limits/core_dumps", 0],
  ["/limits/more", 1],
  ["/fs", null],
  ["/fs/enabled", "yes"],
  ["/fs/read_roots", "."],
  ["/fs/read_roots", Array(129).fill("a")],
  ["/fs/read_roots/0", ""],
  ["/fs/read_roots/0", "a".repeat(4097)],
  ["/fs/write_roots/0", 1],
  ["/fs/deny_hidden", undefined],
  ["/fs/allow_glob", null],
  ["/fs/max_depth", -1],
  ["/fs/max_entries", 0.5],
  ["/fs/a~1b", true],
  ["/fs/a~0b", true],
  ["/net/allow_hosts", Array(257).fill({ host: "a", ports: [] })],
  ["/net/allow_udp", undefined],
  ["/net/proxy", "x"],
  [host, "127.0.0.1:9092"],
  [host, ["127.0.0.1", 9092]],
  [`${host}/host`, ""],
  [`${host}/host`, "a".repeat(256)],
  [`${host}/host`, "a;b"],
  [`${host}/host`, "a b"],
  [`${host}/host`, "a\tb"],
  [`${host}/host`, undefined],
  [`${host}/ports`, 9092],
  [`${host}/ports`, Array(65).fill(1)],
  [`${host}/ports/0`, 0],
  [`${host}/ports/0`, 65_536],
  [`${host}/ports/0`, "9092"],
  [`${host}/ports/0`, 1.5],
  [`${host}/protocol`, "tcp"],
  ["/env/allow_keys", {}],
  ["/env/allow_keys/0", ""],
  ["/env/deny_keys", undefined],
  ["/env/all", true],
  ["/time/max_sleep_ms", 86_400_001],
  ["/time/max_sleep_ms", -1],
  ["/time/allow_sleep", undefined],
  ["/time/zone", "UTC"],
  ["/process", []],
  ["/process/max_live", -1],
  ["/process/max_live", undefined],
  ["/process/allow_exit", 1],
  ["/process/allow_execs/0", 1],
  ["/process/max_other", -1],
  ["/process/max_other", "1"],
  ["/process/max_", 1],
  ["/process/MAX_a", 1],
  ["/process/allow_all", true],
  ["/process/__proto__", 1],
  ["/language", []],
  ["/language/allow_unsafe", "no"],
  ["/language/unsafe", true],
  ["/threads", []],
  ["/threads/max_workers", 257],
  ["/threads/max_blocking", 4097],
  ["/threads/max_queue", 1_000_001],
  ["/threads/enabled", 1],
  ["/threads/toString", 1],
  ["/db", []],
  ["/db", null],
  ["/db", 1],
])("%s: %j is refused there", (pointer, value) => {
  const document = changed(pointer, value);
  const error = errorOf(() => readSandboxPolicy(document));
  expect([error.code, error.details]).toEqual(["POLICY_INVALID", { pointer }]);
  expect(error.message).toContain(pointer === "" ? "document" : pointer);
  expect(bySchema(document)).toBe(false);
});

test("the contract checker's schema says the same of any change", () => {
  const paths = [
    "/notes",
    "/limits/fds",
    "/limits/mem_bytes",
    "/fs/read_roots",
    "/fs/max_depth",
    "/fs/allow_walk",
    "/net/allow_hosts",
    host,
    `${host}/host`,
    `${host}/ports`,
    "/env/deny_keys",
    "/time/max_sleep_ms",
    "/process/max_spawns",
    "/process/max_io_bytes",
    "/threads/max_workers",
    "/language/allow_ffi",
    "/db",
    "/fs",
    "/policy_id",
  ];
  const value = fc.oneof(
    fc.integer({ min: -2, max: 70_000 }),
    fc.constantFrom(
      0,
      1,
      64,
      65,
      128,
      256,
      257,
      65_535,
      65_536,
      1_048_576,
      0.5,
      "",
      "a",
      "a;b",
      "a b",
      true,
      false,
      null,
      {},
      [],
    ),
    fc.array(fc.constantFrom("a", "", 1, 65_536), { maxLength: 3 }),
    fc.record({
      host: fc.constantFrom("a", "", "a b"),
      ports: fc.array(fc.integer({ min: 0, max: 2 })),
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...paths), value, (path, put) => {
      const document = changed(path, put as JsonValue);
      expect(accepts(document)).toBe(bySchema(document));
    }),
    { numRuns: 2_000 },
  );
});
