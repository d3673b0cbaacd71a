/**
 * Goal: every use of what differs from run to run is found where it stands, and nothing else is.
 * Method: two tables by hand; then changes that must not matter (a shadowed name, a function around
 * it, parentheses, a comment), made to every row of them; then texts that are made to be large.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { mentionsAmbient } from "../src/ambient/ambient-mention.ts";
import { ambientRoots, ambientUses } from "../src/ambient/ambient-uses.ts";
import { found } from "./ambient-uses-found.ts";
import { passed } from "./ambient-uses-passed.ts";
import { parseText } from "./parse-text.ts";

function usesIn(text: string, file?: string): readonly string[] {
  const { program, positionOf } = parseText(text, file);
  return ambientUses(program, positionOf).map(
    ({ name, start }) => `${start.line}:${start.col} ${name}`,
  );
}

const namesIn = (text: string) => usesIn(text).map((use) => use.slice(use.indexOf(" ") + 1));

test.each(found)("found: %s", (text, ...uses) => {
  expect(usesIn(text)).toEqual(uses);
});

test.each(passed)("passed: %s", (text) => {
  expect(usesIn(text)).toEqual([]);
});

test("there are at least sixty of each", () => {
  expect(found.length).toBeGreaterThanOrEqual(60);
  expect(passed.length).toBeGreaterThanOrEqual(60);
});

test("the end is where the use ends, and the capability is the table's", () => {
  const { program, positionOf } = parseText("f(\n  Date\n    .now());");
  expect(ambientUses(program, positionOf)).toEqual([
    { name: "Date.now", capability: "clock", start: { line: 2, col: 3 }, end: { line: 3, col: 9 } },
  ]);
});

test("JavaScript and JSX are read likewise", () => {
  expect(usesIn("Date.now()", "a.js")).toEqual(["1:1 Date.now"]);
  expect(usesIn("const a = <b c={Date.now()}>{Math.random()}</b>;", "a.tsx")).toEqual([
    "1:17 Date.now",
    "1:30 Math.random",
  ]);
  expect(usesIn("const a = <fetch process={1}>console</fetch>;", "a.jsx")).toEqual([]);
});

/** Texts that stay what they are inside something: no module syntax, no types of the top level. */
const movable = found.filter(
  ([text]) => !/^(export|import )|^(namespace|\[|enum)|await/.test(text),
);

test.each(movable)("wrapped in a function: %s", (text, ...uses) => {
  const names = uses.map((use) => use.slice(use.indexOf(" ") + 1));
  expect(namesIn(`function around() {\n${text}\n}`)).toEqual(names);
  expect(namesIn(`const around = () => { class A { m() {\n${text}\n} } };`)).toEqual(names);
});

test.each(found)("the text alone says it is worth reading: %s", (text) => {
  expect(mentionsAmbient(text)).toBe(true);
});

test("the text alone says that most is not", () => {
  const texts = [
    "Math.max(1)",
    "const a = 1;",
    "import { a } from 'b'",
    "import a, { b } from 'c'",
  ];
  for (const text of texts) expect([text, mentionsAmbient(text)]).toEqual([text, false]);
  for (const text of ["import(a)", "import/**/(a)", "import . meta", "x['\\u0044']"]) {
    expect([text, mentionsAmbient(text)]).toEqual([text, true]);
  }
});

const roots = ambientRoots.filter((name) => !["eval", "Reflect"].includes(name));

/** Each makes the name somebody's own around a use of it, in another way. */
const shadows: readonly ((name: string, use: string) => string)[] = [
  (name, use) => `function f(${name}) { ${use} }`,
  (name, use) => `const f = ({ a: [${name}] }) => { ${use} };`,
  (name, use) => `const f = () => { { ${use} } var ${name}; };`,
  (name, use) => `{ ${use} class ${name} {} }`,
  (name, use) => `for (const ${name} of []) { (() => { ${use} })(); }`,
  (name, use) => `try {} catch (${name}) { if (a) { ${use} } }`,
  (name, use) => `import { ${name} } from "x"; function f() { ${use} }`,
  (name, use) => `(function ${name}() { ${use} });`,
];

/** Each is a use, if the name is the global object's. */
const uses: readonly ((name: string) => string)[] = [
  (name) => `${name}.now();`,
  (name) => `f(${name});`,
  (name) => `new ${name}();`,
  (name) => `const { a, ...rest } = ${name}; f(rest);`,
  (name) => `let alias; alias = ${name}; f(alias[key]);`,
];

test("a name that is somebody's own never counts, and the same name outside it does", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...roots),
      fc.constantFrom(...shadows),
      fc.constantFrom(...uses),
      (name, shadow, use) => {
        expect(usesIn(shadow(name, use(name)))).toEqual([]);
        expect(usesIn(shadow("other", `f(${name});`))).toHaveLength(1);
      },
    ),
    { numRuns: 500 },
  );
});

test("names may be changed where they are declared, and nothing else changes", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,8}_$/), fc.constantFrom(...roots), (name, root) => {
      const text = (alias: string) => `const ${alias} = ${root}; f(${alias}.name, ${alias}[g()]);`;
      expect(namesIn(text(name))).toEqual(namesIn(text("alias")));
      expect(namesIn(text(name)).length).toBeGreaterThan(0);
    }),
  );
});

test("no depth of nesting and no length of text is too much", () => {
  const deep = `${"(".repeat(2000)}Math${")".repeat(2000)}.random()`;
  expect(namesIn(deep)).toEqual(["Math.random"]);
  const long = Array.from({ length: 5000 }, (_, index) => `const d${index} = Date;`).join("\n");
  expect(namesIn(`${long}\nd4999.now()`)).toEqual(["Date.now"]);
  const chain = Array.from({ length: 2000 }, (_, index) => `const d${index + 1} = d${index};`);
  expect(namesIn(`const d0 = Date; ${chain.join("")} d2000.now()`)).toEqual(["Date.now"]);
  expect(namesIn("const a = b, b = a; Math[a]")).toEqual(["Math"]);
});
