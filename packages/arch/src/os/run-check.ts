/** One check of a repository on disk: documents, graph, rules. Nothing is printed here. */
import { type CheckSettings, type FinishedCheck, finishCheck, prepareCheck } from "../check.js";
import type { RepositoryFiles } from "../repository-files.js";
import { defaultCacheFolder } from "./fact-cache.js";
import { createDocumentValidator } from "./json-schemas.js";
import { readGraph } from "./read-graph.js";
import { openRepositoryFiles } from "./repository-files.js";

export interface RunCheckOptions extends CheckSettings {
  /** An absolute path. */
  readonly root: string;
  readonly signal?: AbortSignal | undefined;
  /** Facts of unchanged files are kept between runs. Default true. */
  readonly cache?: boolean | undefined;
  /** Where; undefined: in `node_modules/.cache` of the root, if something is installed there. */
  readonly cacheFolder?: string | undefined;
  /** Called with the number of modules that have been looked at. */
  readonly onModule?: ((count: number) => void) | undefined;
}

export interface CheckRun {
  readonly finished: FinishedCheck;
  readonly files: RepositoryFiles;
}

/** Rejects with the signal's reason, or where `root` is no folder. */
export async function runCheck(options: RunCheckOptions): Promise<CheckRun> {
  const { root, signal, onModule, cache = true, cacheFolder, ...settings } = options;
  const files = openRepositoryFiles(root);
  const prepared = prepareCheck({ files, validate: createDocumentValidator() }, settings);
  if (prepared.kind === "finished") return { finished: prepared, files };
  const { scan, limits, manifest, depthOf } = prepared;
  let count = 0;
  const graph = await readGraph({
    root,
    includeGlobs: scan.include,
    excludeGlobs: scan.exclude,
    sourceRoots: manifest.overlay.source_roots,
    ...(manifest.overlay.tsconfig === undefined ? {} : { tsconfigs: [manifest.overlay.tsconfig] }),
    depthOf: (module) => {
      count += 1;
      onModule?.(count);
      return depthOf(module);
    },
    cacheFolder: cache ? (cacheFolder ?? defaultCacheFolder(root)) : undefined,
    limits: {
      modulesMax: limits.modulesMax,
      ...(limits.bytesMax === undefined ? {} : { bytesMax: limits.bytesMax }),
    },
    signal,
  });
  return { finished: finishCheck(prepared, graph), files };
}
