/**
 * Goal: a tree without git, as an archive unpacks it, is judged like the same tree with git.
 * Method: the sound tree with one fault planted, with its repository and after it is taken away.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openProject } from "../project.mjs";
import { plantTree } from "./planted-tree.ts";

test("the same files are looked at, built output is not", () => {
  const root = plantTree({ "packages/thing/src/utils.ts": "", "packages/thing/dist/Chunk.js": "" });
  const { files } = openProject(root);
  rmSync(join(root, ".git"), { recursive: true, force: true });
  expect(openProject(root).files).toEqual(files);
  expect(files).toContain("packages/thing/src/utils.ts");
  expect(files).not.toContain("packages/thing/dist/Chunk.js");
});
