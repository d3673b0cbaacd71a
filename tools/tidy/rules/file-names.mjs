/** Rule file-names: a source file is named for what it defines. */

/** Names that say where code was put instead of what it is. */
const drawers = new Set("utils util helpers helper common misc shared types".split(" "));

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** @type {import("../project.mjs").Rule} */
export const fileNames = {
  id: "file-names",
  says: "source files and their folders are kebab-case nouns; none is called utils, helpers, common, misc, shared or types",
  next: "rename it for what it defines, and its test with it",
  check: (project) => project.sources.flatMap(checkPath),
};

/**
 * @param {string} path
 * @returns {import("../project.mjs").Finding[]}
 */
function checkPath(path) {
  const folders = path.split("/").filter((part) => !part.startsWith("."));
  const parts = (folders.pop() ?? "").split(".").slice(0, -1);
  const stem = parts[0] ?? "";
  const findings = [];
  const odd = [...folders, ...parts].find((part) => !kebab.test(part));
  if (odd !== undefined) findings.push({ path, line: 1, message: `"${odd}" is not kebab-case` });
  const drawer = [...folders, stem].find((part) => drawers.has(part));
  if (drawer !== undefined) {
    findings.push({ path, line: 1, message: `"${drawer}" says nothing about what is inside` });
  }
  return findings;
}
