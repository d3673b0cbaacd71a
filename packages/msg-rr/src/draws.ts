/**
 * Readings of the clock and random draws, as entries.
 *
 * ```
 * clock     req   len+call
 *           resp  i64 nanoseconds         since 1970, or since some beginning
 * entropy   req   u32 size | len+call
 *           resp  size bytes
 * ```
 *
 * `call` is the call as a program writes it: `Date.now`, `crypto.randomUUID`. The entry's key says in
 * whose order the draw stands (`sessionSources`).
 */
import { MsgError } from "@reprise/msg-core";
import type { CassetteEntry } from "./cassette-entry.js";
import { drawOperations, rrKind } from "./operations.js";
import { createRecordReader, mismatch } from "./record-reader.js";
import { putText, putU32, recordOf } from "./record-writer.js";

/** What is asked: `size` in bytes, absent for a clock. */
export interface DrawRequest {
  readonly call: string;
  readonly size?: number;
}

export type Draw =
  | { readonly kind: "clock"; readonly call: string; readonly ns: bigint }
  | { readonly kind: "entropy"; readonly call: string; readonly bytes: Uint8Array };

const nsSize = 8;
const nsMax = 2n ** 63n - 1n;

export function drawOperationOf({ size }: DrawRequest): string {
  return size === undefined ? drawOperations.clock : drawOperations.entropy;
}

export function isDrawOperation(op: string): boolean {
  return op === drawOperations.clock || op === drawOperations.entropy;
}

export function encodeDrawRequest({ call, size }: DrawRequest): Uint8Array {
  return recordOf(() => {
    if (size !== undefined) putU32(size);
    putText(call);
  });
}

/** Throws RECORDED_MISMATCH. */
export function decodeDrawRequest(op: string, req: Uint8Array): DrawRequest {
  const reader = createRecordReader(req, "draw");
  const size = op === drawOperations.entropy ? reader.u32() : undefined;
  const call = reader.text();
  reader.end();
  return size === undefined ? { call } : { call, size };
}

/** Throws RESULT_INVALID where the reading is not one of 64 bits. */
export function encodeNanoseconds(ns: bigint): Uint8Array {
  if (typeof ns !== "bigint" || ns > nsMax || ns < -nsMax) {
    const message = `a clock reads ${String(ns)}; expected a bigint of 64 bits, in nanoseconds`;
    throw new MsgError("RESULT_INVALID", message);
  }
  const bytes = new Uint8Array(nsSize);
  new DataView(bytes.buffer).setBigInt64(0, ns, true);
  return bytes;
}

/** What a draw's entry holds. Throws RECORDED_MISMATCH where it is not one, or not in its form. */
export function decodeDraw({ op, req, resp }: Pick<CassetteEntry, "op" | "req" | "resp">): Draw {
  if (!isDrawOperation(op)) throw mismatch("draw", `its op is ${op}`);
  const { call, size } = decodeDrawRequest(op, req);
  if (size === undefined) {
    if (resp.length !== nsSize) throw mismatch("draw", `resp is ${resp.length} bytes, expected 8`);
    const view = new DataView(resp.buffer, resp.byteOffset, nsSize);
    return { kind: "clock", call, ns: view.getBigInt64(0, true) };
  }
  if (resp.length !== size) {
    throw mismatch("draw", `resp is ${resp.length} bytes, req says ${size}`);
  }
  return { kind: "entropy", call, bytes: resp };
}

export function drawEntry(
  request: DrawRequest,
  { key, resp }: { readonly key: string; readonly resp: Uint8Array },
): CassetteEntry {
  const op = drawOperationOf(request);
  const req = encodeDrawRequest(request);
  return { kind: rrKind, op, key, req, resp, err: 0, extra: [] };
}

/** `Math.random, 8 bytes`; `Date.now`. */
export function describeDraw({ call, size }: DrawRequest): string {
  return size === undefined ? call : `${call}, ${size} bytes`;
}
