/**
 * The clock of a run on the embedded broker, which has none: each reading is a little later than the
 * one before, by an amount drawn from the seed. So two recordings of one seed are the same, latencies
 * included, and the histogram still has something to show.
 */
import { createRandom } from "./random.js";

/** Microseconds from the start of the run. */
export type Clock = () => number;

/** Handlers seem to take up to this long: the lab's histogram covers it. */
const stepMaxUs = 40_000;

export function createVirtualClock(seed: number): Clock {
  const random = createRandom(seed);
  let now = 0;
  return () => {
    // Short steps are commoner than long ones.
    const scale = random.between(1, stepMaxUs);
    now += random.between(1, scale);
    return now;
  };
}
