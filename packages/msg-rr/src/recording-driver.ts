/**
 * A driver that passes every call on to a real one and keeps, in the session's cassette, what the
 * program saw: each publish with its receipt, each delivery before the program gets it, each
 * settlement, and what the broker did meanwhile.
 *
 * What is written is what the sanitizer leaves; a secret that it leaves fails the call (SECRET_FOUND),
 * a publish before anything is sent. The program itself gets the real message.
 */
import type { Delivery, Driver, Settlement } from "@reprise/msg-core";
import { createEntryWriter } from "./entry-writer.js";
import { pollEvents } from "./operations.js";
import type { Session } from "./session.js";

export function recordingDriver(driver: Driver, session: Session): Driver {
  const entries = createEntryWriter(driver, session);
  /** Deliveries whose settlement came too late, as the driver tells while it settles. */
  const stale = new WeakSet<Delivery>();
  let polling = false;
  let closing = false;
  driver.observe((event) => {
    if (event.type === "broker") entries.event(event);
    if (event.type === "stale") stale.add(event.delivery);
  });

  return {
    kind: driver.kind,
    endpoint: driver.endpoint,
    capabilities: driver.capabilities,
    observe: (observer) => driver.observe(observer),

    async publish(batch, options) {
      const written = batch.map(entries.written);
      const receipts = await driver.publish(batch, options).catch((error: unknown) => {
        entries.refused(written, error);
        throw error;
      });
      entries.published(written, receipts);
      return receipts;
    },

    async poll(request) {
      polling = true;
      try {
        const deliveries = await driver.poll(request);
        if (deliveries.length > 0) {
          entries.delivered(deliveries);
        } else if (!closing) {
          const aborted = request.signal?.aborted === true;
          entries.event({ name: aborted ? pollEvents.aborted : pollEvents.empty, detail: "" });
        }
        return deliveries;
      } catch (error) {
        if (!closing) entries.pollFailed(error);
        throw error;
      } finally {
        polling = false;
      }
    },

    async settle(settlements: readonly Settlement[]) {
      await driver.settle(settlements);
      entries.settled(settlements, (delivery) => stale.has(delivery));
    },

    async close(options) {
      if (polling && !closing) entries.event({ name: pollEvents.closed, detail: "" });
      closing = true;
      await driver.close(options);
    },
  };
}
