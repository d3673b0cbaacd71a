/**
 * Reads `x07.run-os-policy@0.1.0`, the file that lists what a program in the world
 * `run-os-sandboxed` may touch. No other property is allowed anywhere.
 *
 *     { schema_version, policy_id, limits, fs, net, env, time, process,
 *       notes?, language?, threads?, db? }
 *
 * What is not listed is refused: an optional permission that is absent is a no, an optional cap that
 * is absent is none.
 */
import type { JsonValue } from "@reprise/canonical-json";
import * as v from "valibot";
import { WorldError } from "./world-error.js";

export interface SandboxHost {
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly ports: readonly number[];
}

export interface SandboxLimits {
  readonly cpu_ms: number;
  readonly wall_ms: number;
  readonly mem_bytes: number;
  readonly fds: number;
  readonly procs: number;
  readonly core_dumps?: boolean;
}

export interface SandboxFiles {
  readonly enabled: boolean;
  readonly read_roots: readonly string[];
  readonly write_roots: readonly string[];
  readonly deny_hidden: boolean;
  readonly allow_symlinks?: boolean;
  readonly allow_mkdir?: boolean;
  readonly allow_remove?: boolean;
  readonly allow_rename?: boolean;
  readonly allow_walk?: boolean;
  readonly allow_glob?: boolean;
  readonly max_read_bytes?: number;
  readonly max_write_bytes?: number;
  readonly max_entries?: number;
  readonly max_depth?: number;
}

export interface SandboxNetwork {
  readonly enabled: boolean;
  readonly allow_dns: boolean;
  readonly allow_tcp: boolean;
  readonly allow_udp: boolean;
  readonly allow_hosts: readonly SandboxHost[];
}

export interface SandboxTime {
  readonly enabled: boolean;
  readonly allow_monotonic: boolean;
  readonly allow_wall_clock: boolean;
  readonly allow_sleep: boolean;
  readonly max_sleep_ms: number;
  readonly allow_local_tzid: boolean;
}

export interface SandboxProcesses {
  readonly enabled: boolean;
  readonly allow_spawn: boolean;
  readonly max_live: number;
  readonly max_spawns: number;
  readonly allow_exec: boolean;
  readonly allow_exit: boolean;
  readonly allow_execs?: readonly string[];
  readonly allow_exec_prefixes?: readonly string[];
  readonly allow_env_keys?: readonly string[];
}

/** The document as it is written; its names are X07's. */
export interface SandboxPolicy {
  readonly schema_version: typeof schemaVersion;
  readonly policy_id: string;
  readonly notes?: string;
  readonly limits: SandboxLimits;
  readonly fs: SandboxFiles;
  readonly net: SandboxNetwork;
  readonly env: {
    readonly enabled: boolean;
    readonly allow_keys: readonly string[];
    readonly deny_keys: readonly string[];
  };
  readonly time: SandboxTime;
  readonly process: SandboxProcesses;
  readonly language?: { readonly allow_unsafe?: boolean; readonly allow_ffi?: boolean };
  readonly threads?: {
    readonly enabled?: boolean;
    readonly max_workers?: number;
    readonly max_blocking?: number;
    readonly max_queue?: number;
  };
  /** Not read. */
  readonly db?: Readonly<Record<string, unknown>>;
}

const schemaVersion = "x07.run-os-policy@0.1.0";

/** The bounds that a change to a policy has to keep too. */
export const policyLimits: {
  readonly hostsMax: number;
  readonly portsMax: number;
  readonly rootsMax: number;
  readonly textLengthMax: number;
} = { hostsMax: 256, portsMax: 64, rootsMax: 128, textLengthMax: 4096 };

/** JSON Schema counts characters, not UTF-16 units. */
const text = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.check((value) => {
      const length = [...value].length;
      return length >= least && length <= most;
    }, `expected ${least} to ${most} characters`),
  );

const whole = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.check(
      (value) => Number.isInteger(value) && value >= least && value <= most,
      most === Number.MAX_VALUE
        ? `expected a whole number of ${least} or more`
        : `expected a whole number from ${least} to ${most}`,
    ),
  );

const amount = whole(0, Number.MAX_VALUE);
const strings = v.array(text(1, policyLimits.textLengthMax));

const listOf = <Item extends v.GenericSchema>(item: Item, most: number) =>
  v.pipe(v.array(item), v.maxLength(most, `expected at most ${most} items`));

const record = v.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "expected an object",
);

/** An array is an object to valibot. */
function section<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(record, v.strictObject(entries));
}

const roots = listOf(text(1, policyLimits.textLengthMax), policyLimits.rootsMax);

