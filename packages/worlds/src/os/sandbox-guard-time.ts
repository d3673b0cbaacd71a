/**
 * Clocks and timers: `time`. The policy's `allow_local_tzid` is the launcher's: it sets the time zone.
 *
 * Node's own insides (timeouts of sockets, HTTP) keep their clocks. What shows the time in other ways
 * (the times of a file, a loop that counts) is not held.
 */
import timers from "node:timers";
import timersPromises from "node:timers/promises";
import type { SandboxTime } from "../sandbox-policy.js";
import { replaceFunction } from "./ambient-guard-patch.js";
import type { Refuse } from "./sandbox-refusal.js";
import { standBefore } from "./sandbox-stand.js";

export function guardTime(policy: SandboxTime, refuse: Refuse): void {
  const may = (name: "allow_wall_clock" | "allow_monotonic" | "allow_sleep"): boolean =>
    policy.enabled && policy[name];
  if (!may("allow_wall_clock")) guardWallClock(refuse);
  if (!may("allow_monotonic")) guardStopWatch(refuse);
  guardTimers(may("allow_sleep") ? policy.max_sleep_ms : undefined, refuse);
}

function guardWallClock(refuse: Refuse): void {
  const refusal = (call: string): Error => refuse({ call, rule: "time.allow_wall_clock" });
  standBefore(Date, ["now"], () => {
    throw refusal("Date.now");
  });
  replaceFunction(
    globalThis,
    "Date",
    (original) =>
      function guardedDate(this: unknown, ...args: unknown[]): unknown {
        if (new.target === undefined || args.length === 0) throw refusal("Date");
        return Reflect.construct(original, args, new.target);
      },
  );
  const { Temporal: temporal } = globalThis as { readonly Temporal?: { readonly Now: object } };
  if (temporal === undefined) return;
  standBefore(temporal.Now, Object.getOwnPropertyNames(temporal.Now), (_, name) => {
    throw refusal(`Temporal.Now.${name}`);
  });
}

function guardStopWatch(refuse: Refuse): void {
  const rule = "time.allow_monotonic";
  standBefore(Object.getPrototypeOf(performance), ["now", "mark", "measure"], (_, name) => {
    throw refuse({ call: `performance.${name}`, rule });
  });
  standBefore(process.hrtime, ["bigint"], () => {
    throw refuse({ call: "process.hrtime.bigint", rule });
  });
  standBefore(process, ["hrtime", "uptime"], (_, name) => {
    throw refuse({ call: `process.${name}`, rule });
  });
}

/** `most` milliseconds; undefined where nothing may wait. */
function guardTimers(most: number | undefined, refuse: Refuse): void {
  const check = (call: string, delay: unknown): void => {
    const ms = Number(delay ?? 0);
    if (most !== undefined && !(ms > most)) return;
    const rule = most === undefined ? "time.allow_sleep" : "time.max_sleep_ms";
    throw refuse({ call, where: `${ms} ms`, rule });
  };
  for (const holder of [globalThis, timers]) {
    standBefore(holder, ["setTimeout", "setInterval"], ({ args, go }, name) => {
      check(name, args[1]);
      return go();
    });
  }
  // Also what `promisify(setTimeout)` gives.
  const promised = ["setTimeout", "setInterval"];
  standBefore(timersPromises, promised, ({ args, go }, name) => {
    check(`timers/promises.${name}`, args[0]);
    return go();
  });
  standBefore(Object.getPrototypeOf(timersPromises.scheduler), ["wait"], ({ args, go }) => {
    check("scheduler.wait", args[0]);
    return go();
  });
  standBefore(AbortSignal, ["timeout"], ({ args, go }) => {
    check("AbortSignal.timeout", args[0]);
    return go();
  });
  standBefore(Atomics, ["wait", "waitAsync"], ({ args, go }, name) => {
    check(`Atomics.${name}`, args[3] ?? Number.POSITIVE_INFINITY);
    return go();
  });
}
