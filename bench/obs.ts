/**
 * Metrics against prom-client: what it costs to record with labels, and to write an exposition.
 *
 * Recording: one operation is 1,000 calls, over 32 series of two labels, as a messaging client would
 * make them: a fresh object of labels each time. Exposition: 20,000 series of three labels, half of
 * them counters and half gauges, every series touched before; with histograms, 2,000 series of 14
 * buckets. prom-client returns a promise there, which has to be awaited.
 *
 * Observation: 1,000 messages of 200 bytes through the driver in memory, published in batches of 50,
 * consumed and acked; the peer is the same driver that nobody observes. It does no input or output,
 * so that what observing costs shows as nowhere else. With metrics; then with a span for each
 * message created, sent and handled and a log record for each batch as well.
 *
 * OTLP: 1,000 spans, beside protobufjs with a class for each message; its own way to build the
 * messages is not counted.
 */
import { consume, type Envelope } from "@reprise/msg-core";
import { openMemoryDriver } from "@reprise/msg-memory";
import {
  counter,
  createLogger,
  createMessagingMetrics,
  createMessagingTraces,
  createRegistry,
  createTraceIds,
  createTracer,
  encodeOtlpProtobuf,
  gauge,
  histogram,
  logLine,
  messagingMetricDefinitions,
  otlpTraces,
  renderOpenMetrics,
  requestSchemas,
  type Span,
} from "@reprise/obs";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import protobuf from "protobufjs";
import type { Benchmark, BenchmarkCase } from "./benchmark.ts";

const help = "Measured.";

/** What of opentelemetry-proto (Apache-2.0) the spans below fill. */
const traceProto = `
syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; int64 int_value = 3; } }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }
message Scope { string name = 1; string version = 2; }
message Span {
  bytes trace_id = 1;
  bytes span_id = 2;
  string name = 5;
  int32 kind = 6;
  fixed64 start_time_unix_nano = 7;
  fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9;
  fixed32 flags = 16;
}
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Request { repeated ResourceSpans resource_spans = 1; }
`;
const calls = 1_000;
const topics = Array.from({ length: 16 }, (_, place) => `topic-${place}`);
const buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

interface Labels {
  readonly topic: string;
  readonly outcome: string;
}

export const benchmark: Benchmark = {
  name: "metrics",
  cases: [
    ...recording(),
    exposition(),
    histogramExposition(),
    logging(),
    ...observing(),
    encodingSpans(),
  ],
};

/** Calls `record` with labels and a value from 0 to 10.2, spread over the buckets. */
function repeated(record: (labels: Labels, value: number) => void): () => void {
  return () => {
    for (let call = 0; call < calls; call++) {
      const labels = {
        topic: topics[call % topics.length] ?? "",
        outcome: call % 3 === 0 ? "failed" : "ok",
      };
      record(labels, ((call * 7919) % 1024) / 100);
    }
  };
}

function recording(): BenchmarkCase[] {
  const labels = ["topic", "outcome"] as const;
  const registry = createRegistry({
    sent: counter({ help, labels }),
    wait: histogram({ help, labels, buckets }),
  });
  const sent = registry.counter("sent");
  const wait = registry.histogram("wait");
  const bound = sent.with({ topic: "orders", outcome: "ok" });
  const options = { help, labelNames: [...labels], registers: [new Registry()] };
  const peerSent = new Counter({ ...options, name: "sent" });
  const peerWait = new Histogram({ ...options, name: "wait", buckets });
  const peerBound = peerSent.labels("orders", "ok");
  const peer = (run: () => void) => [{ name: "prom-client", run, atLeast: 3 }];
  return [
    {
      name: "1,000 labelled increments",
      ours: repeated((given) => sent.add(1, given)),
      peers: peer(repeated((given) => peerSent.inc(given, 1))),
    },
    {
      name: "1,000 labelled observations",
      ours: repeated((given, value) => wait.observe(value, given)),
      peers: peer(repeated((given, value) => peerWait.observe(given, value))),
    },
    {
      name: "1,000 increments of a bound handle",
      ours: repeated(() => bound.add()),
      peers: peer(repeated(() => peerBound.inc())),
    },
  ];
}

function exposition(): BenchmarkCase {
  const labels = ["topic", "partition", "group"] as const;
  const registry = createRegistry({
    sent: counter({ help, labels }),
    lag: gauge({ help, labels }),
  });
  const peer = new Registry();
  const options = { help, labelNames: [...labels], registers: [peer] };
  const peerSent = new Counter({ ...options, name: "sent" });
  const peerLag = new Gauge({ ...options, name: "lag" });
  for (let place = 0; place < 10_000; place++) {
    const row = { topic: `topic-${place % 97}`, partition: `${place}`, group: "workers" };
    registry.counter("sent").add(place, row);
    peerSent.inc(row, place);
    registry.gauge("lag").set(place / 8, row);
    peerLag.set(row, place / 8);
  }
  return {
    name: "exposition of 20,000 series",
    ours: () => renderOpenMetrics(registry),
    peers: [{ name: "prom-client", run: () => peer.metrics(), atLeast: 3 }],
  };
}

