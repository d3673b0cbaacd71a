/*
 * Goal: a change that breaks a rule of this repository is found, at its file and line; whoever puts
 * kafkajs or Date.now() into a pure package turns CI red.
 * Method: a copy of this repository, checked as it is; then the same with one violation planted for
 * each rule, and the difference is compared with what was planted, place by place. Rules that this
 * repository does not need are switched on in the copy's manifest, for both checks.
 */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import type { Diagnostic } from "../src/diagnostic.ts";
import type { Manifest } from "../src/documents/manifest.ts";
import { runCheck } from "../src/os/run-check.ts";
import { planted, withEveryRule } from "./planted-violations.ts";
import { emptyFolder } from "./temporary-tree.ts";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const leftOut = /^(node_modules|dist|\.git|\.turbo|\.x07_rr|coverage|out)$/;

let before: readonly string[];
let found: readonly Diagnostic[];

function copyRepository(): string {
  const root = emptyFolder("reprise-planted-");
  cpSync(repository, root, {
    recursive: true,
    filter: (path) =>
      !relative(repository, path)
        .split("/")
        .some((part) => leftOut.test(part)),
  });
  const path = join(root, "arch/manifest.x07arch.json");
  const manifest: Manifest = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, `${JSON.stringify(withEveryRule(manifest), null, 2)}\n`);
  return root;
}

beforeAll(async () => {
  const root = copyRepository();
  const { finished } = await runCheck({ root, writeLock: true });
  for (const { path, text } of finished.writes) writeFileSync(join(root, path), text);
  before = (await check(root)).map(describePlace);
  for (const { file, text, edit } of planted) {
    const path = join(root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, edit === undefined ? (text ?? "") : edit(readFileSync(path, "utf8")));
  }
  symlinkSync("/etc/hostname", join(root, "packages/obs/src/planted-link.ts"));
  found = await check(root);
}, 120_000);

async function check(root: string): Promise<readonly Diagnostic[]> {
  const { finished } = await runCheck({ root, limits: { diagnosticsMax: 100_000 } });
  return finished.report.diagnostics;
}

function describePlace({ code, loc }: Diagnostic): string {
  return loc === undefined ? code : `${loc.span.file}:${loc.span.start.line} ${code}`;
}

test("everything that was planted is found at its line, and nothing else", () => {
  const known = [...before];
  const fresh = found.map(describePlace).filter((place) => {
    const at = known.indexOf(place);
    if (at !== -1) known.splice(at, 1);
    return at === -1;
  });
  const expected = planted.flatMap(({ file, expect: places }) =>
    places.map((place) => (place.includes(":") ? place : `${file}:${place}`)),
  );
  const link = "packages/obs/src/planted-link.ts:1 E_ARCH_SCAN_UNREADABLE";
  expect([...new Set(fresh)].sort()).toEqual([...expected, link].sort());
});

test("kafkajs and Date.now() among them, with the chain and what to do", () => {
  const kafka = found.find(
    ({ code, data }) =>
      code === "E_ARCH_WORLD_CAPABILITY" && data?.import === "kafkajs" && data.chain !== undefined,
  );
  expect(kafka).toMatchObject({
    severity: "error",
    loc: { span: { file: "packages/msg-core/src/planted-kafka.ts", start: { line: 3, col: 1 } } },
    data: {
      chain: ["@reprise/msg-core/planted-kafka", "kafkajs"],
      world: "solve-pure",
      capability: "network",
    },
  });
  const clock = found.find(({ data }) => data?.name === "Date.now");
  expect(clock).toMatchObject({
    code: "E_ARCH_AMBIENT",
    severity: "error",
    loc: {
      span: { file: "packages/canonical-json/src/planted-clock.ts", start: { line: 2, col: 24 } },
    },
  });
  for (const { notes = [] } of [kafka, clock].filter((each) => each !== undefined)) {
    expect(notes[0]?.length).toBeGreaterThan(10);
  }
});

test("more than twenty rules are broken", () => {
  const codes = planted.flatMap(({ expect: places }) =>
    places.map((each) => each.split(" ").at(-1)),
  );
  expect(new Set(codes).size).toBeGreaterThan(22);
});
