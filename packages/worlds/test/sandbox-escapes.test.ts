/**
 * Goal: nothing that a program tries gets it further than its policy: each attempt is refused with the
 * typed error that names the rule, and nothing arrives or is written.
 * Method: the tables in `escapes/`, each run in one sandboxed process; servers that count, files that are
 * compared.
 */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import {
  openServers,
  openStage,
  policyWith,
  type Ran,
  readTree,
  writeTree,
} from "./sandbox-stage.js";

interface Attempt {
  readonly table: string;
  readonly name: string;
  readonly rule: string;
  readonly got: string;
}

const tables = ["network", "files", "process"] as const;
const stage = await openStage();
const servers = await openServers(stage.root);
await writeTree(stage.root, {
  "data/file": "read me",
  "data/.env": "hush",
  "data/.git/config": "hush",
  "data/addon.node": "none",
  "data/link": "->../outside/secret",
  "data/folder": "->../outside",
  "data-not/file": "hush",
  "out/kept": "kept",
  "out/link": "->../outside/escaped",
  "outside/secret": "hush",
  "outside/secret.json": "{}",
  "outside/secret.env": "A=1",
  "outside/module.mjs": "export default 1;",
});
for (const name of ["run", ...tables]) {
  const file = `${name}.mjs`;
  await copyFile(new URL(`escapes/${file}`, import.meta.url), join(stage.root, "program", file));
}
const before = await readTree(join(stage.root, "outside"));
const ran = await tryAll();
const attempts: readonly Attempt[] = ran.stdout
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line));

afterAll(async () => {
  await servers.close();
  await stage.close();
});

function tryAll(): Promise<Ran> {
  const { allowed, forbidden, udp, unix, abstract } = servers;
  const below = (name: string) => join(stage.root, name);
  const targets = {
    allowed,
    forbidden,
    unused: forbidden,
    udp,
    unix,
    abstract,
    data: below("data"),
    out: below("out"),
    outside: below("outside"),
    secret: below("outside/secret"),
    mayExit: true,
  };
  return stage.run({
    program: below("program/run.mjs"),
    args: [JSON.stringify({ tables, targets })],
    env: { SECRET: "hush", DENIED: "hush", SEEN: "seen", NODE_OPTIONS: "--no-warnings" },
    policy: policyWith({
      fs: {
        enabled: true,
        read_roots: ["data", "out"],
        write_roots: ["out", ".x07_rr"],
        deny_hidden: true,
      },
      net: {
        enabled: true,
        allow_dns: false,
        allow_tcp: true,
        allow_udp: false,
        allow_hosts: [{ host: "127.0.0.1", ports: [allowed] }],
      },
      env: { enabled: true, allow_keys: ["SEEN", "DENIED", "NODE_OPTIONS"], deny_keys: ["DENIED"] },
    }),
  });
}

test("every attempt was made, and the program came to its end", () => {
  expect({ code: ran.code, error: ran.error, stderr: ran.stderr }).toEqual({
    code: 0,
    error: undefined,
    stderr: "",
  });
  expect(attempts.length).toBeGreaterThanOrEqual(60);
});

test.each(attempts)("$table: $name", ({ rule, got }) => {
  if (got !== "absent") expect(got).toBe(rule === "nothing" ? rule : `refused by ${rule}`);
});

test("nothing arrived", () => {
  const none = Object.keys(servers.arrived()).map((name) => [name, 0]);
  expect(servers.arrived()).toEqual(Object.fromEntries(none));
  // The one that was redirected.
  expect(servers.welcome()).toBe(1);
});

test("nothing was written outside, nothing removed or renamed inside", async () => {
  expect(await readTree(join(stage.root, "outside"))).toEqual(before);
  expect(await readTree(join(stage.root, "data"))).not.toHaveProperty("escaped");
  expect(Object.keys(await readTree(join(stage.root, "out"))).sort()).toEqual(["kept", "link"]);
});
