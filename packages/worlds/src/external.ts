/**
 * What an imported module from outside the repository reaches. Fails closed: what is in no table is
 * "unknown", and unknown is refused where anything is.
 *
 * A module of node counts for the most it can do, even if the importer wants its harmless half:
 * `node:crypto` draws, `node:path` asks for the working directory. Packages are named here only where
 * somebody has read what they do; a repository adds its own.
 */
import type { Capability } from "./capability.js";

type Reach = Capability | "pure";

const builtins: Readonly<Record<Reach, readonly string[]>> = {
  pure: [
    "assert",
    "assert/strict",
    "async_hooks",
    "buffer",
    "events",
    "punycode",
    "querystring",
    "stream",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "string_decoder",
    "url",
    "util/types",
  ],
  clock: ["perf_hooks"],
  timer: ["timers", "timers/promises"],
  randomness: ["crypto"],
  locale: [],
  environment: [
    "constants",
    "diagnostics_channel",
    "domain",
    "os",
    "path",
    "path/posix",
    "path/win32",
    "process",
    "sea",
    "sys",
    "util",
  ],
  output: ["console", "readline", "readline/promises", "repl", "tty"],
  network: ["dgram", "dns", "dns/promises", "http", "http2", "https", "net", "quic", "tls"],
  files: ["fs", "fs/promises", "sqlite", "trace_events", "wasi"],
  processes: ["child_process", "cluster", "inspector", "inspector/promises", "test"],
  threads: ["worker_threads", "zlib"],
  memory: ["ffi", "v8"],
  code: ["module", "vm"],
  globals: [],
  cassette: [],
  store: [],
};

const packages: Readonly<Record<Reach, readonly string[]>> = {
  pure: [
    "@noble/curves",
    "@noble/hashes",
    "fast-json-stable-stringify",
    "picomatch/posix",
    "pure-rand",
    "tslib",
    "valibot",
  ],
  clock: [],
  timer: ["p-limit", "p-queue", "p-retry"],
  randomness: [
    "@noble/hashes/utils",
    "@noble/hashes/utils.js",
    "fast-check",
    "nanoid",
    "ulid",
    "uuid",
  ],
  locale: ["dayjs", "luxon", "moment", "moment-timezone"],
  environment: [
    "chalk",
    "commander",
    "debug",
    "dotenv",
    "picocolors",
    "picomatch",
    "yaml",
    "yargs",
  ],
  output: ["bunyan", "pino", "winston"],
  network: [
    "@aws-sdk",
    "@azure/service-bus",
    "@confluentinc/kafka-javascript",
    "@google-cloud/pubsub",
    "@redis/client",
    "amqp-connection-manager",
    "amqplib",
    "axios",
    "bullmq",
    "express",
    "fastify",
    "got",
    "ioredis",
    "iovalkey",
    "kafkajs",
    "mongodb",
    "mqtt",
    "mysql",
    "mysql2",
    "nats",
    "node-fetch",
    "node-rdkafka",
    "node-redis",
    "pg",
    "redis",
    "rhea",
    "undici",
    "ws",
  ],
  files: [
    "better-sqlite3",
    "chokidar",
    "fast-glob",
    "fs-extra",
    "glob",
    "graceful-fs",
    "oxc-resolver",
    "sqlite3",
    "typescript",
  ],
  processes: ["cross-spawn", "execa"],
  threads: ["piscina", "tinypool"],
  memory: [],
  code: ["ajv", "jiti", "tsx"],
  globals: [],
  cassette: [],
  store: [],
};

const builtinReach = byName(builtins);
const packageReach = byName(packages);

/** Modules of node that only exist with `node:` before them; without it the name is a package's. */
const prefixOnly: ReadonlySet<string> = new Set(["ffi", "quic", "sea", "sqlite", "test"]);

/**
 * What `specifier` reaches: `node:fs`, `fs`, `kafkajs`, `@noble/hashes/sha2.js`. A package's row
 * holds for its subpaths that have none of their own.
 *
 * `declared` comes first: what a repository says of its own externals, by the same rule.
 */
export function capabilityOfExternal(
  specifier: string,
  declared: ReadonlyMap<string, Capability | "pure"> = new Map(),
): Capability | "pure" | "unknown" {
  const said = nearest(declared, specifier);
  if (said !== undefined) return said;
  if (specifier.startsWith("node:")) return builtinOf(specifier.slice("node:".length)) ?? "unknown";
  const builtin = prefixOnly.has(rootOf(specifier)) ? undefined : builtinOf(specifier);
  return builtin ?? nearest(packageReach, specifier) ?? "unknown";
}

/** `_http_agent` and its like are the insides of the public ones. */
function builtinOf(name: string): Reach | undefined {
  if (/^_(http|tls)_/.test(name)) return "network";
  if (name.startsWith("_stream_")) return "pure";
  return builtinReach.get(name) ?? (name.startsWith("test/") ? "processes" : undefined);
}

function nearest(table: ReadonlyMap<string, Reach>, specifier: string): Reach | undefined {
  for (
    let name = specifier;
    name !== "";
    name = name.slice(0, Math.max(0, name.lastIndexOf("/")))
  ) {
    const reach = table.get(name);
    if (reach !== undefined) return reach;
  }
  return undefined;
}

function rootOf(specifier: string): string {
  return specifier.split("/", 1)[0] ?? specifier;
}

function byName(rows: Readonly<Record<Reach, readonly string[]>>): ReadonlyMap<string, Reach> {
  // Proof of the cast: the keys of the record are `Reach`, by its type.
  const reaches = Object.keys(rows) as Reach[];
  return new Map(reaches.flatMap((reach) => rows[reach].map((name) => [name, reach] as const)));
}
