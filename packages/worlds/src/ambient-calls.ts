/**
 * The one table of ambient calls: the checker reads it to know what to look for, the guard to know
 * what to stand in front of. What is in neither half is taken to touch nothing.
 */
import type { AmbientCall } from "./ambient-call.js";
import { hostCalls } from "./host-calls.js";
import { languageCalls } from "./language-calls.js";

/** By name. */
export const ambientCalls: ReadonlyMap<string, AmbientCall> = new Map(
  [...languageCalls, ...hostCalls].map((call) => [call.name, call]),
);

/** Names of the global object itself. Only the first is the language's. */
export const globalObjects: readonly string[] = ["globalThis", "window", "self", "global"];

/**
 * The row of a member of a place, where there is one: of `crypto` in `globalThis`, of `random` in
 * `Math`, of `Math` in `globalThis.self`.
 */
export function ambientMember(place: string, key: string): AmbientCall | undefined {
  return ambientCalls.get(globalObjects.includes(place) ? key : `${place}.${key}`);
}
