/**
 * Counts what a driver does, from the events it shows its observers. The same events give the same
 * metrics, so a replay counts what the recording counted; what a recording does not hold (how long a
 * call took) is absent from both.
 *
 * Labels are of few values, whatever the traffic: a client names so many destinations and no more,
 * an error is its code, never its text, and of brokers' events only names are kept.
 */

import { obsLimits } from "../limits.js";
import type { AnyRegistry, Registry } from "../registry.js";
import { registryOf } from "../registry.js";
import { boundedName } from "./bounded-name.js";
import {
  type ClientLabels,
  createDestinationMetrics,
  type DestinationMetrics,
  lazily,
  type ObservedClient,
} from "./destination-metrics.js";
import { messagingMetricDefinitions } from "./messaging-definitions.js";
import { neverSent, type ObservedEvent } from "./observed-event.js";

export interface MessagingMetricsOptions {
  /** messaging.system: `kafka`, `rabbitmq`, or a name of one's own, such as `redis`. */
  readonly system: string;
  readonly consumerGroup?: string;
  readonly serverAddress?: string;
  readonly serverPort?: number;
  /** Destinations that get a label, 200 unless given; what comes later shares a series without one. */
  readonly destinationsMax?: number;
  /** Microseconds from any origin. With it, the time a broker blocks the connection is measured. */
  readonly now?: () => number;
}

export interface MessagingMetrics {
  /** For `driver.observe`. */
  readonly observe: (event: ObservedEvent) => void;
  /** Deliveries that were acked without the handler, where the events do not tell. */
  deduplicated(count: number): void;
}

const ticksPerSecond = 1_000_000;
const topicLengthMax = 256;
/** Partitions of one client that get a lag of their own: half of what a metric may have of series. */
const partitionsMax = obsLimits.seriesMax / 2;
const operationTypes = { publish: "send", poll: "receive", settle: "settle" } as const;

/**
 * `registry` has to declare all of `messagingMetricDefinitions`; several recorders may share it.
 * Throws METRIC_UNDECLARED, METRIC_TYPE_DIFFERS, REGISTRY_UNKNOWN.
 */
export function createMessagingMetrics(
  registry: AnyRegistry,
  options: MessagingMetricsOptions,
): MessagingMetrics {
  const declared = registryOf(registry);
  checkDeclared(declared);
  const client: ClientLabels = {
    messaging_system: options.system,
    messaging_consumer_group_name: options.consumerGroup,
    server_address: options.serverAddress,
    server_port: options.serverPort === undefined ? undefined : `${options.serverPort}`,
  };
  const destinations = destinationsOf(
    { registry: declared, labels: client, partitionsLeft: partitionsMax },
    options.destinationsMax ?? 200,
  );
  const connection = connectionMetrics(declared, client, options.now);
  const operations = operationMetrics(declared, client);
  const messages = messageMetrics(destinations);
  const deduplicated = (count: number): void => {
    const { messaging_system, messaging_consumer_group_name } = client;
    const labels = { messaging_consumer_group_name, messaging_system };
    declared.counter("reprise_deduplicated_messages").add(count, labels);
  };
  const observe = (event: ObservedEvent): void => {
    switch (event.type) {
      case "lag":
        destinations(event.topic).lag(event.partition, event.messages);
        break;
      case "buffer":
        recordBuffer(declared, client, event);
        break;
      case "operation":
        operations(event);
        break;
      case "broker":
        connection(event);
        break;
      default:
        messages(event);
        if (event.type === "settled" && event.duplicate === true) deduplicated(1);
    }
  };
  return { observe, deduplicated };
}

type MessageEvent = Extract<
  ObservedEvent,
  { readonly type: "published" | "refused" | "delivered" | "settled" | "stale" | "revoked" }
>;

function messageMetrics(
  destinations: (topic: string) => DestinationMetrics,
): (event: MessageEvent) => void {
  const errorType = boundedName("_OTHER");
  let revokes = false;
  return (event) => {
    const { envelope } = "delivery" in event ? event.delivery : event;
    const destination = destinations(envelope.topic);
    switch (event.type) {
      case "published":
        destination.sent(envelope.value.length);
        break;
      case "refused": {
        const { code } = event.error;
        destination.refused(errorType(code), event.attempted ?? !neverSent.has(code));
        break;
      }
      case "delivered":
        destination.consumed(envelope.value.length, event.delivery.redelivered);
        break;
      case "settled":
        destination.settled(event.outcome);
        if (event.latencyTicks !== undefined) {
          const failed = event.outcome === "ack" ? undefined : event.outcome;
          destination.processed(event.latencyTicks / ticksPerSecond, failed);
        }
        break;
      case "stale":
        // A driver that tells what it takes back has told of this one before.
        destination.stale(revokes);
        break;
      case "revoked":
        revokes = true;
        destination.revoked();
        break;
    }
  };
}

