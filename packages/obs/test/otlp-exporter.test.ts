/**
 * Goal: what is exported arrives, once; what may pass is tried again after as long as asked; what
 * cannot arrive is dropped, counted and told; nothing waits for ever and nothing grows for ever.
 * Method: a collector of our own on the loopback address that answers as told, and decodes with
 * protobufjs; timers by hand, so that no test waits for time.
 */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import {
  createOtlpExporter,
  type OtlpExporterOptions,
  type OtlpPorts,
  type OtlpProblem,
} from "@reprise/obs/os";
import protobuf from "protobufjs";
import { afterEach, describe, expect, test } from "vitest";
import { opentelemetryProto } from "./opentelemetry-proto.ts";
import { sampleRecord, sampleRegistry, sampleSpan, startTimeUnixNano } from "./otlp-samples.ts";

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

type Answer = { status: number; headers?: Record<string, string>; body?: string } | "drop" | "hang";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** Answers in order, and 200 afterwards. */
async function collector(...answers: Answer[]) {
  const received: Received[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({
        path: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks),
      });
      for (const arrived of waiting.splice(0)) arrived();
      const answer = answers.shift() ?? { status: 200 };
      if (answer === "drop") request.socket.destroy();
      else if (answer !== "hang") {
        response.writeHead(answer.status, answer.headers);
        response.end(answer.body);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const arrival = (count: number): Promise<void> =>
    received.length >= count
      ? Promise.resolve()
      : new Promise<void>((resolve) => waiting.push(resolve)).then(() => arrival(count));
  return { url: `http://127.0.0.1:${port}`, received, arrival };
}

/** Waits between attempts are over at once and noted; those for an answer never are. */
function instantPorts() {
  const waits: number[] = [];
  const ports: OtlpPorts = {
    nowMs: () => 1_763_650_800_123,
    random: () => 0,
    timer(ms, elapsed) {
      if (ms !== 10_000 && ms !== 5_000) {
        waits.push(ms);
        queueMicrotask(elapsed);
      }
      return () => undefined;
    },
  };
  return { ports, waits };
}

function exporterTo(url: string, more: Partial<OtlpExporterOptions> = {}) {
  const problems: OtlpProblem[] = [];
  const { ports, waits } = instantPorts();
  const exporter = createOtlpExporter({
    url,
    startTimeUnixNano,
    ports,
    onProblem: (problem) => problems.push(problem),
    ...more,
  });
  return { exporter, problems, waits };
}

describe("what arrives", () => {
  test("each signal at its path, compressed, with its headers, as protocol buffers", async () => {
    const { url, received } = await collector();
    const { exporter, problems } = exporterTo(`${url}/`, {
      headers: { authorization: "Bearer x" },
    });
    exporter.exportMetrics(sampleRegistry());
    exporter.exportSpans([sampleSpan]);
    exporter.exportLogs([sampleRecord]);
    exporter.exportSpans([]);
    await exporter.flush();
    expect(received.map(({ path }) => path)).toEqual(["/v1/metrics", "/v1/traces", "/v1/logs"]);
    expect(received[0]?.headers).toMatchObject({
      authorization: "Bearer x",
      "content-type": "application/x-protobuf",
      "content-encoding": "gzip",
    });
    const { root } = protobuf.parse(opentelemetryProto);
    const type = root.lookupType("otlp.ExportMetricsServiceRequest");
    const message = type.toObject(type.decode(gunzipSync(received[0]?.body ?? "")), {
      longs: String,
    });
    const [metric] = message.resourceMetrics[0].scopeMetrics[0].metrics;
    expect(metric.gauge.dataPoints[0].timeUnixNano).toBe("1763650800123000000");
    expect([exporter.sent, exporter.lost, problems]).toEqual([3, 0, []]);
    await exporter.close();
  });

  test("JSON, not compressed, where that is wanted", async () => {
    const { url, received } = await collector();
    const { exporter } = exporterTo(url, { encoding: "json", compress: false });
    exporter.exportLogs([sampleRecord]);
    await exporter.close();
    expect(received[0]?.headers["content-type"]).toBe("application/json");
    expect(received[0]?.headers["content-encoding"]).toBeUndefined();
    expect(JSON.parse(String(received[0]?.body)).resourceLogs).toHaveLength(1);
  });

  test("what is too large for one request is divided; one item that is too large is lost", async () => {
    const { url, received } = await collector();
    const { exporter, problems } = exporterTo(url, {
      encoding: "json",
      compress: false,
      bodySizeMax: 2_000,
    });
    exporter.exportLogs(Array.from({ length: 20 }, (_, index) => ({ ...sampleRecord, index })));
    exporter.exportLogs([{ ...sampleRecord, fields: { text: "x".repeat(3_000) } }]);
    await exporter.close();
    const small = exporterTo(url, { bodySizeMax: 300 });
    small.exporter.exportMetrics(sampleRegistry());
    await small.exporter.close();
    const records = received.flatMap(
      ({ body }) => JSON.parse(String(body)).resourceLogs[0].scopeLogs[0].logRecords,
    );
    expect(records).toHaveLength(20);
    expect(received.length).toBeGreaterThan(1);
    expect(received.every(({ body }) => body.length <= 2_000)).toBe(true);
    expect(problems).toMatchObject([{ signal: "logs", reason: "too-large", lost: 1 }]);
    expect(small.problems).toMatchObject([{ signal: "metrics", reason: "too-large", lost: 1 }]);
  });
});

describe("what fails", () => {
  test.each([429, 502, 503, 504])("%i is tried again, the same bytes", async (status) => {
    const { url, received } = await collector({ status }, { status });
    const { exporter, problems, waits } = exporterTo(url);
    exporter.exportSpans([sampleSpan]);
    await exporter.flush();
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ body }) => body.toString("hex"))).size).toBe(1);
    expect([waits, problems, exporter.sent]).toEqual([[500, 1_000], [], 1]);
  });

  test("no answer at all is tried again", async () => {
    const { url, received } = await collector("drop", "drop");
    const { exporter, problems } = exporterTo(url);
    exporter.exportSpans([sampleSpan]);
    await exporter.flush();
    expect([received.length, problems, exporter.sent]).toEqual([3, [], 1]);
  });

  test("the wait is what the collector asks for, up to the longest", async () => {
    const { url } = await collector(
      { status: 429, headers: { "retry-after": "7" } },
      { status: 503, headers: { "retry-after": "86400" } },
    );
    const { exporter, waits } = exporterTo(url);
    exporter.exportSpans([sampleSpan]);
    await exporter.flush();
    expect(waits).toEqual([7_000, 30_000]);
  });

  test.each([400, 401, 404, 413, 500, 501, 301, 307])("%i is not tried again", async (status) => {
    const { url, received } = await collector({ status, headers: { location: "/elsewhere" } });
    const { exporter, problems } = exporterTo(url);
    exporter.exportSpans([sampleSpan, sampleSpan]);
    await exporter.flush();
    expect(received).toHaveLength(1);
    expect(problems).toMatchObject([{ signal: "traces", reason: "refused", lost: 2 }]);
    expect([exporter.sent, exporter.lost]).toEqual([0, 2]);
  });

  test("after so many attempts it is given up, and what comes next has its own", async () => {
    const { url, received } = await collector({ status: 503 }, { status: 503 }, { status: 503 });
    const { exporter, problems } = exporterTo(url, { attemptsMax: 3 });
    exporter.exportSpans([sampleSpan]);
    exporter.exportLogs([sampleRecord]);
    await exporter.flush();
    expect(received).toHaveLength(4);
    expect(problems).toMatchObject([{ signal: "traces", reason: "given-up", lost: 1 }]);
    expect(exporter.sent).toBe(1);
  });

  test("a part that was not taken is told, in either encoding, and not sent again", async () => {
    const { root } = protobuf.parse(opentelemetryProto);
    const bytes = root
      .lookupType("otlp.ExportTraceServiceResponse")
      .encode({ partialSuccess: { rejectedSpans: 2, errorMessage: "too old" } })
      .finish();
    const { url, received } = await collector(
      { status: 200, body: Buffer.from(bytes).toString("latin1") },
      {
        status: 200,
        headers: { "content-type": "application/json" },
        body: '{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"odd"}}',
      },
      { status: 200, headers: { "content-type": "application/json" }, body: "<not json>" },
    );
    const { exporter, problems } = exporterTo(url);
    exporter.exportSpans([sampleSpan, sampleSpan, sampleSpan]);
    exporter.exportLogs([sampleRecord]);
    exporter.exportLogs([sampleRecord]);
    await exporter.flush();
    expect(received).toHaveLength(3);
    expect(problems).toEqual([
      { signal: "traces", reason: "partial", lost: 2, message: "too old" },
      { signal: "logs", reason: "partial", lost: 1, message: "odd" },
    ]);
    expect([exporter.sent, exporter.lost]).toEqual([3, 3]);
  });

  test("a listener that throws stops nothing", async () => {
    const { url } = await collector({ status: 400 });
    const { exporter } = exporterTo(url, {
      onProblem: () => {
        throw new Error("no");
      },
    });
    exporter.exportSpans([sampleSpan]);
    exporter.exportSpans([sampleSpan]);
    await exporter.flush();
    expect([exporter.sent, exporter.lost]).toEqual([1, 1]);
  });
});

