/**
 * A small sound repository in a temporary folder, for tests to spoil: one library with two entries,
 * its built files and its committed API report.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { openProject } from "../project.mjs";
import { rules } from "../rules.mjs";

/** Text by path; undefined leaves the file of the sound tree out. */
export type Overlay = Readonly<Record<string, string | undefined>>;

export const manifest = {
  name: "@reprise/thing",
  version: "0.1.0",
  description: "A thing.",
  license: "Apache-2.0",
  type: "module",
  sideEffects: false,
  engines: { node: ">=20.19" },
  files: ["dist", "README.md"],
  exports: {
    ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
    "./os": { types: "./dist/os/index.d.ts", default: "./dist/os/index.js" },
  },
  scripts: { build: "tsup" },
};

const report = `# @reprise/thing

Written by \`node tools/tidy/tidy.mjs --write\` from the built declarations.

## @reprise/thing

\`\`\`ts
export interface Thing {
    size: number;
}

export declare const thing: Thing;
\`\`\`

## @reprise/thing/os

\`\`\`ts
import { Thing } from "@reprise/thing";

export declare function openThing(): Thing;
\`\`\`
`;

const soundTree: Overlay = {
  ".gitignore": "dist/\nnode_modules/\n",
  "package.json": JSON.stringify({ license: "Apache-2.0", engines: { node: ">=20.19" } }),
  "pnpm-workspace.yaml":
    "packages:\n  - packages/*\n  - apps/*\n  - bench\n\ncatalog:\n  tsup: ^8.0.0\n",
  "arch/api/thing.api.md": report,
  "packages/thing/package.json": json(manifest),
  "packages/thing/README.md": "# thing\n",
  "packages/thing/tsup.config.ts":
    'import { library } from "../../tools/build/library.ts";\n\n' +
    'export default library({\n  index: "src/index.ts",\n  "os/index": "src/os/index.ts",\n});\n',
  "packages/thing/src/index.ts":
    'export { thing } from "./thing.js";\nexport type { Thing } from "./thing.js";\n',
  "packages/thing/src/thing.ts":
    "/** The thing. */\nexport interface Thing {\n  size: number;\n}\nexport const thing: Thing = { size: 1 };\n",
  "packages/thing/src/os/index.ts": 'export { openThing } from "./open-thing.js";\n',
  "packages/thing/src/os/open-thing.ts":
    '/** Opens it. */\nimport { stat } from "node:fs";\nimport { type Thing, thing } from "../thing.js";\n' +
    "export function openThing(): Thing {\n  void stat;\n  return thing;\n}\n",
  "packages/thing/test/thing.test.ts": "/* *Goal*: a thing. *Method*: look at it. */\n",
  "packages/thing/dist/index.js": "const thing = { size: 1 };\nexport { thing };\n",
  "packages/thing/dist/index.d.ts":
    "/** Documented. */\ninterface Thing {\n    /** Bytes. */\n    size: number;\n}\n" +
    "declare const thing: Thing;\n\nexport { type Thing, thing };\n",
  "packages/thing/dist/os/index.js":
    'import { thing } from "../index.js";\nfunction openThing() {\n  return thing;\n}\nexport { openThing };\n',
  "packages/thing/dist/os/index.d.ts":
    "import { Thing } from '../index.js';\n\ndeclare function openThing(): Thing;\n\nexport { openThing };\n",
};

/** Writes the sound tree with `overlay` over it; the folder goes when the test ends. */
export function plantTree(overlay: Overlay = {}): string {
  const root = mkdtempSync(join(tmpdir(), "tidy-tree-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries({ ...soundTree, ...overlay })) {
    if (text === undefined) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  // Where there is no git the tree is judged all the same: see unpacked-archive.test.ts.
  spawnSync("git", ["init", "--quiet", root]);
  return root;
}

/** What one rule finds in the sound tree with `overlay` over it, as `path:line message`. */
export async function findings(ruleId: string, overlay: Overlay = {}): Promise<string[]> {
  const rule = rules.find(({ id }) => id === ruleId);
  if (rule === undefined) throw new Error(`no rule ${ruleId}`);
  const found = await rule.check(openProject(plantTree(overlay)));
  return found.map(({ path, line, message }) => `${path}:${line} ${message}`);
}

/** The library's package.json with some fields replaced; undefined removes one. */
export function manifestWith(fields: Readonly<Record<string, unknown>>): Overlay {
  return { "packages/thing/package.json": json({ ...manifest, ...fields }) };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
