/**
 * Goal: every way in which a file can name a module is found, with what it names, whether it is of
 * types alone, and where it stands; and nothing is found where none is.
 * Method: sources written by hand, parsed as the checker parses them; what is expected stands beside.
 */
import { describe, expect, test } from "vitest";
import { shallow } from "../src/facts/extract-facts.ts";
import { parseFacts } from "../src/os/parse.ts";
import type { ImportFact, SourceFacts } from "../src/source-facts.ts";

async function factsOf(text: string, path = "a.ts"): Promise<SourceFacts> {
  return await parseFacts({ path, text, depth: shallow });
}

/** `kind specifier`, and `type` in front where it is of types alone; `?` for what is no literal. */
async function importsOf(text: string, path?: string): Promise<readonly string[]> {
  const { imports, parseError } = await factsOf(text, path);
  expect(parseError).toBeUndefined();
  return imports.map(shown);
}

function shown({ kind, specifier = "?", typeOnly }: ImportFact): string {
  return `${typeOnly ? "type " : ""}${kind} ${specifier}`;
}

const found: readonly (readonly [source: string, expected: readonly string[], path?: string])[] = [
  // Statements.
  ['import "x";', ["static x"]],
  ['import a from "x";', ["static x"]],
  ['import * as a from "x";', ["static x"]],
  ['import { a } from "x";', ["static x"]],
  ['import {} from "x";', ["static x"]],
  ['import a, { type B } from "x";', ["static x"]],
  ['import { a, type B } from "x";', ["static x"]],
  ['import type from "x";', ["static x"]],
  ['import defer * as a from "x";', ["static x"]],
  ['import source a from "x";', ["static x"]],
  ['import a from "./x.json" with { type: "json" };', ["static ./x.json"]],
  ['import type A from "x";', ["type static x"]],
  ['import type * as A from "x";', ["type static x"]],
  ['import type { A } from "x";', ["type static x"]],
  ['import type {} from "x";', ["type static x"]],
  ['import /* a */ type {} from "x";', ["type static x"]],
  ['import { type A } from "x";', ["type static x"]],
  ['import { type A, type B as C } from "x";', ["type static x"]],
  ['import { type } from "x";', ["static x"]],
  // Re-exports, with a name and without.
  ['export * from "x";', ["re-export x"]],
  ['export * as a from "x";', ["re-export x"]],
  ['export { a } from "x";', ["re-export x"]],
  ['export { default } from "x";', ["re-export x"]],
  ['export { a, type B } from "x";', ["re-export x"]],
  ['export {} from "x";', ["re-export x"]],
  ['export { /* none */ } from "x";', ["re-export x"]],
  ['export { // }\n } /* from */ from "x";', ["re-export x"]],
  ['export type * from "x";', ["type re-export x"]],
  ['export type * as A from "x";', ["type re-export x"]],
  ['export type { A } from "x";', ["type re-export x"]],
  ['export { type A } from "x";', ["type re-export x"]],
  ['export type {} from "x";', ["type re-export x"]],
  // Dynamic.
  ['await import("x");', ["dynamic x"]],
  ["await import(`x`);", ["dynamic x"]],
  ['import("a" + "/b");', ["dynamic a/b"]],
  ['import(("x"));', ["dynamic x"]],
  ['import("x" as string);', ["dynamic x"]],
  ['import("\\x78");', ["dynamic x"]],
  ['import(/* webpackChunkName: "c" */ "x");', ["dynamic x"]],
  ['import("./x.json", { with: { type: "json" } });', ["dynamic ./x.json"]],
  ["import(name);", ["dynamic ?"]],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
  ["import(`./${name}.js`);", ["dynamic ?"]],
  ['import("x"); import(name);', ["dynamic x", "dynamic ?"]],
  ['import.meta.resolve("x");', ["dynamic x"]],
  ['import.meta.glob("./*.ts");', ["dynamic ./*.ts"]],
  ["import.meta.glob([...all]);", ["dynamic ?"]],
  // require.
  ['const a = require("x");', ["require x"]],
  ['require("x");', ["require x"], "a.cjs"],
  ['return require("x");', ["require x"], "a.js"],
  ['require?.("x");', ["require x"]],
  ['(0, require)("x");', ["require x"]],
  ['require.resolve("x");', ["require x"]],
  ['module.require("x");', ["require x"]],
  ['const load = require; load("x");', ["require x"]],
  ["require(name);", ["require ?"]],
  ["require();", ["require ?"]],
  ["require(...names);", ["require ?"]],
  ["run(require);", ["require ?"]],
  ["export default { require };", ["require ?"]],
  ["let load; load = require;", ["require ?"]],
  ['function f() { require("x"); }', ["require x"]],
  ['{ const require = 1; } require("x");', ["require x"]],
  ['r\\u0065quire("x");', ["require x"]],
  // import =.
  ['import a = require("x");', ["import-equals x"]],
  ['import type A = require("x");', ["type import-equals x"]],
  ['export import a = require("x");', ["import-equals x"]],
  ['import a = require("x"); export = a;', ["import-equals x"], "a.cts"],
  // Types.
  ['type A = import("x").B;', ["type import-type x"]],
  ['let a: typeof import("x");', ["type import-type x"]],
  ['function f(a: import /* b */ ("x").B): void {}', ["type import-type x"]],
  ['await import("x"); type A = import("y");', ["dynamic x", "type import-type y"]],
  [
    'declare module "m" { import a from "x"; export * from "y"; }',
    ["type static x", "type re-export y"],
  ],
  ['declare module "m" { export { a } from "x"; }', ["type re-export x"]],
  ['import a from "x"; export * from "y";', ["type static x", "type re-export y"], "a.d.ts"],
  // createRequire.
  [
    'import { createRequire } from "node:module"; createRequire(import.meta.url)("x");',
    ["static node:module", "create-require x"],
  ],
  [
    'import { createRequire as make } from "module"; const load = make(import.meta.url); load("x");',
    ["static module", "create-require x"],
  ],
  [
    'import * as m from "node:module"; const require = m.createRequire(import.meta.url); require("x");',
    ["static node:module", "create-require x"],
  ],
  [
    'const { createRequire: make } = process.getBuiltinModule("module"); make("/")("x");',
    ["get-builtin-module module", "create-require x"],
  ],
  [
    'import m from "module"; const load = m.createRequire("/"); load.resolve("x"); load(name);',
    ["static module", "create-require x", "create-require ?"],
  ],
  // process.getBuiltinModule.
  ['process.getBuiltinModule("fs");', ["get-builtin-module fs"]],
  ['globalThis.process.getBuiltinModule("fs");', ["get-builtin-module fs"]],
  ['process["getBuiltinModule"]("fs");', ["get-builtin-module fs"]],
  ['const { getBuiltinModule } = process; getBuiltinModule("fs");', ["get-builtin-module fs"]],
  ['const get = process.getBuiltinModule; get("fs");', ["get-builtin-module fs"]],
  ["process.getBuiltinModule(name);", ["get-builtin-module ?"]],
  // new URL.
  ['new URL("./x.js", import.meta.url);', ["url ./x.js"]],
  ['new Worker(new URL("x.js", import.meta.url));', ["url x.js"]],
  ['new globalThis.URL("x", import.meta.url);', ["url x"]],
  ['const here = import.meta.url; new URL("x", here);', ["url x"]],
  ["new URL(name, import.meta.url);", ["url ?"]],
  // Mocks.
  ['vi.mock("x");', ["mock x"]],
  ['import { vi } from "vitest"; vi.doMock("x", () => ({}));', ["static vitest", "mock x"]],
  ['jest.mock("x");', ["mock x"], "a.js"],
  ['jest.requireActual("x");', ["mock x"]],
  ['await vi.importActual<typeof import("x")>("x");', ["mock x", "type import-type x"]],
  ['vi.mock(import("x"));', ["dynamic x"]],
  ["vi.mock(name);", ["mock ?"]],
];

