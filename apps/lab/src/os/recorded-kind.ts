/** Which kind of run a cassette holds: told from its first entry, before all of it is read. */
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { createCassetteReader } from "@reprise/msg-rr";
import { saysAgents } from "../agents/agents-facts.js";
import { factsIn } from "../run-facts.js";
import type { Places } from "./places.js";

export type RunKind = "orders" | "agents";

/** More than a run's facts take. */
const firstEntrySizeMax = 65_536;

/** A cassette that cannot be read is `orders`: replaying it says what is wrong. */
export function recordedKind({ folder }: Places): RunKind {
  try {
    const [first] = createCassetteReader().push(beginningOf(join(folder, "cassette.rrbin")));
    return first !== undefined && saysAgents(factsIn(first.entry)) ? "agents" : "orders";
  } catch {
    return "orders";
  }
}

function beginningOf(file: string): Uint8Array {
  const bytes = new Uint8Array(firstEntrySizeMax);
  const descriptor = openSync(file, "r");
  try {
    return bytes.subarray(0, readSync(descriptor, bytes));
  } finally {
    closeSync(descriptor);
  }
}
