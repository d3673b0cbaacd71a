/**
 * Goal: a contract document becomes definitions that render, and a wrong one is refused where it is
 * wrong.
 * Method: a document in X07's own form, used; then the same document with one change each, and the
 * JSON Pointer of the change.
 */
import { type JsonValue, parseJson } from "@reprise/canonical-json";
import { createRegistry, metricsFromDocument, renderOpenMetrics } from "@reprise/obs";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

function fresh() {
  return {
    schema_version: "x07.obs.metrics.registry@0.1.0",
    id: "orders_v1",
    v: 1,
    metrics: [
      {
        id: "app_requests_total",
        type: "counter_u64_v1",
        help: "Requests.",
        unit: "1",
        labels: ["method", "status"],
      },
      {
        id: "app_request_duration_seconds",
        type: "histogram_f64_v1",
        help: "Duration.",
        unit: "s",
        labels: ["method"],
        histogram_buckets: [0.005, 1.0],
      },
      { id: "app_queue", type: "gauge_f64_v1", help: "Queue.", unit: "{message}", labels: [] },
    ],
  };
}

/** The document with the value at `pointer` replaced, or taken out. */
function changed(pointer: string, value: unknown): JsonValue {
  const document = fresh();
  const steps = pointer.split("/").slice(1);
  const last = steps.pop() ?? "";
  let place: unknown = document;
  for (const step of steps) place = (place as Record<string, unknown>)[step];
  if (value === undefined) delete (place as Record<string, unknown>)[last];
  else (place as Record<string, unknown>)[last] = value;
  return document as JsonValue;
}

test("a document becomes a registry that records and renders", () => {
  const registry = createRegistry(metricsFromDocument(parseJson(JSON.stringify(fresh()))));
  registry.counter("app_requests_total").add(2, { method: "GET", status: "200" });
  registry.histogram("app_request_duration_seconds", [0.005, 1]).observe(0.5, { method: "GET" });
  expect(renderOpenMetrics(registry)).toBe(
    [
      "# TYPE app_queue gauge",
      "# HELP app_queue Queue.",
      "app_queue 0.0",
      "# TYPE app_request_duration_seconds histogram",
      "# UNIT app_request_duration_seconds seconds",
      "# HELP app_request_duration_seconds Duration.",
      'app_request_duration_seconds_bucket{method="GET",le="0.005"} 0',
      'app_request_duration_seconds_bucket{method="GET",le="1.0"} 1',
      'app_request_duration_seconds_bucket{method="GET",le="+Inf"} 1',
      'app_request_duration_seconds_count{method="GET"} 1',
      'app_request_duration_seconds_sum{method="GET"} 0.5',
      "# TYPE app_requests counter",
      "# HELP app_requests Requests.",
      'app_requests_total{method="GET",status="200"} 2',
      "# EOF\n",
    ].join("\n"),
  );
});

describe("the schema refuses", () => {
  const long = "🦊".repeat(1025);
  test.each([
    ["/schema_version", "x07.obs.metrics.registry@0.2.0"],
    ["/schema_version", undefined],
    ["/id", ""],
    ["/id", "-a"],
    ["/id", "a".repeat(129)],
    ["/id", "a\n"],
    ["/v", 0],
    ["/v", 1.5],
    ["/v", "1"],
    ["/v", undefined],
    ["/extra", 1],
    ["/metrics", []],
    ["/metrics", {}],
    ["/metrics", undefined],
    ["/metrics/0", null],
    ["/metrics/0/id", ""],
    ["/metrics/1/id", 7],
    ["/metrics/1/id", undefined],
    ["/metrics/0/type", "info_v1"],
    ["/metrics/0/type", "toString"],
    ["/metrics/0/help", ""],
    ["/metrics/0/help", long],
    ["/metrics/0/help", undefined],
    ["/metrics/0/unit", "u".repeat(65)],
    ["/metrics/0/unit", undefined],
    ["/metrics/0/labels", undefined],
    ["/metrics/0/labels", {}],
    ["/metrics/0/labels/1", 7],
    ["/metrics/0/buckets", [1]],
    ["/metrics/1/histogram_buckets", undefined],
    ["/metrics/1/histogram_buckets", null],
    ["/metrics/1/histogram_buckets/0", "1"],
    ["/metrics/0/histogram_buckets", [1]],
    ["/metrics/2/histogram_buckets", []],
    ["/metrics/2/id", "app_requests_total"],
  ])("%s as %j", (pointer, value) => {
    const refusal = refusalOf(() => metricsFromDocument(changed(pointer, value)));
    expect(refusal).toMatchObject({ code: "DOCUMENT_INVALID", pointer });
    expect(refusal.message).toContain(`${pointer}: `);
  });

  test.each([[null], [7], ["x"], [true]])("%j as a document", (document) => {
    expect(refusalOf(() => metricsFromDocument(document))).toMatchObject({
      code: "DOCUMENT_INVALID",
      pointer: "",
    });
  });

  test("and not a text of as many characters as it may have", () => {
    expect(() => metricsFromDocument(changed("/metrics/0/help", "🦊".repeat(1024)))).not.toThrow();
    expect(() => metricsFromDocument(changed("/id", "a".repeat(128)))).not.toThrow();
  });
});

describe("what the text format could not write is refused too:", () => {
  test.each([
    ["/metrics/0/id", "app.requests", "NAME_INVALID", "/metrics/0/id"],
    ["/metrics/0/id", "__proto__", "NAME_INVALID", "/metrics/0/id"],
    ["/metrics/0/unit", "s", "UNIT_INVALID", "/metrics/0/unit"],
    ["/metrics/0/labels", ["a", "a"], "LABEL_NAME_INVALID", "/metrics/0/labels/1"],
    ["/metrics/0/labels", ["_a"], "LABEL_NAME_INVALID", "/metrics/0/labels/0"],
    ["/metrics/1/labels", ["le"], "LABEL_NAME_INVALID", "/metrics/1/labels/0"],
    ["/metrics/1/histogram_buckets", [2, 1], "BUCKETS_INVALID", "/metrics/1/histogram_buckets/1"],
    ["/metrics/2/help", "\ud800", "HELP_INVALID", "/metrics/2/help"],
  ])("%s as %j", (place, value, code, pointer) => {
    const refusal = refusalOf(() => metricsFromDocument(changed(place, value)));
    expect(refusal).toMatchObject({ code, pointer });
    expect(refusal.message).toContain(`${pointer}: `);
  });

  test("a clash between two metrics, by createRegistry", () => {
    const definitions = metricsFromDocument(changed("/metrics/2/id", "app_requests"));
    expect(refusalOf(() => createRegistry(definitions)).code).toBe("NAME_CLASH");
  });
});