function checkDeclared(registry: Registry): void {
  for (const [name, { type }] of Object.entries(messagingMetricDefinitions)) {
    if (type === "counter_u64_v1") registry.counter(name);
    else if (type === "gauge_f64_v1") registry.gauge(name);
    else registry.histogram(name);
  }
}

/** By topic; the last topic is remembered, since batches are mostly of one. */
function destinationsOf(
  client: ObservedClient,
  namesMax: number,
): (topic: string) => DestinationMetrics {
  const known = new Map<string, DestinationMetrics>();
  const unnamed = lazily((_: "all") => createDestinationMetrics(client, undefined));
  let lastTopic: string | undefined;
  let last: DestinationMetrics | undefined;
  return (topic) => {
    if (topic === lastTopic && last !== undefined) return last;
    let found = known.get(topic);
    if (found === undefined) {
      // A message may be refused for its very topic, which is then no text for a label.
      if (known.size >= namesMax || !isNameable(topic)) return unnamed("all");
      found = createDestinationMetrics(client, topic);
      known.set(topic, found);
    }
    lastTopic = topic;
    last = found;
    return found;
  };
}

function isNameable(topic: unknown): topic is string {
  return typeof topic === "string" && topic.length <= topicLengthMax && topic.isWellFormed();
}

type OperationEvent = ObservedEvent & { readonly type: "operation" };

function operationMetrics(
  registry: Registry,
  client: ClientLabels,
): (event: OperationEvent) => void {
  const { messaging_system } = client;
  const batches = lazily((messaging_operation_name: OperationEvent["name"]) =>
    registry.histogram("reprise_batch_messages").with({
      messaging_operation_name,
      messaging_system,
    }),
  );
  const errorType = boundedName("_OTHER");
  return ({ name, count, durationTicks, blockedTicks, error }) => {
    const error_type = error === undefined ? undefined : errorType(error.code);
    batches(name).observe(count);
    if (durationTicks !== undefined) {
      const { messaging_consumer_group_name: group, ...rest } = client;
      registry
        .histogram("messaging_client_operation_duration_seconds")
        .observe(durationTicks / ticksPerSecond, {
          ...rest,
          error_type,
          messaging_consumer_group_name: name === "publish" ? undefined : group,
          messaging_operation_name: name,
          messaging_operation_type: operationTypes[name],
        });
    }
    if (blockedTicks !== undefined && blockedTicks > 0) {
      registry
        .histogram("reprise_blocked_duration_seconds")
        .observe(blockedTicks / ticksPerSecond, { messaging_system, reason: "room" });
    }
  };
}

type BrokerEvent = ObservedEvent & { readonly type: "broker" };

function connectionMetrics(
  registry: Registry,
  client: ClientLabels,
  now: (() => number) | undefined,
): (event: BrokerEvent) => void {
  const { messaging_system, messaging_consumer_group_name } = client;
  const group = { messaging_consumer_group_name, messaging_system };
  const events = registry.counter("reprise_broker_events");
  const eventName = boundedName("other");
  let lost = false;
  let blockedSince: number | undefined;
  const unblocked = (): void => {
    if (blockedSince === undefined || now === undefined) return;
    registry
      .histogram("reprise_blocked_duration_seconds")
      .observe(Math.max(0, now() - blockedSince) / ticksPerSecond, {
        messaging_system,
        reason: "connection",
      });
    blockedSince = undefined;
  };
  return ({ name, detail, value }) => {
    events.add(1, { event: eventName(name), messaging_system });
    if (name === "rebalanced") {
      registry.counter("reprise_rebalances").add(1, group);
      if (value !== undefined) {
        registry
          .histogram("reprise_rebalance_duration_seconds")
          .observe(value / ticksPerSecond, group);
      }
    } else if (name === "health") {
      // `ready` comes after `stalled`, too: a connection was lost only where it said so.
      if (detail.startsWith("connecting")) lost = true;
      else if (detail === "ready" && lost) {
        lost = false;
        registry.counter("reprise_reconnects").add(1, { messaging_system });
      }
    } else if (name === "connection.blocked") blockedSince ??= now?.();
    else if (name === "connection.unblocked") unblocked();
  };
}

function recordBuffer(
  registry: Registry,
  { messaging_system }: ClientLabels,
  { name: buffer, messages, bytes }: ObservedEvent & { readonly type: "buffer" },
): void {
  registry.gauge("reprise_buffered_messages").set(messages, { buffer, messaging_system });
  if (bytes === undefined) return;
  registry.gauge("reprise_buffered_bytes").set(bytes, { buffer, messaging_system });
}
