/**
 * Room for what is sent and not confirmed: so many messages, so many bytes. Who finds none waits, the
 * longest waiting first, until there is, or until a signal or the driver's end says so. A batch that
 * is larger than all the room goes alone.
 */
import { MsgError } from "../errors.js";
import type { LinkLimits } from "./broker-link.js";

export interface Amount {
  readonly messages: number;
  readonly bytes: number;
}

export interface Room {
  /** undefined: taken at once. Rejects with QUEUE_FULL, ABORTED, or what `end` says. */
  take(amount: Amount, signal: AbortSignal | undefined): Promise<void> | undefined;
  give(amount: Amount): void;
  /** Refuses those that wait, and all that come. */
  end(error: MsgError): void;
  /** Calls `use` with what is taken: an object for it would be made for nothing. */
  report(use: (messages: number, bytes: number) => void): void;
}

interface Waiting {
  readonly amount: Amount;
  settle(error: MsgError | undefined): void;
}

type RoomLimits = Pick<LinkLimits, "inFlightMax" | "inFlightBytesMax" | "waitingPublishesMax">;

export function createRoom(limits: RoomLimits): Room {
  const waiting = new Set<Waiting>();
  let messages = 0;
  let bytes = 0;
  let ended: MsgError | undefined;

  const fits = (amount: Amount): boolean =>
    messages === 0 ||
    (messages + amount.messages <= limits.inFlightMax &&
      bytes + amount.bytes <= limits.inFlightBytesMax);
  const occupy = (amount: Amount): void => {
    messages += amount.messages;
    bytes += amount.bytes;
  };

  return {
    take(amount, signal) {
      if (ended !== undefined) return Promise.reject(ended);
      if (waiting.size === 0 && fits(amount)) {
        occupy(amount);
        return undefined;
      }
      if (waiting.size >= limits.waitingPublishesMax) return Promise.reject(full(limits));
      return new Promise((resolve, reject) => {
        const onAbort = (): void => waiter.settle(aborted());
        const waiter: Waiting = {
          amount,
          settle(error) {
            waiting.delete(waiter);
            signal?.removeEventListener("abort", onAbort);
            if (error === undefined) resolve();
            else reject(error);
          },
        };
        waiting.add(waiter);
        signal?.addEventListener("abort", onAbort, { once: true });
      });
    },
    give(amount) {
      messages -= amount.messages;
      bytes -= amount.bytes;
      for (const waiter of waiting) {
        if (!fits(waiter.amount)) return;
        occupy(waiter.amount);
        waiter.settle(undefined);
      }
    },
    end(error) {
      ended ??= error;
      for (const waiter of waiting) waiter.settle(error);
    },
    report: (use) => use(messages, bytes),
  };
}

export function aborted(): MsgError {
  return new MsgError("ABORTED", "publish: the signal was aborted before the batch was sent");
}

function full({ waitingPublishesMax: limit }: RoomLimits): MsgError {
  return new MsgError("QUEUE_FULL", `${limit} publishes are waiting for room already`, { limit });
}