describe("what waits", () => {
  test("is bounded in number and in size", async () => {
    const { url, arrival } = await collector("hang");
    const { exporter, problems } = exporterTo(url, { queueMax: 3 });
    exporter.exportSpans([sampleSpan]);
    await arrival(1);
    for (let n = 0; n < 5; n++) exporter.exportSpans([sampleSpan, sampleSpan]);
    expect(problems).toMatchObject([
      { reason: "queue-full", lost: 2 },
      { reason: "queue-full", lost: 2 },
    ]);
    const small = exporterTo(url, { queueSizeMax: 10 });
    small.exporter.exportSpans([sampleSpan]);
    expect(small.problems).toMatchObject([{ reason: "queue-full", lost: 1 }]);
    await small.exporter.close();
    await closeAtOnce(exporter.close);
  });

  test("is dropped at the deadline of close, and so is what comes after it", async () => {
    const { url, arrival } = await collector("hang");
    const { exporter, problems } = exporterTo(url);
    exporter.exportSpans([sampleSpan]);
    exporter.exportLogs([sampleRecord]);
    await arrival(1);
    await closeAtOnce(exporter.close);
    await exporter.close();
    exporter.exportLogs([sampleRecord]);
    expect(problems.map(({ signal, reason }) => [signal, reason])).toEqual([
      ["logs", "closed"],
      ["traces", "closed"],
      ["logs", "closed"],
    ]);
  });

  test("an answer that takes too long is none", async () => {
    const { url, received } = await collector("hang");
    const { exporter, waits } = exporterTo(url, { timeoutMs: 20, attemptsMax: 1 });
    // 20 ms are over at once with these ports, before there is a connection.
    exporter.exportSpans([sampleSpan]);
    await exporter.flush();
    expect([waits, exporter.lost, received.length]).toEqual([[20], 1, 0]);
  });
});

/** Any deadline but the usual is over at once with these ports. */
function closeAtOnce(close: (deadlineMs: number) => Promise<void>): Promise<void> {
  return close(1);
}

test.each([
  "",
  "127.0.0.1:4318",
  "ftp://127.0.0.1",
  "http://user:secret@127.0.0.1",
  "http://127.0.0.1/?token=secret",
  "http://127.0.0.1/#x",
])("url %j is refused, without repeating it", (url) => {
  expect(() => exporterTo(url)).toThrow(
    expect.objectContaining({
      code: "OPTION_INVALID",
      message: expect.not.stringContaining("secret"),
    }),
  );
});
