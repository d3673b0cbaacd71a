/**
 * What can be seen of a driver from outside: for metrics, a mirror, a recorder. Observers look on;
 * they do not take part. One that throws is dropped, and `close` tells of it (OBSERVER_FAILED):
 * a broken gauge must neither lose a message nor pass unnoticed.
 *
 * There are two kinds of events. Recorded ones are the run: a recording keeps them, and its replay
 * shows the same again. Live ones tell of the machine on which the run is now: how long a call took,
 * what waits where. A recording driver does not pass them on, so that whoever observes it sees what
 * whoever observes the replay will see; who wants them observes the broker's own driver.
 *
 * Of each message there is one event. Live events are one for each call or batch, and none of them
 * is put together, nor a clock read, while nobody observes.
 */
import type { Delivery, Outcome, Receipt, Settlement } from "./driver.js";
import type { Envelope } from "./envelope.js";
import { MsgError } from "./errors.js";

export type DriverEvent = RecordedEvent | LiveEvent;

/** The same in a recorded run and in its replay. */
export type RecordedEvent =
  | { readonly type: "published"; readonly envelope: Envelope; readonly receipt: Receipt }
  | { readonly type: "refused"; readonly envelope: Envelope; readonly error: MsgError }
  | { readonly type: "delivered"; readonly delivery: Delivery }
  | {
      readonly type: "settled";
      readonly delivery: Delivery;
      readonly outcome: Outcome;
      readonly reason: string | undefined;
      /** Microseconds, if the settling side measured it. */
      readonly latencyTicks: number | undefined;
      /** As in the settlement. */
      readonly duplicate?: true;
    }
  /** A settlement that came too late: the delivery had been taken back. */
  | { readonly type: "stale"; readonly delivery: Delivery }
  /** What the broker or the connection did: `disconnected`, `rebalanced`, ... */
  | { readonly type: "broker"; readonly name: string; readonly detail: string };

/** Of this run alone: neither recorded nor replayed. */
export type LiveEvent =
  /**
   * One for each call, behind the events of its messages. Not of a call that finds the driver closed,
   * and only where the driver has a clock.
   */
  | {
      readonly type: "operation";
      readonly name: OperationName;
      /** Messages: of the batch to publish or to settle; those that a poll brought. */
      readonly count: number;
      /** Whole microseconds, from the call to its end. */
      readonly durationTicks: number;
      /** How much of that a publish waited for room. Absent: it did not. */
      readonly blockedTicks?: number;
      /** What the call rejected with. */
      readonly error?: MsgError;
    }
  /**
   * How many messages of a partition lie behind the last one that was read of it: at most one event
   * for each partition and poll, or fetch. A count of offsets, where the broker has offsets.
   */
  | {
      readonly type: "lag";
      readonly topic: string;
      readonly partition: number;
      readonly messages: number;
    }
  /**
   * What a buffer of the driver holds now that it has changed: "publish", sent and not confirmed;
   * "inbox", fetched and not polled.
   */
  | {
      readonly type: "buffer";
      readonly name: "publish" | "inbox";
      readonly messages: number;
      /** Keys, values and headers, as envelopes. Absent: not counted. */
      readonly bytes?: number;
    }
  /**
   * An unsettled delivery was taken back: the group was rebalanced, an earlier message of its
   * partition is retried, settling it failed, the driver is closed. Once for each, before a `stale`
   * of it. So what is delivered and neither settled nor revoked is in a handler's hands.
   */
  | { readonly type: "revoked"; readonly delivery: Delivery };

export type OperationName = "publish" | "poll" | "settle";

export type Observer = (event: DriverEvent) => void;

/** Has a row for every live event: another one does not compile. */
const live: Readonly<Record<LiveEvent["type"], true>> = {
  operation: true,
  lag: true,
  buffer: true,
  revoked: true,
};

/** Whether the event is of this run alone. */
export function isLive(event: DriverEvent): event is LiveEvent {
  return Object.hasOwn(live, event.type);
}

/** The event of a settlement that was carried out; a replay has the ticks of its recording. */
export function settledEvent(
  { delivery, outcome, reason, duplicate }: Settlement,
  latencyTicks: number | undefined,
): Extract<RecordedEvent, { type: "settled" }> {
  return duplicate === true
    ? { type: "settled", delivery, outcome, reason, latencyTicks, duplicate }
    : { type: "settled", delivery, outcome, reason, latencyTicks };
}

/**
 * The observers of one driver, or of one stream bus. Each has one of these and passes its `observe` on.
 * `Event`: what its observers are told; `RecordedEvent` for a recording.
 */
export interface Observers<Event = DriverEvent> {
  observe(observer: (event: Event) => void): () => void;
  notify(event: Event): void;
  /** Whether there is anybody to notify. */
  isObserved(): boolean;
  /** Throws OBSERVER_FAILED, once, if an observer threw. Called at the end of `close`. */
  check(): void;
}

export function createObservers<Event = DriverEvent>(): Observers<Event> {
  const observers = new Set<(event: Event) => void>();
  let failure: { readonly cause: unknown } | undefined;
  return {
    observe(observer) {
      observers.add(observer);
      return () => {
        observers.delete(observer);
      };
    },
    notify(event) {
      for (const observer of observers) {
        try {
          observer(event);
        } catch (cause) {
          observers.delete(observer);
          failure ??= { cause };
        }
      }
    },
    isObserved: () => observers.size > 0,
    check() {
      if (failure === undefined) return;
      const { cause } = failure;
      failure = undefined;
      throw new MsgError("OBSERVER_FAILED", "an observer threw and was dropped", { cause });
    },
  };
}
