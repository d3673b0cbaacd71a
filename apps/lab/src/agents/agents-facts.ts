/** What a run of agents was: the first entry of its cassette, as for every run of the lab. */
import type { JsonValue } from "@reprise/canonical-json";
import { type DriverKind, MsgError } from "@reprise/msg-core";
import type { CassetteEntry, EntryTable } from "@reprise/msg-rr";
import { entryOfFacts, isWhole, recordedFacts } from "../run-facts.js";
import { seedMax } from "../run-limits.js";
import { agentsMax, agentsMin } from "./roster.js";
import { roundsMax } from "./task.js";

export interface AgentsFacts {
  /** Tells it from the lab's other runs, which do not say what they are. */
  readonly kind: "agents";
  readonly driver: AgentsDriver;
  /** The id of the profile. */
  readonly endpoint: string;
  readonly agents: number;
  readonly rounds: number;
  readonly seed: number;
  readonly time: "virtual" | "real";
  /** The sandbox policy that held the recording; `none` without one. */
  readonly sandbox: string;
  /** Logs and spans are not kept. */
  readonly observe?: never;
}

export type AgentsDriver = Extract<DriverKind, "memory" | "redis">;

/** In the order of the help. */
export const agentsDrivers: readonly AgentsDriver[] = ["memory", "redis"];

export function agentsFactsEntry(facts: AgentsFacts): CassetteEntry {
  return entryOfFacts(facts.driver, { ...facts });
}

/** The facts of a recorded run of agents. Throws RECORDED_MISMATCH where it is not one. */
export function agentsFactsOf(recorded: EntryTable): AgentsFacts {
  const facts = recordedFacts(recorded);
  if (isAgentsFacts(facts)) return facts;
  const message =
    "this cassette does not hold a run of agents: what it says of it has another form";
  throw new MsgError("RECORDED_MISMATCH", message, { entry: 0, offset: 0 });
}

/** Whether what a cassette says of its run is of a run of agents, well formed or not. */
export function saysAgents(facts: JsonValue): boolean {
  return typeof facts === "object" && facts !== null && "kind" in facts && facts.kind === "agents";
}

function isAgentsFacts(facts: JsonValue): facts is JsonValue & AgentsFacts {
  if (typeof facts !== "object" || facts === null || Array.isArray(facts)) return false;
  // A plain object, by the line above: its members are JSON values.
  const members = facts as Readonly<Record<string, JsonValue>>;
  const { kind, driver, endpoint, agents, rounds, seed, time, sandbox } = members;
  return (
    kind === "agents" &&
    (driver === "memory" || driver === "redis") &&
    typeof endpoint === "string" &&
    isWhole(agents, agentsMax, agentsMin) &&
    isWhole(rounds, roundsMax, 1) &&
    isWhole(seed, seedMax) &&
    (time === "virtual" || time === "real") &&
    typeof sandbox === "string"
  );
}
