/*
 * Goal: every code is in one table, and says something of use: when, what next, and an example.
 * Method: the tables against each other and against the sources.
 */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { codes } from "../src/codes.ts";
import { allCodes, codeList, explain } from "../src/report/explanation.ts";
import { plainInk } from "../src/report/ink.ts";

const folder = new URL("../src/", import.meta.url);

function sources(inside = ""): readonly string[] {
  return readdirSync(new URL(inside, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${inside}${entry.name}`;
    return entry.isDirectory() ? sources(`${path}/`) : [path];
  });
}

test("a code is in one table only", () => {
  const defined = sources("codes/").flatMap((path) =>
    [...readFileSync(new URL(path, folder), "utf8").matchAll(/^ {2}([EWI]_ARCH_\w+): \{/gm)].map(
      ([, code]) => code,
    ),
  );
  expect(defined.sort()).toEqual([...allCodes()]);
});

test("a code that the sources use is in a table, and one in a table is used", () => {
  const used = new Set(
    sources()
      .filter((path) => !path.startsWith("codes"))
      .flatMap(
        (path) =>
          readFileSync(new URL(path, folder), "utf8").match(/\b[EWI]_ARCH_\w*[A-Z]\b/g) ?? [],
      ),
  );
  expect([...used].filter((code) => !Object.hasOwn(codes, code))).toEqual([]);
  expect(allCodes().filter((code) => !used.has(code))).toEqual([]);
});

test("on a terminal, no line of the list or of an explanation is wider than it", () => {
  const texts = [codeList(plainInk, 80), ...allCodes().map((code) => explain(code, plainInk, 100))];
  expect(Math.max(...(texts[0] ?? "").split("\n").map((line) => line.length))).toBeLessThanOrEqual(
    80,
  );
  for (const text of texts) {
    // An example is code, and stays as it is.
    const prose = text.split("\n").filter((line) => !line.startsWith("    "));
    expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(100);
  }
  expect(codeList(plainInk).split("\n")).toHaveLength(allCodes().length + 1);
});

test.each(allCodes())("%s says when, what next, and shows it", (code) => {
  const { says, next, example } = codes[code];
  expect(says).toMatch(/^[A-Z`a-z_].{15,}\.$/s);
  expect(next.length).toBeGreaterThan(9);
  expect(next).not.toMatch(/[a-z]{4}\.$/);
  expect(example.trim().length).toBeGreaterThan(10);
  expect(explain(code, plainInk)).toContain(says);
});
