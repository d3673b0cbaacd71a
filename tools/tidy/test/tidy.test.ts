/**
 * *Goal*: each rule sees what it forbids, and only that.
 * *Method*: a small sound tree in a temporary folder passes every rule; then, per rule, a tree spoilt
 * in one place is compared with the exact findings expected, beside one nearly the same that is sound.
 */
import { describe, expect, test } from "vitest";
import { rules } from "../rules.mjs";
import { findings, manifest, manifestWith, type Overlay } from "./planted-tree.ts";

const src = "packages/thing/src";
const header = "/** What it is for. */\n";

interface Case {
  readonly name: string;
  readonly tree: Overlay;
  readonly found: readonly string[];
}

function cases(ruleId: string, table: readonly Case[]): void {
  describe(ruleId, () => {
    test.each(table)("$name", async ({ tree, found }) => {
      expect(await findings(ruleId, tree)).toEqual(found);
    });
  });
}

const lines = (count: number, line: string): string => `${line}\n`.repeat(count);

test.each(rules.map(({ id }) => id))("the sound tree passes %s", async (id) => {
  expect(await findings(id)).toEqual([]);
});

cases("file-names", [
  {
    name: "capitals, underscores and drawers, in files and folders",
    tree: {
      [`${src}/BigThing.ts`]: "",
      [`${src}/big_thing.mjs`]: "",
      [`${src}/utils.ts`]: "",
      [`${src}/common/part.ts`]: "",
      "packages/thing/test/helpers.test.ts": "",
      "tools/Build/run.js": "",
    },
    found: [
      `${src}/BigThing.ts:1 "BigThing" is not kebab-case`,
      `${src}/big_thing.mjs:1 "big_thing" is not kebab-case`,
      `${src}/common/part.ts:1 "common" says nothing about what is inside`,
      `${src}/utils.ts:1 "utils" says nothing about what is inside`,
      'packages/thing/test/helpers.test.ts:1 "helpers" says nothing about what is inside',
      'tools/Build/run.js:1 "Build" is not kebab-case',
    ],
  },
  {
    name: "kebab-case, dotted suffixes, ignored folders, fixtures and other file types",
    tree: {
      [`${src}/utility-bill.ts`]: "",
      [`${src}/rfc8785-vectors.d.ts`]: "",
      ".ci/run.mjs": "",
      "packages/thing/test/thing.broker.test.ts": "",
      "packages/thing/test/fixtures/Utils.ts": "",
      "packages/thing/dist/chunk-ABC.js": "",
      ".gitignore": "dist/\nout/\n",
      "out/Ignored.ts": "",
      "docs/README.md": "",
    },
    found: [],
  },
]);

cases("test-stems", [
  {
    name: "a one-word test of nothing; openings without Goal, without Method, or not at the top",
    tree: {
      "packages/thing/test/other.test.ts": "// Goal. Method.\n",
      "packages/thing/test/thing.test.ts": "/* Goal: none */\n",
      "packages/thing/test/thing.broker.test.ts": "/* Method: none */\n",
      "packages/thing/test/thing.test-d.ts": "let x = 1;\n/* Goal, Method */\n",
    },
    found: [
      "packages/thing/test/other.test.ts:1 no file in packages/thing/src is called other, and one word tells no story",
      "packages/thing/test/thing.broker.test.ts:1 the opening comment has no Goal",
      "packages/thing/test/thing.test-d.ts:1 the opening comment has no Goal and no Method",
      "packages/thing/test/thing.test.ts:1 the opening comment has no Method",
    ],
  },
  {
    name: "a story of two words, a regression, a file under os, a tool's test, a file of data",
    tree: {
      "packages/thing/test/crash-mid-handler.test.ts": "// Goal: it. Method: so.\n",
      "packages/thing/test/regression/crash.test.ts": "// Goal: it. Method: so.\n",
      "packages/thing/test/os/open-thing.test.ts": "// Goal: it. Method: so.\n",
      "packages/thing/test/vectors.ts": "",
      "tools/lint/test/anything.test.ts": "// Goal: it. Method: so.\n",
    },
    found: [],
  },
]);

const longFunction = (count: number): string =>
  `${header}export const run = (): void => {\n${lines(count - 2, "  void 0;")}};\n`;
const exceptions = (...list: readonly object[]): Overlay => ({
  "tools/tidy/exceptions.json": JSON.stringify({ exceptions: list }, undefined, 1),
});

