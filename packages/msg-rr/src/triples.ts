/**
 * Which kind, op and key an entry has. A cassette has few such triples and many entries, so a triple
 * is recognised by comparing its bytes with those of the triples seen last; strings are made once for
 * each.
 */
import { type Source, sliceOf } from "./bytes.js";
import { type EntryFields, field } from "./entry-fields.js";
import { type FramePlace, invalid } from "./entry-scan.js";

export interface Triple {
  readonly kind: string;
  readonly op: string;
  readonly key: string;
}

export interface Triples<Known> {
  /** What `create` gave for the triple of the scanned entry. Throws CASSETTE_ENTRY_INVALID: not UTF-8. */
  of(source: Source, fields: EntryFields, place: FramePlace): Known;
}

/** Triples that are remembered. */
const recentMax = 8;

interface Recent<Known> {
  readonly known: Known;
  /** The bytes of op, key and kind, one after another. */
  readonly view: DataView;
  readonly opSize: number;
  readonly keySize: number;
  readonly kindSize: number;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** `create` is called when a triple is met that is not among the last ones; `entry` is where. */
export function createTriples<Known>(
  create: (triple: Triple, entry: number) => Known,
): Triples<Known> {
  const recents: Recent<Known>[] = [];

  const remember = (source: Source, fields: EntryFields, place: FramePlace): Known => {
    const kind = textOf(source, fields, { which: field.kind, place });
    const op = textOf(source, fields, { which: field.op, place });
    const key = textOf(source, fields, { which: field.key, place });
    const known = create({ kind, op, key }, place.entry);
    recents.unshift({ known, ...spelt(source, fields) });
    recents.length = Math.min(recents.length, recentMax);
    return known;
  };

  return {
    of(source, fields, place) {
      for (let index = 0; index < recents.length; index++) {
        // Within bounds: the cast holds.
        const recent = recents[index] as Recent<Known>;
        if (isSame(source.view, fields, recent)) return recent.known;
      }
      return remember(source, fields, place);
    },
  };
}

function spelt(source: Source, fields: EntryFields): Omit<Recent<never>, "known"> {
  const parts = [field.op, field.key, field.kind].map((which) => bytesOf(source, fields, which));
  const [opSize = 0, keySize = 0, kindSize = 0] = parts.map((part) => part.length);
  const bytes = new Uint8Array(opSize + keySize + kindSize);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return { view: new DataView(bytes.buffer), opSize, keySize, kindSize };
}

function bytesOf(source: Source, { start, end }: EntryFields, which: number): Uint8Array {
  // `which` is one of `field`: both are there.
  return sliceOf(source, start[which] as number, end[which] as number);
}

function textOf(
  source: Source,
  fields: EntryFields,
  { which, place }: { which: number; place: FramePlace },
): string {
  try {
    return utf8.decode(bytesOf(source, fields, which));
  } catch {
    const at = fields.start[which] as number;
    throw invalid(place, at, "kind, op or key is not UTF-8");
  }
}

function isSame<Known>(
  view: DataView,
  { start, end }: EntryFields,
  recent: Recent<Known>,
): boolean {
  const { opSize, keySize, kindSize } = recent;
  // Indexed by the scan's own constants: the casts hold.
  const op = start[field.op] as number;
  const key = start[field.key] as number;
  const kind = start[field.kind] as number;
  return (
    (end[field.op] as number) - op === opSize &&
    (end[field.key] as number) - key === keySize &&
    (end[field.kind] as number) - kind === kindSize &&
    sameBytes(view, op, { view: recent.view, at: 0, size: opSize }) &&
    sameBytes(view, key, { view: recent.view, at: opSize, size: keySize }) &&
    sameBytes(view, kind, { view: recent.view, at: opSize + keySize, size: kindSize })
  );
}

function sameBytes(
  view: DataView,
  start: number,
  known: { readonly view: DataView; readonly at: number; readonly size: number },
): boolean {
  const { at, size } = known;
  let offset = 0;
  for (; offset + 4 <= size; offset += 4) {
    if (view.getInt32(start + offset) !== known.view.getInt32(at + offset)) return false;
  }
  for (; offset < size; offset++) {
    if (view.getUint8(start + offset) !== known.view.getUint8(at + offset)) return false;
  }
  return true;
}
