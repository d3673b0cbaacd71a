/**
 * Goal: a real Prometheus scrapes the endpoint and answers queries with the numbers that were
 * recorded.
 * Method: Debian's prometheus with a configuration, a port and a folder of its own, on the loopback
 * address; a messaging client's metrics; queries until the scrape is there, then once for each number.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  counter,
  createMessagingMetrics,
  createRegistry,
  info,
  messagingMetricDefinitions,
  stateset,
} from "@reprise/obs";
import { type MetricsServer, serveMetrics } from "@reprise/obs/os";
import { afterAll, beforeAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "reprise-prometheus-"));
let server: MetricsServer;
let prometheus: ChildProcess;
let base = "";
let output = "";

const topic = 'orders "quoted" \\ \n \u{1f98a}';

function observed() {
  const registry = createRegistry({
    ...messagingMetricDefinitions,
    build: info({ help: "Build.", labels: ["version"] }),
    odd: counter({ help: "With an odd exemplar." }),
    state: stateset({ help: "State.", states: ["down", "up"] }),
  });
  registry.info("build").record({ version: "1.2" });
  registry.stateset("state").enter("up");
  registry.counter("odd").add(3, {}, { trace_id: '"} 1 # {\\ \n' });
  const { observe } = createMessagingMetrics(registry, { system: "kafka", consumerGroup: "g" });
  const envelope = { topic, value: new Uint8Array(100), headers: {} };
  const delivery = { envelope, partition: 2, position: "1", attempt: 1, redelivered: true };
  const receipt = { partition: 2, position: "1" };
  for (let n = 0; n < 7; n++) observe({ type: "published", envelope, receipt });
  for (let n = 0; n < 5; n++) observe({ type: "delivered", delivery });
  observe({ type: "settled", delivery, outcome: "ack", latencyTicks: 30_000 });
  observe({ type: "settled", delivery, outcome: "reject", latencyTicks: 700_000 });
  observe({ type: "lag", topic, partition: 2, messages: 42 });
  return registry;
}

async function freePort(): Promise<number> {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port } = holder.address() as AddressInfo;
  await new Promise((resolve) => holder.close(resolve));
  return port;
}

beforeAll(async () => {
  server = await serveMetrics({ registry: observed(), port: 0 });
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  const config = join(folder, "prometheus.yml");
  writeFileSync(
    config,
    `scrape_configs:
  - job_name: reprise
    scrape_interval: 1s
    static_configs:
      - targets: ["127.0.0.1:${server.port}"]
`,
  );
  prometheus = spawn(
    "prometheus",
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  prometheus.stderr?.on("data", (chunk) => {
    output += chunk;
  });
  await until(async () => (await fetch(`${base}/-/ready`)).ok);
  await until(async () => (await answerTo("up")) === 1);
});

afterAll(async () => {
  const ended = new Promise((resolve) => prometheus.once("exit", resolve));
  prometheus.kill("SIGTERM");
  await ended;
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Asks again until it is so; the test's deadline ends it, and so does the end of Prometheus. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 100_000;
  while (Date.now() < deadline) {
    if (prometheus.exitCode !== null) break;
    if (await isSo().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`prometheus did not come so far:\n${output.slice(-4_000)}`);
}

/** The value of a query with one result. */
async function answerTo(query: string): Promise<number | undefined> {
  const response = await fetch(`${base}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { data } = (await response.json()) as {
    data: { result: { value: [number, string] }[] };
  };
  expect(data.result.length).toBeLessThan(2);
  const [, text] = data.result[0]?.value ?? [];
  return text === undefined ? undefined : Number(text);
}

test.each<[string, number]>([
  ["messaging_client_sent_messages_total", 7],
  ["messaging_client_consumed_messages_total", 5],
  ["reprise_in_flight_messages", 3],
  ["reprise_redelivered_messages_total", 5],
  ["reprise_dead_lettered_messages_total", 1],
  ['reprise_settled_messages_total{outcome="ack"}', 1],
  ['reprise_consumer_lag_messages{messaging_destination_partition_id="2"}', 42],
  ['reprise_message_body_size_bytes_sum{messaging_operation_name="publish"}', 700],
  ['messaging_process_duration_seconds_bucket{error_type="",le="0.025"}', 0],
  ['messaging_process_duration_seconds_bucket{error_type="",le="0.05"}', 1],
  ['messaging_process_duration_seconds_sum{error_type="reject"}', 0.7],
  ["sum(messaging_process_duration_seconds_count)", 2],
  [
    'histogram_quantile(0.5, messaging_process_duration_seconds_bucket{error_type="reject"})',
    0.625,
  ],
  ['build_info{version="1.2"}', 1],
  ["odd_total", 3],
  ['state{state="up"}', 1],
  ['state{state="down"}', 0],
  [`messaging_client_sent_messages_total{messaging_destination_name=${JSON.stringify(topic)}}`, 7],
])("%s is %d", async (query, expected) => {
  expect(await answerTo(query)).toBe(expected);
});

test("the scrape had no error, and asked for OpenMetrics", async () => {
  const response = await fetch(`${base}/api/v1/targets`);
  const { data } = (await response.json()) as {
    data: { activeTargets: { health: string; lastError: string }[] };
  };
  expect(data.activeTargets).toMatchObject([{ health: "up", lastError: "" }]);
  const metadata = await fetch(`${base}/api/v1/metadata?metric=messaging_process_duration_seconds`);
  expect(await metadata.json()).toMatchObject({
    // Only OpenMetrics has units.
    data: { messaging_process_duration_seconds: [{ type: "histogram", unit: "seconds" }] },
  });
});
