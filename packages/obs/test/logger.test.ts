/**
 * Goal: the same calls give the same records; levels filter and do not renumber; sinks cannot harm.
 * Method: calls by hand, records by hand.
 */
import { createLogger, type LogRecord, logLine } from "@reprise/obs";
import { expect, test } from "vitest";

test("a record has its level, event, index and fields, and no time of its own", () => {
  const records: LogRecord[] = [];
  const log = createLogger({ sinks: [(record) => records.push(record)] });
  log.info("message.sent", { topic: "orders" });
  log.error("broker.refused");
  expect(records).toEqual([
    { level: "info", event: "message.sent", index: 0, fields: { topic: "orders" } },
    { level: "error", event: "broker.refused", index: 1, fields: {} },
  ]);
});

test("every call counts, written or not, so that a level renumbers nothing", () => {
  const tell = (level: "debug" | "warn"): readonly number[] => {
    const indexes: number[] = [];
    const log = createLogger({ level, sinks: [({ index }) => indexes.push(index)] });
    const child = log.with({ fields: { a: 1 } });
    log.debug("a");
    child.warn("b");
    log.trace("c");
    child.fatal("d");
    return indexes;
  };
  expect(tell("debug")).toEqual([0, 1, 3]);
  expect(tell("warn")).toEqual([1, 3]);
});

test("every level is a method, and says whether it is on", () => {
  const levels: string[] = [];
  const log = createLogger({ level: "trace", sinks: [({ level }) => levels.push(level)] });
  for (const level of ["trace", "debug", "info", "warn", "error", "fatal"] as const) {
    log[level]("e");
    log.log(level, "e");
  }
  expect(new Set(levels).size).toBe(6);
  expect(levels).toHaveLength(12);
  const quiet = createLogger({ sinks: [] });
  expect([quiet.isEnabled("debug"), quiet.isEnabled("info")]).toEqual([false, true]);
});

test("a context adds its ids and fields; the record's own fields win", () => {
  const records: LogRecord[] = [];
  const log = createLogger({ sinks: [(record) => records.push(record)], now: () => 17n });
  const traced = log.with({ traceId: "a".repeat(32), fields: { topic: "x", part: 1 } });
  traced.with({ spanId: "b".repeat(16), fields: { part: 2 } }).info("e", { topic: "orders" });
  expect(records).toEqual([
    {
      level: "info",
      event: "e",
      index: 0,
      traceId: "a".repeat(32),
      spanId: "b".repeat(16),
      timeUnixNano: 17n,
      fields: { topic: "orders", part: 2 },
    },
  ]);
});

test("a sink that throws loses its record, is counted, and harms no other", () => {
  const seen: string[] = [];
  const log = createLogger({
    sinks: [
      () => {
        throw new Error("full");
      },
      ({ event }) => seen.push(event),
    ],
  });
  log.info("a");
  log.with({}).info("b");
  expect(seen).toEqual(["a", "b"]);
  expect(log.lost).toBe(2);
});

test("an event is short text, whatever it was", () => {
  const events: string[] = [];
  const log = createLogger({ sinks: [({ event }) => events.push(event)] });
  log.info("x".repeat(200));
  log.info(undefined as unknown as string);
  expect(events).toEqual([`${"x".repeat(128)}[+72]`, "undefined"]);
});

test("two runs give the same bytes", () => {
  const run = (): string => {
    let text = "";
    const log = createLogger({
      sinks: [
        (record) => {
          text += logLine(record);
        },
      ],
    });
    for (let n = 0; n < 100; n++) log.warn(`event.${n}`, { n, error: new Error(`failure ${n}`) });
    return text;
  };
  expect(run()).toBe(run());
});
