/**
 * Names of fields, from bytes: there are few of them and they come again with every entry, so each is
 * made into text once. A table of fixed size, one name to a place: a newcomer takes the place.
 */
export interface FieldNames {
  /** undefined where it is empty or not ASCII. */
  read(bytes: Uint8Array): string | undefined;
}

const places = 256;
/** A longer one is not kept. */
const lengthMax = 64;

interface Known {
  readonly bytes: Uint8Array;
  readonly name: string;
}

export function createFieldNames(): FieldNames {
  const known: (Known | undefined)[] = new Array(places).fill(undefined);
  return {
    read(bytes) {
      const { length } = bytes;
      if (length === 0) return undefined;
      const place = (length * 31 + at(bytes, 0) * 7 + at(bytes, length - 1)) % places;
      const candidate = known[place];
      if (candidate !== undefined && isSame(candidate.bytes, bytes)) return candidate.name;
      const name = readAscii(bytes);
      if (name !== undefined && length <= lengthMax)
        known[place] = { bytes: new Uint8Array(bytes), name };
      return name;
    },
  };
}

/** `index` is inside. */
function at(bytes: Uint8Array, index: number): number {
  return bytes[index] as number;
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

const decoder = new TextDecoder();

function readAscii(bytes: Uint8Array): string | undefined {
  for (const byte of bytes) if (byte > 0x7f) return undefined;
  return decoder.decode(bytes);
}
