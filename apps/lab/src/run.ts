/**
 * A run of the lab: publish the workload, consume it, and write down what came of it. The same code
 * runs on a broker, while recording, and on a cassette: only the driver differs, and the outputs must
 * not.
 */
import { sha256 } from "@noble/hashes/sha2.js";
// arch-allow E_ARCH_WORLD_CAPABILITY: hexadecimal only; what else is in there is not taken
import { bytesToHex } from "@noble/hashes/utils.js";
import { canonicalize, type JsonValue } from "@reprise/canonical-json";
import {
  type ConsumeSummary,
  consume,
  type Driver,
  type Envelope,
  MsgError,
} from "@reprise/msg-core";
import { createAggregate } from "./aggregate.js";
import { createLabMetrics } from "./metrics.js";
import type { RunFacts } from "./run-facts.js";
import type { Clock } from "./virtual-clock.js";
import { workload } from "./workload.js";

export interface Run {
  readonly driver: Driver;
  readonly facts: RunFacts;
  /** `arch/obs/metrics/registry.x07metrics.json`. */
  readonly metricsDocument: JsonValue;
  /** Measures the handlers; absent in a replay, which has the recorded times. */
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /**
   * Called after each batch: lets the rest of the process have its turn. A broker in memory answers at
   * once, so that a run would not hear of an interruption before it is done.
   */
  readonly pause?: () => Promise<void>;
  /** Runs a handler in the world of handlers, where the clock and the dice are the recording's. */
  readonly inWorld: <Result>(body: () => Result) => Result;
  /** What the handler asks of its surroundings for each message: folded in with it. */
  readonly stamp?: () => string;
  /** Called as messages are published and done. */
  readonly progress?: (progress: Progress) => void;
}

export interface Progress {
  readonly phase: "publish" | "consume";
  readonly done: number;
  readonly total: number;
}

/** The texts of the files that a run writes, by name. */
export interface RunOutputs {
  readonly files: Readonly<Record<OutputName, string>>;
  readonly summary: ConsumeSummary;
}

export type OutputName = "aggregate.json" | "metrics.txt" | "report.json";
export const outputNames: readonly OutputName[] = ["aggregate.json", "metrics.txt", "report.json"];

const batchSize = 100;
const maxAttempts = 3;
/** A broker that brings nothing for so long has lost what is missing. */
const patienceMs = 60_000;

/** Rejects with what the driver rejects with, and with ABORTED by `signal`. The driver is left open. */
export async function run(job: Run): Promise<RunOutputs> {
  const { driver, facts, clock, signal, progress, pause, inWorld, stamp } = job;
  const metrics = createLabMetrics(job.metricsDocument);
  const aggregate = createAggregate();
  const total = facts.messages;
  let done = 0;
  let handled = 0;
  const stopObserving = driver.observe((event) => {
    metrics.observe(event);
    if (event.type !== "settled" || event.outcome === "retry") return;
    done += 1;
    progress?.({ phase: "consume", done, total });
  });
  try {
    await publishAll(job);
    const summary = await consume(
      driver,
      async ({ envelope }) => {
        handled += 1;
        if (handled % batchSize === 0) await pause?.();
        inWorld(() => aggregate.fold(envelope, stamp?.()));
      },
      {
        limit: total,
        maxAttempts,
        batchSize,
        stopWhenIdle: true,
        waitMs: patienceMs,
        // A message that was published twice, or came twice, is one order event all the same.
        deduplicate: { idOf: ({ headers }) => headers["event-id"] },
        ...(clock === undefined ? {} : { clock }),
        ...(signal === undefined ? {} : { signal }),
      },
    );
    if (summary.ended === "aborted") throw interrupted();
    if (summary.ended !== "limit") throw missing(summary, total);
    return { summary, files: outputsOf(facts, summary, { aggregate, metrics }) };
  } finally {
    stopObserving();
  }
}

function missing({ acked, rejected }: ConsumeSummary, total: number): MsgError {
  const message = `${acked + rejected} of ${total} messages came, and none for ${patienceMs} ms`;
  return new MsgError("BROKER_TIMEOUT", message);
}

function interrupted(): MsgError {
  return new MsgError("ABORTED", "interrupted");
}

async function publishAll({ driver, facts, signal, progress, pause }: Run): Promise<void> {
  const total = facts.messages;
  let done = 0;
  const send = async (batch: readonly Envelope[]): Promise<void> => {
    if (signal?.aborted === true) throw interrupted();
    await driver.publish(batch, signal === undefined ? {} : { signal });
    done += batch.length;
    progress?.({ phase: "publish", done, total });
    await pause?.();
  };
  let batch: Envelope[] = [];
  for (const envelope of workload(facts)) {
    batch.push(envelope);
    if (batch.length < batchSize) continue;
    await send(batch);
    batch = [];
  }
  if (batch.length > 0) await send(batch);
}

function outputsOf(
  facts: RunFacts,
  summary: ConsumeSummary,
  {
    aggregate,
    metrics,
  }: {
    aggregate: ReturnType<typeof createAggregate>;
    metrics: ReturnType<typeof createLabMetrics>;
  },
): Readonly<Record<OutputName, string>> {
  const aggregateText = `${canonicalize(aggregate.result())}\n`;
  const metricsText = metrics.text();
  const report = {
    aggregate_sha256: hashOf(aggregateText),
    consumed: { ...summary },
    metrics: metrics.snapshot(),
    metrics_sha256: hashOf(metricsText),
    run: { ...facts },
    schema_version: "reprise.lab.report@0.1.0",
  };
  return {
    "aggregate.json": aggregateText,
    "metrics.txt": metricsText,
    "report.json": `${canonicalize(report)}\n`,
  };
}

const encoder = new TextEncoder();

function hashOf(text: string): string {
  return bytesToHex(sha256(encoder.encode(text)));
}
