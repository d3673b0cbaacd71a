/**
 * The clock and the dice of a run on the embedded broker: both go by the seed, so that two recordings
 * of one seed are the same here too.
 */
import type { AmbientSources } from "@reprise/worlds";
import { createRandom } from "./random.js";
import { createVirtualClock } from "./virtual-clock.js";

/** When every such run takes place: 14 November 2023, 22:13:20 UTC, in nanoseconds. */
export const virtualBeginNs: bigint = 1_700_000_000_000_000_000n;
const nsPerUs = 1000n;

export function createVirtualSources(seed: number): AmbientSources {
  // Of its own: what it draws must not move the times of the handlers.
  const clock = createVirtualClock(seed);
  const random = createRandom(seed);
  return {
    clock: () => virtualBeginNs + BigInt(clock()) * nsPerUs,
    entropy: (_, size) => Uint8Array.from({ length: size }, () => random.between(0, 255)),
  };
}
