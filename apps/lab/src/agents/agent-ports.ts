/** What a message takes of the world: its id and its time, both made from the seed. */
import type { AmpPorts } from "@reprise/msg-amp";
import { virtualBeginNs } from "../virtual-sources.js";
import type { Chance } from "./chance.js";
import { hopsMax, lanesMax } from "./task.js";

export interface Occasion {
  /** What the message is said because of: an op_id, or words that nothing else has. */
  readonly cause: string;
  readonly round: number;
  readonly hop: number;
}

const beginUs = Number(virtualBeginNs / 1000n);
const hopUs = 1_000_000;

/**
 * Time is virtual: each hop has a second of its own, and the rounds of a lane follow each other, so an
 * answer is always later than its cause.
 */
export function portsFor(chance: Chance, { cause, round, hop }: Occasion): AmpPorts {
  let ids = 0;
  const seconds = Math.floor(round / lanesMax) * hopsMax + hop;
  return {
    uuid() {
      ids += 1;
      return chance.uuid(cause, String(ids));
    },
    nowMicros: () => beginUs + seconds * hopUs + chance.random("time", cause).between(0, hopUs - 1),
  };
}
