/**
 * The metrics of a messaging client, declared. The first four are OpenTelemetry's, by their
 * OpenMetrics names; `reprise_` is our own namespace, for what no standard names yet.
 *
 * Source: OpenTelemetry semantic conventions 1.44.0, "Messaging metrics" (names, units, buckets,
 * attributes), and its compatibility with OpenMetrics (the spelling here).
 */
import { counter, gauge, histogram, type MetricDefinitions } from "../definitions.js";

/** Source: as above, "Metric: messaging.client.operation.duration". Seconds. */
const durationBuckets: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];
const batchBuckets: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000];
const sizeBuckets: readonly number[] = [
  64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 16_777_216,
];

const group = "messaging_consumer_group_name";
const destination = "messaging_destination_name";
const operation = "messaging_operation_name";
const system = "messaging_system";
const place = ["server_address", "server_port", system] as const;
const client = ["error_type", group, destination, operation, "messaging_operation_type"] as const;

/** For `createRegistry`, alone or beside metrics of a program's own. */
export const messagingMetricDefinitions: MetricDefinitions = {
  messaging_client_consumed_messages: counter({
    help: "Messages handed to the program, once per delivery.",
    unit: "{message}",
    labels: [...client, ...place],
  }),
  messaging_client_operation_duration_seconds: histogram({
    help: "Duration of a call of the messaging client.",
    unit: "s",
    labels: [...client, ...place],
    buckets: durationBuckets,
  }),
  messaging_client_sent_messages: counter({
    help: "Messages the client attempted to send.",
    unit: "{message}",
    labels: [...client, ...place],
  }),
  messaging_process_duration_seconds: histogram({
    help: "Duration of handling one message.",
    unit: "s",
    labels: ["error_type", group, destination, operation, ...place],
    buckets: durationBuckets,
  }),
  reprise_batch_messages: histogram({
    help: "Messages in one call.",
    unit: "{message}",
    labels: [operation, system],
    buckets: batchBuckets,
  }),
  reprise_blocked_duration_seconds: histogram({
    help: "How long sending was held up.",
    unit: "s",
    labels: [system, "reason"],
    buckets: durationBuckets,
  }),
  reprise_broker_events: counter({
    help: "What the broker or the connection did.",
    unit: "{event}",
    labels: ["event", system],
  }),
  reprise_buffered_bytes: gauge({
    help: "Bytes in a buffer of the client.",
    unit: "By",
    labels: ["buffer", system],
  }),
  reprise_buffered_messages: gauge({
    help: "Messages in a buffer of the client.",
    unit: "{message}",
    labels: ["buffer", system],
  }),
  reprise_consumer_lag_messages: gauge({
    help: "Messages of a partition that wait behind what was read.",
    unit: "{message}",
    labels: [group, destination, "messaging_destination_partition_id", system],
  }),
  reprise_dead_lettered_messages: counter({
    help: "Messages rejected to the dead letter.",
    unit: "{message}",
    labels: [group, destination, system],
  }),
  reprise_deduplicated_messages: counter({
    help: "Deliveries acked without the handler, which had been through them.",
    unit: "{message}",
    labels: [group, system],
  }),
  reprise_in_flight_messages: gauge({
    help: "Messages delivered and not settled.",
    unit: "{message}",
    labels: [group, destination, system],
  }),
  reprise_message_body_size_bytes: histogram({
    help: "Size of message bodies.",
    unit: "By",
    labels: [destination, operation, system],
    buckets: sizeBuckets,
  }),
  reprise_rebalance_duration_seconds: histogram({
    help: "How long a rebalance of the group took.",
    unit: "s",
    labels: [group, system],
    buckets: durationBuckets,
  }),
  reprise_rebalances: counter({
    help: "Rebalances of the group.",
    unit: "{rebalance}",
    labels: [group, system],
  }),
  reprise_reconnects: counter({
    help: "Connections that were lost and came again.",
    unit: "{reconnect}",
    labels: [system],
  }),
  reprise_redelivered_messages: counter({
    help: "Deliveries that may have been handled before.",
    unit: "{message}",
    labels: [group, destination, system],
  }),
  reprise_refused_messages: counter({
    help: "Messages that were not sent or not accepted.",
    unit: "{message}",
    labels: ["error_type", destination, system],
  }),
  reprise_retried_messages: counter({
    help: "Deliveries settled as retry.",
    unit: "{message}",
    labels: [group, destination, system],
  }),
  reprise_settled_messages: counter({
    help: "Deliveries settled, by outcome; stale came too late.",
    unit: "{message}",
    labels: [group, destination, system, "outcome"],
  }),
};

const semanticNames: ReadonlyMap<string, string> = new Map([
  ["error_type", "error.type"],
  ["messaging_client_consumed_messages", "messaging.client.consumed.messages"],
  ["messaging_client_operation_duration_seconds", "messaging.client.operation.duration"],
  ["messaging_client_sent_messages", "messaging.client.sent.messages"],
  ["messaging_consumer_group_name", "messaging.consumer.group.name"],
  ["messaging_destination_name", "messaging.destination.name"],
  ["messaging_destination_partition_id", "messaging.destination.partition.id"],
  ["messaging_operation_name", "messaging.operation.name"],
  ["messaging_operation_type", "messaging.operation.type"],
  ["messaging_process_duration_seconds", "messaging.process.duration"],
  ["messaging_system", "messaging.system"],
  ["server_address", "server.address"],
  ["server_port", "server.port"],
]);

/** OpenTelemetry's own spelling of a metric or label name declared here; any other is as it was. */
export function semanticName(name: string): string {
  return semanticNames.get(name) ?? name;
}
