/**
 * Goal: what we encode is what an independent decoder reads: every field, exact to the nanosecond,
 * with bucket counts of each bucket's own; and its own encoding is ours.
 * Method: protobufjs with the published messages; values by hand; generated spans, with their seed.
 */
import {
  encodeOtlpProtobuf,
  otlpLogs,
  otlpMetrics,
  otlpTraces,
  requestSchemas,
  type Span,
} from "@reprise/obs";
import protobuf from "protobufjs";
import { expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { opentelemetryProto } from "./opentelemetry-proto.ts";
import {
  sampleRecord,
  sampleRegistry,
  sampleSpan,
  startTimeUnixNano,
  timeUnixNano,
} from "./otlp-samples.ts";

const { root } = protobuf.parse(opentelemetryProto);
const types = {
  metrics: root.lookupType("otlp.ExportMetricsServiceRequest"),
  traces: root.lookupType("otlp.ExportTraceServiceRequest"),
  logs: root.lookupType("otlp.ExportLogsServiceRequest"),
};

function decoded(signal: keyof typeof types, bytes: Uint8Array) {
  const message = types[signal].decode(bytes);
  return types[signal].toObject(message, { longs: String, bytes: String, oneofs: false });
}

const start = String(startTimeUnixNano);
const end = String(timeUnixNano);
const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });

const times = { startTimeUnixNano: start, timeUnixNano: end };
const expectedMetrics = [
  {
    name: "build",
    gauge: { dataPoints: [{ ...times, asInt: "1", attributes: [attribute("version", "1.2")] }] },
  },
  {
    name: "level",
    description: "Level.",
    gauge: { dataPoints: [{ ...times, asDouble: -0.5 }] },
  },
  {
    name: "sent",
    description: "Sent.",
    unit: "{message}",
    sum: {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: [
        { ...times, asInt: "0", attributes: [attribute("topic", "none")] },
        {
          ...times,
          asInt: "9007199254740991",
          attributes: [attribute("topic", "orders \u{1f98a}")],
        },
      ],
    },
  },
  {
    name: "signed",
    histogram: {
      aggregationTemporality: 2,
      dataPoints: [
        { ...times, count: "1", bucketCounts: ["1", "0", "0"], explicitBounds: [-1, 1] },
      ],
    },
  },
  {
    name: "state",
    gauge: {
      dataPoints: [
        { ...times, asInt: "0", attributes: [attribute("state", "down")] },
        { ...times, asInt: "1", attributes: [attribute("state", "up")] },
      ],
    },
  },
  {
    name: "wait.seconds",
    description: "Wait.",
    unit: "s",
    histogram: {
      aggregationTemporality: 2,
      dataPoints: [
        {
          ...times,
          count: "5",
          sum: 12,
          bucketCounts: ["2", "1", "1", "1"],
          explicitBounds: [0.5, 1, 2.5],
          attributes: [attribute("topic", "orders")],
        },
      ],
    },
  },
];

test("metrics: sums, gauges, histograms, with exact times and separate buckets", () => {
  const message = otlpMetrics(sampleRegistry(), {
    timeUnixNano,
    startTimeUnixNano,
    resource: { "service.name": "shop", replicas: 3 },
    scope: { name: "demo", version: "1.0" },
    nameOf: (name) => name.replaceAll("_", "."),
  });
  const { resourceMetrics } = decoded(
    "metrics",
    encodeOtlpProtobuf(requestSchemas.metrics, message),
  );
  expect(resourceMetrics).toHaveLength(1);
  expect(resourceMetrics[0].resource.attributes).toEqual([
    { key: "replicas", value: { intValue: "3" } },
    attribute("service.name", "shop"),
  ]);
  expect(resourceMetrics[0].scopeMetrics[0].scope).toEqual({ name: "demo", version: "1.0" });
  expect(resourceMetrics[0].scopeMetrics[0].metrics).toEqual(expectedMetrics);
});

const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");

