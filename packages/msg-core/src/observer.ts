/**
 * What can be seen of a driver from outside: for metrics, a mirror, a recorder. Observers look on;
 * they do not take part. One that throws is dropped, and `close` tells of it (OBSERVER_FAILED):
 * a broken gauge must neither lose a message nor pass unnoticed.
 */
import type { Delivery, Outcome, Receipt } from "./driver.js";
import type { Envelope } from "./envelope.js";
import { MsgError } from "./errors.js";

export type DriverEvent =
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
    }
  /** A settlement that came too late: the delivery had been taken back. */
  | { readonly type: "stale"; readonly delivery: Delivery }
  /** What the broker or the connection did: `disconnected`, `rebalanced`, ... */
  | { readonly type: "broker"; readonly name: string; readonly detail: string };

export type Observer = (event: DriverEvent) => void;

/** The observers of one driver. Every driver has one of these and passes its `observe` on. */
export interface Observers {
  observe(observer: Observer): () => void;
  notify(event: DriverEvent): void;
  /** Throws OBSERVER_FAILED, once, if an observer threw. Called at the end of `close`. */
  check(): void;
}

export function createObservers(): Observers {
  const observers = new Set<Observer>();
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
    check() {
      if (failure === undefined) return;
      const { cause } = failure;
      failure = undefined;
      throw new MsgError("OBSERVER_FAILED", "an observer threw and was dropped", { cause });
    },
  };
}
