/** `lab replay`: the same run from its cassette alone. */
import { replayDriver } from "@reprise/msg-rr";
import { withPolicy } from "@reprise/msg-rr/os";
import { type Progress, type RunOutputs, run } from "../run.js";
import { factsOf, type RunFacts } from "../run-facts.js";
import { readMetricsDocument } from "./contracts.js";
import { handlerWorld } from "./handler-world.js";
import { type Places, placesOf } from "./places.js";
import { redactionOf } from "./redaction.js";
import { pause } from "./terminal.js";

export interface ReplayRunOptions {
  readonly cassette: string;
  readonly root: string;
  readonly archRoot: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export interface Replay {
  readonly facts: RunFacts;
  readonly places: Places;
  readonly outputs: RunOutputs;
  readonly entries: number;
  /** What the run took: milliseconds. */
  readonly runMs: number;
}

/** Allows what any driver has recorded, in the solve-rr world only. */
const policyId = "lab_replay_v1";

/** Replays strictly, every entry's checksum required. Rejects with ABORTED when interrupted. */
export async function replay(options: ReplayRunOptions): Promise<Replay> {
  const { archRoot, signal, progress } = options;
  const places = placesOf(options);
  const metricsDocument = readMetricsDocument(archRoot);
  // arch-allow E_ARCH_RR_WORLD_VIOLATION: a replay is of the world solve-rr, though OS code opens it
  return await withPolicy(
    {
      archRoot,
      policyId,
      cassette: places.cassette,
      root: places.root,
      mode: "replay",
      requireChecksums: true,
      acceptHint: `lab record --cassette ${options.cassette}`,
    },
    async (session) => {
      const facts = factsOf(session.recorded);
      const driver = replayDriver(session, { kind: facts.driver, endpoint: facts.endpoint });
      try {
        const started = performance.now();
        const redact = redactionOf(session);
        const common = { signal, progress, pause, redact, ...handlerWorld(facts, session) };
        const outputs = await run({ ...common, driver, facts, metricsDocument });
        const runMs = performance.now() - started;
        return { facts, places, outputs, entries: session.recorded.count, runMs };
      } finally {
        await driver.close();
      }
    },
  );
}
