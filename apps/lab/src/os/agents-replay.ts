/** `lab replay` of a run of agents: the same run from its cassette alone. */
import { replayDriver } from "@reprise/msg-rr";
import { withPolicy } from "@reprise/msg-rr/os";
import { type AgentsFacts, agentsFactsOf } from "../agents/agents-facts.js";
import { type AgentsOutputs, runAgents } from "../agents/agents-run.js";
import { agentsScene } from "./agents-scene.js";
import { placesOf } from "./places.js";
import type { Replay, ReplayRunOptions } from "./replay.js";
import { pause } from "./terminal.js";

export interface AgentsReplay extends Omit<Replay, "facts" | "outputs"> {
  readonly facts: AgentsFacts;
  readonly outputs: AgentsOutputs;
}

/** Allows what any driver has recorded, in the solve-rr world only. */
const policyId = "lab_replay_v1";

/** Replays strictly, every entry's checksum required. Rejects with ABORTED when interrupted. */
export async function replayAgents(options: ReplayRunOptions): Promise<AgentsReplay> {
  const { archRoot, signal, progress } = options;
  const places = placesOf(options);
  // arch-allow E_ARCH_RR_WORLD_VIOLATION: a replay is of the world solve-rr, though OS code opens it
  return await withPolicy(
    {
      archRoot,
      policyId,
      cassette: places.cassette,
      root: places.root,
      mode: "replay",
      requireChecksums: true,
      acceptHint: `lab agents --cassette ${options.cassette}`,
    },
    async (session) => {
      const facts = agentsFactsOf(session.recorded);
      const driver = replayDriver(session, { kind: facts.driver, endpoint: facts.endpoint });
      try {
        const scene = agentsScene(facts, { archRoot, signal });
        const started = performance.now();
        const outputs = await runAgents({ ...scene, driver, pause, progress });
        const runMs = performance.now() - started;
        return { facts, places, outputs, entries: session.recorded.count, runMs };
      } finally {
        await driver.close();
      }
    },
  );
}
