/** `lab record`: a run on a broker, kept in a cassette with its outputs. */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { DriverKind } from "@reprise/msg-core";
import { recordingDriver } from "@reprise/msg-rr";
import { profileOf } from "../driver-kinds.js";
import { takeLeftovers } from "../leftovers.js";
import { type Progress, type RunOutputs, run } from "../run.js";
import { factsEntry, type RunFacts } from "../run-facts.js";
import { type Clock, createVirtualClock } from "../virtual-clock.js";
import { withBroker } from "./brokers.js";
import { readMetricsDocument } from "./contracts.js";
import { handlerWorld } from "./handler-world.js";
import { type LiveOptions, openLive } from "./live-telemetry.js";
import { type Places, placesOf, writeOutputs } from "./places.js";
import { sandboxName } from "./profiles.js";
import { redactionOf } from "./redaction.js";
import { pause } from "./terminal.js";

export interface RecordOptions {
  readonly driver: DriverKind;
  readonly messages: number;
  readonly seed: number;
  /** Whether handlers ask for the time and for randomness. */
  readonly ambient?: true;
  /** Whether logs and spans are kept. */
  readonly observe?: true;
  /** Who watches the recording. */
  readonly live?: LiveOptions;
  readonly cassette: string;
  readonly out: string;
  readonly root: string;
  readonly archRoot: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export interface Recording {
  readonly facts: RunFacts;
  readonly places: Places;
  readonly outputs: RunOutputs;
  readonly entries: number;
  readonly cassetteBytes: number;
  /** Messages of an earlier run that were taken away first. */
  readonly leftovers: number;
  /** What the run took: milliseconds. */
  readonly runMs: number;
}

/**
 * Records, replacing the cassette of that name. Rejects with ABORTED when interrupted, and with what
 * the broker has against it.
 */
export async function record(options: RecordOptions): Promise<Recording> {
  const { archRoot, signal, progress } = options;
  const common = { signal, progress, pause };
  const facts = factsOfOptions(options);
  const places = placesOf(options);
  const metricsDocument = readMetricsDocument(archRoot);
  const { cassette, root } = places;
  return await withBroker(
    { facts, archRoot, cassette, root, mode: "rewrite" },
    async (broker, session) => {
      const leftovers = facts.time === "real" ? await takeLeftovers(broker, signal) : 0;
      session.append(factsEntry(facts));
      const driver = recordingDriver(broker, session);
      const live = await openLive(broker, {
        facts,
        document: metricsDocument,
        options: options.live ?? {},
      });
      try {
        const clock = clockOf(facts);
        const started = performance.now();
        const handlers = handlerWorld(facts, session);
        const outputs = await run({
          ...common,
          ...handlers,
          driver,
          facts,
          metricsDocument,
          clock,
          redact: redactionOf(session),
          ...(live.sink !== undefined && { live: live.sink }),
        });
        const runMs = performance.now() - started;
        writeOutputs(places.folder, outputs.files);
        writeOutputs(options.out, outputs.files);
        // Inside the session: what closing brings is part of the recording.
        await driver.close();
        const { entries } = JSON.parse(session.stats()) as { entries: number };
        const { size } = statSync(join(places.folder, "cassette.rrbin"));
        return { facts, places, outputs, entries, cassetteBytes: size, leftovers, runMs };
      } finally {
        await driver.close();
        await live.close();
      }
    },
  );
}

/** Microseconds: the embedded broker's time is made up, so that its recordings are all the same. */
export function clockOf({ time, seed }: RunFacts): Clock {
  if (time === "virtual") return createVirtualClock(seed);
  return () => Math.round(performance.now() * 1000);
}

export function factsOfOptions(
  options: Pick<RecordOptions, "driver" | "messages" | "seed" | "ambient" | "observe">,
): RunFacts {
  const { driver, messages, seed, ambient, observe } = options;
  const endpoint = profileOf(driver);
  const time = driver === "memory" ? "virtual" : "real";
  const sandbox = sandboxName();
  return {
    driver,
    endpoint,
    messages,
    seed,
    time,
    sandbox,
    ...(ambient && { ambient }),
    ...(observe && { observe }),
  };
}
