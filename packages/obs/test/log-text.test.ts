/**
 * Goal: a record is one line, whatever it holds, for machines and for people.
 * Method: records by hand, lines by hand; every dangerous character, in every place.
 */
import { parseJson } from "@reprise/canonical-json";
import { type LogRecord, logLine, terminalLine } from "@reprise/obs";
import { expect, test } from "vitest";

const record: LogRecord = {
  level: "warn",
  event: "connection.lost",
  index: 7,
  fields: { attempt: 2, broker: "redis-1:6379", why: "read ECONNRESET" },
};

test("a line of canonical JSON", () => {
  expect(logLine(record)).toBe(
    '{"event":"connection.lost","fields":{"attempt":2,"broker":"redis-1:6379","why":"read ECONNRESET"},"index":7,"level":"warn"}\n',
  );
  expect(
    logLine({
      level: "info",
      event: "e",
      index: 0,
      fields: {},
      traceId: "t",
      spanId: "s",
      timeUnixNano: 1_700_000_000_123_456_789n,
    }),
  ).toBe(
    '{"event":"e","fields":{},"index":0,"level":"info","span_id":"s","time_unix_nano":"1700000000123456789","trace_id":"t"}\n',
  );
});

test("a line for people, with colours and without", () => {
  expect(terminalLine(record)).toBe(
    '    7 warn   connection.lost  attempt=2 broker=redis-1:6379 why="read ECONNRESET"\n',
  );
  expect(terminalLine({ ...record, fields: {} }, { colour: true })).toBe(
    "    7 \u001b[33mwarn  \u001b[0m connection.lost\n",
  );
  expect(terminalLine({ ...record, fields: { a: { b: [1, "x"] } }, traceId: "4bf9" })).toBe(
    '    7 warn   connection.lost  a={"b":[1,"x"]} trace=4bf9\n',
  );
});

const dangerous = [
  "\n",
  "\r",
  "\u001b[2J",
  "\0",
  "\u0007",
  "\u007f",
  "\u009b",
  "\u2028",
  "\u202e",
  "\u2066",
  "\u200f",
  "\ufeff",
];

test.each(dangerous)("%j cannot leave its place", (text) => {
  const hostile = `a${text}b`;
  const line = terminalLine({
    level: "info",
    event: hostile,
    index: 0,
    traceId: hostile,
    fields: { [hostile]: hostile, list: [hostile], plain: "x" },
  });
  expect(line.indexOf("\n")).toBe(line.length - 1);
  expect(line.includes(text === "\n" ? "\n " : text)).toBe(false);
  const json = logLine({ level: "info", event: hostile, index: 0, fields: { [hostile]: hostile } });
  expect(json.indexOf("\n")).toBe(json.length - 1);
  expect(parseJson(json)).toMatchObject({ event: hostile });
});

test("text that looks like another field is quoted", () => {
  expect(terminalLine({ ...record, fields: { a: "1 b=2", "c d": "", e: "=" } })).toBe(
    '    7 warn   connection.lost  a="1 b=2" "c d"="" e="="\n',
  );
});
