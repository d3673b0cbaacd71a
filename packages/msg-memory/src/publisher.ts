/** One driver's publishes: each is a promise, seen by its observers, that a signal or `close` ends. */
import { type DriverEvent, type Envelope, MsgError, type Receipt } from "@reprise/msg-core";
import type { OperationCall } from "@reprise/msg-core/driver";
import type { BrokerCore } from "./broker.js";
import type { PublishRequest } from "./publishing.js";

export interface Publisher {
  publish(
    batch: readonly Envelope[],
    signal: AbortSignal | undefined,
    call: OperationCall | undefined,
  ): Promise<readonly Receipt[]>;
  /** Ends what waits. */
  close(error: MsgError): void;
}

export function createPublisher(core: BrokerCore, notify: (event: DriverEvent) => void): Publisher {
  const waiting = new Set<PublishRequest>();

  const refuse = (batch: readonly Envelope[], error: MsgError): void => {
    for (const envelope of batch) notify({ type: "refused", envelope, error });
  };

  const published = (
    batch: readonly Envelope[],
    signal: AbortSignal | undefined,
    call: OperationCall | undefined,
  ): Promise<readonly Receipt[]> =>
    new Promise((resolve, reject) => {
      let unblocked: (() => void) | undefined;
      const onAbort = (): void => core.cancel([request], aborted());
      const end = (): void => {
        waiting.delete(request);
        unblocked?.();
        signal?.removeEventListener("abort", onAbort);
      };
      const request: PublishRequest = {
        batch,
        accepted(receipts) {
          end();
          resolve(receipts);
          for (const [index, envelope] of batch.entries()) {
            // A receipt for each message of the batch.
            notify({ type: "published", envelope, receipt: receipts[index] as Receipt });
          }
        },
        refused(error) {
          end();
          reject(error);
          refuse(batch, error);
        },
      };
      waiting.add(request);
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        if (signal?.aborted === true) throw aborted();
        core.publish(request);
        if (waiting.has(request)) unblocked = call?.blocked();
      } catch (error) {
        end();
        reject(error);
        if (MsgError.is(error)) refuse(batch, error);
      }
    });

  return {
    publish(batch, signal, call) {
      const done = published(batch, signal, call);
      call?.endWith(done, () => batch.length);
      return done;
    },
    close(error) {
      core.cancel(waiting, error);
    },
  };
}

function aborted(): MsgError {
  return new MsgError("ABORTED", "publish: the signal was aborted before the batch was sent");
}