const hostPattern = /^[^;\s]+$/;

const hostSchema = section({
  host: v.pipe(text(1, 255), v.regex(hostPattern, "expected no ; and no white space")),
  ports: listOf(whole(1, 65_535), policyLimits.portsMax),
});

const processEntries = {
  enabled: v.boolean(),
  allow_spawn: v.boolean(),
  max_live: amount,
  max_spawns: amount,
  allow_exec: v.boolean(),
  allow_exit: v.boolean(),
  allow_execs: v.exactOptional(strings),
  allow_exec_prefixes: v.exactOptional(strings),
  allow_env_keys: v.exactOptional(strings),
};

/** Caps of X07 that have no row of their own. */
const capName = /^max_[a-z_]+$/;

const processSchema = v.pipe(
  record,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const [key, value] of Object.entries(dataset.value)) {
      if (Object.hasOwn(processEntries, key)) continue;
      const refuse = (message: string): void =>
        addIssue({
          message,
          path: [{ type: "object", origin: "value", input: dataset.value, key, value }],
        });
      if (!capName.test(key)) refuse("expected no such property");
      else if (!v.is(amount, value)) refuse("expected a whole number of 0 or more");
    }
  }),
  v.object(processEntries),
);

const policySchema = section({
  schema_version: v.literal(schemaVersion),
  policy_id: v.pipe(
    v.string(),
    v.regex(/^[a-zA-Z0-9_.-]{1,64}$/, "expected 1 to 64 of A-Z a-z 0-9 _ . -"),
  ),
  notes: v.exactOptional(text(0, 4096)),
  limits: section({
    cpu_ms: whole(1, 600_000),
    wall_ms: whole(1, 600_000),
    mem_bytes: whole(1_048_576, 17_179_869_184),
    fds: whole(0, 1024),
    procs: whole(0, 1024),
    core_dumps: v.exactOptional(v.boolean()),
  }),
  fs: section({
    enabled: v.boolean(),
    read_roots: roots,
    write_roots: roots,
    deny_hidden: v.boolean(),
    allow_symlinks: v.exactOptional(v.boolean()),
    allow_mkdir: v.exactOptional(v.boolean()),
    allow_remove: v.exactOptional(v.boolean()),
    allow_rename: v.exactOptional(v.boolean()),
    allow_walk: v.exactOptional(v.boolean()),
    allow_glob: v.exactOptional(v.boolean()),
    max_read_bytes: v.exactOptional(amount),
    max_write_bytes: v.exactOptional(amount),
    max_entries: v.exactOptional(amount),
    max_depth: v.exactOptional(amount),
  }),
  net: section({
    enabled: v.boolean(),
    allow_dns: v.boolean(),
    allow_tcp: v.boolean(),
    allow_udp: v.boolean(),
    allow_hosts: listOf(hostSchema, policyLimits.hostsMax),
  }),
  env: section({ enabled: v.boolean(), allow_keys: strings, deny_keys: strings }),
  time: section({
    enabled: v.boolean(),
    allow_monotonic: v.boolean(),
    allow_wall_clock: v.boolean(),
    allow_sleep: v.boolean(),
    max_sleep_ms: whole(0, 86_400_000),
    allow_local_tzid: v.boolean(),
  }),
  process: processSchema,
  language: v.exactOptional(
    section({
      allow_unsafe: v.exactOptional(v.boolean()),
      allow_ffi: v.exactOptional(v.boolean()),
    }),
  ),
  threads: v.exactOptional(
    section({
      enabled: v.exactOptional(v.boolean()),
      max_workers: v.exactOptional(whole(0, 256)),
      max_blocking: v.exactOptional(whole(0, 4096)),
      max_queue: v.exactOptional(whole(0, 1_000_000)),
    }),
  ),
  db: v.exactOptional(record),
});

/**
 * The policy that a parsed document holds.
 *
 * Throws POLICY_INVALID: `details.pointer` leads to the first value that is wrong, or to the property
 * that is missing or one too many.
 */
export function readSandboxPolicy(document: JsonValue): SandboxPolicy {
  const parsed = v.safeParse(policySchema, document, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const pointer = pointerOf((issue.path ?? []).map((step) => `${step.key}`));
  const problem =
    issue.expected === null ? issue.message : `expected ${issue.expected}, got ${issue.received}`;
  throw new WorldError(
    "POLICY_INVALID",
    `sandbox policy ${pointer === "" ? "document" : pointer}: ${problem}`,
    { pointer },
  );
}

function pointerOf(steps: readonly string[]): string {
  return steps.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
