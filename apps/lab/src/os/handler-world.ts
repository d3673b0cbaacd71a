/**
 * The world of the lab's handlers. They touch nothing, and are held to it; with `--ambient` they ask for
 * the time and for randomness, which the cassette gives, or gets.
 */
import { type Session, sessionSources } from "@reprise/msg-rr";
import { inWorld, liveSources } from "@reprise/worlds/os";
import type { Run } from "../run.js";
import type { RunFacts } from "../run-facts.js";
import { createVirtualSources } from "../virtual-sources.js";
import { ambientStamp } from "./ambient-stamp.js";

export function handlerWorld(
  { ambient, seed, time }: RunFacts,
  session: Session,
): Pick<Run, "inWorld" | "stamp"> {
  if (ambient !== true) return { inWorld: (body) => inWorld("solve-pure", undefined, body) };
  const live = time === "virtual" ? createVirtualSources(seed) : liveSources();
  const sources = sessionSources(session, { live });
  return { inWorld: (body) => inWorld("solve-rr", sources, body), stamp: ambientStamp };
}
