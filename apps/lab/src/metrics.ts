/** What the lab counts: fed from what can be observed of a driver, which record and replay show alike. */
import type { JsonValue } from "@reprise/canonical-json";
import type { DriverEvent, DriverKind } from "@reprise/msg-core";
import {
  type AnyRegistry,
  createMessagingMetrics,
  createRegistry,
  metricsFromDocument,
  renderOpenMetrics,
  snapshot,
} from "@reprise/obs";
import type { RunFacts } from "./run-facts.js";

export interface LabMetrics {
  observe(event: DriverEvent): void;
  readonly registry: AnyRegistry;
  /** OpenMetrics text. */
  text(): string;
  snapshot(): JsonValue;
}

const microsecondsPerSecond = 1_000_000;

export const consumerGroup = "lab";

/** By the names that OpenTelemetry has for them, where it has one. */
const systems: Readonly<Record<DriverKind, string>> = {
  kafka: "kafka",
  amqp: "rabbitmq",
  redis: "redis",
  memory: "memory",
};

export function systemOf({ driver }: Pick<RunFacts, "driver">): string {
  return systems[driver];
}

/** `document` is `arch/obs/metrics/registry.x07metrics.json`. Throws ObsError. */
export function createLabMetrics(document: JsonValue, facts: Pick<RunFacts, "driver">): LabMetrics {
  const registry = createRegistry(metricsFromDocument(document));
  const messaging = createMessagingMetrics(registry, { system: systemOf(facts), consumerGroup });
  const published = registry.counter("lab_published_messages");
  const publishedBytes = registry.counter("lab_published_value_bytes");
  const delivered = registry.counter("lab_delivered_messages");
  const settled = registry.counter("lab_settled_messages");
  const broker = registry.counter("lab_broker_events");
  const processing = registry.histogram("lab_processing_seconds");
  return {
    registry,
    observe(event) {
      messaging.observe(event);
      switch (event.type) {
        case "published":
          published.add(1, { outcome: "accepted", topic: event.envelope.topic });
          publishedBytes.add(event.envelope.value.length, { topic: event.envelope.topic });
          break;
        case "refused":
          published.add(1, { outcome: "refused", topic: event.envelope.topic });
          break;
        case "delivered": {
          const redelivered = String(event.delivery.redelivered);
          delivered.add(1, { redelivered, topic: event.delivery.envelope.topic });
          break;
        }
        case "settled":
          settled.add(1, { outcome: event.outcome });
          if (event.latencyTicks !== undefined) {
            processing.observe(event.latencyTicks / microsecondsPerSecond);
          }
          break;
        case "stale":
          settled.add(1, { outcome: "stale" });
          break;
        case "broker":
          broker.add(1, { event: event.name });
          break;
      }
    },
    text: () => renderOpenMetrics(registry),
    snapshot: () => snapshot(registry),
  };
}
