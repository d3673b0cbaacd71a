/**
 * The producer in use. What a producer may have had stored without saying so is known to the broker
 * by the producer's sequence: while the same batch is sent again, the same producer must do it. Where
 * a batch is given up, or cut, the sequence is of no use, and another producer takes over; the one
 * before ends when nobody uses it any more.
 */
import type { KafkaClient, ProducerClient } from "./client.js";

export interface Producers {
  /** The present one, to be given back. */
  borrow(): Borrowed;
  /** Disconnects all; a rejection is dropped, because nothing is lost by it. */
  end(): Promise<void>;
}

export interface Borrowed {
  /** Rejects where it cannot connect; the next to be borrowed is another one. */
  readonly producer: Promise<ProducerClient>;
  /** Nobody borrows it from now on. */
  replace(): void;
  giveBack(): void;
}

interface Slot {
  readonly producer: Promise<ProducerClient>;
  users: number;
  isReplaced: boolean;
  ending: Promise<void> | undefined;
}

export function createProducers(client: Pick<KafkaClient, "connectProducer">): Producers {
  const slots = new Set<Slot>();
  let present: Slot | undefined;

  const end = (slot: Slot): Promise<void> => {
    slot.ending ??= slot.producer
      .then((producer) => producer.disconnect())
      .catch(() => undefined)
      .then(() => {
        slots.delete(slot);
      });
    return slot.ending;
  };
  const replace = (slot: Slot): void => {
    slot.isReplaced = true;
    if (present === slot) present = undefined;
  };

  const create = (): Slot => {
    const producer = client.connectProducer();
    const slot: Slot = { producer, users: 0, isReplaced: false, ending: undefined };
    slots.add(slot);
    // Whoever borrows it hears of it; there may be nobody.
    producer.catch(() => replace(slot));
    return slot;
  };
  return {
    borrow() {
      present ??= create();
      const slot = present;
      slot.users += 1;
      let isBack = false;
      return {
        producer: slot.producer,
        replace: () => replace(slot),
        giveBack() {
          if (isBack) return;
          isBack = true;
          slot.users -= 1;
          if (slot.users === 0 && slot.isReplaced) void end(slot);
        },
      };
    },
    async end() {
      present = undefined;
      await Promise.all([...slots].map(end));
    },
  };
}
