/**
 * Goal: every reader gets the text it asked for, and who asks for none of ours the oldest.
 * Method: Accept headers by hand, those that Prometheus sends among them; the Content-Type by hand.
 */
import { createRegistry, negotiateMetricsFormat, renderOpenMetrics } from "@reprise/obs";
import { expect, test } from "vitest";
import { allowsGzip } from "../src/negotiation.ts";

const plain = "text/plain; version=0.0.4; charset=utf-8";
const open = (scheme = "underscores") =>
  `application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=${scheme}`;

test.each<[string | undefined, string | undefined]>([
  [undefined, plain],
  ["", plain],
  ["*/*", plain],
  ["text/*", plain],
  ["text/plain", plain],
  ["TEXT/PLAIN ; Version=0.0.4", plain],
  ["application/openmetrics-text", open()],
  ["application/openmetrics-text; version=1.0.0", open()],
  ['application/openmetrics-text; version="1.0.0"', open()],
  ["application/openmetrics-text; version=0.0.1", plain],
  ["application/openmetrics-text; version=2.0.0", plain],
  ["application/*", open()],
  ["application/openmetrics-text;version=1.0.0;escaping=allow-utf-8", open("allow-utf-8")],
  ["application/openmetrics-text;version=1.0.0;escaping=allow-utf8", open("allow-utf-8")],
  ["application/openmetrics-text;version=1.0.0;escaping=values", open("values")],
  ["application/openmetrics-text;version=1.0.0;escaping=dots", open()],
  ["application/openmetrics-text;version=1.0.0;escaping=\u0000x", open()],
  [
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
    open("allow-utf-8"),
  ],
  [
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,text/plain;version=1.0.0;escaping=values;q=0.5,*/*;q=0.1",
    "text/plain; version=1.0.0; charset=utf-8; escaping=values",
  ],
  ["application/vnd.google.protobuf", plain],
  ["text/plain;q=0.9, application/openmetrics-text;q=0.8", plain],
  ["text/plain;q=0.8, application/openmetrics-text;q=0.9", open()],
  ["text/plain, application/openmetrics-text", plain],
  ["application/openmetrics-text, text/plain", open()],
  ["text/plain;q=0, */*", open()],
  ["text/plain;q=0", undefined],
  ["*/*;q=0", undefined],
  ["text/*;q=0", undefined],
  ["text/plain;q=0, application/openmetrics-text;q=0, */*", undefined],
  ["text/plain;q=2", undefined],
  ["text/plain;q=x, application/openmetrics-text", open()],
  [",,;;=,", plain],
  [`${"a/b,".repeat(2_000)}application/openmetrics-text`, plain],
])("%j gets %j", (accept, contentType) => {
  expect(negotiateMetricsFormat(accept)?.contentType).toBe(contentType);
});

test("the format renders what it names", () => {
  const registry = createRegistry({});
  const format = negotiateMetricsFormat("application/openmetrics-text");
  expect(format?.render(registry)).toBe(renderOpenMetrics(registry));
  expect(negotiateMetricsFormat("text/plain")?.render(registry)).toBe("");
});

test.each<[string | undefined, boolean]>([
  [undefined, false],
  ["", false],
  ["gzip", true],
  ["deflate, GZIP;q=0.5", true],
  ["gzip;q=0", false],
  ["gzip;q=0, *", false],
  ["*", true],
  ["*;q=0", false],
  ["br", false],
  ["x-gzip", true],
  ["gzipped", false],
  [`${"a,".repeat(4_000)}gzip`, false],
])("Accept-Encoding %j: gzip %s", (header, allowed) => {
  expect(allowsGzip(header)).toBe(allowed);
});
