/** A repository of two packages that passes: what is pure, what serves it, and a manifest. */
import type { Manifest } from "../src/documents/manifest.ts";
import { handManifest } from "./hand-graph.ts";
import type { TreeFiles } from "./temporary-tree.ts";

export const shopFiles: TreeFiles = {
  "package.json": { name: "shop", private: true, workspaces: ["packages/*"] },
  "packages/money/package.json": {
    name: "@shop/money",
    type: "module",
    exports: { ".": "./dist/index.js" },
  },
  "packages/money/src/index.ts": 'export { total } from "./total.js";\n',
  "packages/money/src/total.ts": [
    "/** The sum of some amounts, in cents. */",
    "export function total(amounts: readonly number[]): number {",
    "  return amounts.reduce((sum, amount) => sum + amount, 0);",
    "}",
    "",
  ].join("\n"),
  "packages/server/package.json": {
    name: "@shop/server",
    type: "module",
    dependencies: { "@shop/money": "workspace:*" },
  },
  "packages/server/src/os/main.ts": [
    'import { readFileSync } from "node:fs";',
    'import { total } from "@shop/money";',
    "",
    'console.log(total(JSON.parse(readFileSync("amounts.json", "utf8"))));',
    "",
  ].join("\n"),
};

export function shopManifest(rest: Partial<Manifest> = {}): Manifest {
  const manifest = handManifest(
    {
      money: { in: ["packages/money/src/**"], world: "solve-pure", trust_zone: "verified_core" },
      server: { in: ["packages/server/src/**"] },
    },
    {
      repo: { id: "shop", root: "." },
      externals: { allowed_import_prefixes: ["node:"], allowed_exact: [] },
      rules: [{ kind: "deny_cycles_v1", id: "round", scope: "modules" }],
    },
  );
  return { ...manifest, ...rest };
}

/** Files of the shop, with its manifest and whatever is given on top. */
export function shop(files: TreeFiles = {}, rest: Partial<Manifest> = {}): TreeFiles {
  return { ...shopFiles, "arch/manifest.x07arch.json": shopManifest(rest), ...files };
}
