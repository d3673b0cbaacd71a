/** A repository in a temporary folder, gone when the test file is done. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect } from "vitest";
import type { ImportTarget } from "../src/module-graph.ts";
import { type ReadGraphOptions, readGraph } from "../src/os/read-graph.ts";

/** By path; what is no text is written as JSON. */
export type FolderFiles = Readonly<Record<string, string | Uint8Array | object>>;

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** The folder's absolute path, with links resolved. */
export function makeRepository(files: FolderFiles): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "reprise-arch-")));
  made.push(root);
  writeFiles(root, files);
  return root;
}

export function writeFiles(root: string, files: FolderFiles): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    const isRaw = typeof content === "string" || content instanceof Uint8Array;
    writeFileSync(file, isRaw ? content : JSON.stringify(content));
  }
}

/** Where the imports of one module lead, in order: `path`, `external name`, `builtin name`, `asset path` or `unresolved why`. */
export async function targetsOf(
  files: FolderFiles,
  from: string,
  options: Partial<ReadGraphOptions> = {},
): Promise<readonly string[]> {
  const { modules, unreadable } = await readGraph({ root: makeRepository(files), ...options });
  const module = modules.get(from);
  if (module === undefined) throw new Error(`no module ${from}: ${JSON.stringify(unreadable)}`);
  return module.imports.map(({ target }) => shown(target));
}

function shown(target: ImportTarget): string {
  switch (target.kind) {
    case "module":
      return target.path;
    case "asset":
      return `asset ${target.path}`;
    case "external":
      return `${target.builtin ? "builtin" : "external"} ${target.name}`;
    case "unresolved":
      return `unresolved ${target.reason}`;
  }
}

/** One module with these imports, among these files. */
export async function expectTargets(
  imports: Readonly<Record<string, string>>,
  files: FolderFiles,
  from = "src/main.ts",
): Promise<void> {
  const text = Object.keys(imports)
    .map((specifier) => `import ${JSON.stringify(specifier)};`)
    .join("\n");
  const targets = await targetsOf({ ...files, [from]: text }, from);
  const actual = Object.keys(imports).map((specifier, index) => [specifier, targets[index]]);
  expect(Object.fromEntries(actual)).toEqual(imports);
}
