/** Sources that give something new at each draw and keep what they were asked. */
import type { AmbientSources } from "@reprise/worlds";
import { WorldError } from "@reprise/worlds";
import { inWorld } from "@reprise/worlds/os";

export interface CountedSources extends AmbientSources {
  readonly asked: string[];
}

/** 14 November 2023, 22:13:20: the calendar begins there and goes on by a second; so does the stop-watch. */
export const start = 1_700_000_000n;

/** The bytes of the nth draw are all `n`, from 1. */
export function countedSources(): CountedSources {
  const asked: string[] = [];
  return {
    asked,
    clock(call) {
      asked.push(call);
      return (start + BigInt(asked.length - 1)) * 1_000_000_000n;
    },
    entropy(call, size) {
      asked.push(`${call} ${size}`);
      return new Uint8Array(size).fill(asked.length);
    },
  };
}

/** What the body throws in solve-rr: its code and the call that it names. */
export function refusalIn(body: () => unknown, sources: AmbientSources | undefined = undefined) {
  try {
    return inWorld("solve-rr", sources, body);
  } catch (error) {
    if (!WorldError.is(error)) throw error;
    return `${error.code} ${error.details.call}`;
  }
}
