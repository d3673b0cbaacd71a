/**
 * Rule packed: what a user would install is whole, as publint and arethetypeswrong see it.
 *
 * Both look at the tarball that `pnpm pack` makes, because only there are `catalog:` and `workspace:`
 * versions replaced and `files` applied. The packages are ESM only, so how a CommonJS file or the
 * resolution of old TypeScript (node10) would see them is not asked.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @typedef {import("../project.mjs").Finding} Finding */

/** @type {("node16-esm" | "bundler")[]} */
const resolutions = ["node16-esm", "bundler"];

/** @type {import("../project.mjs").Rule} */
export const packed = {
  id: "packed",
  says: "publint and arethetypeswrong (esm-only) have nothing to say about the packed package",
  next: "look the message up at publint.dev/rules or arethetypeswrong.github.io and mend the package",
  check: async (project) => {
    const findings = [];
    for (const workspace of project.packages.filter(({ kind }) => kind === "library")) {
      const path = workspace.manifestPath;
      if (workspace.manifest === undefined) continue;
      if (!project.has(`${workspace.dir}/dist`)) {
        findings.push({ path, line: 1, message: "no dist", next: "build first: pnpm build" });
        continue;
      }
      const messages = await checkTarball(join(project.root, workspace.dir));
      findings.push(...messages.map((message) => ({ path, line: 1, message })));
    }
    return findings;
  },
};

/**
 * @param {string} dir absolute
 * @returns {Promise<string[]>}
 */
async function checkTarball(dir) {
  const tarball = pack(dir);
  if (typeof tarball === "string") return [tarball];
  return [...(await askPublint(tarball)), ...(await askTypes(tarball))];
}

/**
 * @param {string} dir
 * @returns {Uint8Array<ArrayBuffer> | string} the tarball, or what pnpm says against making one
 */
function pack(dir) {
  const out = mkdtempSync(join(tmpdir(), "tidy-pack-"));
  try {
    execFileSync("pnpm", ["pack", "--pack-destination", out], { cwd: dir, stdio: "pipe" });
    return new Uint8Array(readFileSync(join(out, readdirSync(out)[0] ?? "")));
  } catch (error) {
    const { stdout, stderr, message } = Object(error);
    return `pnpm pack: ${oneLine(`${stdout ?? ""}${stderr ?? ""}`) || message}`;
  } finally {
    rmSync(out, { recursive: true });
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} tarball
 * @returns {Promise<string[]>}
 */
async function askPublint(tarball) {
  const [{ publint }, { formatMessage }] = await Promise.all([
    import("publint"),
    import("publint/utils"),
  ]);
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer } });
  return messages.map((message) => {
    const text = formatMessage(message, pkg, { color: false }) ?? message.code;
    return `publint: ${oneLine(text)}`;
  });
}

/**
 * @param {Uint8Array} tarball
 * @returns {Promise<string[]>}
 */
async function askTypes(tarball) {
  const [{ checkPackage, createPackageFromTarballData }, { filterProblems, problemKindInfo }] =
    await Promise.all([
      import("@arethetypeswrong/core"),
      import("@arethetypeswrong/core/problems"),
    ]);
  const result = await checkPackage(createPackageFromTarballData(tarball));
  if (!("problems" in result)) return ["attw: the package has no types"];
  const found = new Set(
    resolutions.flatMap((resolutionKind) => filterProblems(result, { resolutionKind })),
  );
  return [...found].map((problem) => {
    const { shortDescription } = problemKindInfo[problem.kind];
    const { entrypoint, fileName, typesFileName } = Object(problem);
    return `attw: ${shortDescription} (${entrypoint ?? fileName ?? typesFileName})`;
  });
}

/** @param {string} text */
function oneLine(text) {
  return text.trim().replace(/\s+/g, " ").replace(/\.$/, "");
}
