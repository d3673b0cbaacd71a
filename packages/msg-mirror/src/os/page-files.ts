/**
 * The files of the page, read once when a mirror starts. They stand in the package as they are
 * served (`page/`), two folders above both `src/os` and `dist/os`.
 */
import { readFile } from "node:fs/promises";
import { MirrorError } from "../mirror-error.js";

export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const javascript = "text/javascript; charset=utf-8";

/** By path in the URL: the file and its type. Nothing else is ever read. */
const files: Readonly<Record<string, readonly [name: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/mirror.css": ["mirror.css", "text/css; charset=utf-8"],
  "/favicon.svg": ["favicon.svg", "image/svg+xml"],
  "/main.js": ["main.js", javascript],
  "/connection.js": ["connection.js", javascript],
  "/journal.js": ["journal.js", javascript],
  "/filter.js": ["filter.js", javascript],
  "/grid.js": ["grid.js", javascript],
  "/grid-row.js": ["grid-row.js", javascript],
  "/inspector.js": ["inspector.js", javascript],
  "/rate-chart.js": ["rate-chart.js", javascript],
  "/wording.js": ["wording.js", javascript],
};

/** Rejects with PAGE_MISSING. */
export async function readPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const folder = new URL("../../page/", import.meta.url);
  const read = async ([path, [name, type]]: [string, readonly [string, string]]): Promise<
    [string, PageFile]
  > => [path, { type, bytes: await readFile(new URL(name, folder)) }];
  try {
    return new Map(await Promise.all(Object.entries(files).map(read)));
  } catch (cause) {
    throw new MirrorError("PAGE_MISSING", `no page in ${folder.href}`, { cause });
  }
}
