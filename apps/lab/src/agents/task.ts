/** What every payload says of its round, whatever the message is about. */
import type { JsonObject } from "@reprise/canonical-json";

/** An alias, not an interface: it is a `JsonValue`. */
export type Task = {
  /** From 0. */
  readonly round: number;
  /** Messages of the round before this one, on its way. */
  readonly hop: number;
  /** Patches that were tried, this one included. */
  readonly attempt: number;
  /** The snapshot that the round began with. */
  readonly base: string;
};

/** Patches of a round, before the fixer gives up. */
export const attemptsMax: number = 3;
/** Goal, plan, three times patch, verdict and review, and the end: fewer than this. */
export const hopsMax: number = 16;
/** Rounds that are under way at a time; each goes on from what the one before it has released. */
export const lanesMax: number = 8;
/** So that the causality of a run stays below what a tree takes, and in memory. */
export const roundsMax: number = 10_000;

/** Throws Error, with what was expected. */
export function readTask(payload: JsonObject): Task {
  const { round, hop, attempt, base } = payload;
  if (!isWhole(round, roundsMax) || !isWhole(hop, hopsMax) || !isWhole(attempt, attemptsMax)) {
    throw new Error("payload: expected round, hop and attempt as whole numbers in their range");
  }
  if (typeof base !== "string") throw new Error("payload: expected base as a text");
  return { round, hop, attempt, base };
}

function isWhole(value: unknown, max: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max;
}
