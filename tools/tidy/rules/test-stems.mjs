/**
 * Rule test-stems: one can go from a source file to its test and back, and a test says what it is for.
 *
 * A package's test is named for a source file, or tells a story of at least two words
 * (`crash-mid-handler`), or lies in test/regression/.
 */
import { openingComments } from "../syntax.mjs";

/** `thing.test.ts`, `thing.broker.test.ts`, `thing.test-d.ts` */
const testName = /(^|\/)([^/.]+)(\.[^/]+)?\.test(-d)?\.m?[jt]s$/;

/** @type {import("../project.mjs").Rule} */
export const testStems = {
  id: "test-stems",
  says: "a test shares its stem with a source file or tells a story of two words, and opens with Goal and Method",
  next: "name it for the file it tests; open it with a comment that has a Goal and a Method",
  check: (project) => {
    const tests = project.sources.filter((path) => testName.test(path));
    return [...tests.flatMap((path) => checkStem(project, path)), ...checkOpenings(project, tests)];
  },
};

/**
 * @param {import("../project.mjs").Project} project
 * @param {string} path
 * @returns {import("../project.mjs").Finding[]}
 */
function checkStem(project, path) {
  const dir = /^(packages\/[^/]+)\/test\//.exec(path)?.[1];
  const stem = testName.exec(path)?.[2] ?? "";
  if (dir === undefined || path.startsWith(`${dir}/test/regression/`)) return [];
  if (stem.includes("-") || hasSource(project, `${dir}/src/`, stem)) return [];
  const message = `no file in ${dir}/src is called ${stem}, and one word tells no story`;
  return [{ path, line: 1, message }];
}

/**
 * @param {import("../project.mjs").Project} project
 * @param {string} src
 * @param {string} stem
 */
function hasSource(project, src, stem) {
  return project.sources.some(
    (path) => path.startsWith(src) && path.split("/").pop()?.split(".")[0] === stem,
  );
}

/**
 * @param {import("../project.mjs").Project} project
 * @param {readonly string[]} tests
 * @returns {import("../project.mjs").Finding[]}
 */
function checkOpenings(project, tests) {
  return tests.flatMap((path) => {
    const opening = openingComments(project.parse(path)).join("\n");
    const missing = ["Goal", "Method"].filter((word) => !new RegExp(`\\b${word}\\b`).test(opening));
    if (missing.length === 0) return [];
    return [{ path, line: 1, message: `the opening comment has no ${missing.join(" and no ")}` }];
  });
}
