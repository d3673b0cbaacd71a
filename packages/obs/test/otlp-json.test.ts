/**
 * Goal: OTLP's JSON: camel case, ids in hex, enums and small numbers as numbers, 64 bits as text.
 * Method: one of everything, and the JSON by hand.
 */
import { encodeOtlpJson, otlpLogs, otlpMetrics, otlpTraces, requestSchemas } from "@reprise/obs";
import { expect, test } from "vitest";
import {
  sampleRecord,
  sampleRegistry,
  sampleSpan,
  startTimeUnixNano,
  timeUnixNano,
} from "./otlp-samples.ts";

const times = {
  startTimeUnixNano: "1763650799000000001",
  timeUnixNano: "1763650800123456789",
};

test("a histogram and a counter", () => {
  const message = otlpMetrics(sampleRegistry(), { timeUnixNano, startTimeUnixNano });
  const json = JSON.parse(encodeOtlpJson(requestSchemas.metrics, message));
  const { metrics, scope } = json.resourceMetrics[0].scopeMetrics[0];
  expect(scope).toEqual({ name: "@reprise/obs" });
  expect(metrics[5].histogram).toEqual({
    aggregationTemporality: 2,
    dataPoints: [
      {
        ...times,
        attributes: [{ key: "topic", value: { stringValue: "orders" } }],
        count: "5",
        sum: 12,
        bucketCounts: ["2", "1", "1", "1"],
        explicitBounds: [0.5, 1, 2.5],
      },
    ],
  });
  expect(metrics[2].sum.dataPoints[1].asInt).toBe("9007199254740991");
  expect(metrics[3].histogram.dataPoints[0]).not.toHaveProperty("sum");
});

test("a span", () => {
  const json = JSON.parse(encodeOtlpJson(requestSchemas.traces, otlpTraces([sampleSpan])));
  const [span] = json.resourceSpans[0].scopeSpans[0].spans;
  expect(span).toMatchObject({
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    spanId: "00f067aa0ba902b7",
    kind: 4,
    flags: 1,
    endTimeUnixNano: "1763650800123456789",
    status: { code: 2, message: "no answer" },
    droppedLinksCount: 300,
  });
  expect(span.events[0].attributes[0].value).toEqual({ doubleValue: "NaN" });
  expect(span.attributes[3].value).toEqual({ intValue: "-7" });
});

test("a log record; the same message gives the same bytes", () => {
  const text = encodeOtlpJson(requestSchemas.logs, otlpLogs([sampleRecord]));
  expect(JSON.parse(text).resourceLogs[0].scopeLogs[0].logRecords[0]).toMatchObject({
    severityNumber: 13,
    body: { stringValue: "connection.lost" },
    timeUnixNano: "1763650800123456789",
  });
  expect(encodeOtlpJson(requestSchemas.logs, otlpLogs([sampleRecord]))).toBe(text);
});
