/**
 * Commands as the server reads them (RESP), many in one stretch of memory:
 *
 * ```
 *  *<arguments>\r\n  $<bytes>\r\n <argument> \r\n  $<bytes>\r\n <argument> \r\n  ...
 * ```
 *
 * ioredis would do the same, argument by argument, with a buffer for each: half of what a publish of
 * small messages costs.
 */
import type { Command } from "./connection.js";

/** `size` bytes, of any content. */
export type Allocate = (size: number) => Uint8Array;

/** The commands, one behind the other, and nothing else. */
export function encodeCommands(commands: readonly Command[], allocate: Allocate): Uint8Array {
  const bytes = allocate(sizeMaxOf(commands));
  let offset = 0;
  for (const command of commands) {
    offset = writeCount(bytes, offset, { mark: star, count: command.length });
    for (const argument of command) {
      if (typeof argument === "string") offset = writeText(bytes, offset, argument);
      else {
        offset = writeCount(bytes, offset, { mark: dollar, count: argument.length });
        bytes.set(argument, offset);
        offset = writeEnd(bytes, offset + argument.length);
      }
    }
  }
  return bytes.subarray(0, offset);
}

const star = 0x2a;
const dollar = 0x24;
/** A mark, a number below 2^32, two line ends. */
const framingMax = 1 + 10 + 4;

function sizeMaxOf(commands: readonly Command[]): number {
  let size = 0;
  for (const command of commands) {
    size += framingMax;
    for (const argument of command) {
      // A UTF-16 unit is three bytes of UTF-8 at most.
      size += framingMax + argument.length * (typeof argument === "string" ? 3 : 1);
    }
  }
  return size;
}

interface Count {
  readonly mark: number;
  readonly count: number;
}

function writeCount(bytes: Uint8Array, start: number, { mark, count }: Count): number {
  bytes[start] = mark;
  let offset = start + 1;
  if (count < 10) bytes[offset++] = 0x30 + count;
  else {
    const digits = String(count);
    for (let at = 0; at < digits.length; at++) bytes[offset++] = digits.charCodeAt(at);
  }
  return writeEnd(bytes, offset);
}

function writeEnd(bytes: Uint8Array, offset: number): number {
  bytes[offset] = 0x0d;
  bytes[offset + 1] = 0x0a;
  return offset + 2;
}

const encoder = new TextEncoder();

/** Most texts are short and ASCII: their length is known before they are written. */
function writeText(bytes: Uint8Array, start: number, text: string): number {
  const { length } = text;
  const offset = writeCount(bytes, start, { mark: dollar, count: length });
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) return writeWide(bytes, start, text);
    bytes[offset + at] = unit;
  }
  return writeEnd(bytes, offset + length);
}

function writeWide(bytes: Uint8Array, start: number, text: string): number {
  const encoded = encoder.encode(text);
  const offset = writeCount(bytes, start, { mark: dollar, count: encoded.length });
  bytes.set(encoded, offset);
  return writeEnd(bytes, offset + encoded.length);
}
