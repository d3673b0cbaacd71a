/**
 * An `op_id` is applied once: delivery is at least once, so a message comes again after a lost
 * confirmation or a dead consumer.
 *
 * ```
 *  seen in the window, or by the store  -> "repeated"
 *  being applied now                    -> waits: "repeated" when that succeeds, or its own turn
 *  else                                 -> applied, then noted in the store, then in the window
 * ```
 *
 * The window is this process's memory. The store is the caller's, and outlives it. A process that dies
 * between applying and noting applies again: only a store that takes part in the work's own transaction
 * closes that gap. Verify a message before it is applied: a forged one would use up its `op_id`.
 */
import type { Deduplication } from "@reprise/msg-core";
import { createRecentNames } from "@reprise/msg-core/driver";
import { AmpError } from "./amp-error.js";
import type { AmpMessage } from "./message.js";

/** Ids that were applied, by whatever outlives the process. What it rejects with is passed on. */
export interface AmpStore {
  has(opId: string): Promise<boolean>;
  /** Adding one again changes nothing. */
  add(opId: string): Promise<void>;
}

export interface AmpOnceOptions {
  /** Ids remembered, and at most twice as many: 1 to 1,000,000. Default 10,000. */
  readonly window?: number;
  readonly store?: AmpStore;
}

export interface AmpOnce {
  /**
   * Calls `apply` unless the message's `op_id` was applied. Where `apply` rejects, so does this, and the
   * message may come again. Rejects with LIMIT_EXCEEDED where `applyingMax` are being applied.
   */
  run(message: AmpMessage, apply: () => Promise<void> | void): Promise<"applied" | "repeated">;
}

export const onceWindowMax: number = 1_000_000;
/** Calls that are under way at a time. */
export const applyingMax: number = 10_000;

/** Throws LIMIT_EXCEEDED. */
export function createAmpOnce({ window = 10_000, store }: AmpOnceOptions = {}): AmpOnce {
  if (!Number.isInteger(window) || window < 1 || window > onceWindowMax) {
    throw limitRefusal("window", window, onceWindowMax);
  }
  const applied = createRecentNames(window);
  const underWay = new Map<string, Promise<boolean>>();
  let count = 0;

  const isApplied = async (id: string): Promise<boolean> => {
    if (applied.has(id)) return true;
    if (store === undefined || !(await store.has(id))) return false;
    applied.add(id);
    return true;
  };
  const first = async (id: string, apply: () => Promise<void> | void): Promise<boolean> => {
    if (await isApplied(id)) return false;
    await apply();
    await store?.add(id);
    applied.add(id);
    return true;
  };
  const turn = async (id: string, apply: () => Promise<void> | void): Promise<boolean> => {
    for (;;) {
      const other = underWay.get(id);
      if (other === undefined) break;
      // Its failure is its caller's; then it is this one's turn.
      if (await other.catch(() => false)) return false;
    }
    const mine = first(id, apply);
    underWay.set(id, mine);
    try {
      return await mine;
    } finally {
      underWay.delete(id);
    }
  };

  return {
    async run({ op_id }, apply) {
      if (count >= applyingMax)
        throw limitRefusal("messages being applied", count + 1, applyingMax);
      count += 1;
      try {
        return (await turn(op_id, apply)) ? "applied" : "repeated";
      } finally {
        count -= 1;
      }
    },
  };
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** For `consume` of msg-core, on envelopes of `envelopeOfAmp`: the key is the `op_id`. */
export function ampDeduplication(window?: number): Deduplication {
  return {
    idOf({ key }) {
      try {
        return key.length === 0 ? undefined : decoder.decode(key);
      } catch {
        return undefined;
      }
    },
    ...(window === undefined ? {} : { window }),
  };
}

function limitRefusal(what: string, actual: number, limit: number): AmpError {
  const text = `${what}: ${actual}, expected a whole number from 1 to ${limit}`;
  return new AmpError("LIMIT_EXCEEDED", text, { limit, actual });
}
