/** Ids of traces and spans from a source of random numbers, so that the same source gives the same. */

export interface TraceIds {
  /** 32 lower-case hex digits, not all 0. */
  traceId(): string;
  /** 16 lower-case hex digits, not all 0. */
  spanId(): string;
}

/**
 * `draw` gives whole numbers from 0 to 2^32 - 1: a recorded source of entropy makes a replay's ids
 * those of the recording.
 */
export function createTraceIds(draw: () => number): TraceIds {
  const hex = (words: number): string => {
    let id = "";
    for (let word = 0; word < words; word++) {
      id += (draw() >>> 0).toString(16).padStart(8, "0");
    }
    // An id must not be all 0, and a source that is broken must not hang us.
    return /^0+$/.test(id) ? `${id.slice(1)}1` : id;
  };
  return { traceId: () => hex(4), spanId: () => hex(2) };
}
