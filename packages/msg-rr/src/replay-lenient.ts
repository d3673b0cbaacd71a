/**
 * Replay by X07's rules: a publish takes the next recorded one of its endpoint, whatever is
 * published; a poll takes deliveries until it has enough or there are no more; a settlement is
 * accepted. What X07 does not know (settlements, events) is passed over in a transcript.
 */
import {
  createObservers,
  type Delivery,
  type Driver,
  type Envelope,
  MsgError,
  type Observers,
  type PollRequest,
  type Receipt,
  type RecordedEvent,
  settledEvent,
} from "@reprise/msg-core";
import type { CassetteEntry } from "./cassette-entry.js";
import type { ReplayOptions } from "./driver-options.js";
import { isEventOperation, operationsOf, rrKind } from "./operations.js";
import {
  deliveryOf,
  isForeign,
  numberedError,
  publishOutcomeOf,
  recordedCapabilities,
} from "./recorded-entries.js";
import { endError } from "./replay-closing.js";
import type { Session } from "./session.js";

export function lenientReplayDriver(session: Session, options: ReplayOptions): Driver {
  const { kind, endpoint } = options;
  const observers = createObservers<RecordedEvent>();
  let closed = false;
  const check = (): void => {
    if (closed) throw endError("closed", endpoint);
    session.checkOpen();
  };
  const { publishOne, take } = createTaking(session, options);

  return {
    kind,
    endpoint,
    capabilities: recordedCapabilities(session, options),
    observe: observers.observe,
    async publish(batch) {
      check();
      return batch.map((envelope) => publishOne(envelope, observers));
    },
    async poll(request) {
      check();
      const deliveries = take(request);
      if (deliveries.length === 0 && session.mode === "record-missing") {
        // The real driver may have more.
        throw new MsgError("NO_MATCH", `the recording of ${endpoint} has no delivery left`);
      }
      for (const delivery of deliveries) observers.notify({ type: "delivered", delivery });
      return deliveries;
    },
    async settle(settlements) {
      check();
      for (const settlement of settlements)
        observers.notify(settledEvent(settlement, settlement.latencyTicks));
    },
    async close() {
      if (closed) return;
      closed = true;
      observers.check();
    },
  };
}

interface Taking {
  /** The receipt of the next recorded publish. Throws the error that was recorded, or NO_MATCH. */
  publishOne(envelope: Envelope, observers: Observers<RecordedEvent>): Receipt;
  /** The next deliveries, as many as were asked for or as there are. */
  take(request: PollRequest): readonly Delivery[];
}

function createTaking(session: Session, options: ReplayOptions): Taking {
  const operations = operationsOf(options.kind);
  const foreign = isForeign(session, options);
  const next = (op: string): CassetteEntry => {
    passOurs(session);
    return session.next(rrKind, op, options.endpoint);
  };
  const deliveryOrNone = (): Delivery | undefined => {
    let recorded: CassetteEntry;
    try {
      recorded = next(operations.deliver);
    } catch (error) {
      if (MsgError.is(error) && error.code === "NO_MATCH") return undefined;
      throw error;
    }
    if (recorded.err !== 0) throw numberedError("poll", recorded.err);
    return deliveryOf(recorded, options, foreign).delivery;
  };
  return {
    publishOne(envelope, observers) {
      const outcome = publishOutcomeOf(next(operations.publish), options, foreign);
      if ("error" in outcome) {
        observers.notify({ type: "refused", envelope, error: outcome.error });
        throw outcome.error;
      }
      observers.notify({ type: "published", envelope, receipt: outcome.receipt });
      return outcome.receipt;
    },
    take({ maxItems }) {
      const deliveries: Delivery[] = [];
      while (deliveries.length < maxItems) {
        const delivery = deliveryOrNone();
        if (delivery === undefined) break;
        deliveries.push(delivery);
      }
      return deliveries;
    },
  };
}

/** Goes past entries at a transcript's cursor that X07 would not have written. */
function passOurs(session: Session): void {
  for (let entry = session.cursor(); entry >= 0; entry = session.cursor()) {
    const { op } = session.recorded.bucketOf(entry);
    if (!isEventOperation(op) && !op.endsWith(".settle_v1")) return;
    session.use(entry);
  }
}
