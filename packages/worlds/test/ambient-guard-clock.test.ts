/**
 * Goal: inside a world every clock is answered by the sources, in the form it has outside; dates stay
 * dates; outside the clocks are the real ones.
 * Method: sources that count; each call by hand, with what it must give; the properties of `Date`
 * before and after.
 */
import { types } from "node:util";
import { expect, test, vi } from "vitest";
import { countedSources, refusalIn } from "./counted-sources.js";

const RealDate = Date;
const descriptors = Object.getOwnPropertyDescriptors(Date);
const { guardAmbient, inWorld } = await import("@reprise/worlds/os");
guardAmbient();

const solve = <Result>(body: () => Result): Result => inWorld("solve-rr", countedSources(), body);
const ms = 1_700_000_000_000;

test.each<[string, () => unknown, unknown]>([
  ["Date.now", () => Date.now(), ms],
  ["new Date()", () => new Date().toISOString(), "2023-11-14T22:13:20.000Z"],
  ["Date()", () => Date.parse(Date()), ms],
  ["performance.now", () => performance.now(), ms],
  ["process.hrtime", () => process.hrtime(), [1_700_000_000, 0]],
  ["process.hrtime", () => process.hrtime([1_699_999_999, 999_999_999]), [0, 1]],
  ["process.hrtime.bigint", () => process.hrtime.bigint(), 1_700_000_000_000_000_000n],
  [
    "Intl.DateTimeFormat",
    () => new Intl.DateTimeFormat("en", { timeZone: "UTC" }).format(),
    "11/14/2023",
  ],
  [
    "Intl.DateTimeFormat",
    () => new Intl.DateTimeFormat("en", { timeZone: "UTC" }).formatToParts()[0],
    { type: "month", value: "11" },
  ],
])("%s is answered", (call, read, expected) => {
  const sources = countedSources();
  expect(inWorld("solve-rr", sources, read)).toEqual(expected);
  expect(sources.asked).toEqual([call]);
});

test("each reading is another draw, and different clocks are told apart", () => {
  const sources = countedSources();
  inWorld("solve-rr", sources, () => [Date.now(), performance.now(), Date.now(), new Date()]);
  expect(sources.asked).toEqual(["Date.now", "performance.now", "Date.now", "new Date()"]);
});

test("what needs no clock asks none", () => {
  const sources = countedSources();
  inWorld("solve-rr", sources, () => {
    new Date(5);
    new Date(2020, 1);
    new Date("2020-01-01T00:00:00Z");
    new Date(Number.NaN);
    Date.UTC(2020, 1);
    Date.parse("2020-01-01");
    new Intl.DateTimeFormat("en", { timeZone: "UTC" }).format(5);
    new Intl.DateTimeFormat("en", { timeZone: "UTC" }).formatToParts(5);
  });
  expect(sources.asked).toEqual([]);
});

test.each([
  ["performance.timeOrigin", () => performance.timeOrigin],
  ["performance.mark", () => performance.mark("x")],
  ["performance.measure", () => performance.measure("x")],
  ["performance.timerify", () => performance.timerify(() => undefined)],
  ["performance.toJSON", () => performance.toJSON()],
  ["performance.eventLoopUtilization", () => performance.eventLoopUtilization()],
  ["event.timeStamp", () => new Event("x").timeStamp],
  ["process.uptime", () => process.uptime()],
  ["process.cpuUsage", () => process.cpuUsage()],
  ["PerformanceObserver", () => new PerformanceObserver(() => undefined)],
])("%s is refused", (call, read) => {
  expect(refusalIn(read, countedSources())).toBe(`AMBIENT_REFUSED ${call}`);
});

test("without sources the clock is refused like the rest", () => {
  expect(refusalIn(() => Date.now())).toBe("AMBIENT_REFUSED Date.now");
  expect(refusalIn(() => new Date())).toBe("AMBIENT_REFUSED new Date()");
  expect(refusalIn(() => new Date(5).getTime())).toBe(5);
});

test("Date has the properties that it had", () => {
  const now = Object.getOwnPropertyDescriptors(Date);
  expect(Object.keys(now).sort()).toEqual(Object.keys(descriptors).sort());
  expect([Date.name, Date.length]).toEqual(["Date", 7]);
  for (const [key, { writable, enumerable, configurable }] of Object.entries(descriptors)) {
    expect([key, now[key as keyof typeof now]]).toEqual([
      key,
      expect.objectContaining({ writable, enumerable, configurable }),
    ]);
  }
  expect(Date.prototype).toBe(RealDate.prototype);
  expect(Date.prototype.constructor).toBe(Date);
  expect(Object.getPrototypeOf(Date)).toBe(Function.prototype);
});

