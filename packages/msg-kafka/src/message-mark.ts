/**
 * The value of `reprise-message-id`: which message it is, and whether it came as it went. Checksums
 * are CRC-32, as decimal numbers.
 *
 * ```
 * <id>;<of key and value>                               no headers
 * <id>;<of key and value>;<count>;<of the headers>      so many of them, in their order
 * ```
 *
 * The checksum of headers is of `<name> NUL <value> NUL` of each, as UTF-8. Who passes a message on may
 * add headers: more of them than were counted are not summed up. An id of somebody else's has no
 * checksum.
 */

/** The CRC-32 of bytes, or of text as UTF-8, continued from `previous` (0 to begin with): a u32. */
export type Checksum = (data: Uint8Array | string, previous: number) => number;

export interface MarkedParts {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly headerCount: number;
  /** `addHeader` of each, one after another, from 0 on. */
  readonly headersSum: number;
}

export interface ReadMark {
  readonly id: string;
  readonly intact: boolean;
}

export interface Marks {
  /** The checksum of the headers, with one more. `value` is text, or text as UTF-8. */
  addHeader(sum: number, name: string, value: string | Uint8Array): number;
  write(id: string, parts: MarkedParts): string;
  read(mark: string, parts: MarkedParts): ReadMark;
}

/** Up to so many bytes or characters a loop beats a call into the runtime. */
const loopSizeMax = 160;

export function createMarks(checksum: Checksum): Marks {
  const bodySum = ({ key, value }: MarkedParts): number =>
    sumOfBytes(value, sumOfBytes(key, 0, checksum), checksum);
  return {
    addHeader(sum, name, value) {
      const named = addNull(sumOfText(name, sum, checksum));
      const whole =
        typeof value === "string"
          ? sumOfText(value, named, checksum)
          : sumOfBytes(value, named, checksum);
      return addNull(whole);
    },
    write(id, parts) {
      const mark = `${id};${bodySum(parts)}`;
      const { headerCount, headersSum } = parts;
      return headerCount === 0 ? mark : `${mark};${headerCount};${headersSum}`;
    },
    read(mark, parts) {
      const idEnd = mark.indexOf(";");
      if (idEnd < 0) return { id: mark, intact: true };
      const id = mark.slice(0, idEnd);
      const bodyEnd = endOf(mark, idEnd + 1);
      if (numberAt(mark, idEnd + 1, bodyEnd) !== bodySum(parts)) return { id, intact: false };
      const countEnd = endOf(mark, bodyEnd + 1);
      const count = bodyEnd === mark.length ? 0 : numberAt(mark, bodyEnd + 1, countEnd);
      if (parts.headerCount !== count) return { id, intact: parts.headerCount > count };
      if (count === 0) return { id, intact: true };
      return { id, intact: numberAt(mark, countEnd + 1, mark.length) === parts.headersSum };
    },
  };
}

function endOf(mark: string, from: number): number {
  const at = mark.indexOf(";", from);
  return at < 0 ? mark.length : at;
}

/** NaN where they are not digits. */
function numberAt(mark: string, from: number, to: number): number {
  let value = from < to ? 0 : Number.NaN;
  for (let at = from; at < to; at++) {
    const digit = mark.charCodeAt(at) - 48;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
  }
  return value;
}

/** CRC-32 (ISO-HDLC, the one of zlib), a byte at a time. */
const polynomial = 0xedb88320;
const table: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
  return value;
});

/** Node's own of no bytes forgets what it is to continue from, where their memory is none. */
function sumOfBytes(bytes: Uint8Array, previous: number, checksum: Checksum): number {
  const size = bytes.length;
  if (size > loopSizeMax) return checksum(bytes, previous);
  let crc = ~previous;
  for (let at = 0; at < size; at++) {
    // Inside the array; the index is a byte: the table has it.
    crc = (table[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

function sumOfText(text: string, previous: number, checksum: Checksum): number {
  const length = text.length;
  if (length === 0) return previous;
  if (length > loopSizeMax) return checksum(text, previous);
  let crc = ~previous;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return checksum(text, previous);
    crc = (table[(crc ^ code) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

function addNull(previous: number): number {
  const crc = ~previous;
  return ~((table[crc & 0xff] as number) ^ (crc >>> 8)) >>> 0;
}