describe("finds", () => {
  for (const [source, expected, path] of found) {
    test(source, async () => {
      expect([...(await importsOf(source, path))].sort()).toEqual([...expected].sort());
    });
  }
});

const passed: readonly (readonly [source: string, path?: string])[] = [
  ['const a = "import x from y";'],
  ['// import "x";'],
  ['/* require("x") */'],
  ['const a = `require("x")`;'],
  ["import.meta.url;"],
  ["export {};"],
  ["export const a = 1;"],
  ["const { from } = {}; export { from };"],
  ["namespace A { export const b = 1; } import B = A.b;"],
  ['declare module "x" { interface A {} }'],
  // A require that is not node's.
  ['function f(require) { require("x"); }', "a.js"],
  ['const f = (require) => require("x");', "a.js"],
  ['const f = ({ require }) => require("x");', "a.js"],
  ['function require(name) {} require("x");', "a.js"],
  ['try {} catch (require) { require("x"); }', "a.js"],
  ['for (const require of all) require("x");', "a.js"],
  ["let require; f(require);"],
  ['a.require("x");'],
  ["const a = { require: 1 }; a.require;"],
  ["class A { require() {} }"],
  ["type A = { require: string };"],
  ["require.main === module;"],
  ["require.cache;"],
  ['if (typeof require === "function") a();'],
  ['module.resolve("x"); path.resolve("x");'],
  // A mock that is neither vitest's nor jest's.
  ['server.mock("x");'],
  ['const vi = server; vi.mock("x");'],
  ['function f(jest) { jest.mock("x"); }', "a.js"],
  ["vi.fn(); vi.mocked(a);"],
  // A URL that leads to no file, or that is none.
  ['new URL("x", base);'],
  ['new URL("x");'],
  ['new URL("https://example.org/x", import.meta.url);'],
  ['class URL {} new URL("x", import.meta.url);'],
  ['URL("x", import.meta.url);'],
  ['new Other("x", import.meta.url);'],
  ['createRequire("/")("x");'],
  ['const createRequire = a; createRequire("/")("x");'],
];

