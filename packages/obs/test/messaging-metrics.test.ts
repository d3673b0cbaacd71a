/**
 * Goal: what a driver does is counted under OpenTelemetry's names, with labels of few values, and
 * never twice; and a driver of msg-core can be observed without a conversion.
 * Method: events by hand, and the text they have to give, by hand; a real driver in memory; and the
 * compiler, which has to take an event of msg-core for one of ours.
 */
import { readFileSync } from "node:fs";
import { parseJson } from "@reprise/canonical-json";
import { consume, type DriverEvent, MsgError } from "@reprise/msg-core";
import { openMemoryDriver } from "@reprise/msg-memory";
import {
  createMessagingMetrics,
  createRegistry,
  messagingMetricDefinitions,
  metricsFromDocument,
  type ObservedDelivery,
  type ObservedEvent,
  renderOpenMetrics,
  semanticName,
} from "@reprise/obs";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

/** Compiles only as long as msg-core's events are ours. */
const asObserved = (event: DriverEvent): ObservedEvent => event;

const envelope = (topic: string, size = 3) => ({ topic, value: new Uint8Array(size), headers: {} });
const delivery = (topic = "orders", more: Partial<ObservedDelivery> = {}): ObservedDelivery => ({
  envelope: envelope(topic),
  partition: 0,
  position: "1",
  attempt: 1,
  redelivered: false,
  ...more,
});

function recorder(options: Partial<Parameters<typeof createMessagingMetrics>[1]> = {}) {
  const registry = createRegistry(messagingMetricDefinitions);
  const metrics = createMessagingMetrics(registry, { system: "kafka", ...options });
  return {
    ...metrics,
    tell: (...events: readonly ObservedEvent[]) => events.forEach(metrics.observe),
    /** The samples of one family, or of all. */
    samples: (family = "") =>
      renderOpenMetrics(registry)
        .split("\n")
        .filter((line) => line.startsWith(family) && !line.startsWith("#") && line !== ""),
  };
}

const receipt = { partition: 0, position: "1" };
const published = (topic = "orders"): ObservedEvent => ({
  type: "published",
  envelope: envelope(topic),
  receipt,
});
const refused = (code: string, attempted?: boolean): ObservedEvent => ({
  type: "refused",
  envelope: envelope("orders"),
  error: { code },
  attempted,
});
const settled = (outcome: "ack" | "retry" | "reject", latencyTicks?: number): ObservedEvent => ({
  type: "settled",
  delivery: delivery(),
  outcome,
  latencyTicks,
});

describe("what is sent", () => {
  test("is counted under OpenTelemetry's name, with its attributes", () => {
    const { tell, samples } = recorder({ serverAddress: "broker-1", serverPort: 9092 });
    tell(published(), published(), refused("BROKER_TIMEOUT"));
    const labels =
      'messaging_destination_name="orders",messaging_operation_name="publish",messaging_operation_type="send",messaging_system="kafka",server_address="broker-1",server_port="9092"';
    expect(samples("messaging_client_sent_messages")).toEqual([
      `messaging_client_sent_messages_total{${labels}} 2`,
      `messaging_client_sent_messages_total{error_type="BROKER_TIMEOUT",${labels}} 1`,
    ]);
  });

  test.each([
    ["LIMIT_EXCEEDED", undefined, 0],
    ["TOPIC_UNKNOWN", undefined, 0],
    ["QUEUE_FULL", undefined, 0],
    ["ABORTED", undefined, 0],
    ["CLOSED", undefined, 0],
    ["BROKER_REFUSED", undefined, 1],
    ["UNROUTABLE", undefined, 1],
    ["BROKER_REFUSED", false, 0],
    ["ABORTED", true, 1],
  ])("%s (attempted: %s) counts as sent %i times, and as refused once", (code, attempted, sent) => {
    const { tell, samples } = recorder();
    tell(refused(code, attempted));
    expect(samples("messaging_client_sent_messages")).toHaveLength(sent);
    expect(samples("reprise_refused_messages")).toEqual([
      `reprise_refused_messages_total{error_type="${code}",messaging_destination_name="orders",messaging_system="kafka"} 1`,
    ]);
  });
});

