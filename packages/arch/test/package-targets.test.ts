/**
 * Goal: a subpath leads to the targets that node would consider for it, whatever the conditions, the
 * source first; and to none where the package keeps it to itself.
 * Method: maps and subpaths by hand, after node's documentation of `exports` and `imports`.
 */
import { expect, test } from "vitest";
import { packageTargets } from "../src/resolution/package-targets.ts";

test.each<[what: string, map: unknown, subpath: string, targets: readonly string[] | undefined]>([
  ["no map", undefined, ".", undefined],
  ["null for all", null, ".", undefined],
  ["a text", "./a.js", ".", ["./a.js"]],
  ["a text, and a subpath", "./a.js", "./b", []],
  ["a list", ["./a.js", "./b.js"], ".", ["./a.js", "./b.js"]],
  ["conditions", { import: "./a.mjs", require: "./a.cjs" }, ".", ["./a.mjs", "./a.cjs"]],
  [
    "conditions in conditions",
    { ".": { node: { import: "./n.mjs", default: ["./n.js"] }, default: "./d.js" } },
    ".",
    ["./n.mjs", "./n.js", "./d.js"],
  ],
  ["null among conditions", { ".": { browser: null, default: "./d.js" } }, ".", ["./d.js"]],
  ["what is no target", { ".": { a: 1, b: true, c: "./c.js" } }, ".", ["./c.js"]],
  ["an exact subpath", { ".": "./a.js", "./b": "./b.js" }, "./b", ["./b.js"]],
  ["no such subpath", { "./b": "./b.js" }, "./c", []],
  ["a subpath that begins like one", { "./b": "./b.js" }, "./b/c", []],
  ["null for a subpath", { "./*": "./x/*.js", "./b": null }, "./b", []],
  ["a pattern", { "./*": "./dist/*.js" }, "./a/b", ["./dist/a/b.js"]],
  ["a pattern with an end", { "./*.js": "./dist/*.mjs" }, "./a.js", ["./dist/a.mjs"]],
  ["a pattern's end that does not fit", { "./*.js": "./dist/*.mjs" }, "./a.css", []],
  ["a pattern with nothing to fill in", { "./a/*": "./x/*" }, "./a/", []],
  ["a star twice", { "./*": "./*/*.js" }, "./a", ["./a/a.js"]],
  ["a filling that looks like a replacement", { "./*": "./*.js" }, "./$&", ["./$&.js"]],
  ["exact before a pattern", { "./*": "./x/*.js", "./a": "./a.js" }, "./a", ["./a.js"]],
  [
    "the longer pattern, listed last",
    { "./*": "./x/*.js", "./a/*": "./y/*.js" },
    "./a/b",
    ["./y/b.js"],
  ],
  [
    "the longer pattern, listed first",
    { "./a/*": "./y/*.js", "./*": "./x/*.js" },
    "./a/b",
    ["./y/b.js"],
  ],
  [
    "of equal beginnings the longer end",
    { "./*": "./x/*.js", "./*.css": "./css/*.css" },
    "./a.css",
    ["./css/a.css"],
  ],
  ["null for the longer pattern", { "./*": "./x/*.js", "./a/*": null }, "./a/b", []],
  ["a folder, as node once had it", { "./a/": "./x/" }, "./a/b.js", ["./x/b.js"]],
  ["the name of a pattern", { "./*": "./x/*.js" }, "./*", ["./x/*.js"]],
  [
    "a source before what is built",
    { ".": { import: "./dist/a.js", source: "./src/a.ts" } },
    ".",
    ["./src/a.ts", "./dist/a.js"],
  ],
  [
    "a source by a name of one's own",
    { ".": { default: "./dist/a.js", "@acme/source": { default: "./src/a.ts" } } },
    ".",
    ["./src/a.ts", "./dist/a.js"],
  ],
  ["a condition that only ends so", { resource: "./r.js", a: "./a.js" }, ".", ["./r.js", "./a.js"]],
  ["an inner name", { "#a": "./a.js", "#b/*": "pkg/*" }, "#b/c", ["pkg/c"]],
])("%s", (_, map, subpath, targets) => {
  expect(packageTargets(map, subpath)).toEqual(targets);
});
