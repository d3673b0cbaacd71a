/** Reads files into one buffer that is used again and again, and refuses those that are too large. */
import { Buffer } from "node:buffer";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { codeOf } from "./scan.js";

export type FileBytes =
  /** `bytes` is only good until the next read. */
  { readonly bytes: Uint8Array; text(): string } | { readonly message: string };

export type ReadBytes = (path: string) => FileBytes;

export function createByteReader(sizeMax: number): ReadBytes {
  let buffer = Buffer.allocUnsafeSlow(Math.min(sizeMax + 1, 65_536));
  return (path) => {
    let file: number | undefined;
    try {
      file = openSync(path, "r");
      const stat = fstatSync(file);
      if (!stat.isFile()) return { message: "not a file" };
      if (stat.size > sizeMax) {
        return { message: `file is ${stat.size} bytes, at most ${sizeMax} are read` };
      }
      // One more than it should be: it may have grown since.
      if (buffer.length <= stat.size) buffer = Buffer.allocUnsafeSlow(stat.size + 1);
      let size = 0;
      for (let read = -1; read !== 0 && size < buffer.length; size += read) {
        read = readSync(file, buffer, size, buffer.length - size, null);
      }
      if (size > stat.size) return { message: "file grew while it was read" };
      const bytes = buffer.subarray(0, size);
      // A byte order mark is no part of the text: an editor's first column is behind it.
      return { bytes, text: () => bytes.toString("utf8").replace(/^\ufeff/, "") };
    } catch (error) {
      return { message: `file cannot be read: ${codeOf(error)}` };
    } finally {
      if (file !== undefined) closeSync(file);
    }
  };
}
