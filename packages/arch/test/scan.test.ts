/**
 * Goal: the scan finds every module that the globs name and nothing else, walks into no link, and
 * says of what it could not read that it could not; in whatever order folders are listed.
 * Method: trees in temporary folders, with links and loops; a listing that fails or is shuffled is
 * put in through the scan's own port, since a test may run as one who may read everything.
 */
import { readdirSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { defaultExcludeGlobs, defaultIncludeGlobs } from "../src/module-scan.ts";
import { type Scan, type ScanOptions, scanRepository } from "../src/os/scan.ts";
import { makeRepository } from "./repository-folder.ts";

function scan(root: string, options: Partial<ScanOptions> = {}): Scan {
  return scanRepository({
    root,
    includeGlobs: defaultIncludeGlobs,
    excludeGlobs: defaultExcludeGlobs,
    modulesMax: 1000,
    ...options,
  });
}

function filesOf(paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [path, ""]));
}

test("takes sources and declarations, and leaves out what is built, installed or generated", () => {
  const modules = ["a.cjs", "a.cts", "a.d.ts", "a.js", "a.jsx", "a.mjs", "a.mts", "a.ts", "a.tsx"];
  const deep = [".hidden/a.ts", "src/build/a.ts", "src/distance/a.ts", "src/é/a b.ts"];
  const others = ["a.json", "a.ts.md", "a.vue", "README"];
  const left = ["dist", "gen", "target", "tmp", "node_modules", "coverage", ".git", ".turbo"];
  const root = makeRepository(
    filesOf([
      ...modules,
      ...deep,
      ...others,
      ...left.flatMap((name) => [`${name}/a.ts`, `src/deep/${name}/b/a.ts`]),
    ]),
  );
  const found = scan(root);
  expect(found.modules).toEqual([...modules, ...deep].sort());
  expect([...found.files].sort()).toEqual([...modules, ...deep, ...others].sort());
  expect(found.unreadable).toEqual([]);
});

test.each([
  [["src/**/*.ts"], [], ["src/a.test.ts", "src/a.ts", "src/in/a.ts"]],
  [["src/*.ts", "top.ts"], [], ["src/a.test.ts", "src/a.ts", "top.ts"]],
  [["**/*.ts"], ["**/*.test.ts"], ["src/a.ts", "src/in/a.ts", "top.ts"]],
  [["**/*.ts"], ["src/**"], ["top.ts"]],
  [["**/*.ts"], ["src/*"], ["src/in/a.ts", "top.ts"]],
  [["**/*.ts"], ["s*/in/**", "top.ts"], ["src/a.test.ts", "src/a.ts"]],
  [["**/*.{ts,js}"], ["**"], []],
  [["nothing/**"], [], []],
  [[], [], []],
])("include %j exclude %j", (includeGlobs, excludeGlobs, expected) => {
  const root = makeRepository(filesOf(["top.ts", "src/a.ts", "src/a.test.ts", "src/in/a.ts"]));
  expect(scan(root, { includeGlobs, excludeGlobs }).modules).toEqual(expected);
});

test("the same from every order of listing", () => {
  const root = makeRepository(filesOf(["a/b.ts", "a/a.ts", "b.ts", "a.ts", "a-b/c.ts", "A.ts"]));
  const straight = scan(root);
  const reversed = scan(root, {
    listFolder: (folder) => readdirSync(folder, { withFileTypes: true }).reverse(),
  });
  expect(reversed.modules).toEqual(straight.modules);
  expect(straight.modules).toEqual(["A.ts", "a-b/c.ts", "a.ts", "a/a.ts", "a/b.ts", "b.ts"]);
});

test("a folder that cannot be listed is reported, and the others are scanned", () => {
  const root = makeRepository(filesOf(["a/a.ts", "b/b.ts"]));
  const { modules, unreadable } = scan(root, {
    listFolder: (folder) => {
      if (folder.endsWith("/a")) throw Object.assign(new Error("no"), { code: "EACCES" });
      return readdirSync(folder, { withFileTypes: true });
    },
  });
  expect(modules).toEqual(["b/b.ts"]);
  expect(unreadable).toEqual([{ path: "a", message: "folder cannot be listed: EACCES" }]);
});

test("links: inside they are kept and not walked, outside and round in circles they are reported", () => {
  const outside = makeRepository({ "secret.ts": "" });
  const root = makeRepository(filesOf(["real/a.ts", "deep/in/a.ts", "node_modules/x/a.ts"]));
  const link = (target: string, path: string): void => symlinkSync(target, `${root}/${path}`);
  link("real", "inside");
  link("real/a.ts", "file.ts");
  link("gone", "dangling.ts");
  link(outside, "outside");
  link(`${outside}/secret.ts`, "outside.ts");
  link("..", "deep/in/above");
  link("../..", "deep/in/root");
  link("round", "round");
  link("there", "here");
  link("here", "there");
  link(outside, "node_modules/y");
  const { modules, links, unreadable } = scan(root);
  expect(modules).toEqual(["deep/in/a.ts", "real/a.ts"]);
  expect([...links].sort()).toEqual([
    ["file.ts", "real/a.ts"],
    ["inside", "real"],
  ]);
  const out = "symbolic link leads out of the repository: it is not followed";
  const loop = "symbolic link leads to a folder that it is in";
  const circle = "symbolic link cannot be followed: ELOOP";
  expect(unreadable).toEqual([
    { path: "deep/in/above", message: loop },
    { path: "deep/in/root", message: loop },
    { path: "here", message: circle },
    { path: "outside", message: out },
    { path: "outside.ts", message: out },
    { path: "round", message: circle },
    { path: "there", message: circle },
  ]);
  const excludeGlobs = [...defaultExcludeGlobs, "deep/**", "out*", "here", "there", "round"];
  expect(scan(root, { excludeGlobs }).unreadable).toEqual([]);
});

test("a neighbour whose name begins like the root's is outside", () => {
  const parent = makeRepository({ "root/a.ts": "", "root-2/b.ts": "" });
  symlinkSync("../root-2", `${parent}/root/near`);
  expect(scan(`${parent}/root`).unreadable.map(({ path }) => path)).toEqual(["near"]);
});

test("stops soon after there are too many", () => {
  const root = makeRepository(filesOf(["a/1.ts", "a/2.ts", "b/3.ts", "c/4.ts"]));
  expect(scan(root, { modulesMax: 1 }).modules.length).toBeGreaterThan(1);
  expect(scan(root, { modulesMax: 4 }).modules.length).toBe(4);
});

test("ends when it is told to", () => {
  const reason = new Error("enough");
  const root = makeRepository(filesOf(["a.ts"]));
  expect(() => scan(root, { signal: AbortSignal.abort(reason) })).toThrow(reason);
});
