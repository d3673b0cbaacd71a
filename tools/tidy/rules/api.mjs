/**
 * Rule api: what a package offers is committed as text, so that a change to it is seen in review.
 *
 * arch/api/<package>.api.md is written from the built declarations; `--write` brings it up to date.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderReport } from "../api-report.mjs";

const folder = "arch/api";
const buildFirst = "build first: pnpm build";

/** @typedef {import("../project.mjs").Project} Project */
/** @typedef {import("../project.mjs").WorkspacePackage} WorkspacePackage */
/** @typedef {import("../project.mjs").Finding} Finding */

/** @type {import("../project.mjs").Rule} */
export const api = {
  id: "api",
  says: "the exported declarations of every library are committed in arch/api/<package>.api.md",
  next: "if the change is meant, run node tools/tidy/tidy.mjs --write and commit the file",
  check: (project) => [
    ...libraries(project).flatMap((workspace) => checkReport(project, workspace)),
    ...orphans(project).map((path) => ({ path, line: 1, message: "belongs to no package" })),
  ],
  write: (project) => {
    mkdirSync(join(project.root, folder), { recursive: true });
    const gone = orphans(project);
    for (const path of gone) rmSync(join(project.root, path));
    return [
      ...libraries(project).flatMap((workspace) => writeReport(project, workspace)),
      ...gone.map((path) => `removed ${path}`),
    ];
  },
};

/** @param {Project} project */
function libraries(project) {
  return project.packages.filter(
    (workspace) => workspace.kind === "library" && entriesOf(workspace).length > 0,
  );
}

/**
 * @param {Project} project
 * @param {WorkspacePackage} workspace
 * @returns {Finding[]}
 */
function checkReport(project, workspace) {
  const path = reportPath(workspace);
  const expected = reportOf(project, workspace);
  if ("missing" in expected) {
    return [{ path: expected.missing, line: 1, message: "is not built", next: buildFirst }];
  }
  const committed = project.read(path);
  if (committed === undefined) return [{ path, line: 1, message: "is missing" }];
  if (committed === expected.text) return [];
  const got = committed.split("\n");
  const wanted = expected.text.split("\n");
  const at = wanted.findIndex((line, index) => line !== got[index]);
  const line = at < 0 ? wanted.length : at;
  const message = `built: ${quote(wanted[line])}, committed: ${quote(got[line])}`;
  return [{ path, line: line + 1, message }];
}

/**
 * @param {Project} project
 * @param {WorkspacePackage} workspace
 * @returns {string[]}
 */
function writeReport(project, workspace) {
  const path = reportPath(workspace);
  const report = reportOf(project, workspace);
  if ("missing" in report || report.text === project.read(path)) return [];
  writeFileSync(join(project.root, path), report.text);
  return [`wrote ${path}`];
}

/**
 * @param {Project} project
 * @param {WorkspacePackage} workspace
 * @returns {{ text: string } | { missing: string }}
 */
function reportOf(project, workspace) {
  const entries = entriesOf(workspace);
  const missing = entries.find(({ file }) => !project.has(file));
  if (missing !== undefined) return { missing: missing.file };
  return { text: renderReport(nameOf(workspace), entries, project.read) };
}

/**
 * @param {WorkspacePackage} workspace
 * @returns {import("../api-report.mjs").Entry[]}
 */
function entriesOf(workspace) {
  return Object.entries(Object(workspace.manifest?.exports)).flatMap(([subpath, conditions]) => {
    const types = Object(conditions).types;
    if (typeof types !== "string") return [];
    const file = `${workspace.dir}/${types.replace(/^\.\//, "")}`;
    return [{ subpath: `${nameOf(workspace)}${subpath.slice(1)}`, file }];
  });
}

/**
 * Reports of packages that are gone.
 *
 * @param {Project} project
 * @returns {string[]}
 */
function orphans(project) {
  const expected = new Set(libraries(project).map(reportPath));
  return project.files.filter(
    (path) => path.startsWith(`${folder}/`) && path.endsWith(".api.md") && !expected.has(path),
  );
}

/** @param {WorkspacePackage} workspace */
function reportPath(workspace) {
  return `${folder}/${workspace.dir.split("/").pop()}.api.md`;
}

/** @param {WorkspacePackage} workspace */
function nameOf(workspace) {
  return String(workspace.manifest?.name);
}

/** @param {string | undefined} line */
function quote(line) {
  return line === undefined ? "the end" : `\`${line.trim()}\``;
}
