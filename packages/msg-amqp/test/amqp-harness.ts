/**
 * The AMQP driver as the laws want it: for each trial an exchange and queues of its own, on the broker
 * at 127.0.0.1:5672 (`reprise brokers up amqp`; REPRISE_AMQP_PORT names another port), deleted after.
 */
import { randomUUID } from "node:crypto";
import type { AmqpDriverOptions, AmqpProfile, AmqpTopology } from "@reprise/msg-amqp";
import { openAmqpDriver } from "@reprise/msg-amqp/os";
import type { Harness } from "@reprise/msg-conformance";
import { connect } from "amqplib";

export const brokerPort: number = Number(process.env.REPRISE_AMQP_PORT ?? 5672);

export function profileAt(port: number, limits: Partial<AmqpProfile["limits"]> = {}): AmqpProfile {
  return {
    id: "test_amqp_v1",
    v: 1,
    host: "127.0.0.1",
    port,
    vhost: "/",
    limits: { max_body_bytes: 300_000, prefetch_count: 2000, max_poll_items: 10_000, ...limits },
  };
}

/** An exchange of that name and no queues. */
export function bareTopology(exchange: string): AmqpTopology {
  const exchanges = [{ name: exchange, type: "direct" as const, durable: true }];
  return { id: "test_v1", v: 1, exchanges, queues: [], bindings: [] };
}

export function amqpHarness(options: Pick<AmqpDriverOptions, "wire" | "queueType">): Harness {
  return {
    limits: {
      batchSizeMax: 10_000,
      valueSizeMax: 300_000,
      roomMax: "none",
    },
    patienceMs: 3000,
    quietMs: 150,
    async stage() {
      const topic = `law.${randomUUID()}`;
      const topology = bareTopology(topic);
      const open = (topics: readonly string[], group?: string) =>
        openAmqpDriver({
          ...options,
          profile: profileAt(brokerPort),
          topology,
          topics,
          declareQueues: true,
          ...(group === undefined ? {} : { group }),
        });
      const letters = `${topic}.dead-letter`;
      return {
        topic,
        unknownTopic: `${topic}.unheard-of`,
        open: (group) => open([topic], group),
        openElsewhere: () => open([topic], "first"),
        openDeadLetter: () => open([letters]),
        reasonOf: ({ headers }) => headers["reprise-dead-letter-reason"],
        end: () =>
          remove(topic, [`${topic}.first`, `${topic}.second`, letters, `${letters}.dead-letter`]),
      };
    },
  };
}

async function remove(exchange: string, queues: readonly string[]): Promise<void> {
  const connection = await connect({ hostname: "127.0.0.1", port: brokerPort });
  const channel = await connection.createChannel();
  for (const queue of queues) await channel.deleteQueue(queue);
  await channel.deleteExchange(exchange);
  await channel.close();
  await connection.close();
}
