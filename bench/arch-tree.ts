/**
 * Writes the tree on which module graphs are timed: a workspace of packages with a barrel, parts that
 * import each other by relative path, by alias (`#model/type-3`, of package.json `imports`) and by the
 * name of a package, type-only imports, tests, and node's modules. From one seed always the same.
 *
 * What is wrong with it is planted: in every tenth package two parts import each other, in every
 * thirteenth a part imports its own barrel, every fiftieth imports the package after it, and in every
 * twentieth a part imports from `os`, which no part may.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export interface TreeShape {
  readonly packages: number;
  readonly seed: number;
}

/** 32 files a package, without its package.json and tsconfig.json. */
export const filesPerPackage = 32;
const counts = { lib: 14, model: 8, os: 4, test: 3 };

export function writeTree(root: string, { packages, seed }: TreeShape): void {
  const random = createRandom(seed);
  const write = (path: string, text: string): void => {
    const file = `${root}/${path}`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const devDependencies = { vitest: "*" };
  write(
    "package.json",
    json({ name: "tree", private: true, workspaces: ["packages/*"], devDependencies }),
  );
  write("tsconfig.json", json({ extends: "./tsconfig.base.json" }));
  write("tsconfig.base.json", json({ compilerOptions }));
  for (let index = 0; index < packages; index++) {
    const folder = `packages/${packageName(index)}`;
    const used = new Set<string>();
    for (const [path, text] of sources({ index, packages, random, used })) {
      write(`${folder}/${path}`, text);
    }
    write(`${folder}/package.json`, json(manifest(index, used)));
    write(`${folder}/tsconfig.json`, json({ extends: "../../tsconfig.base.json" }));
  }
}

const compilerOptions = {
  target: "ES2022",
  module: "ESNext",
  moduleResolution: "Bundler",
  strict: true,
  paths: { "@tree/*": ["./packages/*/src/index.ts"] },
};

function manifest(index: number, used: ReadonlySet<string>): object {
  return {
    name: `@tree/${packageName(index)}`,
    version: "1.0.0",
    type: "module",
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    imports: { "#lib/*": "./src/lib/*.ts", "#model/*": "./src/model/*.ts" },
    dependencies: Object.fromEntries([...used].sort().map((name) => [name, "*"])),
  };
}

interface Place {
  readonly index: number;
  readonly packages: number;
  readonly random: Random;
  /** Packages that are imported, to be declared. */
  readonly used: Set<string>;
}

function* sources(place: Place): Generator<readonly [path: string, text: string]> {
  const barrel = (stem: string, count: number): string =>
    each(count, (n) => `export * from "./${stem}-${n}.js";\n`).join("");
  yield [
    "src/index.ts",
    'export * from "./lib/index.js";\nexport type * from "./model/index.js";\n',
  ];
  yield ["src/lib/index.ts", barrel("part", counts.lib)];
  yield ["src/model/index.ts", barrel("type", counts.model)];
  for (let n = 0; n < counts.lib; n++) yield [`src/lib/part-${n}.ts`, part(n, place)];
  for (let n = 0; n < counts.model; n++) {
    const imports = n === 0 ? [] : [`import type { Type${n - 1} } from "./type-${n - 1}.js";`];
    yield [`src/model/type-${n}.ts`, `${imports.join("\n")}\n${body(`Type${n}`, place.random)}`];
  }
  for (let n = 0; n < counts.os; n++) {
    const imports = ['import { readFileSync } from "node:fs";', `import "#lib/part-${n}";`];
    yield [`src/os/file-${n}.ts`, `${imports.join("\n")}\n${body(`File${n}`, place.random)}`];
  }
  for (let n = 0; n < counts.test; n++) {
    const imports = [
      'import { describe } from "vitest";',
      'import * as all from "../src/index.js";',
    ];
    yield [`test/part-${n}.test.ts`, `${imports.join("\n")}\n${body(`Test${n}`, place.random)}`];
  }
}

function part(n: number, { index, packages, random, used }: Place): string {
  const imports = [`import type { Type0 } from "../model/index.js";`];
  const import_ = (from: string): void => {
    if (/^[@a-z]/.test(from)) used.add(from);
    imports.push(
      `import { ${pick(random, ["make", "read", "check"])}${imports.length} } from "${from}";`,
    );
  };
  for (const k of [random.below(n + 1), random.below(n + 1)]) if (k < n) import_(`./part-${k}.js`);
  if (random.below(2) === 0) import_(`#model/type-${random.below(counts.model)}`);
  if (index > 0 && random.below(3) === 0) import_(`@tree/${packageName(random.below(index))}`);
  if (random.below(12) === 0) import_("lodash-es");
  if (index % 10 === 0 && n === 0) import_("./part-1.js");
  if (index % 10 === 0 && n === 1) import_("./part-0.js");
  if (index % 13 === 0 && n === 2) import_("../index.js");
  if (index % 20 === 0 && n === 3) import_("../os/file-0.js");
  if (index % 50 === 0 && n === 4) import_(`@tree/${packageName((index + 1) % packages)}`);
  return `${imports.join("\n")}\n${body(`Part${n}`, random)}`;
}

/** Some 60 lines that import nothing. */
function body(name: string, random: Random): string {
  const fields = each(
    3 + random.below(5),
    (n) => `  readonly field${n}: ${pick(random, types)};\n`,
  );
  const functions = each(2 + random.below(3), (n) => functionText(`${name}${n}`, random));
  return `
/** What ${name} is made of: one field for each thing that is known of it. */
export interface ${name} {
${fields.join("")}}
${functions.join("")}`;
}

function functionText(name: string, random: Random): string {
  const limit = random.below(1000);
  return `
/**
 * Takes what there is and gives back what fits, in the order in which it came. Stops at ${limit}.
 */
export function make${name}<T extends { readonly id: string }>(
  items: readonly T[],
  options: { readonly limit?: number; readonly isKept?: (item: T) => boolean } = {},
): ReadonlyMap<string, T> {
  const kept = new Map<string, T>();
  const { limit = ${limit}, isKept = () => true } = options;
  for (const [index, item] of items.entries()) {
    if (kept.size >= limit || !isKept(item)) continue;
    const key = \`\${item.id}-\${index % ${1 + random.below(9)}}\`;
    if (kept.has(key)) throw new Error(\`two items are called \${key}\`);
    kept.set(key, { ...item, ${pick(random, words)}: index * ${random.below(100)} });
  }
  return kept;
}
`;
}

const types = [
  "string",
  "number",
  "readonly string[]",
  "boolean | undefined",
  "Map<string, bigint>",
];
const words = ["order", "weight", "place", "turn"];

export function packageName(index: number): string {
  return `p${String(index).padStart(3, "0")}`;
}

interface Random {
  /** A whole number from 0 to one less than `limit`. */
  below(limit: number): number;
}

/** mulberry32, by Tommy Ettinger (public domain). */
function createRandom(seed: number): Random {
  let state = seed | 0;
  return {
    below: (limit) => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((((mixed ^ (mixed >>> 14)) >>> 0) * limit) / 2 ** 32) | 0;
    },
  };
}

function pick(random: Random, of: readonly string[]): string {
  return of[random.below(of.length)] ?? "";
}

function each<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
