/*
 * Goal: an entry says all it holds, whoever wrote it, and says so where it cannot be read.
 * Method: entries as Reprise records them, as X07 writes them, and broken ones, put together by hand.
 */
import type { CassetteEntry } from "@reprise/msg-rr";
import { decodeCassette, encodeEvent } from "@reprise/msg-rr";
import { describe, expect, test } from "vitest";
import { type EntryFacts, factsOf, resultOf } from "../src/entry-facts.js";
import { entryAsJson } from "../src/entry-json.js";
import { pageOf } from "../src/entry-page.js";
import { rowOf } from "../src/entry-row.js";
import { handMade, recordedOrders } from "./recordings.js";

const text = new TextEncoder();
const place = { index: 7, offset: 1000, size: 300 };
const facts = (entry: CassetteEntry): EntryFacts => factsOf({ ...place, entry });
const recorded = decodeCassette(await recordedOrders()).map((entry) => facts(entry));
const first = (operation: string, result = /./): EntryFacts => {
  const found = recorded.find(
    (one) => one.operation === operation && result.test(rowOf(one).outcome),
  );
  if (found === undefined) throw new Error(`no ${operation} recorded`);
  return found;
};
const event = (fields: Partial<CassetteEntry>): CassetteEntry => ({
  kind: "rr",
  op: "std.msg.kafka.event_v1",
  key: "local_dev_v1",
  req: encodeEvent({ name: "disconnected", detail: "" }),
  resp: new Uint8Array(0),
  err: 0,
  extra: [],
  ...fields,
});

describe("what Reprise records", () => {
  test("a publish has its receipt", () => {
    expect(rowOf(first("publish"))).toMatchObject({
      endpoint: "shop_v1",
      topic: "orders",
      place: "0/0",
      key: "customer-1",
      outcome: "ok",
      latency: "-",
      size: "44",
    });
  });

  test("a delivery has its attempt, and whether it came again", () => {
    expect(rowOf(first("deliver")).outcome).toBe("1");
    const again = first("deliver", /again/);
    expect(rowOf(again).outcome).toBe("2 again");
    expect(entryAsJson(again)).toMatchObject({ attempt: 2, redelivered: true, position: "1" });
  });

  test("a settlement has its outcome, reason and time", () => {
    expect(rowOf(first("settle", /retry/))).toMatchObject({
      topic: "orders",
      place: "0/1",
      outcome: "1 retry",
      latency: "750us",
      value: "card service is away",
    });
  });

  test("every entry has a checksum, and nothing was left unread", () => {
    for (const one of recorded) {
      expect(one.checksum).toMatch(/^[0-9a-f]{8}$/);
      expect(one.notes).toEqual([]);
      expect(one.extra).toEqual([]);
      expect(entryAsJson(one)).not.toHaveProperty("req");
      expect(entryAsJson(one)).not.toHaveProperty("resp");
    }
  });
});

describe("what X07 writes", () => {
  test("a publish with a receipt of its own is fine, its ack shown as bytes", () => {
    const one = facts(handMade({}));
    expect(one.notes).toEqual([]);
    expect(resultOf(one)).toBe("ok");
    expect(entryAsJson(one)).toMatchObject({
      driver: "kafka",
      operation: "publish",
      rr: { op_tag: 1, driver_kind: 1, ack_tag: 1, ack: { utf8: "OK" } },
    });
    expect(entryAsJson(one)).not.toHaveProperty("checksum");
  });

  test("an amqp delivery without a receipt", () => {
    const op = "std.msg.amqp.consume_env_v1";
    const one = facts(handMade({ op, ack: new Uint8Array(0), latencyTicks: 12_345 }));
    expect(rowOf(one)).toMatchObject({
      op: "deliver",
      place: "-",
      outcome: "-",
      latency: "12.3ms",
    });
    expect(entryAsJson(one).rr).toEqual({ op_tag: 2, driver_kind: 2, ack_tag: 1 });
  });

  test("a publish that failed with a number, and no answer", () => {
    const one = facts({ ...handMade({}), err: 9501, resp: new Uint8Array(0) });
    expect(one.notes).toEqual([]);
    expect(rowOf(one).outcome).toBe("error 9501");
  });

  test("an operation that nobody here knows", () => {
    const one = facts(event({ op: "std.http.get_v1", req: text.encode("GET /"), kind: "http" }));
    expect(rowOf(one)).toMatchObject({ op: "std.http.get_v1", value: "GET /", topic: "-" });
    expect(entryAsJson(one)).toMatchObject({ operation: "other", req: { utf8: "GET /" } });
  });

  test("keys of its own", () => {
    const map = { entries: [[text.encode("b"), { lexeme: "-0" }]] } as const;
    const one = facts(handMade({ extra: [[text.encode("x"), [map, null, Uint8Array.of(255)]]] }));
    expect(entryAsJson(one).extra).toEqual([
      { key: { utf8: "x" }, value: [{ map: { b: { number: "-0" } } }, null, { hex: "ff" }] },
    ]);
  });
});

