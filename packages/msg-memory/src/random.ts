/**
 * A small source of numbers that look random and repeat with their seed: splitmix32, a counter that
 * goes through a mixing function. The constants are Wellons' `lowbias32` successor from "hash
 * prospector" (16, 21f0aaad, 15, 735a2d97, 15). Not for secrets.
 */

const increment = 0x9e3779b9;

/** A whole number from 0 to `bound - 1`; `bound` is 1 to 2^32. */
export type Random = (bound: number) => number;

/** Each `stream` of a seed is a sequence of its own. */
export function createRandom(seed: number, stream: number): Random {
  let state = (mix(seed | 0) + stream) | 0;
  state = mix(state);
  return (bound) => {
    state = (state + increment) | 0;
    return Math.floor(((mix(state) >>> 0) / 2 ** 32) * bound);
  };
}

function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x21f0aaad);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}
