/**
 * Reads the binary records of `records.ts`, on the way of every replayed message: no view is made,
 * and short ASCII is not handed to the runtime's decoder, whose call costs more than the work.
 */
import { MsgError } from "@reprise/msg-core";

/** Each reads the next field. Throws RECORDED_MISMATCH. */
export interface RecordReader {
  u32(): number;
  /** `len+UTF-8`. */
  text(): string;
  /** Nothing may follow. */
  end(): void;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** `what` is the record's name, for messages. */
export function createRecordReader(bytes: Uint8Array, what: string): RecordReader {
  const { length } = bytes;
  let at = 0;
  const u32 = (): number => {
    if (length - at < 4) throw mismatch(what, "cut short");
    at += 4;
    return u32At(bytes, at - 4);
  };
  return {
    u32,
    text() {
      const size = u32();
      if (size > length - at) throw mismatch(what, "cut short");
      at += size;
      return textAt(bytes, { start: at - size, end: at, what });
    },
    end() {
      if (at !== length) throw mismatch(what, `${length - at} bytes left over`);
    },
  };
}

/** The u32 at `at`, whose four bytes are there: the casts hold. */
export function u32At(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
  const high = (bytes[at + 2] as number) | ((bytes[at + 3] as number) << 8);
  return low + high * 0x10000;
}

/** The `len+UTF-8` at `at`, which is the record's last field. Throws RECORDED_MISMATCH. */
export function lastTextAt(bytes: Uint8Array, at: number, what: string): string {
  const start = at + 4;
  const left = bytes.length - start;
  if (left < 0 || u32At(bytes, at) > left) throw mismatch(what, "cut short");
  const end = start + u32At(bytes, at);
  if (end !== bytes.length) throw mismatch(what, `${bytes.length - end} bytes left over`);
  return textAt(bytes, { start, end, what });
}

function textAt(
  bytes: Uint8Array,
  { start, end, what }: { readonly start: number; readonly end: number; readonly what: string },
): string {
  const short = end - start <= asciiSizeMax ? asciiAt(bytes, start, end) : undefined;
  if (short !== undefined) return short;
  try {
    return utf8.decode(bytes.subarray(start, end));
  } catch {
    throw mismatch(what, "not UTF-8");
  }
}

/** Up to this many bytes, building from character codes beats `TextDecoder`. */
const asciiSizeMax = 24;

/** The text of the bytes `[start, end)`, or undefined where one is not ASCII. */
function asciiAt(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  for (let at = start; at < end; at++) {
    // Within bounds: the cast holds.
    const byte = bytes[at] as number;
    if (byte > 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

export function mismatch(what: string, problem: string): MsgError {
  return new MsgError("RECORDED_MISMATCH", `recorded ${what}: ${problem}`);
}
