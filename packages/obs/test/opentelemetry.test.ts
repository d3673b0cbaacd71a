/**
 * Goal: our spans and metrics are OpenTelemetry's: the same ids, parents, links, times and buckets.
 * Method: its SDK (2.x) with exporters in memory.
 */

import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricProducer,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { createMessagingTraces, extractTrace, semanticName } from "@reprise/obs";
import { expect, test } from "vitest";
import { createMetricProducer, createOpenTelemetryTracer } from "../src/os/opentelemetry.ts";
import { sampleRegistry, startTimeUnixNano, timeUnixNano } from "./otlp-samples.ts";

test("spans: what travels in the headers is what they export", async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  let now = timeUnixNano;
  const tracer = createOpenTelemetryTracer(provider.getTracer("demo"), () => now++);
  const traces = createMessagingTraces({ tracer, system: "kafka" });
  const message = { topic: "orders", value: new Uint8Array(1), headers: { tracestate: "x=1" } };
  const send = traces.send([message, message]);
  send.fail("BROKER_TIMEOUT", "no answer");
  send.end();
  const [first] = send.batch;
  const state = { ...first?.headers, tracestate: "a=1" };
  const delivery = { partition: 0, position: "1", attempt: 1, redelivered: false };
  const handling = traces.process({ ...delivery, envelope: { ...message, headers: state } });
  handling.end();
  const [create, , sent, processed] = exporter.getFinishedSpans();
  expect([create?.name, create?.kind]).toEqual(["create orders", SpanKind.PRODUCER]);
  expect(extractTrace(first?.headers ?? {})).toMatchObject({
    ok: true,
    context: { traceId: create?.spanContext().traceId, spanId: create?.spanContext().spanId },
  });
  expect(sent).toMatchObject({
    kind: SpanKind.CLIENT,
    status: { code: SpanStatusCode.ERROR, message: "BROKER_TIMEOUT" },
    attributes: { "error.type": "BROKER_TIMEOUT", "messaging.batch.message_count": 2 },
  });
  expect(sent?.links.map((link) => link.context.spanId)).toContain(create?.spanContext().spanId);
  expect(sent?.events[0]).toMatchObject({ name: "messaging.send.exception" });
  expect(create?.startTime).toEqual([1_763_650_800, 123_456_789]);
  expect(processed?.parentSpanContext?.spanId).toBe(create?.spanContext().spanId);
  expect(processed?.spanContext().traceState?.serialize()).toBe("a=1");
  expect(handling.context.state).toEqual([{ key: "a", value: "1" }]);
  await provider.shutdown();
});

test("metrics: a reader of theirs gets our registry, exact to the bucket", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const registry = sampleRegistry();
  const resource = {} as never;
  const producer: MetricProducer = createMetricProducer(registry, {
    resource,
    now: () => timeUnixNano,
    startTimeUnixNano,
    nameOf: semanticName,
  });
  const reader = new PeriodicExportingMetricReader({ exporter, metricProducers: [producer] });
  const provider = new MeterProvider({ readers: [reader] });
  await provider.forceFlush();
  const metrics = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  const byName = new Map(metrics.map((metric) => [metric.descriptor.name, metric]));
  expect([...byName.keys()]).toEqual(["build", "level", "sent", "signed", "state", "wait_seconds"]);
  expect(byName.get("wait_seconds")).toMatchObject({
    dataPointType: DataPointType.HISTOGRAM,
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    descriptor: { unit: "s" },
    dataPoints: [
      {
        attributes: { topic: "orders" },
        startTime: [1_763_650_799, 1],
        endTime: [1_763_650_800, 123_456_789],
        value: { buckets: { boundaries: [0.5, 1, 2.5], counts: [2, 1, 1, 1] }, count: 5, sum: 12 },
      },
    ],
  });
  expect(byName.get("sent")).toMatchObject({ dataPointType: DataPointType.SUM, isMonotonic: true });
  expect(
    byName.get("state")?.dataPoints.map(({ attributes, value }) => [attributes, value]),
  ).toEqual([
    [{ state: "down" }, 0],
    [{ state: "up" }, 1],
  ]);
  const [signed] = byName.get("signed")?.dataPoints ?? [];
  expect(signed?.value).not.toHaveProperty("sum");
  await provider.shutdown();
});
