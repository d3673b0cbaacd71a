/**
 * Logs and spans of a run, the same for a recording and its replay: ids come from the seed, there is no
 * time in the lines, and what is told of the broker is what the cassette holds.
 *
 *     program -> telemetry (spans; the trace goes into the headers) -> recording driver -> broker
 */
import {
  type Delivery,
  type Driver,
  type DriverEvent,
  MsgError,
  type Outcome,
} from "@reprise/msg-core";
import {
  createLogger,
  createMessagingTraces,
  createTraceIds,
  createTracer,
  type Logger,
  type LogRecord,
  logLine,
  type Redact,
  type Span,
  spanLine,
  type TracedOperation,
} from "@reprise/obs";
import { createLines, type Lines } from "./lines.js";
import { consumerGroup, systemOf } from "./metrics.js";
import { createRandom } from "./random.js";
import type { RunFacts } from "./run-facts.js";

/** What is exported as it happens, with the times of a real clock. */
export interface LiveSink {
  /** Nanoseconds since 1970. */
  readonly now: () => bigint;
  readonly span: (span: Span) => void;
  readonly log: (record: LogRecord) => void;
}

export interface TelemetryOptions {
  readonly facts: RunFacts;
  /** Every text that is logged or an attribute goes through it. */
  readonly redact: Redact;
  readonly live?: LiveSink;
}

export interface Telemetry {
  /** The driver as the program uses it. */
  readonly driver: Driver;
  /** Around the handling of one message. */
  process<Result>(delivery: Delivery, handle: () => Promise<Result>): Promise<Result>;
  readonly log: Logger;
  readonly logs: Lines;
  readonly spans: Lines;
  /** The driver is observed no longer. */
  end(): void;
}

/** Lines of each file; what comes later is counted. */
const linesMax = 200_000;
const wordMax = 2 ** 32 - 1;

export function createTelemetry(driver: Driver, options: TelemetryOptions): Telemetry {
  const { facts, redact, live } = options;
  const logs = createLines(linesMax);
  const spans = createLines(linesMax);
  const random = createRandom(facts.seed);
  const tracer = createTracer({
    ids: createTraceIds(() => random.between(0, wordMax)),
    now: live?.now ?? (() => 0n),
    redact,
    sink(span) {
      spans.add(spanLine(timeless(span)));
      live?.span(span);
    },
  });
  const log = createLogger({
    redact,
    sinks: [
      (record) => {
        logs.add(logLine(record));
        if (live !== undefined) live.log({ ...record, timeUnixNano: live.now() });
      },
    ],
  });
  const traces = createMessagingTraces({ tracer, system: systemOf(facts), consumerGroup });
  const end = driver.observe((event) => logEvent(log, event));
  return {
    log,
    logs,
    spans,
    end,
    driver: {
      ...driver,
      publish(batch, publishing) {
        const send = traces.send(batch);
        return during(send, () => driver.publish(send.batch, publishing));
      },
      async poll(request) {
        const deliveries = await driver.poll(request);
        if (deliveries.length > 0) traces.receive(deliveries).end();
        return deliveries;
      },
      settle: (settlements) =>
        during(traces.settle(settlements.map(({ delivery }) => delivery)), () =>
          driver.settle(settlements),
        ),
    },
    process: (delivery, handle) => during(traces.process(delivery), handle),
  };
}

async function during<Result>(span: TracedOperation, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    span.fail(MsgError.is(error) ? error.code : "_OTHER");
    throw error;
  } finally {
    span.end();
  }
}

/** A recording and its replay are to have the same lines, and not the same time of day. */
function timeless(span: Span): Span {
  const events = span.events.map((event) => ({ ...event, timeUnixNano: 0n }));
  return { ...span, events, startUnixNano: 0n, endUnixNano: 0n };
}

const settledEvents: Readonly<
  Record<Exclude<Outcome, "ack">, "message.retried" | "message.rejected">
> = {
  retry: "message.retried",
  reject: "message.rejected",
};

function logEvent(log: Logger, event: DriverEvent): void {
  switch (event.type) {
    case "refused":
      log.error("message.refused", { topic: event.envelope.topic, code: event.error.code });
      break;
    case "settled": {
      if (event.outcome === "ack") break;
      const { envelope, partition, position, attempt } = event.delivery;
      const fields = { topic: envelope.topic, partition, position, attempt, reason: event.reason };
      log.warn(settledEvents[event.outcome], fields);
      break;
    }
    case "stale":
      log.warn("message.stale", { topic: event.delivery.envelope.topic });
      break;
    case "broker":
      log.info(`broker.${event.name}`, { detail: event.detail });
      break;
  }
}
