/** What a run of agents has around it in this process, recorded or replayed. */
import { nodeSignatures } from "@reprise/msg-amp/os";
import { inWorld } from "@reprise/worlds/os";
import type { AgentsFacts } from "../agents/agents-facts.js";
import type { AgentsRun } from "../agents/agents-run.js";
import { createPost } from "../agents/post.js";
import { createTeam } from "../agents/team.js";
import { createLabMetrics } from "../metrics.js";
import { readMetricsDocument } from "./contracts.js";

export type AgentsScene = Pick<
  AgentsRun,
  "facts" | "team" | "post" | "metrics" | "signal" | "stop" | "inWorld"
>;

/** `signal` ends the run from outside, `stop` of the scene from inside. */
export function agentsScene(
  facts: AgentsFacts,
  { archRoot, signal }: { readonly archRoot: string; readonly signal: AbortSignal },
): AgentsScene {
  const inside = new AbortController();
  const team = createTeam(facts);
  return {
    facts,
    team,
    post: createPost({ roster: team.roster, seed: facts.seed, signatures: nodeSignatures }),
    metrics: createLabMetrics(readMetricsDocument(archRoot), facts),
    signal: AbortSignal.any([signal, inside.signal]),
    stop: () => inside.abort(),
    // An agent touches nothing, and is held to it.
    inWorld: (body) => inWorld("solve-pure", undefined, body),
  };
}
