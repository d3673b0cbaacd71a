/**
 * Files below `arch/` that nothing refers to: a contract that nobody reads binds nobody. Referred to
 * by custom, and by no contract, are README.md, `api/*.api.md`, schemas, generated folders, the files
 * of this tool, and whatever stands in the folder of a group that is not checked here.
 */
import { contractsLockPath, repriseLockPath } from "../documents/contracts-lock.js";
import { type Contracts, skippedGroups } from "../documents/manifest.js";
import { manifestLockPath } from "../documents/manifest-lock.js";
import { type Overlay, overlayPath } from "../documents/overlay.js";
import { manifestPath } from "../documents/read-manifest.js";
import { locationOf } from "../rules/finding.js";
import type { ContractSession } from "./contract-session.js";

const folder = "arch";

const customary: readonly RegExp[] = [
  /(?:^|\/)README\.md$/,
  /(?:^|\/)\.git(?:keep|ignore|attributes)$/,
  /^arch\/api\/[^/]+\.api\.md$/,
  /^arch\/schemas\//,
];

export interface Referrers {
  readonly contracts: Contracts;
  readonly overlay: Overlay;
  /** The manifest and its lock, where they are not at their usual places. */
  readonly paths: readonly string[];
}

export function checkUnreferenced(session: ContractSession, referrers: Referrers): void {
  const { overlay, contracts, paths } = referrers;
  const files = new Set([
    ...[manifestPath, manifestLockPath, contractsLockPath, repriseLockPath, overlayPath],
    ...[overlay.baseline_path, ...paths, ...overlay.also_referenced],
    ...session.referenced,
  ]);
  const folders = [
    ...overlay.also_referenced.filter((path) => path.endsWith("/")),
    ...generatedFolders(contracts),
    ...skippedFolders(contracts),
  ];
  for (const path of session.files.list(folder)) {
    if (files.has(path) || customary.some((pattern) => pattern.test(path))) continue;
    if (folders.some((each) => path.startsWith(each))) continue;
    const code = "E_ARCH_CONTRACT_UNREFERENCED";
    const message = "file under arch/ is referenced by no contract";
    session.report({ code, message, loc: locationOf(path), data: { path } });
  }
}

/** Not one that holds its own index: then it holds everything, and nothing would be unreferenced. */
function generatedFolders({ rr, budgets, sm, stream_plugins }: Contracts): readonly string[] {
  return [rr, budgets, sm, stream_plugins].flatMap((group) => {
    if (group === undefined || !("gen_dir" in group)) return [];
    const own = `${String(group.gen_dir).replace(/\/+$/, "")}/`;
    return group.index_path.startsWith(own) ? [] : [own];
  });
}

function skippedFolders(contracts: Contracts): readonly string[] {
  return skippedGroups.flatMap((name) => {
    const path = contracts[name]?.index_path;
    const end = path?.lastIndexOf("/") ?? -1;
    // An index in arch/ itself does not make everything in it one of its group.
    return path === undefined || end <= folder.length ? [] : [path.slice(0, end + 1)];
  });
}
