/**
 * Goal: records become lines of pino's own.
 * Method: the real pino, writing into memory.
 */
import { createLogger } from "@reprise/obs";
import { createPinoSink } from "@reprise/obs/os";
import { pino } from "pino";
import { expect, test } from "vitest";

test("level, event, fields and ids stand where pino's readers look for them", () => {
  const lines: string[] = [];
  const sink = createPinoSink(
    pino({ level: "trace", base: null, timestamp: false }, { write: (line) => lines.push(line) }),
  );
  const log = createLogger({ sinks: [sink], level: "trace", now: () => 5n });
  const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
  for (const level of levels) log[level](`event.${level}`, { level: "mine", n: 1 });
  log.with({ traceId: "t1", spanId: "s1" }).info("traced");
  expect(lines.map((line) => JSON.parse(line).level)).toEqual([10, 20, 30, 40, 50, 60, 30]);
  expect(lines.every((line) => line.endsWith("\n"))).toBe(true);
  expect(JSON.parse(lines[3] ?? "")).toEqual({
    level: 40,
    event_index: 3,
    time_unix_nano: "5",
    fields: { level: "mine", n: 1 },
    msg: "event.warn",
  });
  expect(JSON.parse(lines[6] ?? "")).toMatchObject({
    trace_id: "t1",
    span_id: "s1",
    msg: "traced",
  });
});
