/** A clock that stands still until it is told: timers elapse in their order, nothing is waited for. */
import type { DriverPorts } from "@reprise/msg-core/driver";

export interface VirtualTime {
  readonly ports: DriverPorts;
  /** Lets `ms` pass, with all that it sets off. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until `promise` is settled, an hour at most; gives what it gives. */
  until<Value>(promise: Promise<Value>): Promise<Value>;
  /** Timers that have not elapsed. */
  readonly waiting: number;
}

interface Timer {
  readonly at: number;
  readonly elapsed: () => void;
}

export function createVirtualTime(): VirtualTime {
  const timers = new Set<Timer>();
  let now = 0;
  /** Long enough for any chain of promises in a driver. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const next = (): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) if (first === undefined || timer.at < first.at) first = timer;
    return first;
  };
  const step = async (end: number): Promise<boolean> => {
    const timer = next();
    if (timer === undefined || timer.at > end) return false;
    timers.delete(timer);
    now = Math.max(now, timer.at);
    timer.elapsed();
    await settle();
    return true;
  };
  return {
    ports: {
      now: () => now,
      timer(ms, elapsed) {
        const timer = { at: now + ms, elapsed };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
    async pass(ms) {
      const end = now + ms;
      await settle();
      while (await step(end));
      now = end;
    },
    async until(promise) {
      let isSettled = false;
      const end = (): void => {
        isSettled = true;
      };
      promise.then(end, end);
      await settle();
      const deadline = now + 3_600_000;
      while (!isSettled && (await step(deadline)));
      if (!isSettled) throw new Error("it is not settled, and no timer is left");
      return promise;
    },
    get waiting() {
      return timers.size;
    },
  };
}
