/**
 * Goal: whatever stands in a contract file, the check ends with findings and never with an exception.
 * Method: documents of the right shape with any member replaced by any JSON value, or taken away; and
 * any JSON value in the place of a document. A failure prints its seed.
 */
import type { JsonValue } from "@reprise/canonical-json";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkContracts } from "../src/contracts/check-contracts.ts";
import { readManifest } from "../src/documents/read-manifest.ts";
import { changed, type HandFiles, handFiles, noCode, validate } from "./hand-repository.ts";
import { type ContractName, labDocuments, labFiles, paths } from "./lab-contracts.ts";

const names = Object.keys(paths) as ContractName[];

function pointersOf(value: JsonValue, pointer = ""): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]: [string, JsonValue]) => [
    `${pointer}/${key}`,
    ...pointersOf(member, `${pointer}/${key}`),
  ]);
}

/** How many findings, or how many reasons not to begin. */
function foundIn(hand: HandFiles): number {
  const files = handFiles(hand);
  const manifest = readManifest({ files, validate });
  if (manifest.kind === "unusable") return manifest.diagnostics.length;
  return checkContracts({ files, validate, manifest, code: noCode }).diagnostics.length;
}

// What fast-check calls a JSON value is one; written and read, it is one to the types too.
const anyJson = fc
  .oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(null, "", -1, 1.5, [], {}, [null], "__proto__"),
  )
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

test.each(names)("%s with any member changed", (name) => {
  const document = labDocuments[name];
  const pointer = fc.constantFrom(...pointersOf(document));
  fc.assert(
    fc.property(pointer, fc.option(anyJson, { nil: undefined }), (at, value) => {
      const file = changed(document, { [at]: value });
      expect(foundIn(labFiles({}, { [paths[name]]: file }))).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 30 },
  );
});

test("any document at all", () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), anyJson, (name, value) => {
      expect(foundIn(labFiles({}, { [paths[name]]: JSON.stringify(value) }))).toBeGreaterThan(0);
    }),
    { numRuns: 100 },
  );
});
