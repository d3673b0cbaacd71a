/**
 * Goal: each message has one fate, told once; what was lost with a connection is written on the next in
 * the order of sending, under the same id and marked; what was refused is not.
 * Method: a connection whose replies the test gives, and timers that it lets elapse.
 */
import { MsgError } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { CommandError } from "../src/connection.ts";
import { createPublisher } from "../src/publisher.ts";
import { createTrimming } from "../src/trimming.ts";
import { bytes, createFakeConnection, createFakeTimer, turns } from "./fake-connection.ts";
import { numbered } from "./stand.ts";

function setUp() {
  const { timer, running, elapse } = createFakeTimer();
  const trimming = createTrimming({ length: 1_000, what: "nothing" }, () => undefined);
  const publisher = createPublisher({
    timer,
    callMs: 500,
    wire: "native",
    trimming,
    instanceId: "me",
  });
  return { publisher, running, elapse };
}

const words = (command: readonly unknown[] = []): string =>
  command.filter((word) => typeof word === "string").join(" ");
const codes = (outcomes: readonly unknown[]): readonly string[] =>
  outcomes.map((outcome) => (MsgError.is(outcome) ? outcome.code : JSON.stringify(outcome)));

test("a batch is written at once; a refusal is one message's", async () => {
  const { publisher, running } = setUp();
  const connection = createFakeConnection();
  publisher.up(connection);
  const sent = publisher.send(numbered("t", 0, 3));
  expect(connection.calls.map((commands) => commands.map(words))).toEqual([
    [0, 1, 2].map((index) => `XADD t * key value reprise-message-id me-${index}`),
  ]);
  connection.answer(bytes("1-0"), new CommandError("OOM", "OOM command not allowed"), bytes("1-1"));
  expect(codes(await sent)).toEqual([
    '{"partition":0,"position":"1-0"}',
    "BROKER_REFUSED",
    '{"partition":0,"position":"1-1"}',
  ]);
  expect(running()).toEqual([]);
  expect(connection.isClosed()).toBe(false);
});

test("what is lost is written again, in order, marked; what had its reply is not", async () => {
  const { publisher } = setUp();
  const first = createFakeConnection();
  publisher.up(first);
  const early = publisher.send(numbered("t", 0, 2));
  const late = publisher.send(numbered("t", 2, 1));
  first.answer(bytes("1-0"), new CommandError("LOST", "gone"));
  publisher.down(new CommandError("LOST", "gone"));
  first.lose();
  await turns();
  // Sent while there is no connection: it waits its turn.
  const later = publisher.send(numbered("t", 3, 1));
  const second = createFakeConnection();
  publisher.up(second);
  expect(second.calls.map((commands) => commands.map(words))).toEqual([
    ["XADD t * key value reprise-message-id me-1 reprise-sent-again 1"],
    ["XADD t * key value reprise-message-id me-2 reprise-sent-again 1"],
    ["XADD t * key value reprise-message-id me-3"],
  ]);
  for (const id of ["2-0", "2-1", "2-2"]) second.answer(bytes(id));
  expect(codes(await early)).toEqual([
    '{"partition":0,"position":"1-0"}',
    '{"partition":0,"position":"2-0"}',
  ]);
  expect(codes(await late)).toEqual(['{"partition":0,"position":"2-1"}']);
  expect(codes(await later)).toEqual(['{"partition":0,"position":"2-2"}']);
});

test.each(["LOADING", "READONLY", "MASTERDOWN"])(
  "%s: not stored, so written elsewhere without a mark",
  async (prefix) => {
    const { publisher } = setUp();
    const replica = createFakeConnection();
    publisher.up(replica);
    const sent = publisher.send(numbered("t", 0, 1));
    replica.answer(new CommandError(prefix, `${prefix} not now`));
    await turns();
    expect(replica.isClosed()).toBe(true);
    publisher.down(new CommandError("LOST", "closed"));
    const primary = createFakeConnection();
    publisher.up(primary);
    expect(words(primary.calls[0]?.[0])).not.toContain("reprise-sent-again");
    primary.answer(bytes("1-0"));
    expect(codes(await sent)).toEqual(['{"partition":0,"position":"1-0"}']);
  },
);

test("a batch whose time is up says so, and a late reply changes nothing", async () => {
  const { publisher, running, elapse } = setUp();
  const connection = createFakeConnection();
  publisher.up(connection);
  const sent = publisher.send(numbered("t", 0, 2));
  expect(running()).toEqual([500]);
  elapse();
  expect(codes(await sent)).toEqual(["BROKER_TIMEOUT", "BROKER_TIMEOUT"]);
  connection.answer(bytes("1-0"), bytes("1-1"));
  await turns();
  expect(connection.isClosed()).toBe(false);
});

test("closed: what has no outcome gets this one, and all that comes", async () => {
  const { publisher, running } = setUp();
  const waiting = publisher.send(numbered("t", 0, 1));
  publisher.close(new MsgError("CLOSED", "closed"));
  expect(codes(await waiting)).toEqual(["CLOSED"]);
  expect(codes(await publisher.send(numbered("t", 1, 2)))).toEqual(["CLOSED", "CLOSED"]);
  expect(running()).toEqual([]);
});
