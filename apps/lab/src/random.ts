/** Numbers that look random and come again with their seed: the lab's only source of variety. */
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

export interface Random {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** Throws RangeError for no items. */
  pick<Item>(items: readonly Item[]): Item;
  /** True once in `times`. */
  oneIn(times: number): boolean;
}

export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const between = (low: number, high: number): number => uniformInt(generator, low, high);
  return {
    between,
    pick(items) {
      if (items.length === 0) throw new RangeError("nothing to pick from");
      // In range: the cast holds, also for items that may be undefined.
      return items[between(0, items.length - 1)] as (typeof items)[number];
    },
    oneIn: (times) => between(1, times) === 1,
  };
}
