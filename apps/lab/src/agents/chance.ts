/**
 * The chance of a run of agents. What an agent decides, its ids and its keys are each drawn from the
 * seed and from words that say what they are for, the message's own id among them. Nothing is drawn in
 * turn: so a message that comes again, or in another order, has the same answer, to the last byte.
 */
import { digestOf, hexOf } from "../digests.js";
import { createRandom, type Random } from "../random.js";

export interface Chance {
  /** 32 bytes. */
  bytes(...words: readonly string[]): Uint8Array;
  random(...words: readonly string[]): Random;
  /** In the form of a UUID, version 4. */
  uuid(...words: readonly string[]): string;
  /** In the form of a commit: 40 hexadecimal digits. */
  commit(...words: readonly string[]): string;
}

export function createChance(seed: number): Chance {
  const bytes = (...words: readonly string[]): Uint8Array =>
    digestOf(JSON.stringify(["reprise lab agents", seed, ...words]));
  return {
    bytes,
    random(...words) {
      const drawn = bytes("random", ...words);
      return createRandom(new DataView(drawn.buffer, drawn.byteOffset, 4).getInt32(0));
    },
    uuid: (...words) => uuidOf(hexOf(bytes("uuid", ...words))),
    commit: (...words) => hexOf(bytes("commit", ...words)).slice(0, 40),
  };
}

/** RFC 9562, section 5.4: version 4, and the variant 10 in the next group's first two bits. */
function uuidOf(hex: string): string {
  const variant = "89ab"[Number.parseInt(hex.slice(16, 17), 16) % 4];
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return groups.join("-");
}
