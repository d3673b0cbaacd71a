/** What the failure tests share: a driver with short limits, its events, and waiting for one. */

import type { AmqpDriverOptions, AmqpTopology } from "@reprise/msg-amqp";
import { openAmqpDriver } from "@reprise/msg-amqp/os";
import type { Delivery, DriverEvent, Envelope } from "@reprise/msg-core";
import type { BrokerDriver } from "@reprise/msg-core/driver";
import { profileAt } from "./amqp-harness.ts";

export const topology: AmqpTopology = {
  id: "test_v1",
  v: 1,
  exchanges: [{ name: "reprise.test", type: "direct" }],
  queues: [{ name: "reprise.test.q" }, { name: "reprise.test.q.dead-letter" }],
  bindings: [
    { exchange: "reprise.test", queue: "reprise.test.q", routing_key: "q" },
    { exchange: "reprise.test", queue: "reprise.test.q.dead-letter", routing_key: "q.dead-letter" },
  ],
};

export interface Watched {
  readonly driver: BrokerDriver;
  readonly events: readonly DriverEvent[];
  /** Resolves with the broker event of that name, the `nth` from the beginning (default 1). */
  told(name: string, nth?: number): Promise<string>;
  count(name: string): number;
}

export async function openWatched(
  port: number,
  options: Partial<AmqpDriverOptions> = {},
): Promise<Watched> {
  const driver = await openAmqpDriver({
    profile: profileAt(port),
    topology,
    topics: ["q"],
    ...options,
  });
  const events: DriverEvent[] = [];
  let changed = (): void => undefined;
  driver.observe((event) => {
    events.push(event);
    changed();
  });
  const named = (name: string) =>
    events.flatMap((event) =>
      event.type === "broker" && event.name === name ? [event.detail] : [],
    );
  return {
    driver,
    events,
    count: (name) => named(name).length,
    async told(name, nth = 1) {
      while (named(name).length < nth) {
        await new Promise<void>((resolve) => {
          const before = changed;
          changed = () => {
            before();
            resolve();
          };
        });
      }
      return named(name)[nth - 1] ?? "";
    },
  };
}

export function message(value: string, topic = "q"): Envelope {
  const text = new TextEncoder();
  return { topic, key: text.encode("k"), value: text.encode(value), headers: {} };
}

export const textOf = ({ envelope }: Delivery): string => new TextDecoder().decode(envelope.value);
export const valuesOf = (deliveries: readonly Delivery[]): readonly string[] =>
  deliveries.map(textOf);

/** A promise and the way to keep it. */
export function signal<Value = void>(): {
  readonly promise: Promise<Value>;
  readonly give: (value: Value) => void;
} {
  let give: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolve) => {
    give = resolve;
  });
  return { promise, give };
}