describe("passes", () => {
  for (const [source, path] of passed) {
    test(source, async () => {
      expect(await importsOf(source, path)).toEqual([]);
    });
  }
});

test("stands where its statement or its call does", async () => {
  const text = `// é𝒳\r
import {
  a,
} from "x";
  const b = [await import("y"), require("z")];
export { c } from "w";`;
  const { imports } = await factsOf(text);
  expect(imports.map(({ specifier, start, end }) => [specifier, start, end])).toEqual([
    ["x", { line: 2, col: 1 }, { line: 4, col: 12 }],
    ["y", { line: 5, col: 20 }, { line: 5, col: 31 }],
    ["z", { line: 5, col: 33 }, { line: 5, col: 45 }],
    ["w", { line: 6, col: 1 }, { line: 6, col: 23 }],
  ]);
});

test.each([
  ["export const a = 1, { b, c: [d] } = x;", ["a", "b", "d"]],
  ["export default function () {}", ["default"]],
  ["export { a, a as b, a as default };", ["a", "b", "default"]],
  ['export * from "x"; export * as n from "y"; export { q } from "z";', ["*", "n", "q"]],
  ["export interface I {} export type T = 1; export class C {}", ["I", "T", "C"]],
  ["const a = 1;", []],
])("exports of %s", async (source, expected) => {
  expect((await factsOf(source)).exports).toEqual(expected);
});

test.each([
  ["// arch-allow E_ARCH_CYCLE: they grew up together", "E_ARCH_CYCLE", "they grew up together", 1],
  ["/* arch-allow E_ARCH_CYCLE: old */", "E_ARCH_CYCLE", "old", 1],
  ["/**\n * arch-allow E_X: one\n * two\n */", "E_X", "one * two", 4],
  ["let a; // arch-allow E_X:   spaced   out  ", "E_X", "spaced out", 1],
  ["// arch-allow E_X", "E_X", "", 1],
  ["// arch-allow E_X:", "E_X", "", 1],
  ["// arch-allow: why", "", "why", 1],
  ["// arch-allow", "", "", 1],
])("exception %s", async (source, code, reason, line) => {
  const { exceptions } = await factsOf(source);
  expect(exceptions.map((each) => [each.code, each.reason, each.line])).toEqual([
    [code, reason, line],
  ]);
});

test.each([
  ["// see arch-allow E_X: reason"],
  ['const a = "// arch-allow E_X: reason";'],
  ["// arch-allowed E_X: reason"],
])("no exception: %s", async (source) => {
  expect((await factsOf(source)).exceptions).toEqual([]);
});

test.each([
  ["import { a from 'x'", "a.ts", 1, 12],
  ["let a = 1;\n  a = ;", "a.ts", 2, 7],
  ["const a = <div/>;", "a.ts", 1, 15],
  ["type A = 1;", "a.js", 1, 5],
  ["\ufffd\ufffd", "a.js", 1, 1],
  ["import a from 'x';", "a.cjs", 1, 1],
])("does not parse: %s as %s", async (source, path, line, col) => {
  const { parseError, ...rest } = await factsOf(source, path);
  expect(parseError?.at).toEqual({ line, col });
  expect(parseError?.message).not.toBe("");
  expect(rest.imports).toEqual([]);
});

test.each([
  ["const a = <div/>;", "a.tsx"],
  ["const a = <div/>;", "a.jsx"],
  ["const a = <div/>;", "a.js"],
  ["return 1;", "a.js"],
  ["with (a) b();", "a.cjs"],
  ["await 1; export {};", "a.mjs"],
  ["#!/usr/bin/env node\nlet a;", "a.mjs"],
  ["\ufefflet a;", "a.ts"],
  ["", "a.ts"],
  ["export declare function f(): void;", "a.d.ts"],
  ["export {}; import a = require('x');", "a.cts"],
])("parses: %s as %s", async (source, path) => {
  expect((await factsOf(source, path)).parseError).toBeUndefined();
});

test.each([
  ["parentheses", `let a = ${"(".repeat(20_000)}1${")".repeat(20_000)};`, 4009],
  ["what is never closed", "[".repeat(4001), 4001],
  ["a sum of many", `import(${'"a" + '.repeat(30_000)}"b");`, 1],
])("too deep for any stack: %s", async (_, source, col) => {
  const { parseError, imports } = await factsOf(source);
  expect(parseError?.at).toEqual({ line: 1, col });
  expect(imports).toEqual([]);
});

test("not too deep", async () => {
  const source = `let a = ${"[".repeat(2000)}require("x")${"]".repeat(2000)}; ${"f(1);".repeat(5000)}`;
  expect(await importsOf(source)).toEqual(["require x"]);
});

test("a hint about many comments is no slower than the text is long", async () => {
  const text = `export const a = {${"/* b */ // c\n ".repeat(20_000)}};`;
  expect((await factsOf(text)).imports).toEqual([]);
});
