/** `reprise-arch check`: runs the check, prints the report, writes what was asked to be written. */
import { join, resolve } from "node:path";
import { ArchError } from "../arch-error.js";
import type { CheckStatus } from "../check.js";
import { manifestPath } from "../documents/read-manifest.js";
import { patchDocument } from "../patch-document.js";
import { githubReport } from "../report/github-report.js";
import { plainInk } from "../report/ink.js";
import { jsonReport, patchsetJson } from "../report/json-report.js";
import { junitReport } from "../report/junit-report.js";
import type { Report } from "../report/report.js";
import { sarifReport } from "../report/sarif-report.js";
import { type SourceText, textReport } from "../report/text-report.js";
import type { RepositoryFiles } from "../repository-files.js";
import type { CommandContext } from "./command-context.js";
import { ReaderGone, writeWholeFile } from "./output.js";
import { findRoot, pathInRoot } from "./repository-root.js";
import { type CheckRun, type RunCheckOptions, runCheck } from "./run-check.js";
import { createProgress, inkOf, widthOf } from "./terminal.js";
import { packageVersion } from "./version.js";

export const reportForms = ["text", "json", "sarif", "junit", "github"] as const;
export type ReportForm = (typeof reportForms)[number];

export interface CheckOptions {
  readonly repoRoot?: string;
  readonly manifest?: string;
  readonly lock?: string;
  readonly writeLock?: true;
  readonly format?: ReportForm;
  readonly out?: string;
  readonly baseline?: string;
  readonly writeBaseline?: true;
  readonly prune?: true;
  readonly emitPatch?: string;
  readonly write?: true;
  readonly maxModules?: number;
  readonly maxEdges?: number;
  readonly maxDiags?: number;
  readonly maxBytesIn?: number;
  readonly cache?: boolean;
  readonly cacheDir?: string;
  readonly color?: boolean;
}

export async function checkCommand(
  options: CheckOptions,
  context: CommandContext,
): Promise<CheckStatus> {
  if (options.prune === true && options.writeBaseline === true) {
    throw new ArchError("USAGE", "--prune shrinks a baseline, --write-baseline begins one");
  }
  const { host } = context;
  const root = findRoot(host.cwd, options.repoRoot, options.manifest ?? manifestPath);
  const progress = createProgress(host);
  const settings = settingsOf({ root, cwd: host.cwd }, options, (count) =>
    progress.show(`checking  ${count} modules read`),
  );
  try {
    let run = await runCheck({ ...settings, signal: host.interrupted });
    const { patches } = run.finished.report;
    if (options.emitPatch !== undefined) {
      writeWholeFile(resolve(host.cwd, options.emitPatch), patchsetJson(patches));
    }
    if (options.write === true && patches.length > 0) {
      applyPatches(root, run);
      run = await runCheck({ ...settings, signal: host.interrupted });
    }
    for (const { path, text } of run.finished.writes) writeWholeFile(join(root, path), text);
    progress.clear();
    await show(run, options, context).catch((error: unknown) => {
      // Whoever read the report has seen enough; what was found is found all the same.
      if (!(error instanceof ReaderGone)) throw error;
    });
    return run.finished.status;
  } finally {
    progress.clear();
  }
}

function settingsOf(
  { root, cwd }: { readonly root: string; readonly cwd: string },
  options: CheckOptions,
  onModule: (count: number) => void,
): RunCheckOptions {
  const inRoot = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : pathInRoot(root, path);
  const { maxModules, maxEdges, maxDiags, maxBytesIn } = options;
  return {
    root,
    manifestPath: inRoot(options.manifest),
    lockPath: inRoot(options.lock),
    baselinePath: inRoot(options.baseline),
    writeLock: options.writeLock,
    writeBaseline: options.writeBaseline,
    prune: options.prune,
    limits: {
      ...(maxModules === undefined ? {} : { modulesMax: maxModules }),
      ...(maxEdges === undefined ? {} : { edgesMax: maxEdges }),
      ...(maxDiags === undefined ? {} : { diagnosticsMax: maxDiags }),
      ...(maxBytesIn === undefined ? {} : { bytesMax: maxBytesIn }),
    },
    cache: options.cache,
    cacheFolder: options.cacheDir === undefined ? undefined : resolve(cwd, options.cacheDir),
    onModule,
  };
}

function applyPatches(root: string, { finished, files }: CheckRun): void {
  for (const { path, patch } of finished.report.patches) {
    const file = files.read(path);
    const changed = file.kind === "text" ? patchDocument(file.text, patch) : undefined;
    if (changed === undefined) {
      throw new ArchError("PATCH_FAILED", `${path} cannot be changed as suggested`);
    }
    writeWholeFile(join(root, path), changed);
  }
}

async function show(
  { finished: { report }, files }: CheckRun,
  options: CheckOptions,
  { host, output }: CommandContext,
): Promise<void> {
  const { format = "text", out, color } = options;
  const sourceText = sourceTextOf(files);
  const people = (): string =>
    textReport(report, { ink: inkOf(host, color), width: widthOf(host), sourceText });
  if (out === undefined) {
    await output.write(format === "text" ? people() : machineText(report, format));
    return;
  }
  const text =
    format === "text"
      ? textReport(report, { ink: plainInk, sourceText })
      : machineText(report, format);
  writeWholeFile(resolve(host.cwd, out), text);
  await output.write(people());
}

function machineText(report: Report, form: Exclude<ReportForm, "text">): string {
  switch (form) {
    case "json":
      return jsonReport(report);
    case "sarif":
      return sarifReport(report, packageVersion);
    case "junit":
      return junitReport(report);
    case "github":
      return githubReport(report);
  }
}

export function sourceTextOf(files: RepositoryFiles): SourceText {
  return (path) => {
    const file = files.read(path);
    return file.kind === "text" ? file.text : undefined;
  };
}
