/**
 * Where the parts of one cassette entry are, as a scan finds them: numbers only, in one object that
 * is used again and again, so that loading allocates nothing for an entry.
 */

/** The format's own fields, in the order of their names. */
export const field: {
  readonly err: 0;
  readonly key: 1;
  readonly kind: 2;
  readonly latencyTicks: 3;
  readonly op: 4;
  readonly req: 5;
  readonly resp: 6;
} = { err: 0, key: 1, kind: 2, latencyTicks: 3, op: 4, req: 5, resp: 6 };

/** Their names, by `field`: each but the fourth must be there. */
export const fieldNames: readonly string[] = [
  "err",
  "key",
  "kind",
  "latency_ticks",
  "op",
  "req",
  "resp",
];

/** `err` goes from minus this to this. */
export const errMax: number = 2147483647;
/** Microseconds. */
export const latencyTicksMax: number = 4294967295;

/** Offsets into the scanned bytes. */
export interface EntryFields {
  /** Where each field's text or bytes begin and end, by `field`. */
  readonly start: Float64Array;
  readonly end: Float64Array;
  err: number;
  /** -1 for none. */
  latencyTicks: number;
  /** Where the map's first key begins, and where the frame ends. */
  mapStart: number;
  frameEnd: number;
  /** Where the checksum's key begins, and its four bytes; -1 for none. */
  checksumKeyAt: number;
  checksumAt: number;
  /** Where the keys begin that are not the format's own; the checksum's is one of them. */
  extraCount: number;
  readonly extraStarts: number[];
}

export function newEntryFields(): EntryFields {
  return {
    start: new Float64Array(fieldNames.length),
    end: new Float64Array(fieldNames.length),
    err: 0,
    latencyTicks: -1,
    mapStart: 0,
    frameEnd: 0,
    checksumKeyAt: -1,
    checksumAt: -1,
    extraCount: 0,
    extraStarts: [],
  };
}
