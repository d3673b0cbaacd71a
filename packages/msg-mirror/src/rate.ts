/** A bound on how often: a bucket that fills by `perSecond` and holds `burst`. */

export interface Rate {
  /** Whether one more is within the bound at `nowMs`, a clock that does not go back. */
  take(nowMs: number): boolean;
}

export interface RateOptions {
  readonly perSecond: number;
  readonly burst: number;
}

export function createRate({ perSecond, burst }: RateOptions): Rate {
  let tokens = burst;
  let last: number | undefined;
  return {
    take(nowMs) {
      const passed = last === undefined ? 0 : Math.max(0, nowMs - last);
      last = nowMs;
      tokens = Math.min(burst, tokens + (passed * perSecond) / 1000);
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
