/**
 * What is wrong with a run on purpose: one message that no agent may act on, and one goal that is sent
 * twice. Which rounds they come with, and what is wrong, the seed says.
 *
 * | flaw | the stray is |
 * |---|---|
 * | unsigned | a patch without a signature |
 * | malformed | a patch whose JSON is cut short |
 * | unknown key | a patch signed by somebody whom nobody knows |
 * | altered | a patch that was changed after it was signed |
 */
import type { Chance } from "./chance.js";
import type { Roster } from "./roster.js";
import { type Flaw, type Speech, speechOf } from "./speech.js";

export interface Strays {
  /** What is sent with the goal of a round. */
  besides(round: number, goal: Speech): readonly Speech[];
}

export const flaws: readonly Flaw[] = ["unsigned", "malformed", "unknown key", "altered"];

export function createStrays({
  rounds,
  chance,
  roster,
}: {
  readonly rounds: number;
  readonly chance: Chance;
  readonly roster: Roster;
}): Strays {
  const random = chance.random("strays");
  const flaw = random.pick(flaws);
  const strayRound = random.between(0, rounds - 1);
  const twiceRound = random.between(0, rounds - 1);

  const stray = (round: number): Speech => {
    const base = chance.commit("base");
    const draft = {
      from: roster.takes("fixer", round),
      to: roster.takes("verifier", round),
      type: "FIX.PATCH_APPLIED",
      snapSha: base,
      payload: { round, hop: 2, attempt: 1, base, files: 1, lines: 1 },
      causality: {},
      cause: "stray",
      round,
      hop: 2,
    };
    return { ...speechOf(draft, chance), flaw };
  };

  return {
    besides: (round, goal) => [
      ...(round === twiceRound ? [goal] : []),
      ...(round === strayRound ? [stray(round)] : []),
    ],
  };
}