describe("what is received", () => {
  test("is counted once per delivery, and is in flight until it is settled", () => {
    const { tell, samples } = recorder({ consumerGroup: "billing" });
    const inFlight = () => samples("reprise_in_flight_messages").map((line) => line.split(" ")[1]);
    tell({ type: "delivered", delivery: delivery() });
    tell({ type: "delivered", delivery: delivery("orders", { redelivered: true, attempt: 2 }) });
    expect(inFlight()).toEqual(["2.0"]);
    tell(settled("ack"), settled("retry"));
    expect(inFlight()).toEqual(["0.0"]);
    expect(samples("messaging_client_consumed_messages")).toEqual([
      'messaging_client_consumed_messages_total{messaging_consumer_group_name="billing",messaging_destination_name="orders",messaging_operation_name="poll",messaging_operation_type="receive",messaging_system="kafka"} 2',
    ]);
    expect(samples("reprise_redelivered_messages")).toEqual([
      'reprise_redelivered_messages_total{messaging_consumer_group_name="billing",messaging_destination_name="orders",messaging_system="kafka"} 1',
    ]);
  });

  test("is settled by outcome; retries and dead letters have names of their own", () => {
    const { tell, samples } = recorder();
    tell(settled("ack"), settled("ack"), settled("retry"), settled("reject"));
    tell({ type: "stale", delivery: delivery() });
    const values = (family: string) => samples(family).map((line) => line.split(" ")[1]);
    expect(values("reprise_settled_messages")).toEqual(["2", "1", "1", "1"]);
    expect(values("reprise_retried_messages")).toEqual(["1"]);
    expect(values("reprise_dead_lettered_messages")).toEqual(["1"]);
  });

  test("a stale settlement leaves what is in flight alone where the driver tells what it revokes", () => {
    const silent = recorder();
    const telling = recorder();
    for (const { tell } of [silent, telling]) tell({ type: "delivered", delivery: delivery() });
    silent.tell({ type: "stale", delivery: delivery() });
    telling.tell(
      { type: "revoked", delivery: delivery() },
      { type: "stale", delivery: delivery() },
    );
    for (const { samples } of [silent, telling]) {
      expect(samples("reprise_in_flight_messages")[0]).toMatch(/ 0\.0$/);
    }
  });

  test("handling takes what the settlement says, in seconds; a failure is no success", () => {
    const { tell, samples } = recorder();
    tell(settled("ack", 7_000), settled("retry", 2_000_000), settled("ack"));
    const lines = samples("messaging_process_duration_seconds");
    const base =
      'messaging_destination_name="orders",messaging_operation_name="process",messaging_system="kafka"';
    expect(lines).toContain(`messaging_process_duration_seconds_count{${base}} 1`);
    expect(lines).toContain(`messaging_process_duration_seconds_sum{${base}} 0.007`);
    expect(lines).toContain(
      `messaging_process_duration_seconds_sum{error_type="retry",${base}} 2.0`,
    );
    expect(lines).toContain(`messaging_process_duration_seconds_bucket{${base},le="0.005"} 0`);
    expect(lines).toContain(`messaging_process_duration_seconds_bucket{${base},le="0.01"} 1`);
  });

  test("duplicates are counted from events or by the caller", () => {
    const { tell, samples, deduplicated } = recorder();
    tell({ type: "settled", delivery: delivery(), outcome: "ack", duplicate: true });
    deduplicated(3);
    expect(samples("reprise_deduplicated_messages")).toEqual([
      'reprise_deduplicated_messages_total{messaging_system="kafka"} 4',
    ]);
  });
});

