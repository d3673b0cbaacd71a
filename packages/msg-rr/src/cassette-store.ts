/** Where a session's cassette is kept: a file (`/os`), or memory. Calls return when the work is done. */

export interface CassetteStore {
  /** For messages: what the user calls the cassette. */
  readonly name: string;
  /** The whole cassette; undefined if there is none. Throws CASSETTE_UNAVAILABLE, BUDGET_BYTES. */
  load(bytesMax: number): Uint8Array | undefined;
  /** Adds to the end. On return the bytes are where a killed process leaves them. */
  append(bytes: Uint8Array): void;
  /** The cassette is these bytes from now on, all at once; `append` goes on behind them. */
  replace(bytes: Uint8Array): void;
  close(): void;
}

export interface MemoryStore extends CassetteStore {
  /** What has been stored. */
  bytes(): Uint8Array;
}

/** A cassette in memory, `bytes` long to begin with; without `bytes` there is none yet. */
export function createMemoryStore(bytes?: Uint8Array): MemoryStore {
  let stored = bytes;
  let size = bytes?.length ?? 0;
  const current = (): Uint8Array => stored?.subarray(0, size) ?? new Uint8Array(0);
  return {
    name: "memory",
    load: () => (stored === undefined ? undefined : current()),
    append(more) {
      if (stored === undefined || stored.length < size + more.length) {
        const grown = new Uint8Array(Math.max(1024, 2 * (size + more.length)));
        grown.set(current());
        stored = grown;
      }
      stored.set(more, size);
      size += more.length;
    },
    replace(all) {
      stored = all.slice();
      size = all.length;
    },
    close() {},
    bytes: current,
  };
}
