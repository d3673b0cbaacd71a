/** Every rule, in the order in which findings are printed. A rule that is not in this list does not run. */
import { api } from "./rules/api.mjs";
import { comments } from "./rules/comments.mjs";
import { entries } from "./rules/entries.mjs";
import { exportLists } from "./rules/exports.mjs";
import { fileNames } from "./rules/file-names.mjs";
import { packed } from "./rules/packed.mjs";
import { purity } from "./rules/purity.mjs";
import { sizes } from "./rules/sizes.mjs";
import { skeleton } from "./rules/skeleton.mjs";
import { testStems } from "./rules/test-stems.mjs";

/** @type {readonly import("./project.mjs").Rule[]} */
export const rules = [
  skeleton,
  entries,
  exportLists,
  fileNames,
  testStems,
  sizes,
  comments,
  purity,
  api,
  packed,
];
