/**
 * The series of one destination, each made where it is first used: a topic that is only written to
 * shows nothing about reading. They are kept, because to find a series by its labels costs more than
 * all else an event does.
 */
import type { CounterHandle } from "../counter.js";
import type { Labels } from "../definitions.js";
import type { GaugeHandle } from "../gauge.js";
import type { HistogramHandle } from "../histogram.js";
import type { Registry } from "../registry.js";
import type { ObservedOutcome } from "./observed-event.js";

/** Labels that every series of one client shares. */
export interface ClientLabels {
  readonly messaging_system: string;
  readonly messaging_consumer_group_name: string | undefined;
  readonly server_address: string | undefined;
  readonly server_port: string | undefined;
}

/** What the destinations of one client share. */
export interface ObservedClient {
  readonly registry: Registry;
  readonly labels: ClientLabels;
  /** How many more partitions get a lag of their own. */
  partitionsLeft: number;
}

export interface DestinationMetrics {
  sent(size: number): void;
  /** `attempted`: it is counted as sent, too. */
  refused(errorType: string, attempted: boolean): void;
  consumed(size: number, redelivered: boolean): void;
  settled(outcome: ObservedOutcome): void;
  /** A settlement that came too late; `wasRevoked`: it was known to be taken back. */
  stale(wasRevoked: boolean): void;
  revoked(): void;
  processed(seconds: number, errorType: string | undefined): void;
  lag(partition: number, messages: number): void;
}

/** `name` is undefined where a client has more destinations than it may name. */
export function createDestinationMetrics(
  client: ObservedClient,
  name: string | undefined,
): DestinationMetrics {
  const { registry } = client;
  const labels = labelsOf(client.labels, name);
  return {
    ...publisherMetrics(registry, labels),
    ...consumerMetrics(registry, labels),
    lag: lagMetrics(client, labels),
  };
}

interface DestinationLabels {
  readonly destination: Labels<string>;
  readonly group: Labels<string>;
  readonly send: Labels<string>;
  readonly receive: Labels<string>;
  readonly process: Labels<string>;
}

function labelsOf(client: ClientLabels, name: string | undefined): DestinationLabels {
  const { messaging_system, messaging_consumer_group_name, ...server } = client;
  const destination = { messaging_destination_name: name, messaging_system };
  const group = { messaging_consumer_group_name, ...destination };
  const operation = (messaging_operation_name: string, messaging_operation_type: string) => ({
    messaging_operation_name,
    messaging_operation_type,
    ...server,
  });
  return {
    destination,
    group,
    send: { ...destination, ...operation("publish", "send") },
    receive: { ...group, ...operation("poll", "receive") },
    process: { ...group, messaging_operation_name: "process", ...server },
  };
}

type PublisherMetrics = Pick<DestinationMetrics, "sent" | "refused">;

function publisherMetrics(
  registry: Registry,
  { destination, send }: DestinationLabels,
): PublisherMetrics {
  const sent = registry.counter("messaging_client_sent_messages");
  let accepted: CounterHandle | undefined;
  let size: HistogramHandle | undefined;
  return {
    sent(bytes) {
      accepted ??= sent.with(send);
      size ??= sizeOf(registry, destination, "publish");
      accepted.add();
      size.observe(bytes);
    },
    refused(error_type, attempted) {
      registry.counter("reprise_refused_messages").add(1, { error_type, ...destination });
      if (attempted) sent.add(1, { error_type, ...send });
    },
  };
}

function consumerMetrics(
  registry: Registry,
  { destination, group, receive, process }: DestinationLabels,
): Omit<DestinationMetrics, keyof PublisherMetrics | "lag"> {
  const byOutcome = lazily((outcome: ObservedOutcome | "stale") =>
    registry.counter("reprise_settled_messages").with({ ...group, outcome }),
  );
  const times = lazily((error_type: string) =>
    registry.histogram("messaging_process_duration_seconds").with({ error_type, ...process }),
  );
  const inFlight = lazily((_: "all") => registry.gauge("reprise_in_flight_messages").with(group));
  let consumed: CounterHandle | undefined;
  let size: HistogramHandle | undefined;
  return {
    consumed(bytes, redelivered) {
      consumed ??= registry.counter("messaging_client_consumed_messages").with(receive);
      size ??= sizeOf(registry, destination, "poll");
      consumed.add();
      size.observe(bytes);
      inFlight("all").add(1);
      if (redelivered) registry.counter("reprise_redelivered_messages").add(1, group);
    },
    settled(outcome) {
      byOutcome(outcome).add();
      inFlight("all").add(-1);
      if (outcome === "retry") registry.counter("reprise_retried_messages").add(1, group);
      if (outcome === "reject") registry.counter("reprise_dead_lettered_messages").add(1, group);
    },
    stale(wasRevoked) {
      byOutcome("stale").add();
      if (!wasRevoked) inFlight("all").add(-1);
    },
    revoked() {
      inFlight("all").add(-1);
    },
    processed(seconds, errorType) {
      times(errorType ?? "").observe(seconds);
    },
  };
}

/** A partition beyond the most that may be named is left out: a sum of lags is no lag. */
function lagMetrics(
  client: ObservedClient,
  { group }: DestinationLabels,
): DestinationMetrics["lag"] {
  const partitions = new Map<number, GaugeHandle>();
  return (partition, messages) => {
    let gauge = partitions.get(partition);
    if (gauge === undefined) {
      if (client.partitionsLeft <= 0) return;
      client.partitionsLeft -= 1;
      const labels = { messaging_destination_partition_id: `${partition}`, ...group };
      gauge = client.registry.gauge("reprise_consumer_lag_messages").with(labels);
      partitions.set(partition, gauge);
    }
    gauge.set(messages);
  };
}

function sizeOf(
  registry: Registry,
  destination: Labels<string>,
  messaging_operation_name: string,
): HistogramHandle {
  const sizes = registry.histogram("reprise_message_body_size_bytes");
  return sizes.with({ ...destination, messaging_operation_name });
}

/** `make`, called once for each key. The callers' keys are few: outcomes. */
export function lazily<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
