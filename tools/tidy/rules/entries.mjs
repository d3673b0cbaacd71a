/**
 * Rule entries: what a package exports, what it builds and what it has as source are one list.
 *
 * An entry `os/index: "src/os/index.ts"` in tsup.config.ts becomes dist/os/index.js and .d.ts, and
 * exactly one subpath in `exports` (or one command in `bin`) points there.
 */
import { lineHolding } from "../syntax.mjs";
import { tsupEntries } from "../tsup-entries.mjs";

/** What the compiler's and vitest's path aliases expect. */
const fixedSources = new Map([
  [".", "src/index.ts"],
  ["./os", "src/os/index.ts"],
  ["./vitest", "src/vitest.ts"],
]);

/** @type {import("../project.mjs").Rule} */
export const entries = {
  id: "entries",
  says: "package.json exports and tsup.config.ts entries agree both ways, and every entry has its source",
  next: 'let each tsup entry "k" have one export {"types": "./dist/k.d.ts", "default": "./dist/k.js"}',
  check: (project) =>
    project.packages
      .filter((workspace) => project.has(`${workspace.dir}/tsup.config.ts`))
      .filter((workspace) => workspace.manifest !== undefined)
      // A tool (bench) is run, not imported.
      .filter((workspace) => workspace.kind !== "tool")
      .flatMap((workspace) => checkPackage(project, workspace)),
};

/**
 * @param {import("../project.mjs").Project} project
 * @param {import("../project.mjs").WorkspacePackage} workspace
 * @returns {import("../project.mjs").Finding[]}
 */
function checkPackage(project, workspace) {
  const config = `${workspace.dir}/tsup.config.ts`;
  const built = tsupEntries(project, workspace.dir);
  if (built === undefined) {
    const next = 'write export default library({ index: "src/index.ts" });';
    return [{ path: config, line: 1, message: "the entries cannot be read", next }];
  }
  const targets = [...exportTargets(workspace), ...binTargets(workspace)];
  return [
    ...built.flatMap((entry) => checkEntry({ project, workspace, entry, targets })),
    ...checkExports(project, workspace, built),
    ...checkBins(project, workspace, built),
  ];
}

/**
 * @param {object} asked
 * @param {import("../project.mjs").Project} asked.project
 * @param {import("../project.mjs").WorkspacePackage} asked.workspace
 * @param {import("../tsup-entries.mjs").TsupEntry} asked.entry
 * @param {readonly string[]} asked.targets
 * @returns {import("../project.mjs").Finding[]}
 */
function checkEntry({ project, workspace, entry, targets }) {
  const at = { path: `${workspace.dir}/tsup.config.ts`, line: entry.line };
  const findings = [];
  if (!project.files.includes(`${workspace.dir}/${entry.source}`)) {
    findings.push({ ...at, message: `entry ${entry.key}: ${entry.source} does not exist` });
  }
  const count = targets.filter((target) => target === `./dist/${entry.key}.js`).length;
  if (count !== 1) {
    const message = `entry ${entry.key}: ${count} exports point to dist/${entry.key}.js, expected 1`;
    findings.push({ ...at, message });
  }
  return findings;
}

/**
 * @param {import("../project.mjs").Project} project
 * @param {import("../project.mjs").WorkspacePackage} workspace
 * @param {readonly import("../tsup-entries.mjs").TsupEntry[]} built
 * @returns {import("../project.mjs").Finding[]}
 */
function checkExports(project, workspace, built) {
  const text = project.read(workspace.manifestPath) ?? "";
  return Object.entries(exportMap(workspace)).flatMap(([subpath, value]) => {
    const entry = built.find(
      ({ key }) => JSON.stringify(value) === JSON.stringify(conditions(key)),
    );
    const at = { path: workspace.manifestPath, line: lineHolding(text, `"${subpath}":`) };
    if (entry === undefined) {
      return [{ ...at, message: `export ${subpath} is not the types and default of a tsup entry` }];
    }
    const expected = fixedSources.get(subpath) ?? entry.source;
    if (entry.source === expected) return [];
    return [{ ...at, message: `export ${subpath} is built from ${entry.source}, not ${expected}` }];
  });
}

/**
 * @param {import("../project.mjs").Project} project
 * @param {import("../project.mjs").WorkspacePackage} workspace
 * @param {readonly import("../tsup-entries.mjs").TsupEntry[]} built
 * @returns {import("../project.mjs").Finding[]}
 */
function checkBins(project, workspace, built) {
  const text = project.read(workspace.manifestPath) ?? "";
  const outputs = built.map(({ key }) => `dist/${key}.js`);
  return binTargets(workspace).flatMap((target) => {
    const file = target.replace(/^\.\//, "");
    if (outputs.includes(file) || project.files.includes(`${workspace.dir}/${file}`)) return [];
    const message = `command ${target} is neither a file nor a tsup entry`;
    return [{ path: workspace.manifestPath, line: lineHolding(text, `"${target}"`), message }];
  });
}

/** @param {string} key */
function conditions(key) {
  return { types: `./dist/${key}.d.ts`, default: `./dist/${key}.js` };
}

/**
 * @param {import("../project.mjs").WorkspacePackage} workspace
 * @returns {Record<string, unknown>}
 */
function exportMap({ manifest }) {
  const value = manifest?.exports;
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/**
 * @param {import("../project.mjs").WorkspacePackage} workspace
 * @returns {string[]}
 */
function exportTargets(workspace) {
  return Object.values(exportMap(workspace)).map((value) =>
    typeof value === "object" && value !== null && "default" in value ? String(value.default) : "",
  );
}

/**
 * @param {import("../project.mjs").WorkspacePackage} workspace
 * @returns {string[]}
 */
function binTargets({ manifest }) {
  const bin = manifest?.bin;
  if (typeof bin === "string") return [bin];
  return typeof bin === "object" && bin !== null ? Object.values(bin).map(String) : [];
}