test("traces: ids, times, kinds, attributes of every kind, links, events, status", () => {
  const bytes = encodeOtlpProtobuf(requestSchemas.traces, otlpTraces([sampleSpan]));
  const [span] = decoded("traces", bytes).resourceSpans[0].scopeSpans[0].spans;
  expect(span).toEqual({
    traceId: base64(sampleSpan.context.traceId),
    spanId: base64("00f067aa0ba902b7"),
    traceState: "a=1",
    parentSpanId: base64("00000000000000ff"),
    flags: 1,
    name: "publish orders",
    kind: 4,
    startTimeUnixNano: start,
    endTimeUnixNano: end,
    attributes: [
      { key: "no", value: { boolValue: false } },
      { key: "part", value: { doubleValue: 0.5 } },
      { key: "text", value: { stringValue: "x" } },
      { key: "whole", value: { intValue: "-7" } },
      { key: "yes", value: { boolValue: true } },
      { key: "zero", value: { intValue: "0" } },
    ],
    droppedAttributesCount: 3,
    events: [
      {
        name: "e",
        timeUnixNano: end,
        attributes: [{ key: "n", value: { doubleValue: Number.NaN } }],
      },
    ],
    links: [{ traceId: base64(sampleSpan.context.traceId), spanId: base64("1".repeat(16)) }],
    droppedLinksCount: 300,
    status: { message: "no answer", code: 2 },
  });
});

test("logs: severity, body, nested fields, ids", () => {
  const bytes = encodeOtlpProtobuf(requestSchemas.logs, otlpLogs([sampleRecord]));
  const [record] = decoded("logs", bytes).resourceLogs[0].scopeLogs[0].logRecords;
  expect(record).toEqual({
    timeUnixNano: end,
    observedTimeUnixNano: end,
    severityNumber: 13,
    severityText: "WARN",
    body: { stringValue: "connection.lost" },
    eventName: "connection.lost",
    traceId: base64(sampleSpan.context.traceId),
    spanId: base64("00f067aa0ba902b7"),
    attributes: [
      { key: "attempt", value: { intValue: "2" } },
      { key: "big", value: { doubleValue: 2 ** 53 } },
      {
        key: "deep",
        value: {
          kvlistValue: {
            values: [
              { key: "empty", value: { stringValue: "" } },
              {
                key: "list",
                value: {
                  arrayValue: {
                    values: [{ intValue: "1" }, { stringValue: "x" }, {}, { doubleValue: 1.5 }],
                  },
                },
              },
            ],
          },
        },
      },
      { key: "reprise.event_index", value: { intValue: "7" } },
    ],
  });
});

test("lengths of one, two, three and four bytes", () => {
  for (const length of [0, 1, 127, 128, 129, 16_383, 16_384, 2_097_151, 2_097_152]) {
    const span = { ...sampleSpan, name: "\u00e9".repeat(length >> 1) };
    const bytes = encodeOtlpProtobuf(requestSchemas.traces, otlpTraces([span]));
    const [read] = decoded("traces", bytes).resourceSpans[0].scopeSpans[0].spans;
    expect(read.name ?? "").toBe(span.name);
    expect(read.status.code).toBe(2);
  }
});

test("500 generated spans come back as they were", () => {
  const seed = 11;
  const draw = seededRandom(seed);
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => "0123456789abcdef"[draw() % 16]).join("");
  const spans: Span[] = Array.from({ length: 500 }, () => ({
    ...sampleSpan,
    name: "\u{1f98a}\u0000n\u00e9".repeat(draw() % 60),
    context: { traceId: hex(32), spanId: hex(16), sampled: draw() % 2 === 0, state: [] },
    startUnixNano: (BigInt(draw()) << 31n) | BigInt(draw() >>> 1),
    attributes: Object.fromEntries(
      Array.from({ length: draw() % 9 }, (_, n) => [
        `k${n}`,
        draw() % 2 === 0 ? draw() / 7 : draw() - 2 ** 31,
      ]),
    ),
  }));
  const bytes = encodeOtlpProtobuf(requestSchemas.traces, otlpTraces(spans));
  const read = decoded("traces", bytes).resourceSpans[0].scopeSpans[0].spans;
  for (const [place, span] of spans.entries()) {
    const { name = "", traceId, startTimeUnixNano: began, attributes = [] } = read[place];
    expect([name, traceId, began], `seed ${seed}, span ${place}`).toEqual([
      span.name,
      base64(span.context.traceId),
      String(span.startUnixNano),
    ]);
    expect(
      Object.fromEntries(
        attributes.map(({ key, value }: { key: string; value: Record<string, unknown> }) => [
          key,
          Number(value.doubleValue ?? value.intValue),
        ]),
      ),
    ).toEqual(span.attributes);
  }
});

test("nothing at all is a request, and the same message gives the same bytes", () => {
  expect(encodeOtlpProtobuf(requestSchemas.traces, {})).toEqual(new Uint8Array());
  const once = encodeOtlpProtobuf(requestSchemas.logs, otlpLogs([sampleRecord]));
  expect(encodeOtlpProtobuf(requestSchemas.logs, otlpLogs([sampleRecord]))).toEqual(once);
});
