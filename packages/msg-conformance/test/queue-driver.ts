/**
 * A driver that says no to everything but durability: a plain queue for each group, where a retried
 * message goes to the back and nobody counts. It has no limits. That the laws can be obeyed by this
 * one too shows that they are not the memory driver's habits.
 */
import {
  createObservers,
  type Delivery,
  type Driver,
  type DriverCapabilities,
  decodeEnvelope,
  encodeEnvelope,
  MsgError,
  type Observers,
  reasonLengthMax,
  type Settlement,
} from "@reprise/msg-core";

interface Item {
  readonly bytes: Uint8Array;
  readonly position: string;
  delivered: boolean;
}

interface Queue {
  readonly items: Item[];
  readonly waiting: Set<() => void>;
}

export interface QueueBroker {
  readonly queues: Map<string, Queue>;
  count: number;
}

export const createQueueBroker = (): QueueBroker => ({ queues: new Map(), count: 0 });

export const reasonHeader = "reason";
export const deadLetters = "dead letters";

export const noCapabilities: DriverCapabilities = {
  orderPerKey: false,
  orderAfterRetry: false,
  countsAttempts: false,
  durable: true,
};

function push(queue: Queue, item: Item, where: "push" | "unshift" = "push"): void {
  queue.items[where](item);
  for (const wake of [...queue.waiting]) wake();
}

export function queueOf({ queues }: QueueBroker, group: string): Queue {
  const queue = queues.get(group) ?? { items: [], waiting: new Set() };
  queues.set(group, queue);
  return queue;
}

const nameOf = ({ envelope, partition, position, attempt }: Delivery): string =>
  JSON.stringify([envelope.topic, partition, position, attempt]);

/** What one driver holds of a queue, and its polls that wait for more. */
interface Holder {
  readonly held: Map<string, Item>;
  take(maxItems: number): readonly Delivery[];
  wait(maxItems: number, signal: AbortSignal | undefined): Promise<readonly Delivery[]>;
  /** Waiting polls get none, and what is held goes back to the front. */
  end(): void;
}

function createHolder(queue: Queue, notify: Observers["notify"]): Holder {
  const held = new Map<string, Item>();
  const pending = new Set<() => void>();
  let ended = false;
  const take = (maxItems: number): readonly Delivery[] =>
    queue.items.splice(0, maxItems).map((item) => {
      const attempt = item.delivered ? 2 : 1;
      const envelope = decodeEnvelope(item.bytes.slice());
      const { position } = item;
      const delivery = { envelope, partition: 0, position, attempt, redelivered: attempt > 1 };
      item.delivered = true;
      held.set(nameOf(delivery), item);
      notify({ type: "delivered", delivery });
      return delivery;
    });
  return {
    held,
    take,
    wait: (maxItems, signal) =>
      new Promise((resolve) => {
        const end = (): void => {
          queue.waiting.delete(end);
          pending.delete(end);
          resolve(ended || signal?.aborted === true ? [] : take(maxItems));
        };
        queue.waiting.add(end);
        pending.add(end);
        signal?.addEventListener("abort", end, { once: true });
      }),
    end() {
      ended = true;
      for (const end of [...pending]) end();
      for (const item of [...held.values()].reverse()) push(queue, item, "unshift");
    },
  };
}

export function openQueueDriver(broker: QueueBroker, group: string): Driver {
  const queue = queueOf(broker, group);
  const observers = createObservers();
  const holder = createHolder(queue, observers.notify);
  let closed = false;

  const checkOpen = (): void => {
    if (closed) throw new MsgError("CLOSED", "queue driver is closed");
  };
  const settleOne = ({ delivery, outcome, reason, latencyTicks }: Settlement): void => {
    const item = holder.held.get(nameOf(delivery));
    if (item === undefined) throw new MsgError("DELIVERY_UNKNOWN", nameOf(delivery));
    holder.held.delete(nameOf(delivery));
    if (outcome === "retry") push(queue, item);
    if (outcome === "reject") push(queueOf(broker, deadLetters), rejected(item, reason));
    observers.notify({ type: "settled", delivery, outcome, reason, latencyTicks });
  };

  return {
    kind: "amqp",
    endpoint: "queue",
    capabilities: noCapabilities,
    async publish(batch, options) {
      checkOpen();
      try {
        if (options?.signal?.aborted === true) throw new MsgError("ABORTED", "aborted");
        const encoded = batch.map(encodeEnvelope);
        return encoded.map((bytes, index) => {
          const receipt = { partition: 0, position: String(broker.count++) };
          const envelope = batch[index];
          if (envelope !== undefined) observers.notify({ type: "published", envelope, receipt });
          for (const [name, other] of broker.queues) {
            if (name !== deadLetters) push(other, { bytes, ...receipt, delivered: false });
          }
          return receipt;
        });
      } catch (error) {
        if (MsgError.is(error)) {
          for (const envelope of batch) observers.notify({ type: "refused", envelope, error });
        }
        throw error;
      }
    },
    async poll({ maxItems, waitMs, signal }) {
      checkOpen();
      if (!Number.isInteger(maxItems) || maxItems < 1) {
        throw new MsgError("LIMIT_EXCEEDED", "maxItems is not a whole number from 1");
      }
      if (queue.items.length > 0 || waitMs !== undefined) return holder.take(maxItems);
      return holder.wait(maxItems, signal);
    },
    async settle(settlements) {
      checkOpen();
      for (const settlement of settlements) settleOne(settlement);
    },
    async close() {
      if (closed) return;
      closed = true;
      holder.end();
      observers.check();
    },
    observe: observers.observe,
  };
}

function rejected({ bytes, position }: Item, reason: string | undefined): Item {
  const envelope = decodeEnvelope(bytes);
  const kept = reason?.slice(0, reasonLengthMax).toWellFormed();
  const headers = { ...envelope.headers, ...(kept === undefined ? {} : { [reasonHeader]: kept }) };
  return { bytes: encodeEnvelope({ ...envelope, headers }), position, delivered: false };
}
