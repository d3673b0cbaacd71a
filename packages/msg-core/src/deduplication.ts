/** Which messages a handler has been through already, by the ids that their publishers gave them. */
import { inRange } from "./broker-driver/bounds.js";
import { createRecentNames } from "./broker-driver/recent-names.js";
import type { Delivery } from "./driver.js";
import type { Envelope } from "./envelope.js";

const windowMax = 1_000_000;

/**
 * Delivery is at least once: a message comes twice where its ack was lost, or where it was published
 * twice because its receipt was. This loop's own memory tells; another process's does not.
 */
export interface Deduplication {
  /** The message's own id, as its publisher gave it; undefined: it has none, and is handed over. */
  readonly idOf: (envelope: Envelope) => string | undefined;
  /** Ids remembered, and at most twice as many: 1 to 1,000,000. Default 10,000. */
  readonly window?: number;
}

export interface Done {
  has(delivery: Delivery): boolean;
  add(delivery: Delivery): void;
}

/** Throws LIMIT_EXCEEDED. */
export function createDone(deduplicate: Deduplication | undefined): Done {
  if (deduplicate === undefined) return { has: () => false, add: () => undefined };
  const { idOf } = deduplicate;
  const window = inRange("window", deduplicate.window ?? 10_000, { min: 1, max: windowMax });
  const ids = createRecentNames(window);
  return {
    has({ envelope }) {
      const id = idOf(envelope);
      return id !== undefined && ids.has(id);
    },
    add({ envelope }) {
      const id = idOf(envelope);
      if (id !== undefined) ids.add(id);
    },
  };
}
