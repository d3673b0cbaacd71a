/**
 * Goal: which scopes a module opens, and which of its functions are one.
 * Method: sources as people write them, wrapped in every way that counts, and in ways that do not.
 */
import { expect, test } from "vitest";
import { budgetFacts } from "../src/facts/budget-scopes.ts";
import { parseText } from "./parse-text.ts";

function factsOf(text: string) {
  const { program, positionOf } = parseText(text);
  return budgetFacts(program, positionOf);
}

const call = 'scopeFromArch("p", () => 1)';

const wrapped: readonly string[] = [
  `function f() { return ${call}; }`,
  `export function f() { return ${call}; }`,
  `export async function f() { return await ${call}; }`,
  `function f() { return (${call} as number); }`,
  `function f() { return ${call}; function g() {} }`,
  `const f = () => ${call};`,
  `export const f = async () => await ${call};`,
  `const f = function () { return ${call}; };`,
  `const f = ${call};`,
  `const f = () => { return budget.${call}; };`,
  `const f = () => budget["scopeFromArch"](\`p\`, g);`,
];

test.each(wrapped)("%s is in the scope", (text) => {
  expect(factsOf(text).functions).toMatchObject([{ name: "f", scope: "p" }]);
  expect(factsOf(text).scopes).toMatchObject([{ id: "p" }]);
});

const open: readonly string[] = [
  "function f() { return 1; }",
  "function f() {}",
  "function f() { return; }",
  `function f() { log(); return ${call}; }`,
  `function f() { return ${call} + 1; }`,
  `function f() { ${call}; }`,
  `const f = () => { ${call}; };`,
  `const f = () => [${call}];`,
  `const f = other(${call});`,
  "function f() { return scopeFromArch(id, () => 1); }",
  "function f() { return scopeFromArch(); }",
  'function f() { return scopesFromArch("p", () => 1); }',
  'function f() { return scopeFromArch["p"](() => 1); }',
];

test.each(open)("%s is in none", (text) => {
  expect(factsOf(text).functions).toMatchObject([{ name: "f", scope: undefined }]);
});

test("scopes are found wherever they stand, with their place", () => {
  const text = `class A {\n  m() { if (x) ${call}; }\n}\nscopeFromArch(id, g);`;
  expect(factsOf(text)).toEqual({
    functions: [],
    scopes: [
      { id: "p", start: { line: 2, col: 16 }, end: { line: 2, col: 43 } },
      { id: undefined, start: { line: 4, col: 1 }, end: { line: 4, col: 21 } },
    ],
  });
});

test("functions of the top level alone, each once", () => {
  const text =
    "export default function () {}\nfunction a() { function b() {} }\nlet c = 1, d = () => 2;";
  expect(factsOf(text).functions.map(({ name }) => name)).toEqual(["default", "a", "d"]);
});
