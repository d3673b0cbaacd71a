/**
 * The agents of a run, as pure functions: a verified message goes in, and what the agent says to it
 * comes out. The same seed says the same wherever the run takes place.
 */
import { type AmpMessage, causedBy } from "@reprise/msg-amp";
import { behave, roundEnds } from "./behaviour.js";
import { createChance } from "./chance.js";
import { type Agent, createRoster, type Roster } from "./roster.js";
import { type Speech, speechOf } from "./speech.js";
import { createStrays } from "./strays.js";
import { lanesMax, readTask } from "./task.js";

export interface TeamOptions {
  /** `agentsMin` to `agentsMax`. */
  readonly agents: number;
  /** From 1 to `roundsMax`. */
  readonly rounds: number;
  readonly seed: number;
}

export interface Team {
  readonly roster: Roster;
  /** What the run begins with: a goal for each lane, and what is wrong on purpose. */
  open(): readonly Speech[];
  /**
   * What `agent` says to a message. Throws Error where it knows no answer, and, now and then, at the
   * first attempt: it was busy.
   */
  answer(agent: Agent, message: AmpMessage, attempt: number): readonly Speech[];
}

const busyOneIn = 25;

/** Throws RangeError for a number of agents that is out of range. */
export function createTeam({ agents, rounds, seed }: TeamOptions): Team {
  const chance = createChance(seed);
  const roster = createRoster(agents);
  const strays = createStrays({ rounds, chance, roster });

  const goal = (round: number, snapSha: string, after: AmpMessage | undefined): Speech[] => {
    const speech = speechOf(
      {
        from: roster.takes("operator", round),
        to: roster.takes("planner", round),
        type: "GOAL.SET",
        snapSha,
        payload: {
          ...{ round, hop: 0, attempt: 0, base: snapSha },
          goal: `goal ${round + 1} of ${rounds}`,
        },
        // It begins a chain of its own, and says what it waited for.
        causality: after === undefined ? {} : { after: after.op_id },
        cause: `goal ${round}`,
        round,
        hop: 0,
      },
      chance,
    );
    return [speech, ...strays.besides(round, speech)];
  };
  const nextGoal = (message: AmpMessage, round: number): Speech[] =>
    round + lanesMax < rounds ? goal(round + lanesMax, message.snap_sha, message) : [];

  return {
    roster,
    open() {
      const base = chance.commit("base");
      const lanes = Array.from({ length: Math.min(lanesMax, rounds) }, (_, round) => round);
      return lanes.flatMap((round) => goal(round, base, undefined));
    },
    answer(agent, message, attempt) {
      const { role, name } = agent;
      const task = readTask(message.payload);
      const isBusy = chance.random("busy", message.op_id).oneIn(busyOneIn);
      if (attempt === 1 && isBusy) throw new Error(`${name} is busy`);
      if (role === "operator") {
        if (roundEnds.includes(message.type)) return nextGoal(message, task.round);
        throw new Error(`an operator hears ${roundEnds.join(", ")}, not ${message.type}`);
      }
      const random = chance.random("decision", message.op_id);
      const said = behave(role, { message, task, chance, random });
      const { round, base } = task;
      const hop = task.hop + 1;
      const draft = {
        from: agent,
        to: roster.takes(said.to, round),
        type: said.type,
        snapSha: said.snapSha,
        payload: { ...said.details, round, hop, attempt: said.attempt, base },
        proof: said.proof,
        causality: causedBy(message),
        cause: message.op_id,
        round,
        hop,
      };
      return [speechOf(draft, chance)];
    },
  };
}
