/**
 * Goal: what an import from outside reaches is known or refused; no module of node slips through.
 * Method: specifiers by hand, then every module that this node has.
 */
import { builtinModules } from "node:module";
import { capabilityOfExternal } from "@reprise/worlds";
import { expect, test } from "vitest";

test.each([
  ["node:fs", "files"],
  ["fs", "files"],
  ["fs/promises", "files"],
  ["node:net", "network"],
  ["_http_agent", "network"],
  ["node:_tls_wrap", "network"],
  ["node:child_process", "processes"],
  ["worker_threads", "threads"],
  ["node:crypto", "randomness"],
  ["node:perf_hooks", "clock"],
  ["node:timers/promises", "timer"],
  ["node:path", "environment"],
  ["node:process", "environment"],
  ["node:module", "code"],
  ["node:test", "processes"],
  ["node:test/reporters", "processes"],
  ["node:sqlite", "files"],
  ["node:assert/strict", "pure"],
  ["string_decoder", "pure"],
  ["kafkajs", "network"],
  ["kafkajs/src/index.js", "network"],
  ["amqplib/callback_api", "network"],
  ["ioredis", "network"],
  ["@aws-sdk/client-sqs", "network"],
  ["better-sqlite3", "files"],
  ["fast-check", "randomness"],
  ["ajv/dist/2020.js", "code"],
  ["valibot", "pure"],
  ["fast-json-stable-stringify", "pure"],
  ["@noble/hashes/sha2.js", "pure"],
  ["@noble/hashes/utils.js", "randomness"],
  ["picomatch/posix", "pure"],
  ["picomatch", "environment"],
  ["picomatch/lib/scan.js", "environment"],
] as const)("%s reaches %s", (specifier, reach) => {
  expect(capabilityOfExternal(specifier)).toBe(reach);
});

test.each([
  "left-pad",
  "@noble/ciphers",
  "@noble",
  "kafkajs-extra",
  "node:anything_new",
  "node:kafkajs",
  "node:",
  "sqlite",
  "test",
  "test/reporters",
  "fs/extra",
  "FS",
  "",
  "/",
  "//",
  "__proto__",
  "toString",
  "./fs",
  "data:text/javascript,1",
])("%s is unknown", (specifier) => {
  expect(capabilityOfExternal(specifier)).toBe("unknown");
});

test("every module of this node is known, with and without its prefix", () => {
  for (const name of builtinModules) {
    const bare = name.replace(/^node:/, "");
    expect([name, capabilityOfExternal(`node:${bare}`)]).not.toEqual([name, "unknown"]);
    if (!name.startsWith("node:")) {
      expect([name, capabilityOfExternal(name)]).not.toEqual([name, "unknown"]);
    }
  }
});

test("what a repository says of its externals comes first, subpaths too", () => {
  const declared = new Map([
    ["left-pad", "pure"],
    ["ajv", "pure"],
    ["node:crypto", "pure"],
    ["valibot/async", "network"],
  ] as const);
  const of = (specifier: string) => capabilityOfExternal(specifier, declared);
  expect(of("left-pad/index.js")).toBe("pure");
  expect(of("ajv/dist/2020.js")).toBe("pure");
  expect(of("node:crypto")).toBe("pure");
  expect(of("crypto")).toBe("randomness");
  expect(of("valibot")).toBe("pure");
  expect(of("valibot/async/x")).toBe("network");
  expect(of("left-pad-2")).toBe("unknown");
});
