/**
 * Goal: a cassette's file is under `.x07_rr/` whatever links there are.
 * Method: real folders and links in a temporary one, some leading out, some in, some nowhere.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cassetteFilePath, openCassetteFile } from "@reprise/msg-rr/os";
import { afterEach, beforeEach, expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

let root = "";
let outside = "";
beforeEach(() => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "reprise-location-")));
  root = join(folder, "root");
  outside = join(folder, "outside");
  mkdirSync(root);
  mkdirSync(outside);
});
afterEach(() => rmSync(join(root, ".."), { recursive: true, force: true }));

const inFolder = (path: string): string => join(root, ".x07_rr", path);
const codeOf = (path: string): string => refusalOf(() => cassetteFilePath(root, path)).code;

test("where nothing is there yet", () => {
  expect(cassetteFilePath(root, "a/b")).toBe(inFolder("a/b"));
  expect(existsSync(inFolder(""))).toBe(false);
});

test("a path that breaks the rules is refused", () => {
  for (const path of ["", "/a", "../a", "a/../b", ".x07_rr/a"]) {
    expect(codeOf(path)).toBe("CASSETTE_PATH");
    expect(refusalOf(() => openCassetteFile(root, path)).code).toBe("CASSETTE_PATH");
  }
});

test("links that leave the folder are refused: of the file, of a folder above it, to nothing", () => {
  mkdirSync(inFolder("deep"), { recursive: true });
  writeFileSync(join(outside, "file"), "");
  symlinkSync(join(outside, "file"), inFolder("file"));
  symlinkSync(outside, inFolder("folder"));
  symlinkSync("../../outside", inFolder("relative"));
  symlinkSync(join(outside, "missing"), inFolder("nothing"));
  symlinkSync(join(outside, "missing"), inFolder("deep/nothing"));
  symlinkSync(inFolder(""), inFolder("itself"));
  for (const path of [
    "file",
    "folder/file",
    "folder/new",
    "folder/new/newer",
    "relative/x",
    "nothing",
    "nothing/x",
    "deep/nothing",
    "itself",
  ]) {
    expect(codeOf(path), path).toBe("CASSETTE_PATH");
  }
  // A sibling whose name begins as the folder's does is outside.
  mkdirSync(join(root, ".x07_rr_other"));
  symlinkSync(join(root, ".x07_rr_other"), inFolder("sibling"));
  expect(codeOf("sibling/a")).toBe("CASSETTE_PATH");
  expect(existsSync(join(outside, "missing"))).toBe(false);
});

test("links that stay in it, and a folder that is one, are followed", () => {
  mkdirSync(inFolder("a"), { recursive: true });
  writeFileSync(inFolder("a/file"), "");
  symlinkSync(inFolder("a"), inFolder("b"));
  expect(cassetteFilePath(root, "b/file")).toBe(inFolder("b/file"));
  const other = join(root, "other");
  mkdirSync(other);
  symlinkSync(join(root, ".x07_rr"), join(other, ".x07_rr"));
  expect(cassetteFilePath(other, "a/file")).toBe(join(other, ".x07_rr", "a/file"));
});