test("dates are dates, inside and outside, whoever made them", () => {
  for (const date of [new Date(), solve(() => new Date()), solve(() => new Date(5))]) {
    expect(date).toBeInstanceOf(Date);
    expect(date).toBeInstanceOf(RealDate);
    expect(types.isDate(date)).toBe(true);
    expect(date.constructor).toBe(Date);
    expect(structuredClone(date)).toEqual(date);
  }
  expect(new RealDate(5)).toBeInstanceOf(Date);
  expect(new Date(2020, 1, 2, 3, 4, 5, 6)).toEqual(new RealDate(2020, 1, 2, 3, 4, 5, 6));
  expect(new Date(2020, 1)).toEqual(new RealDate(2020, 1));
  expect(new Date(new Date(7)).getTime()).toBe(7);
  expect(new Date(undefined as unknown as number).getTime()).toBeNaN();
});

test("a subclass is one, and its dates are of now where it says nothing", () => {
  class Deadline extends Date {
    isPast(): boolean {
      return this.getTime() < 0;
    }
  }
  const made = solve(() => new Deadline());
  expect(made).toBeInstanceOf(Deadline);
  expect([made.getTime(), made.isPast()]).toEqual([ms, false]);
  expect(new Deadline(-1).isPast()).toBe(true);
});

test("a wrong argument is refused by the call itself", () => {
  // @ts-expect-error: not a pair
  expect(() => solve(() => process.hrtime(5))).toThrow(TypeError);
  expect(() => solve(() => Reflect.apply(performance.now, performance, []))).not.toThrow();
});

test("outside, the clocks are the real ones", () => {
  const before = RealDate.now();
  solve(() => Date.now());
  expect(Date.now()).toBeGreaterThanOrEqual(before);
  expect(new Date() >= new RealDate(before)).toBe(true);
  expect(typeof Date()).toBe("string");
  expect(Math.abs(performance.timeOrigin + performance.now() - Date.now())).toBeLessThan(60_000);
  expect(process.hrtime.bigint()).toBeGreaterThan(0n);
  expect(process.hrtime()).toHaveLength(2);
  expect(new Intl.DateTimeFormat("en", { timeZone: "UTC" }).format()).not.toBe("11/14/2023");
  expect(process.uptime()).toBeGreaterThan(0);
});

test("fake timers still work, and are left in peace", () => {
  vi.useFakeTimers({ now: 5 });
  try {
    expect([Date.now(), new Date().toJSON()]).toEqual([5, "1970-01-01T00:00:00.005Z"]);
  } finally {
    vi.useRealTimers();
  }
  expect(solve(() => Date.now())).toBe(ms);
});

interface Zoned {
  toString(): string;
}
interface TemporalNow {
  readonly Now: Readonly<Record<string, (zone?: string) => Zoned>>;
}
const { Temporal } = globalThis as { Temporal?: TemporalNow };

/** Where the runtime has no Temporal there is nothing to guard: the rows are then none. */
const temporalRows: readonly (readonly [string, string | undefined, string])[] =
  Temporal === undefined
    ? []
    : [
        ["instant", undefined, "2023-11-14T22:13:20Z"],
        ["zonedDateTimeISO", "UTC", "2023-11-14T22:13:20+00:00[UTC]"],
        ["plainDateTimeISO", "Asia/Tokyo", "2023-11-15T07:13:20"],
        ["plainDateISO", "Asia/Tokyo", "2023-11-15"],
        ["plainTimeISO", "UTC", "22:13:20"],
      ];

test("Temporal.Now, where there is one", () => {
  for (const [name, zone, expected] of temporalRows) {
    const sources = countedSources();
    const read = () => Temporal?.Now[name]?.(zone).toString();
    expect([name, inWorld("solve-rr", sources, read)]).toEqual([name, expected]);
    expect(sources.asked).toEqual(["Temporal.Now"]);
    expect(read()).not.toBe(expected);
    if (zone === undefined) continue;
    const refusal = refusalIn(() => Temporal?.Now[name]?.(), sources);
    expect(refusal).toBe(`AMBIENT_REFUSED Temporal.Now.${name}()`);
  }
  if (Temporal === undefined) return;
  expect(refusalIn(() => Temporal.Now.timeZoneId?.(), countedSources())).toBe(
    "AMBIENT_REFUSED Temporal.Now.timeZoneId",
  );
});
