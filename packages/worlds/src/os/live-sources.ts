/** The real clock and real randomness, for what runs outside: a recording asks these. */
import { randomBytes } from "node:crypto";
import { type AmbientSources, isCalendar } from "../ambient-sources.js";

/** Readings of the stop-watch begin anywhere, as those of `process.hrtime` do. */
export function liveSources(): AmbientSources {
  return {
    clock(call) {
      if (call === "performance.now") return BigInt(Math.round(performance.now() * 1e6));
      return isCalendar(call) ? BigInt(Date.now()) * 1_000_000n : process.hrtime.bigint();
    },
    entropy: (_, size) => new Uint8Array(randomBytes(size)),
  };
}
