/** One of everything that OTLP carries, for the tests of both encodings. */
import {
  counter,
  createRegistry,
  gauge,
  histogram,
  info,
  type LogRecord,
  type Span,
  stateset,
} from "@reprise/obs";

/** A time whose last digit a double cannot hold. */
export const timeUnixNano: bigint = 1_763_650_800_123_456_789n;
export const startTimeUnixNano: bigint = 1_763_650_799_000_000_001n;

export function sampleRegistry() {
  const registry = createRegistry({
    build: info({ help: "", labels: ["version"] }),
    level: gauge({ help: "Level." }),
    sent: counter({ help: "Sent.", unit: "{message}", labels: ["topic"] }),
    signed: histogram({ help: "", buckets: [-1, 1] }),
    state: stateset({ help: "", states: ["down", "up"] }),
    wait_seconds: histogram({
      help: "Wait.",
      unit: "s",
      buckets: [0.5, 1, 2.5],
      labels: ["topic"],
    }),
  });
  registry.info("build").record({ version: "1.2" });
  registry.gauge("level").set(-0.5);
  registry.counter("sent").add(Number.MAX_SAFE_INTEGER, { topic: "orders \u{1f98a}" });
  registry.counter("sent").add(0, { topic: "none" });
  registry.stateset("state").enter("up");
  registry.histogram("signed").observe(-3);
  for (const value of [0.1, 0.2, 0.7, 2, 9]) {
    registry.histogram("wait_seconds").observe(value, { topic: "orders" });
  }
  return registry;
}

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";

export const sampleSpan: Span = {
  name: "publish orders",
  kind: "producer",
  context: {
    traceId,
    spanId: "00f067aa0ba902b7",
    sampled: true,
    state: [{ key: "a", value: "1" }],
  },
  parentSpanId: "00000000000000ff",
  startUnixNano: startTimeUnixNano,
  endUnixNano: timeUnixNano,
  attributes: { text: "x", whole: -7, part: 0.5, yes: true, no: false, zero: 0 },
  links: [{ context: { traceId, spanId: "1".repeat(16), sampled: false, state: [] } }],
  events: [{ name: "e", timeUnixNano, attributes: { n: Number.NaN } }],
  error: "no answer",
  droppedAttributes: 3,
  droppedLinks: 300,
  droppedEvents: 0,
};

export const sampleRecord: LogRecord = {
  level: "warn",
  event: "connection.lost",
  index: 7,
  fields: { attempt: 2, deep: { list: [1, "x", null, 1.5], empty: "" }, big: 2 ** 53 },
  traceId,
  spanId: "00f067aa0ba902b7",
  timeUnixNano,
};
