/** The memory driver as the laws want it: a broker for each trial, small enough to be filled. */
import type { Harness } from "@reprise/msg-conformance";
import { type Driver, deadLetterHeaders } from "@reprise/msg-core";
import { createMemoryBroker, openMemoryDriver } from "@reprise/msg-memory";

const limits = { partitionMessagesMax: 1500, batchSizeMax: 1000, valueSizeMax: 70_000 };
const createBroker = () => createMemoryBroker({ topics: ["orders"], limits, seed: 7 });

/** With a clock that stands still, so that observers are told of calls. */
const profile = { endpoint: "lab", now: () => 0 };

/** Stands between the laws and a driver of `group`: to break it, for one. */
export type Change = (driver: Driver, group: string) => Driver;

export function memoryHarness(change: Change = (driver) => driver): Harness {
  return {
    limits: { batchSizeMax: 1000, valueSizeMax: 70_000, roomMax: 1500 },
    patienceMs: 1000,
    quietMs: 0,
    async stage() {
      const broker = createBroker();
      const open = (topic: string, group: string, on = broker): Driver =>
        change(openMemoryDriver({ ...profile, topics: [topic], group, broker: on }), group);
      return {
        topic: "orders",
        unknownTopic: "unheard-of",
        open: async (group) => open("orders", group),
        openElsewhere: async () => open("orders", "first", createBroker()),
        openDeadLetter: async () => open(broker.deadLetterTopic("orders"), "letters"),
        reasonOf: ({ headers }) => headers[deadLetterHeaders.reason],
      };
    },
  };
}