cases("sizes", [
  {
    name: "one line too many, for a file, a test and a function",
    tree: {
      [`${src}/long.ts`]: lines(301, "// x"),
      "packages/thing/test/thing.test.ts": lines(501, "// x"),
      [`${src}/run.ts`]: longFunction(71),
      [`${src}/method.ts`]: `class A {\n  run() {\n${lines(69, ";")}  }\n}\n`,
    },
    found: [
      `${src}/long.ts:1 the file has 301 lines, at most 300`,
      `${src}/method.ts:2 function run has 71 lines, at most 70`,
      `${src}/run.ts:2 function run has 71 lines, at most 70`,
      "packages/thing/test/thing.test.ts:1 the file has 501 lines, at most 500",
    ],
  },
  {
    name: "just within the limits; a describe is no function, and overloads have no body",
    tree: {
      [`${src}/long.ts`]: lines(300, "// x"),
      [`${src}/run.ts`]: longFunction(70),
      "packages/thing/test/thing.test.ts": `describe.each([1])("x", () => {\n${lines(400, ";")}});\n`,
    },
    found: [],
  },
  {
    name: "exceptions hold up to their number, and no further",
    tree: {
      [`${src}/run.ts`]: longFunction(80),
      [`${src}/long.ts`]: lines(310, "// x"),
      ...exceptions(
        { what: `${src}/run.ts#run`, atMost: 80, reason: "one table" },
        { what: `${src}/long.ts`, atMost: 309, reason: "one table" },
      ),
    },
    found: [`${src}/long.ts:1 the file has 310 lines, at most 309`],
  },
  {
    name: "an exception that is not needed, names something gone, or gives no reason",
    tree: {
      [`${src}/run.ts`]: longFunction(70),
      [`${src}/long.ts`]: lines(310, "// x"),
      ...exceptions(
        { what: `${src}/run.ts#run`, atMost: 80, reason: "one table" },
        { what: `${src}/gone.ts`, atMost: 800, reason: "one table" },
        { what: `${src}/long.ts`, atMost: 310, reason: " " },
      ),
    },
    found: [
      `${src}/long.ts:1 the file has 310 lines, at most 300`,
      `tools/tidy/exceptions.json:14 the exception of ${src}/long.ts lacks what, atMost or a reason`,
      `tools/tidy/exceptions.json:4 ${src}/run.ts#run needs no exception any more`,
      `tools/tidy/exceptions.json:9 ${src}/gone.ts needs no exception any more`,
    ],
  },
  {
    name: "a list of exceptions that is no list",
    tree: { "tools/tidy/exceptions.json": "[]" },
    found: ["tools/tidy/exceptions.json:1 not an object with a list of exceptions"],
  },
]);

cases("exports", [
  {
    name: "star, namespace, default, mixed types, code and side effects",
    tree: {
      [`${src}/index.ts`]: [
        'export * from "./thing.js";',
        'export * as all from "./thing.js";',
        "export default 1;",
        'export { thing as default } from "./thing.js";',
        'export { thing, type Thing } from "./thing.js";',
        "export const one = 1;",
        'import "./thing.js";',
      ].join("\n"),
      [`${src}/os/index.ts`]: 'export * from "./open-thing.js";',
      [`${src}/vitest.ts`]: "export function run() {}",
    },
    found: [
      `${src}/index.ts:1 export * hides what is exported`,
      `${src}/index.ts:2 export * hides what is exported`,
      `${src}/index.ts:3 a default export`,
      `${src}/index.ts:4 a default export`,
      `${src}/index.ts:5 types among the values`,
      `${src}/index.ts:6 code: an entry only lists names`,
      `${src}/index.ts:7 an import for its side effect`,
      `${src}/os/index.ts:1 export * hides what is exported`,
      `${src}/vitest.ts:1 code: an entry only lists names`,
    ],
  },
  {
    name: "a further exported entry is held to it too",
    tree: {
      ...manifestWith({ exports: { "./x": { default: "./dist/x.js" } } }),
      "packages/thing/tsup.config.ts": 'export default library({ x: "src/x.ts", y: "src/y.ts" });',
      [`${src}/x.ts`]: "export const x = 1;",
      [`${src}/y.ts`]: "export const y = 1;",
    },
    found: [`${src}/x.ts:1 code: an entry only lists names`],
  },
  {
    name: "names, types apart, an alias, an import passed on, a type of its own",
    tree: {
      [`${src}/index.ts`]: [
        'import { thing } from "./thing.js";',
        "export { thing };",
        'export { thing as other } from "./thing.js";',
        'export type { Thing } from "./thing.js";',
        "export type Both = 1 | 2;",
      ].join("\n"),
      [`${src}/other.ts`]: 'export * from "./thing.js";',
    },
    found: [],
  },
]);

