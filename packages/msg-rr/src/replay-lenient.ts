/**
 * Replay by X07's rules: a publish takes the next recorded one of its endpoint, whatever is
 * published; a poll takes deliveries until it has enough or there are no more; a settlement is
 * accepted.
 */
import {
  createObservers,
  type Delivery,
  type Driver,
  type Envelope,
  MsgError,
  type Receipt,
} from "@reprise/msg-core";
import { operationsOf, rrKind } from "./operations.js";
import { deliveryOf, publishOutcomeOf, recordedCapabilities } from "./recorded-entries.js";
import type { ReplayOptions } from "./replay-driver.js";
import type { Session } from "./session.js";

export function lenientReplayDriver(session: Session, options: ReplayOptions): Driver {
  const { kind, endpoint } = options;
  const operations = operationsOf(kind);
  const observers = createObservers();
  let closed = false;
  const checkOpen = (): void => {
    if (closed) throw new MsgError("CLOSED", `driver ${endpoint} is closed`);
  };

  const publishOne = (envelope: Envelope): Receipt => {
    const recorded = session.next(rrKind, operations.publish, endpoint);
    const outcome = publishOutcomeOf(recorded, options);
    if ("error" in outcome) {
      observers.notify({ type: "refused", envelope, error: outcome.error });
      throw outcome.error;
    }
    observers.notify({ type: "published", envelope, receipt: outcome.receipt });
    return outcome.receipt;
  };

  return {
    kind,
    endpoint,
    capabilities: recordedCapabilities(session, options),
    observe: observers.observe,
    async publish(batch) {
      checkOpen();
      return batch.map(publishOne);
    },
    async poll({ maxItems }) {
      checkOpen();
      const deliveries: Delivery[] = [];
      while (deliveries.length < maxItems) {
        try {
          const recorded = session.next(rrKind, operations.deliver, endpoint);
          if (recorded.err !== 0) {
            const message = `recorded poll failed, error ${recorded.err}`;
            throw new MsgError("BROKER_REFUSED", message, { x07: recorded.err });
          }
          deliveries.push(deliveryOf(recorded, options).delivery);
        } catch (error) {
          if (!MsgError.is(error) || error.code !== "NO_MATCH") throw error;
          break;
        }
      }
      for (const delivery of deliveries) observers.notify({ type: "delivered", delivery });
      return deliveries;
    },
    async settle(settlements) {
      checkOpen();
      for (const { delivery, outcome, reason, latencyTicks } of settlements) {
        observers.notify({ type: "settled", delivery, outcome, reason, latencyTicks });
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      observers.check();
    },
  };
}
