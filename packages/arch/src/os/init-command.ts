/** `reprise-arch init`: a first manifest and its lock, from what is there. */
import { basename, join, resolve } from "node:path";
import { ArchError } from "../arch-error.js";
import type { CheckStatus } from "../check.js";
import { defaultOverlay } from "../documents/overlay.js";
import { manifestPath } from "../documents/read-manifest.js";
import { type FactDepth, shallow } from "../facts/extract-facts.js";
import { firstSummary, manifestText } from "../first/first-files.js";
import { firstManifest } from "../first/first-manifest.js";
import type { CommandContext } from "./command-context.js";
import { writeWholeFile } from "./output.js";
import { readGraph } from "./read-graph.js";
import { openRepositoryFiles } from "./repository-files.js";
import { findRoot } from "./repository-root.js";
import { runCheck } from "./run-check.js";
import { createProgress, inkOf } from "./terminal.js";

export interface InitOptions {
  readonly repoRoot?: string;
  readonly color?: boolean;
}

export async function initCommand(
  { repoRoot, color }: InitOptions,
  { host, output }: CommandContext,
): Promise<CheckStatus> {
  const root = findRoot(host.cwd, repoRoot ?? ".", manifestPath);
  if (openRepositoryFiles(root).read(manifestPath).kind !== "missing") {
    throw new ArchError("MANIFEST_EXISTS", `${manifestPath} is there already`);
  }
  const progress = createProgress(host);
  try {
    let count = 0;
    const depthOf = (): FactDepth => {
      count += 1;
      progress.show(`looking  ${count} modules read`);
      return { ...shallow, ambient: true };
    };
    const graph = await readGraph({ root, depthOf, signal: host.interrupted });
    if (graph.modules.size === 0) {
      throw new ArchError("NOTHING_FOUND", `no module was found in ${root}`);
    }
    const folderName = basename(resolve(root));
    const manifest = firstManifest({ graph, overlay: defaultOverlay, folderName });
    writeWholeFile(join(root, manifestPath), manifestText(manifest));
    const { finished } = await runCheck({ root, writeLock: true, signal: host.interrupted });
    for (const { path, text } of finished.writes) writeWholeFile(join(root, path), text);
    progress.clear();
    const written = [manifestPath, ...finished.writes.map(({ path }) => path)];
    const { status, report } = finished;
    await output.write(
      firstSummary(
        { manifest, written, modules: graph.modules.size, status, diagnostics: report.diagnostics },
        inkOf(host, color),
      ),
    );
    return 0;
  } finally {
    progress.clear();
  }
}