cases("comments", [
  {
    name: "no header, unfinished work, silenced checkers, any and !",
    tree: {
      [`${src}/bare.ts`]: "// line\nexport const a: any = 1;\n",
      [`${src}/marks.ts`]: [
        "/** Header. */",
        "// TODO one",
        "/*\n FIXME two */",
        `const a = \`\${1 /* XXX three */}\`; // HACK four`,
        "// @ts-ignore",
        "// @ts-nocheck",
        "// biome-ignore lint/style/noVar: <explanation>",
        "// biome-ignore lint/style/noVar",
        "const b = a!.length;",
        "let c!: number;",
      ].join("\n"),
      "tools/x/run.mjs":
        "/** @type {any} */\nconst a = 1;\n/** @param {*} b */\nfunction f(b) {}\n",
    },
    found: [
      `${src}/bare.ts:1 does not open with a /** */ header`,
      `${src}/bare.ts:2 any: write unknown and narrow it, or the type`,
      `${src}/marks.ts:2 unfinished work on main`,
      `${src}/marks.ts:4 unfinished work on main`,
      `${src}/marks.ts:5 unfinished work on main`,
      `${src}/marks.ts:5 unfinished work on main`,
      `${src}/marks.ts:6 the type checker is switched off`,
      `${src}/marks.ts:7 the type checker is switched off`,
      `${src}/marks.ts:8 a biome-ignore without a reason`,
      `${src}/marks.ts:9 a biome-ignore without a reason`,
      `${src}/marks.ts:10 a non-null !: check it, or make it impossible`,
      `${src}/marks.ts:11 a definite !: assign it where it is declared`,
      "tools/x/run.mjs:1 any: write unknown and narrow it, or the type",
      "tools/x/run.mjs:3 any: write unknown and narrow it, or the type",
    ],
  },
  {
    name: "the same words in strings, templates, patterns and prose; reasons given",
    tree: {
      [`${src}/words.ts`]: [
        "#!/usr/bin/env node",
        "/** Todo lists are hacky, in any case. */",
        'const a = "// TODO any!";',
        `const b = \`// FIXME \${a} // XXX\`;`,
        "const c = /[/*] HACK/;",
        "// biome-ignore lint/style/noVar: the host declares it so",
        "// @ts-expect-error the argument is wrong on purpose",
        "const d = !a;",
      ].join("\n"),
      "packages/thing/test/vectors.ts": "const noHeader = 1;\n",
    },
    found: [],
  },
]);

cases("purity", [
  {
    name: "node named by any form of import, in a pure file",
    tree: {
      [`${src}/pure.ts`]: [
        'import { stat } from "node:fs";',
        'import type { Stats } from "fs";',
        'export { join } from "path/posix";',
        'const a = await import("crypto");',
        'type B = import("node:net").Socket;',
        'const c = require("os");',
      ].join("\n"),
      "apps/lab/src/run.ts": 'import "node:fs";',
    },
    found: [
      "apps/lab/src/run.ts:1 imports node:fs outside src/os",
      `${src}/pure.ts:1 imports node:fs outside src/os`,
      `${src}/pure.ts:2 imports fs outside src/os`,
      `${src}/pure.ts:3 imports path/posix outside src/os`,
      `${src}/pure.ts:4 imports crypto outside src/os`,
      `${src}/pure.ts:5 imports node:net outside src/os`,
      `${src}/pure.ts:6 imports os outside src/os`,
    ],
  },
  {
    name: "src/os, entries for test runners, tests, and names that only look alike",
    tree: {
      [`${src}/os/deep/files.ts`]: 'import "node:fs";',
      [`${src}/vitest.ts`]: 'import "node:test";',
      "packages/thing/test/thing.test.ts": 'import "node:fs";',
      [`${src}/pure.ts`]: 'import "./os.js"; import "@reprise/os"; const a = "node:fs";',
    },
    found: [],
  },
]);

cases("skeleton", [
  {
    name: "files and folders that a library, an app and a tool lack",
    tree: {
      "packages/thing/README.md": undefined,
      "packages/thing/test/thing.test.ts": undefined,
      "packages/empty/notes.md": "",
      "apps/lab/bin/lab.js": "",
      "bench/run.ts": "",
    },
    found: [
      ...["README.md:1 is missing", "src/:1 is missing", "test/:1 is missing"].map(
        (rest) => `apps/lab/${rest}`,
      ),
      "apps/lab/package.json:1 is missing or not JSON",
      "bench/README.md:1 is missing",
      "bench/package.json:1 is missing or not JSON",
      ...["README.md", "tsup.config.ts", "src/index.ts", "test/"].map(
        (path) => `packages/empty/${path}:1 is missing`,
      ),
      "packages/empty/package.json:1 is missing or not JSON",
      "packages/thing/README.md:1 is missing",
      "packages/thing/test/:1 is missing",
    ],
  },
  {
    name: "fields that are missing or differ",
    tree: manifestWith({
      name: "thing",
      type: undefined,
      license: "MIT",
      engines: { node: ">=18" },
      description: "",
      private: true,
      sideEffects: true,
      version: undefined,
      files: ["dist"],
      scripts: {},
    }),
    found: [
      '2 name: expected "@reprise/thing", got "thing"',
      '1 type: expected "module", got nothing',
      '4 license: expected "Apache-2.0", got "MIT"',
      '6 engines: expected {"node":">=20.19"}, got {"node":">=18"}',
      '3 description: expected a sentence, got ""',
      "23 private: expected nothing, got true",
      "5 sideEffects: expected false, got true",
      "1 version: expected a version, got nothing",
      '9 files: expected dist and README.md among them, got ["dist"]',
      '22 scripts: expected {"build":"tsup"} in them, got {}',
    ].map((rest) => `packages/thing/package.json:${rest}`),
  },
  {
    name: "further fields, files and scripts; a private tool needs little",
    tree: {
      ...manifestWith({
        keywords: ["x"],
        files: ["dist", "README.md", "data"],
        scripts: { build: "tsup", data: "node data.mjs" },
      }),
      "bench/README.md": "# bench\n",
      "bench/package.json": JSON.stringify({
        ...{ name: "@reprise/bench", private: true, type: "module", description: "Benchmarks." },
        ...{ license: "Apache-2.0", engines: { node: ">=20.19" } },
      }),
      "unlisted/run.ts": "",
    },
    found: [],
  },
]);

