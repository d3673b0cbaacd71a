/** `lab replay`: the same run from its cassette alone. */
import { type RunOutputs, run } from "../run.js";
import { factsOf, type RunFacts } from "../run-facts.js";
import { readMetricsDocument } from "./contracts.js";
import { handlerWorld } from "./handler-world.js";
import { redactionOf } from "./redaction.js";
import { type Replayed, type ReplayRunOptions, replaying } from "./replaying.js";
import { pause } from "./terminal.js";

export type Replay = Replayed<RunFacts, RunOutputs>;

export function replay(options: ReplayRunOptions): Promise<Replay> {
  const { archRoot, signal, progress } = options;
  return replaying(options, {
    command: "lab record",
    factsOf,
    run({ facts, driver, session }) {
      const redact = redactionOf(session);
      const common = { signal, progress, pause, redact, ...handlerWorld(facts, session) };
      return run({ ...common, driver, facts, metricsDocument: readMetricsDocument(archRoot) });
    },
  });
}
