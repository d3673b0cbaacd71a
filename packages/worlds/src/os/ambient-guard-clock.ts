/**
 * The clocks, answered inside a world.
 *
 * `Date` cannot be told what time it is, so another stands in its place: the same prototype (so that
 * `instanceof` and every method hold for dates of either), the same statics, and subclasses as before.
 * Its prototype's `constructor` is the new one. A reference to the old `Date` that was taken before the
 * guard was there still makes dates of the real time.
 */
import { fractionalMillisecondsOf, hrtimeOf, millisecondsOf } from "../ambient-answers.js";
import {
  type Callable,
  isCallable,
  refuseFunction,
  refuseReading,
  replaceFunction,
  replaceReading,
} from "./ambient-guard-patch.js";
import { drawClock, refusalOf, refused, type Scope, scopeHere } from "./ambient-guard-scope.js";

export function guardClocks(): void {
  guardDate();
  guardDateFormat();
  guardPerformance();
  guardHrtime();
  guardTemporal();
}

type DateArguments = [
  year: number,
  month: number,
  day: number,
  hours: number,
  minutes: number,
  seconds: number,
  ms: number,
];

function guardDate(): void {
  const RealDate = globalThis.Date;
  const dateNow = (scope: Scope, call: "Date()" | "new Date()"): Date =>
    new RealDate(millisecondsOf(drawClock(scope, call)));
  replaceFunction(RealDate, "now", (now) =>
    plain(() => {
      const scope = scopeHere();
      return scope === undefined ? now() : millisecondsOf(drawClock(scope, "Date.now"));
    }),
  );
  replaceFunction(globalThis, "Date", () => {
    return function guardedDate(this: unknown, ...args: unknown[]): unknown {
      const scope = scopeHere();
      if (new.target === undefined) {
        return scope === undefined ? RealDate() : String(dateNow(scope, "Date()"));
      }
      if (args.length === 0 && scope !== undefined) args[0] = dateNow(scope, "new Date()");
      // A date is made of what it is given; its own constructor says what that may be.
      const given = args as DateArguments;
      return new.target === globalThis.Date
        ? new RealDate(...given)
        : Reflect.construct(RealDate, given, new.target);
    };
  });
}

/** `format()` of no date is of now. */
function guardDateFormat(): void {
  const prototype = Intl.DateTimeFormat.prototype;
  const now = (scope: Scope): number => millisecondsOf(drawClock(scope, "Intl.DateTimeFormat"));
  replaceReading(prototype, "format", (read) => {
    const format = read();
    const scope = scopeHere();
    if (scope === undefined || !isCallable(format)) return format;
    return (date?: unknown) => format(date === undefined ? now(scope) : date);
  });
  replaceFunction(prototype, "formatToParts", (original) => {
    return {
      formatToParts(this: unknown, date?: unknown): unknown {
        const scope = date === undefined ? scopeHere() : undefined;
        return Reflect.apply(original, this, [scope === undefined ? date : now(scope)]);
      },
    }.formatToParts;
  });
}

const performanceOwn: ReadonlySet<string> = new Set(["constructor", "now"]);

function guardPerformance(): void {
  const prototype: object = Object.getPrototypeOf(performance);
  replaceFunction(prototype, "now", (original) => {
    return {
      now(this: unknown): unknown {
        const scope = scopeHere();
        if (scope === undefined) return Reflect.apply(original, this, []);
        return fractionalMillisecondsOf(drawClock(scope, "performance.now"));
      },
    }.now;
  });
  for (const key of Object.getOwnPropertyNames(prototype)) {
    if (performanceOwn.has(key)) continue;
    const refusal = refusalOf(`performance.${key}`, "clock");
    const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
    if (descriptor?.get === undefined) refuseFunction(prototype, key, refusal);
    else refuseReading(prototype, key, refusal);
  }
  refuseReading(globalThis.Event.prototype, "timeStamp", refusalOf("event.timeStamp", "clock"));
}

function guardHrtime(): void {
  replaceFunction(process, "hrtime", (original) => {
    return {
      hrtime(this: unknown, since?: unknown): unknown {
        const scope = scopeHere();
        if (scope === undefined) return Reflect.apply(original, this, [since]);
        const ns = drawClock(scope, "process.hrtime");
        // Anything else is refused by the original, which then reads nothing.
        return since === undefined || isPair(since)
          ? hrtimeOf(ns, since)
          : Reflect.apply(original, this, [since]);
      },
    }.hrtime;
  });
  replaceFunction(process.hrtime, "bigint", (bigint) =>
    plain(() => {
      const scope = scopeHere();
      return scope === undefined ? bigint() : drawClock(scope, "process.hrtime.bigint");
    }),
  );
}

function isPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isInteger);
}

/** As much of Temporal as is used here, where the runtime has it. */
interface TemporalLike {
  readonly Now: Readonly<Record<string, unknown>>;
  readonly Instant: { fromEpochNanoseconds(ns: bigint): InstantLike };
}
interface InstantLike {
  toZonedDateTimeISO(zone: unknown): Readonly<Record<string, Callable>>;
}

/** Of a zoned date, what `Temporal.Now` gives under this name. */
const zonedParts: Readonly<Record<string, string | undefined>> = {
  zonedDateTimeISO: undefined,
  plainDateTimeISO: "toPlainDateTime",
  plainDateISO: "toPlainDate",
  plainTimeISO: "toPlainTime",
};

function guardTemporal(): void {
  const temporal = (globalThis as { Temporal?: TemporalLike }).Temporal;
  if (temporal === undefined) return;
  const { Now, Instant } = temporal;
  const instant = (scope: Scope): InstantLike =>
    Instant.fromEpochNanoseconds(drawClock(scope, "Temporal.Now"));
  replaceFunction(Now, "instant", (original) =>
    plain(() => {
      const scope = scopeHere();
      return scope === undefined ? original() : instant(scope);
    }),
  );
  for (const [name, part] of Object.entries(zonedParts)) {
    replaceFunction(Now, name, (original) => {
      return {
        zoned(this: unknown, zone?: unknown): unknown {
          const scope = scopeHere();
          if (scope === undefined) return Reflect.apply(original, this, [zone]);
          // The machine's own zone is nobody's to record.
          if (zone === undefined)
            throw refused(scope, refusalOf(`Temporal.Now.${name}()`, "locale"));
          const zoned = instant(scope).toZonedDateTimeISO(zone);
          return part === undefined ? zoned : zoned[part]?.();
        },
      }.zoned;
    });
  }
  refuseFunction(Now, "timeZoneId", refusalOf("Temporal.Now.timeZoneId", "locale"));
}

/** A function that is no constructor, as the built-in ones are. */
function plain(call: () => unknown): Callable {
  return {
    method(): unknown {
      return call();
    },
  }.method;
}