const config = (text: string): Overlay => ({ "packages/thing/tsup.config.ts": text });
const { ".": root, "./os": os } = manifest.exports;

cases("entries", [
  {
    name: "an entry that is not exported, an export that is not built, a source that is gone",
    tree: {
      ...config(
        'export default library({\n  index: "src/index.ts",\n  extra: "src/extra.ts",\n});',
      ),
    },
    found: [
      "packages/thing/tsup.config.ts:3 entry extra: src/extra.ts does not exist",
      "packages/thing/tsup.config.ts:3 entry extra: 0 exports point to dist/extra.js, expected 1",
      "packages/thing/package.json:20 export ./os is not the types and default of a tsup entry",
    ],
  },
  {
    name: "an entry exported twice, conditions in another order, a fixed source elsewhere",
    tree: {
      ...manifestWith({
        exports: { ".": root, "./os": { default: os.default, types: os.types }, "./again": root },
      }),
      ...config(
        'export default library({ index: "src/thing.ts", "os/index": "src/os/index.ts" });',
      ),
    },
    found: [
      "packages/thing/tsup.config.ts:1 entry index: 2 exports point to dist/index.js, expected 1",
      "packages/thing/package.json:16 export . is built from src/thing.ts, not src/index.ts",
      "packages/thing/package.json:20 export ./os is not the types and default of a tsup entry",
    ],
  },
  {
    name: "a configuration of another form",
    tree: config('const entry = { index: "src/index.ts" };\nexport default library(entry);'),
    found: ["packages/thing/tsup.config.ts:1 the entries cannot be read"],
  },
  {
    name: "a command that is nowhere",
    tree: manifestWith({ bin: { thing: "./dist/main.js" } }),
    found: [
      "packages/thing/package.json:29 command ./dist/main.js is neither a file nor a tsup entry",
    ],
  },
  {
    name: "a command that is a tsup entry, and one that is a file",
    tree: {
      ...manifestWith({ bin: { thing: "./dist/os/main.js", other: "./bin/other.js" } }),
      ...config(
        'export default library({ index: "src/index.ts", "os/index": "src/os/index.ts", "os/main": "src/os/main.ts" });',
      ),
      [`${src}/os/main.ts`]: header,
      "packages/thing/bin/other.js": "",
    },
    found: [],
  },
]);

cases("api", [
  {
    name: "a changed declaration, at its first differing line",
    tree: {
      "packages/thing/dist/index.d.ts":
        "interface Thing {\n size: bigint;\n}\ndeclare const thing: Thing;\nexport { type Thing, thing };\n",
    },
    found: ["arch/api/thing.api.md:9 built: `size: bigint;`, committed: `size: number;`"],
  },
  {
    name: "a report that is missing, and one of a package that is gone",
    tree: { "arch/api/thing.api.md": undefined, "arch/api/gone.api.md": "" },
    found: ["arch/api/thing.api.md:1 is missing", "arch/api/gone.api.md:1 belongs to no package"],
  },
  {
    name: "a package that is not built",
    tree: { "packages/thing/dist/os/index.d.ts": undefined },
    found: ["packages/thing/dist/os/index.d.ts:1 is not built"],
  },
  {
    name: "other names of the bundler, other comments, another order: the same report",
    tree: {
      "packages/thing/dist/index.d.ts":
        "import { T as Thing$1 } from './thing-Xy12.js';\nexport { T as Thing } from './thing-Xy12.js';\n" +
        "declare const thing: Thing$1;\nexport { thing };\n",
      "packages/thing/dist/thing-Xy12.d.ts":
        "interface Thing {\n  /** Other words. */\n  size: number;\n}\nexport type { Thing as T };\n",
    },
    found: [],
  },
]);
