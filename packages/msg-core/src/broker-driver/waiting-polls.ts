/**
 * The polls of one driver that wait for a message: the longest waiting is served first. Each ends
 * once: with messages, or with none when its time, its signal or the driver says so.
 */
import type { Delivery, PollRequest } from "../driver.js";
import type { MsgError } from "../errors.js";
import { inRange, waitingPollsMax } from "./bounds.js";
import type { Timer } from "./timer.js";

export interface WaitingPolls {
  /** Throws LIMIT_EXCEEDED where too many wait. */
  wait(request: PollRequest): Promise<readonly Delivery[]>;
  /** Gives to each what `take` has for it, until that is nothing; then `tell`s of it. */
  serve(
    take: (maxItems: number) => readonly Delivery[],
    tell: (deliveries: readonly Delivery[]) => void,
  ): void;
  /** Ends all with none, and any that comes later at once. */
  end(): void;
  /** Ends those that wait with an error. */
  fail(error: MsgError): void;
}

interface WaitingPoll {
  readonly maxItems: number;
  end(deliveries: readonly Delivery[]): void;
  fail(error: MsgError): void;
}

export function createWaitingPolls(timer: Timer | undefined): WaitingPolls {
  const waiting = new Set<WaitingPoll>();
  let ended = false;
  return {
    wait({ maxItems, waitMs, signal }) {
      if (ended) return Promise.resolve([]);
      inRange("waiting polls", waiting.size + 1, { max: waitingPollsMax });
      return new Promise((resolve, reject) => {
        let stop: (() => void) | undefined;
        const giveUp = (): void => poll.end([]);
        const leave = (): void => {
          waiting.delete(poll);
          stop?.();
          signal?.removeEventListener("abort", giveUp);
        };
        const poll: WaitingPoll = {
          maxItems,
          end(deliveries) {
            leave();
            resolve(deliveries);
          },
          fail(error) {
            leave();
            reject(error);
          },
        };
        waiting.add(poll);
        signal?.addEventListener("abort", giveUp, { once: true });
        if (waitMs !== undefined) stop = timer?.(waitMs, giveUp);
      });
    },
    serve(take, tell) {
      for (const poll of waiting) {
        const deliveries = take(poll.maxItems);
        if (deliveries.length === 0) return;
        // Ended before anybody hears of it: an observer may call back, even abort this poll.
        poll.end(deliveries);
        tell(deliveries);
      }
    },
    end() {
      ended = true;
      for (const poll of waiting) poll.end([]);
    },
    fail(error) {
      for (const poll of waiting) poll.fail(error);
    },
  };
}
