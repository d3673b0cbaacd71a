/**
 * Goal: the repository on disk is read within its root, by no name and through no link beyond it, and
 * nothing large, odd or endless ends the process.
 * Method: a real folder with one of each.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readDocument } from "../src/documents/json-document.ts";
import { fileBytesMax, openRepositoryFiles } from "../src/os/repository-files.ts";
import type { RepositoryFiles } from "../src/repository-files.ts";

let outer = "";
let files: RepositoryFiles;

beforeAll(() => {
  outer = mkdtempSync(join(tmpdir(), "arch-files-"));
  const root = join(outer, "root");
  mkdirSync(join(root, "arch/rr"), { recursive: true });
  mkdirSync(join(outer, "root-beside"));
  writeFileSync(join(outer, "secret.json"), "{}");
  writeFileSync(join(outer, "root-beside/a.json"), "{}");
  writeFileSync(join(root, "arch/a.json"), '{"é":1}');
  writeFileSync(join(root, "arch/bom.json"), "\uFEFF{}");
  writeFileSync(join(root, "arch/latin.json"), new Uint8Array([0x22, 0xe9, 0x22]));
  writeFileSync(join(root, "arch/rr/z.json"), "{}");
  writeFileSync(join(root, "arch/fifty.json"), "");
  truncateSync(join(root, "arch/fifty.json"), 50 * 2 ** 20);
  writeFileSync(join(root, "arch/huge.json"), "");
  truncateSync(join(root, "arch/huge.json"), fileBytesMax + 1);
  symlinkSync("a.json", join(root, "arch/in.json"));
  symlinkSync("../../secret.json", join(root, "arch/out.json"));
  symlinkSync("../../root-beside", join(root, "arch/beside"));
  symlinkSync("loop.json", join(root, "arch/loop.json"));
  symlinkSync("nowhere.json", join(root, "arch/gone.json"));
  symlinkSync("..", join(root, "arch/rr/up"));
  files = openRepositoryFiles(root);
});

afterAll(() => rmSync(outer, { recursive: true }));

test("a text, its bytes, and its byte order mark", () => {
  expect(files.read("arch/a.json")).toEqual({ kind: "text", text: '{"é":1}', bytes: 8 });
  expect(files.read("arch/bom.json")).toEqual({ kind: "text", text: "\uFEFF{}", bytes: 5 });
  expect(files.read("arch/in.json")).toMatchObject({ kind: "text", bytes: 8 });
});

test.each(["arch/none.json", "none/a.json", "arch/a.json/b", "arch/gone.json"])(
  "%s is missing",
  (path) => {
    expect(files.read(path)).toEqual({ kind: "missing" });
  },
);

test.each([
  "arch/out.json",
  "arch/beside/a.json",
  "../secret.json",
  "arch/../../secret.json",
  "../root-beside/a.json",
])("%s leads out", (path) => {
  expect(files.read(path)).toMatchObject({ kind: "unreadable", reason: "outside" });
});

test.each([
  ["arch", "it is no file"],
  ["arch/latin.json", "it is not UTF-8"],
  ["arch/huge.json", `${fileBytesMax + 1} bytes, at most ${fileBytesMax}`],
  ["arch/loop.json", "ELOOP: too many symbolic links encountered"],
])("%s cannot be read: %s", (path, message) => {
  expect(files.read(path)).toEqual({ kind: "unreadable", message });
});

test("a contract of 50 MB is not read as one", () => {
  expect(readDocument(files, "arch/fifty.json")).toMatchObject({
    kind: "unreadable",
    message: "52428800 bytes, at most 16777216",
  });
});

test("files are listed sorted, with links and not through them", () => {
  const listed = [
    "a.json",
    "beside",
    "bom.json",
    "fifty.json",
    "gone.json",
    "huge.json",
    "in.json",
  ];
  const rest = ["latin.json", "loop.json", "out.json", "rr/up", "rr/z.json"];
  expect(files.list("arch")).toEqual([...listed, ...rest].map((name) => `arch/${name}`));
  expect(files.list("none")).toEqual([]);
});

test("a folder is one in the root", () => {
  const folders = ["arch", "arch/rr", "arch/a.json", "none", "arch/beside", ".."];
  expect(folders.map((path) => files.isFolder(path))).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
