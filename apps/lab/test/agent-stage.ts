/** Agents without a bus, and a message to give them: what the tests of agents have in common. */
import type { AmpMessage } from "@reprise/msg-amp";
import type { Agent, Role } from "../src/agents/roster.js";
import type { Speech } from "../src/agents/speech.js";
import { createTeam, type Team } from "../src/agents/team.js";

export function teamOf({ agents = 5, rounds = 4, seed = 1 } = {}): Team {
  return createTeam({ agents, rounds, seed });
}

/** The agent that takes round 0 in a role. */
export function agentOf(team: Team, role: Role): Agent {
  return team.roster.takes(role, 0);
}

/** A message of round 0, as it would be told by `actor`. */
export function messageOf(changes: Partial<AmpMessage> = {}): AmpMessage {
  return {
    op_id: "0b0c9b1e-6f5e-4c58-9d0f-000000000001",
    at: "2023-11-14T22:13:20.000000Z",
    type: "GOAL.SET",
    actor: "operator",
    causality: {},
    snap_sha: "base",
    payload: { round: 0, hop: 0, attempt: 0, base: "base" },
    ...changes,
  };
}

/** The same message under many ids: what is decided by chance is decided both ways. */
export function manyOf(message: AmpMessage, count = 400): readonly AmpMessage[] {
  return Array.from({ length: count }, (_, index) => ({ ...message, op_id: `op-${index}` }));
}

/** What the agent says, at the second attempt: nobody is busy then. */
export function answerOf(team: Team, agent: Agent, message: AmpMessage): Speech {
  const [speech, ...more] = team.answer(agent, message, 2);
  if (speech === undefined || more.length > 0) throw new Error("expected one answer");
  return speech;
}
