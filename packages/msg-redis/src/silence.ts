/**
 * Whether a connection is dead that has not said so: something is called, and for `silentMs` no reply
 * comes to anything. Looked at twice in that time, so that a busy connection costs two timers a period
 * and not one a command. (ioredis has the like, `socketTimeout`, whose timer outlives a lost connection
 * in its version 5.)
 */
import type { Timer } from "@reprise/msg-core/driver";

export interface Silence {
  /** So many replies are awaited from now on. */
  called(count: number): void;
  /** One of them has come. */
  replied(): void;
  stop(): void;
}

export function createSilence(timer: Timer, silentMs: number, dead: () => void): Silence {
  let awaited = 0;
  let hasReplied = false;
  let quiet = 0;
  let stopTimer: (() => void) | undefined;

  const look = (): void => {
    stopTimer = undefined;
    if (awaited === 0) return;
    quiet = hasReplied ? 0 : quiet + 1;
    hasReplied = false;
    if (quiet < 2) stopTimer = timer(silentMs / 2, look);
    else dead();
  };

  return {
    called(count) {
      if (awaited === 0) {
        quiet = 0;
        // The period that runs has begun without it.
        hasReplied = stopTimer !== undefined;
      }
      awaited += count;
      stopTimer ??= timer(silentMs / 2, look);
    },
    replied() {
      awaited -= 1;
      hasReplied = true;
    },
    stop() {
      awaited = 0;
      stopTimer?.();
      stopTimer = undefined;
    },
  };
}