function histogramExposition(): BenchmarkCase {
  const labels = ["topic", "partition"] as const;
  const registry = createRegistry({ wait: histogram({ help, labels, buckets }) });
  const peer = new Registry();
  const peerWait = new Histogram({
    name: "wait",
    help,
    labelNames: [...labels],
    buckets,
    registers: [peer],
  });
  for (let place = 0; place < 2_000; place++) {
    const row = { topic: `topic-${place % 97}`, partition: `${place}` };
    registry.histogram("wait").observe(place / 100, row);
    peerWait.observe(row, place / 100);
  }
  return {
    name: "exposition of 2,000 histogram series",
    ours: () => renderOpenMetrics(registry),
    peers: [{ name: "prom-client", run: () => peer.metrics(), atLeast: 3 }],
  };
}

function logging(): BenchmarkCase {
  let written = "";
  const log = createLogger({
    sinks: [
      (record) => {
        written = logLine(record);
      },
    ],
  });
  const write = (topic: string): string => {
    log.info("message.sent", { topic, partition: 3, attempt: 1, error: undefined });
    return written;
  };
  let index = 0;
  const peer = (topic: string): string => {
    const fields = { topic, partition: 3, attempt: 1 };
    return `${JSON.stringify({ event: "message.sent", fields, index: index++, level: "info" })}\n`;
  };
  return {
    name: "1,000 log records as lines",
    ours: repeated(({ topic }) => write(topic)),
    peers: [{ name: "JSON.stringify alone", run: repeated(({ topic }) => peer(topic)) }],
  };
}

type Handle = Parameters<typeof consume>[1];
type Driver = ReturnType<typeof openMemoryDriver>;

interface Observation {
  readonly observe?: (driver: Driver) => void;
  readonly send?: (batch: readonly Envelope[]) => readonly Envelope[];
  readonly handle?: Handle;
}

/** 1,000 messages through a driver in memory, published in batches and consumed. */
function throughDriver({ observe, send, handle }: Observation): () => Promise<void> {
  const batch: readonly Envelope[] = Array.from({ length: 50 }, (_, place) => ({
    topic: "orders",
    key: new Uint8Array([place]),
    value: new Uint8Array(200),
    headers: { "content-type": "application/json" },
  }));
  return async () => {
    const driver = openMemoryDriver({ endpoint: "bench", topics: ["orders"] });
    observe?.(driver);
    for (let sent = 0; sent < 1_000; sent += batch.length) {
      await driver.publish(send?.(batch) ?? batch);
    }
    await consume(driver, handle ?? (() => undefined), { stopWhenIdle: true });
    await driver.close();
  };
}

function observing(): BenchmarkCase[] {
  const registry = createRegistry(messagingMetricDefinitions);
  const { observe } = createMessagingMetrics(registry, { system: "memory" });
  const observed = (driver: Driver): void => {
    driver.observe(observe);
  };
  let time = 0n;
  let word = 0;
  let spans: Span[] = [];
  const tracer = createTracer({
    ids: createTraceIds(() => word++),
    now: () => time++,
    sink: (span) => {
      if (spans.length >= 10_000) spans = [];
      spans.push(span);
    },
  });
  const traces = createMessagingTraces({ tracer, system: "memory" });
  const log = createLogger({ sinks: [logLine] });
  const all: Observation = {
    observe: observed,
    send(batch) {
      const traced = traces.send(batch);
      traced.end();
      log.info("messages.sent", { count: batch.length });
      return traced.batch;
    },
    handle(delivery) {
      traces.process(delivery).end();
    },
  };
  const bare = throughDriver({});
  return [
    {
      name: "1,000 messages in memory, with metrics",
      ours: throughDriver({ observe: observed }),
      peers: [{ name: "without", run: bare, atLeast: 0.95 }],
    },
    {
      name: "1,000 messages in memory, with metrics, spans and logs",
      ours: throughDriver(all),
      peers: [{ name: "without", run: bare }],
    },
  ];
}

function encodingSpans(): BenchmarkCase {
  const spans: Span[] = [];
  let word = 0;
  const tracer = createTracer({
    ids: createTraceIds(() => ++word),
    now: () => 1_763_650_800_123_456_789n,
    sink: (span) => spans.push(span),
  });
  const traces = createMessagingTraces({ tracer, system: "kafka" });
  const envelope = { topic: "orders", value: new Uint8Array(), headers: {} };
  for (let count = 0; count < 1_000; count++) traces.send([envelope]).end();
  const message = otlpTraces(spans);
  const { root } = protobuf.parse(traceProto);
  const type = root.lookupType("Request");
  const theirs = type.decode(encodeOtlpProtobuf(requestSchemas.traces, message));
  return {
    name: "1,000 spans as OTLP in protocol buffers",
    ours: () => encodeOtlpProtobuf(requestSchemas.traces, message),
    peers: [{ name: "protobufjs", run: () => type.encode(theirs).finish() }],
  };
}
