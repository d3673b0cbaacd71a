/** The observers of one stream bus: as `observer.ts` has it for drivers. */
import { MsgError } from "./errors.js";
import type { StreamEvent, StreamObserver } from "./stream-bus.js";

export interface StreamObservers<Message> {
  observe(observer: StreamObserver<Message>): () => void;
  notify(event: StreamEvent<Message>): void;
  /** Throws OBSERVER_FAILED, if an observer threw. */
  check(): void;
}

export function createStreamObservers<Message>(): StreamObservers<Message> {
  const observers = new Set<StreamObserver<Message>>();
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
      const message = "an observer threw and was dropped";
      throw new MsgError("OBSERVER_FAILED", message, failure);
    },
  };
}
