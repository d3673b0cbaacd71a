/** `lab replay` of a run of agents: the same run from its cassette alone. */
import { type AgentsFacts, agentsFactsOf } from "../agents/agents-facts.js";
import { type AgentsOutputs, runAgents } from "../agents/agents-run.js";
import { agentsScene } from "./agents-scene.js";
import { type Replayed, type ReplayRunOptions, replaying } from "./replaying.js";
import { pause } from "./terminal.js";

export type AgentsReplay = Replayed<AgentsFacts, AgentsOutputs>;

export function replayAgents(options: ReplayRunOptions): Promise<AgentsReplay> {
  const { archRoot, signal, progress } = options;
  return replaying(options, {
    command: "lab agents",
    factsOf: agentsFactsOf,
    run({ facts, driver }) {
      const scene = agentsScene(facts, { archRoot, signal });
      return runAgents({ ...scene, driver, pause, progress });
    },
  });
}