describe("the client itself", () => {
  test("calls: batch sizes always, durations and waits where they are known", () => {
    const { tell, samples } = recorder({ consumerGroup: "billing" });
    tell({ type: "operation", name: "publish", count: 20 });
    tell({ type: "operation", name: "poll", count: 0, durationTicks: 500_000 });
    tell({
      type: "operation",
      name: "publish",
      count: 1,
      durationTicks: 1_000,
      blockedTicks: 250,
      error: { code: "BROKER_TIMEOUT" },
    });
    expect(samples("reprise_batch_messages_sum")).toEqual([
      'reprise_batch_messages_sum{messaging_operation_name="poll",messaging_system="kafka"} 0.0',
      'reprise_batch_messages_sum{messaging_operation_name="publish",messaging_system="kafka"} 21.0',
    ]);
    expect(samples("messaging_client_operation_duration_seconds_sum")).toEqual([
      'messaging_client_operation_duration_seconds_sum{messaging_consumer_group_name="billing",messaging_operation_name="poll",messaging_operation_type="receive",messaging_system="kafka"} 0.5',
      'messaging_client_operation_duration_seconds_sum{error_type="BROKER_TIMEOUT",messaging_operation_name="publish",messaging_operation_type="send",messaging_system="kafka"} 0.001',
    ]);
    expect(samples("reprise_blocked_duration_seconds_sum")).toEqual([
      'reprise_blocked_duration_seconds_sum{messaging_system="kafka",reason="room"} 0.00025',
    ]);
  });

  test("a connection that was lost and came again is a reconnect; a stall is none", () => {
    const { tell, samples } = recorder();
    const health = (detail: string): ObservedEvent => ({ type: "broker", name: "health", detail });
    tell(health("stalled"), health("ready"));
    expect(samples("reprise_reconnects")).toEqual([]);
    tell(
      health("connecting: CONNECTION_LOST"),
      health("ready"),
      health("stalled"),
      health("ready"),
    );
    expect(samples("reprise_reconnects")).toEqual([
      'reprise_reconnects_total{messaging_system="kafka"} 1',
    ]);
  });

  test("blocking is measured by the clock it was given, and not without one", () => {
    let now = 5_000;
    const timed = recorder({ now: () => now });
    const untimed = recorder();
    for (const { tell } of [timed, untimed]) {
      now = 5_000;
      tell({ type: "broker", name: "connection.blocked", detail: "low on memory" });
      now = 1_505_000;
      tell({ type: "broker", name: "connection.unblocked", detail: "" });
      tell({ type: "broker", name: "connection.unblocked", detail: "again" });
    }
    expect(timed.samples("reprise_blocked_duration_seconds_sum")).toEqual([
      'reprise_blocked_duration_seconds_sum{messaging_system="kafka",reason="connection"} 1.5',
    ]);
    expect(untimed.samples("reprise_blocked_duration")).toEqual([]);
  });

  test("rebalances, lag and buffers", () => {
    const { tell, samples } = recorder({ consumerGroup: "billing" });
    tell({ type: "broker", name: "rebalanced", detail: "0, 1", value: 3_000_000 });
    tell({ type: "broker", name: "rebalanced", detail: "0" });
    tell({ type: "lag", topic: "orders", partition: 3, messages: 42 });
    tell({ type: "lag", topic: "orders", partition: 3, messages: 41 });
    tell({ type: "buffer", name: "publish", messages: 7, bytes: 700 });
    tell({ type: "buffer", name: "inbox", messages: 2 });
    const values = (family: string) => samples(family).map((line) => line.split(" ")[1]);
    expect(values("reprise_rebalances_total")).toEqual(["2"]);
    expect(values("reprise_rebalance_duration_seconds_sum")).toEqual(["3.0"]);
    expect(samples("reprise_consumer_lag_messages")).toEqual([
      'reprise_consumer_lag_messages{messaging_consumer_group_name="billing",messaging_destination_name="orders",messaging_destination_partition_id="3",messaging_system="kafka"} 41.0',
    ]);
    expect(values("reprise_buffered_messages")).toEqual(["2.0", "7.0"]);
    expect(values("reprise_buffered_bytes")).toEqual(["700.0"]);
  });
});

