/** `reprise-arch graph`: nodes, or modules, and the edges between them. */
import { ArchError } from "../arch-error.js";
import type { CheckStatus } from "../check.js";
import { manifestPath } from "../documents/read-manifest.js";
import { drawGraph, type GraphForm, moduleView, nodeView } from "../report/graph-view.js";
import { textReport } from "../report/text-report.js";
import { sourceTextOf } from "./check-command.js";
import { type CommandContext, unusableStatus } from "./command-context.js";
import { findRoot, pathInRoot } from "./repository-root.js";
import { runCheck } from "./run-check.js";
import { createProgress, inkOf } from "./terminal.js";

export interface GraphOptions {
  readonly repoRoot?: string;
  readonly manifest?: string;
  readonly format?: GraphForm;
  readonly modules?: true;
}

/** What the rules find is not told here; what makes a graph impossible is. */
export async function graphCommand(
  { repoRoot, manifest, format = "mermaid", modules }: GraphOptions,
  { host, output }: CommandContext,
): Promise<CheckStatus> {
  const root = findRoot(host.cwd, repoRoot, manifest ?? manifestPath);
  const progress = createProgress(host);
  const { finished, files } = await runCheck({
    root,
    manifestPath: manifest === undefined ? undefined : pathInRoot(root, manifest),
    signal: host.interrupted,
    onModule: (count) => progress.show(`reading  ${count} modules`),
  }).finally(() => progress.clear());
  const { input, report, status } = finished;
  if (input === undefined) {
    const ink = inkOf(host, undefined);
    host.stderr.write(textReport(report, { ink, sourceText: sourceTextOf(files) }), () => {});
    return status;
  }
  if (input.graph.modules.size === 0) {
    throw new ArchError("NOTHING_FOUND", `no module was found in ${root}`);
  }
  const view = modules === true ? moduleView(input) : nodeView(input);
  await output.write(drawGraph(view, format));
  return status === unusableStatus ? status : 0;
}
