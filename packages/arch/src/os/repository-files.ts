/**
 * The repository on disk, as the pure part sees it. Nothing is read from outside the root, by no name
 * and through no link; nothing larger than `fileBytesMax`; nothing that is not UTF-8.
 */
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import type { FileText, RepositoryFiles } from "../repository-files.js";

/** The largest file that is read as a text, in bytes: 64 MiB. */
export const fileBytesMax: number = 2 ** 26;
/** How deep folders are listed, and how many files: a tree beyond that is not one of contracts. */
const foldersDeepMax = 32;
const filesListedMax = 20_000;

export function openRepositoryFiles(root: string): RepositoryFiles {
  const realRoot = realpathSync(root);
  const real = (path: string): string | undefined => realPathIn(realRoot, path);
  return {
    read: (path) => readText(real, path),
    isFolder(path) {
      try {
        const found = real(path);
        return found !== undefined && statSync(found).isDirectory();
      } catch {
        return false;
      }
    },
    list: (folder) => listFiles(realRoot, folder).sort(),
  };
}

/** The file behind all links; undefined where that is not in the root. Throws what node throws. */
function realPathIn(root: string, path: string): string | undefined {
  const found = realpathSync(join(root, path));
  const within = root.endsWith(sep) ? root : root + sep;
  return found === root || found.startsWith(within) ? found : undefined;
}

function readText(real: (path: string) => string | undefined, path: string): FileText {
  try {
    const file = real(path);
    if (file === undefined) {
      const message = "it leads out of the repository";
      return { kind: "unreadable", message, reason: "outside" };
    }
    const status = statSync(file);
    if (!status.isFile()) return { kind: "unreadable", message: "it is no file" };
    if (status.size > fileBytesMax) {
      const message = `${status.size} bytes, at most ${fileBytesMax}`;
      return { kind: "unreadable", message };
    }
    return decode(readFileSync(file));
  } catch (error) {
    return isMissing(error)
      ? { kind: "missing" }
      : {
          kind: "unreadable",
          message: error instanceof Error ? withoutPath(error) : String(error),
        };
  }
}

function decode(bytes: Uint8Array): FileText {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { kind: "text", text, bytes: bytes.length };
  } catch {
    return { kind: "unreadable", message: "it is not UTF-8" };
  }
}

function isMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "ENOENT" || error.code === "ENOTDIR";
}

/** Node ends its messages with the path, which is another on every machine. */
function withoutPath({ message }: Error): string {
  return message.replace(/, [a-z]+ '.*$/s, "");
}

function listFiles(root: string, folder: string, depth = 0, found: string[] = []): string[] {
  if (depth > foldersDeepMax) return found;
  for (const entry of entriesOf(join(root, folder))) {
    if (found.length >= filesListedMax) break;
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) listFiles(root, path, depth + 1, found);
    else found.push(path);
  }
  return found;
}

function entriesOf(folder: string): readonly { name: string; isDirectory(): boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