describe("labels stay few", () => {
  test("destinations beyond the most that may be named share one series", () => {
    const { tell, samples } = recorder({ destinationsMax: 2 });
    for (const topic of ["a", "b", "c", "d", "a"]) tell(published(topic));
    const lines = samples("messaging_client_sent_messages").map((line) => line.split(" ")[1]);
    expect(lines).toEqual(["2", "2", "1"]);
  });

  test("what does not look like a code or a name is one value, and so are too many", () => {
    const { tell, samples } = recorder();
    tell(refused("connection to 10.0.0.7 lost"), refused(""), refused("a\nb"));
    tell({ type: "broker", name: "message 17 is odd", detail: "" });
    for (let place = 0; place < 250; place++) tell(refused(`E${place}`));
    const types = samples("reprise_refused_messages");
    expect(types).toHaveLength(101);
    expect(types.find((line) => line.includes('"_OTHER"'))).toMatch(/ 153$/);
    expect(samples("reprise_broker_events")).toEqual([
      'reprise_broker_events_total{event="other",messaging_system="kafka"} 1',
    ]);
  });

  test("a topic that is no label's text, and partitions without end, take nothing down", () => {
    const { tell, samples } = recorder();
    for (const topic of ["\ud800", "x".repeat(300)]) tell(published(topic));
    for (let partition = 0; partition < 6_000; partition++) {
      tell({ type: "lag", topic: "orders", partition, messages: 1 });
    }
    expect(samples("messaging_client_sent_messages")[0]).not.toContain("destination_name");
    expect(samples("reprise_consumer_lag_messages")).toHaveLength(5_000);
  });

  test("a registry without these metrics refuses to be recorded to", () => {
    const registry = createRegistry({});
    expect(refusalOf(() => createMessagingMetrics(registry, { system: "kafka" })).code).toBe(
      "METRIC_UNDECLARED",
    );
    const stranger = { metricNames: [] };
    expect(refusalOf(() => createMessagingMetrics(stranger, { system: "x" })).code).toBe(
      "REGISTRY_UNKNOWN",
    );
  });
});

test("a driver in memory is counted, and a second run gives the same bytes", async () => {
  const run = async (): Promise<string> => {
    const registry = createRegistry(messagingMetricDefinitions);
    const driver = openMemoryDriver({ endpoint: "demo", topics: ["orders"], group: "billing" });
    const { observe } = createMessagingMetrics(registry, { system: "memory" });
    driver.observe((event) => observe(asObserved(event)));
    const message = { key: new Uint8Array(), value: new Uint8Array(10), headers: {} };
    await driver.publish(Array.from({ length: 20 }, () => ({ topic: "orders", ...message })));
    await expect(driver.publish([{ topic: "\ud800", ...message }])).rejects.toSatisfy(MsgError.is);
    let handled = 0;
    await consume(driver, () => ({ outcome: handled++ % 5 === 4 ? "reject" : "ack" }), {
      stopWhenIdle: true,
    });
    await driver.close();
    return renderOpenMetrics(registry);
  };
  const text = await run();
  expect(text).toMatch(/^messaging_client_sent_messages_total\{.*\} 20$/m);
  expect(text).toMatch(/^messaging_client_consumed_messages_total\{.*\} 20$/m);
  expect(text).toMatch(/^reprise_dead_lettered_messages_total\{.*\} 4$/m);
  expect(text).toMatch(/^reprise_in_flight_messages\{.*\} 0\.0$/m);
  expect(await run()).toBe(text);
});

test("the contract of this repository declares nothing different under these names", () => {
  const path = new URL("../../../arch/obs/metrics/registry.x07metrics.json", import.meta.url);
  const declared = metricsFromDocument(parseJson(readFileSync(path, "utf8")));
  for (const [id, definition] of Object.entries(messagingMetricDefinitions)) {
    expect(declared[id] ?? definition).toEqual(definition);
  }
});

test("OpenTelemetry's spelling of names", () => {
  expect(semanticName("messaging_client_operation_duration_seconds")).toBe(
    "messaging.client.operation.duration",
  );
  expect(semanticName("messaging_consumer_group_name")).toBe("messaging.consumer.group.name");
  expect(semanticName("reprise_reconnects")).toBe("reprise_reconnects");
});
