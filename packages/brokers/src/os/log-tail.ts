/** The end of a log file, read from its end: a log may be large. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const bytesMax = 1_048_576;

/** At most `lines` last lines, with no newline at the end; "" if the file is not there. */
export function logTail(path: string, lines: number): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return "";
  }
  try {
    const { size } = fstatSync(file);
    const from = Math.max(0, size - bytesMax);
    const bytes = Buffer.alloc(size - from);
    const read = readSync(file, bytes, 0, bytes.length, from);
    return bytes.toString("utf8", 0, read).trimEnd().split("\n").slice(-lines).join("\n");
  } finally {
    closeSync(file);
  }
}
