/**
 * Notices a handler that is stuck: a delivery that has been held for longer than `stallMs`. The
 * broker does not notice, because the driver keeps its session alive while handlers work.
 */
import type { Delivery } from "../driver.js";
import type { DriverPorts } from "./broker-link.js";

export interface StallWatchOptions {
  readonly ports: DriverPorts;
  readonly stallMs: number;
  readonly oldest: () => { readonly incoming: Delivery; readonly since: number } | undefined;
  readonly changed: (stalled: Delivery | undefined) => void;
}

export interface StallWatch {
  /** Something was handed out or settled. */
  look(): void;
  stop(): void;
}

export function createStallWatch(options: StallWatchOptions): StallWatch {
  const { ports, stallMs, oldest, changed } = options;
  let stopTimer: (() => void) | undefined;
  let stalled = false;

  const wake = (): void => {
    stopTimer = undefined;
    look();
  };
  const look = (): void => {
    if (stopTimer !== undefined && !stalled) return;
    const held = oldest();
    const left = held === undefined ? stallMs : held.since + stallMs - ports.now();
    if (held !== undefined && left <= 0) {
      if (!stalled) changed(held.incoming);
      stalled = true;
      return;
    }
    if (stalled) changed(undefined);
    stalled = false;
    // One timer at a time: it looks again at whatever is the oldest then.
    if (held !== undefined) stopTimer ??= ports.timer(left, wake);
  };

  return {
    look,
    stop() {
      stopTimer?.();
      stopTimer = undefined;
    },
  };
}
