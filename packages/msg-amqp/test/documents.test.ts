/**
 * Goal: profiles and topologies are found by id in the contract files, and what is wrong with a file
 * is said.
 * Method: the repository's own `arch`, and folders made for the test.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { loadProfile, loadTopology } from "../src/os/documents.js";
import { bareTopology, profileAt } from "./amqp-harness.ts";
import { refusal } from "./refusal.ts";

const archRoot = fileURLToPath(new URL("../../../arch", import.meta.url));
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder `arch` with these files below the folder that holds it. */
function contracts(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "reprise-contracts-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return join(folder, "arch");
}

test("by id, from the repository's contracts", () => {
  expect(loadProfile({ archRoot, id: "lab_amqp_v1" })).toMatchObject({
    id: "lab_amqp_v1",
    port: 5672,
  });
  expect(loadTopology({ archRoot, id: "lab_v1" }).exchanges).toEqual([
    { name: "lab", type: "direct", durable: true },
  ]);
});

test("as objects, which are checked as well", () => {
  expect(loadProfile(profileAt(1)).port).toBe(1);
  expect(loadTopology(bareTopology("e")).id).toBe("test_v1");
  expect(refusal(() => loadProfile(profileAt(0))).details.pointer).toBe("/port");
});

const row = { id: "p", path: "arch/msg/amqp/p.json", budget_profile_id: "b", rr_policy_id: "r" };
const index = (rows: object) =>
  JSON.stringify({
    schema_version: "x07.arch.msg.amqp.index@0.1.0",
    profiles: rows,
    topologies: [],
  });
const indexFile = "arch/msg/amqp/index.x07amqp.json";

test.each<readonly [string, Readonly<Record<string, string>>, RegExp]>([
  ["no index", {}, /index\.x07amqp\.json/],
  ["an index that is no JSON", { [indexFile]: "{" }, /index\.x07amqp\.json/],
  ["another id", { [indexFile]: index([{ ...row, id: "q" }]) }, /there is: q/],
  ["no file", { [indexFile]: index([row]) }, /p\.json/],
  [
    "a file that is no profile",
    { [indexFile]: index([row]), "arch/msg/amqp/p.json": "{}" },
    /amqp profile/,
  ],
])("refused: %s", (_, files, problem) => {
  const error = refusal(() => loadProfile({ archRoot: contracts(files), id: "p" }));
  expect(error.code).toBe("CONTRACT_INVALID");
  expect(error.message).toMatch(problem);
});