describe("what cannot be read", () => {
  test("a request that is no envelope", () => {
    const one = facts({ ...handMade({}), req: text.encode("\u001b[2J") });
    expect(one.notes).toEqual([expect.stringMatching(/^req: /)]);
    expect(rowOf(one).value).toBe("(unreadable) 0x1b5b324a");
    expect(entryAsJson(one)).toMatchObject({ req: { utf8: "\u001b[2J" } });
  });

  test("an answer that is no entry", () => {
    const one = facts({ ...handMade({}), resp: text.encode("?") });
    expect(one.notes).toEqual([expect.stringMatching(/^resp: /)]);
    expect(rowOf(one).outcome).toBe("-");
    expect(entryAsJson(one)).toMatchObject({ resp: { utf8: "?" }, value: { utf8: "v1" } });
  });

  test("an answer of another operation, driver and endpoint: a replay would refuse it", () => {
    const op = "std.msg.amqp.consume_env_v1";
    const { resp } = handMade({ op, endpoint: "elsewhere" });
    const one = facts({ ...handMade({}), resp });
    expect(one.notes).toEqual([
      "resp: op_tag is 2, expected 1; driver_kind is 2, expected 1; " +
        "endpoint is elsewhere, expected local_dev_v1",
    ]);
  });

  test.each([
    ["an event", "std.msg.redis.event_v1"],
    ["a settlement", "std.msg.redis.settle_v1"],
  ])("%s that is none", (_, op) => {
    const one = facts(event({ op, req: Uint8Array.of(1, 2) }));
    expect(one.notes).toHaveLength(1);
    expect(entryAsJson(one)).toMatchObject({ req: { utf8: "\u0001\u0002" } });
  });
});

describe("a draw", () => {
  const clock = event({
    op: "std.rr.clock_v1",
    key: "ambient",
    req: Uint8Array.of(8, 0, 0, 0, ...text.encode("Date.now")),
    // 14 November 2023, 22:13:20.
    resp: Uint8Array.of(0, 0, 0x2a, 0x36, 0xfe, 0x9c, 0x97, 0x17),
  });
  const entropy = event({
    op: "std.rr.entropy_v1",
    req: Uint8Array.of(2, 0, 0, 0, 11, 0, 0, 0, ...text.encode("Math.random")),
    resp: Uint8Array.of(0, 255),
  });

  test("of the time", () => {
    const one = facts(clock);
    expect(rowOf(one)).toMatchObject({
      op: "clock",
      endpoint: "ambient",
      topic: "-",
      outcome: "-",
      value: "Date.now 2023-11-14T22:13:20.000Z",
    });
    expect(one.notes).toEqual([]);
    const shown = entryAsJson(one);
    expect(shown.draw).toEqual({
      call: "Date.now",
      ns: "1700000000000000000",
      time: "2023-11-14T22:13:20.000Z",
    });
    expect([shown.req, shown.resp]).toEqual([undefined, undefined]);
    expect(pageOf(one, (_, shown) => shown)).toMatch(
      /\n {2}call {8}Date\.now\n {2}drawn {7}2023-11-14T22:13:20\.000Z\n/,
    );
  });

  test("of a stop-watch, and of a time that no date has", () => {
    const watch = { ...clock, req: Uint8Array.of(15, 0, 0, 0, ...text.encode("performance.now")) };
    expect(rowOf(facts(watch)).value).toBe("performance.now 1,700,000,000,000,000,000 ns");
    const resp = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
    expect(rowOf(facts({ ...watch, resp })).value).toBe("performance.now -1 ns");
  });

  test("of bytes", () => {
    expect(rowOf(facts(entropy)).value).toBe("Math.random 0x00ff");
    expect(entryAsJson(facts(entropy)).draw).toEqual({ call: "Math.random", bytes: "00ff" });
  });

  test("that is none", () => {
    for (const one of [clock, entropy].map((entry) =>
      facts({ ...entry, resp: text.encode("?") }),
    )) {
      expect(one.notes).toEqual([expect.stringMatching(/^draw: recorded draw: resp is 1 bytes/)]);
      expect(rowOf(one).value).toMatch(/^\(unreadable\) 0x/);
      expect(entryAsJson(one)).toMatchObject({ resp: { utf8: "?" } });
      expect(entryAsJson(one)).not.toHaveProperty("draw");
    }
  });
});

test("a settlement that came too late, and one that was refused", () => {
  const settle = first("settle").entry;
  expect(resultOf(facts({ ...settle, resp: text.encode("stale") }))).toBe("stale");
  const failure = { code: "BROKER_REFUSED", message: "channel closed", scope: "batch" };
  const refused = facts({ ...settle, err: 1, resp: text.encode(JSON.stringify(failure)) });
  expect(resultOf(refused)).toBe("BROKER_REFUSED");
  expect(entryAsJson(refused)).toMatchObject({ failure, settled_as: "ack" });
});

test("a value of several lines is one line; JSON keeps its tokens", () => {
  const value = (shown: string): string => rowOf(facts(handMade({ value: shown }))).value;
  expect(value('{\n  "a": 1.0,\n  "b": "x y"\n}')).toBe('{"a":1.0,"b":"x y"}');
  expect(value('{"a": 1}')).toBe('{"a": 1}');
  expect(value("two\nlines")).toBe("two\\nlines");
  expect(value("")).toBe("-");
});
