/**
 * Rule skeleton: who knows one package knows where to look in every other.
 *
 * What a workspace package must have depends on its kind: a library (packages/*) is published, an app
 * (apps/*) and a tool (the rest) are private.
 */
import { lineHolding } from "../syntax.mjs";

/** @typedef {import("../project.mjs").Finding} Finding */
/** @typedef {import("../project.mjs").Project} Project */
/** @typedef {import("../project.mjs").WorkspacePackage} WorkspacePackage */

const filesOf = {
  library: ["README.md", "tsup.config.ts", "src/index.ts"],
  app: ["README.md"],
  tool: ["README.md"],
};
const foldersOf = { library: ["test"], app: ["src", "test"], tool: [] };

/** @type {import("../project.mjs").Rule} */
export const skeleton = {
  id: "skeleton",
  says: "every workspace package has the same files and the same package.json fields",
  next: "copy the form of packages/canonical-json",
  check: (project) =>
    project.packages.flatMap((workspace) => [
      ...checkFiles(project, workspace),
      ...checkManifest(project, workspace),
    ]),
};

/**
 * @param {Project} project
 * @param {WorkspacePackage} workspace
 * @returns {Finding[]}
 */
function checkFiles(project, { dir, kind }) {
  const files = filesOf[kind].filter((name) => !project.files.includes(`${dir}/${name}`));
  const folders = foldersOf[kind].filter(
    (name) => !project.files.some((path) => path.startsWith(`${dir}/${name}/`)),
  );
  return [...files, ...folders.map((name) => `${name}/`)].map((name) => ({
    path: `${dir}/${name}`,
    line: 1,
    message: "is missing",
  }));
}

/**
 * @param {Project} project
 * @param {WorkspacePackage} workspace
 * @returns {Finding[]}
 */
function checkManifest(project, workspace) {
  const { manifest, manifestPath: path } = workspace;
  if (manifest === undefined) return [{ path, line: 1, message: "is missing or not JSON" }];
  const text = project.read(path) ?? "";
  return expectations(project, workspace)
    .filter(({ field, accepts }) => !accepts(manifest[field]))
    .map(({ field, expected }) => {
      const got = JSON.stringify(manifest[field]) ?? "nothing";
      const message = `${field}: expected ${expected}, got ${got}`;
      return { path, line: lineHolding(text, `"${field}":`), message };
    });
}

/**
 * @param {Project} project
 * @param {WorkspacePackage} workspace
 * @returns {{ field: string, expected: string, accepts: (value: unknown) => boolean }[]}
 */
function expectations({ manifest: root }, { dir, kind }) {
  const folder = dir.split("/").pop();
  const all = [
    equal("name", `@reprise/${folder}`),
    equal("type", "module"),
    equal("license", root.license),
    equal("engines", root.engines),
    { field: "description", expected: "a sentence", accepts: isText },
  ];
  if (kind !== "library") return [...all, equal("private", true)];
  return [
    ...all,
    equal("private", undefined),
    equal("sideEffects", false),
    { field: "version", expected: "a version", accepts: isText },
    {
      field: "files",
      expected: "dist and README.md among them",
      accepts: (value) => ["dist", "README.md"].every((name) => asList(value).includes(name)),
    },
    {
      field: "scripts",
      expected: '{"build":"tsup"} in them',
      accepts: (value) => Object(value).build === "tsup",
    },
  ];
}

/**
 * @param {string} field
 * @param {unknown} expected
 */
function equal(field, expected) {
  const wanted = JSON.stringify(expected);
  return {
    field,
    expected: wanted ?? "nothing",
    accepts: (/** @type {unknown} */ value) => JSON.stringify(value) === wanted,
  };
}

/** @param {unknown} value */
function isText(value) {
  return typeof value === "string" && value.trim() !== "";
}

/**
 * @param {unknown} value
 * @returns {unknown[]}
 */
function asList(value) {
  return Array.isArray(value) ? value : [];
}
