/**
 * The reference driver, on the embedded broker.
 *
 * Delivery: at least once; exactly once as long as every delivery is settled and no consumer of the
 * group joins or leaves. Retry: the partition goes back to the message, and what was polled of it
 * behind that message comes again, its attempt one higher too. Reject: a copy in the dead-letter
 * topic of the broker. Not durable: the broker is in this process's memory.
 *
 * A driver belongs to its group from the time it is opened, so that nothing is forgotten before it;
 * it takes its share of the partitions at its first `poll`, so that one that only publishes takes
 * none.
 */
import { createObservers, type Driver, MsgError } from "@reprise/msg-core";
import { checkName, createOperations, endpointLengthMax } from "@reprise/msg-core/driver";
import { coreOf, createMemoryBroker } from "./broker.js";
import { createConsumer } from "./consumer.js";
import type { MemoryProfile } from "./options.js";
import { createPublisher } from "./publisher.js";

/**
 * Throws LIMIT_EXCEEDED (a name or number out of range, too many topics or groups), TOPIC_UNKNOWN
 * (a topic to read is not declared), CONTRACT_INVALID (`broker` is something else).
 */
export function openMemoryDriver(profile: MemoryProfile): Driver {
  const { endpoint, now } = profile;
  checkName("endpoint", endpoint, endpointLengthMax);
  const core = coreOf(profile.broker ?? createMemoryBroker());
  const observers = createObservers();
  const operations = now === undefined ? undefined : createOperations(observers, now);
  const consumer = createConsumer(core, profile, observers);
  const publisher = createPublisher(core, observers.notify);
  let state: "open" | "closed" = "open";

  const closed = (): MsgError => new MsgError("CLOSED", `driver ${endpoint} is closed`);
  const checkOpen = (): void => {
    if (state === "closed") throw closed();
  };

  return {
    kind: "memory",
    endpoint,
    capabilities: {
      orderPerKey: true,
      orderAfterRetry: true,
      countsAttempts: true,
      durable: false,
    },
    async publish(batch, options) {
      checkOpen();
      return publisher.publish(batch, options?.signal, operations?.begin("publish"));
    },
    async poll(request) {
      checkOpen();
      const call = operations?.begin("poll");
      const done = consumer.poll(request);
      call?.endWith(done, (deliveries) => deliveries?.length ?? 0);
      return done;
    },
    async settle(settlements) {
      checkOpen();
      const call = operations?.begin("settle");
      try {
        consumer.settle(settlements);
      } catch (error) {
        call?.fail(settlements.length, error);
        throw error;
      }
      call?.end(settlements.length);
    },
    async close() {
      if (state === "closed") return;
      state = "closed";
      // First: room that a cancelled publish leaves must not bring a waiting poll anything.
      consumer.close();
      publisher.close(closed());
      observers.check();
    },
    observe: observers.observe,
  };
}
