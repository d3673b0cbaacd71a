/** The queue driver as the laws want it: no limits, and any topic is one. */
import type { Harness } from "@reprise/msg-conformance";
import type { Driver } from "@reprise/msg-core";
import {
  createQueueBroker,
  deadLetters,
  openQueueDriver,
  queueOf,
  reasonHeader,
} from "./queue-driver.ts";

export function queueHarness(change: (driver: Driver) => Driver = (driver) => driver): Harness {
  return {
    limits: { batchSizeMax: "none", valueSizeMax: "none", roomMax: "none" },
    patienceMs: 1000,
    quietMs: 0,
    async stage() {
      const broker = createQueueBroker();
      queueOf(broker, deadLetters);
      const open = async (group: string) => change(openQueueDriver(broker, group));
      return {
        topic: "orders",
        unknownTopic: undefined,
        open,
        openElsewhere: () => open("first"),
        openDeadLetter: () => open(deadLetters),
        reasonOf: ({ headers }) => headers[reasonHeader],
      };
    },
  };
}
