/**
 * A run of the lab: publish the workload, consume it, and write down what came of it. The same code
 * runs on a broker, while recording, and on a cassette: only the driver differs, and the outputs must
 * not.
 */
import type { JsonValue } from "@reprise/canonical-json";
import {
  type ConsumeSummary,
  consume,
  type Delivery,
  type Driver,
  type Envelope,
  MsgError,
} from "@reprise/msg-core";
import type { Redact } from "@reprise/obs";
import { createAggregate } from "./aggregate.js";
import { createLabMetrics } from "./metrics.js";
import type { OutputFiles } from "./output-files.js";
import { outputsOf } from "./outputs.js";
import type { RunFacts } from "./run-facts.js";
import { createTelemetry, type LiveSink } from "./telemetry.js";
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
  /** What logs and spans may show, where they are kept. */
  readonly redact: Redact;
  /** Gets logs and spans as they come. */
  readonly live?: LiveSink;
  /** Called as messages are published and done. */
  readonly progress?: (progress: Progress) => void;
}

export interface Progress {
  readonly phase: "publish" | "consume";
  readonly done: number;
  readonly total: number;
}

export interface RunOutputs {
  readonly files: OutputFiles;
  readonly summary: ConsumeSummary;
}

const batchSize = 100;
const maxAttempts = 3;
/** A broker that brings nothing for so long has lost what is missing. */
const patienceMs = 60_000;

/** Rejects with what the driver rejects with, and with ABORTED by `signal`. The driver is left open. */
export async function run(job: Run): Promise<RunOutputs> {
  const { facts, clock, signal, progress, pause, inWorld, stamp } = job;
  const metrics = createLabMetrics(job.metricsDocument, facts);
  const telemetry = facts.observe === true ? createTelemetry(job.driver, job) : undefined;
  const driver = telemetry?.driver ?? job.driver;
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
    telemetry?.log.info("run.started", { ...facts });
    await publishAll({ ...job, driver });
    const handle = async ({ envelope }: Delivery): Promise<void> => {
      handled += 1;
      if (handled % batchSize === 0) await pause?.();
      inWorld(() => aggregate.fold(envelope, stamp?.()));
    };
    const summary = await consume(
      driver,
      telemetry === undefined
        ? handle
        : (delivery) => telemetry.process(delivery, () => handle(delivery)),
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
    telemetry?.log.info("run.ended", { ...summary });
    return outputsOf({
      run: { ...facts },
      summary,
      aggregate: aggregate.result(),
      metrics,
      ...(telemetry !== undefined && { telemetry }),
    });
  } finally {
    stopObserving();
    telemetry?.end();
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
