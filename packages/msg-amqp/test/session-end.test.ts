/**
 * Goal: a session ends once, whichever event says so first, and closing leaves in order (A1, A7).
 * Method: the line alone, with a connection that only emits; then a fake broker that notes what it is
 * asked.
 */
import { EventEmitter } from "node:events";
import { MsgError } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import type { ClientConnection } from "../src/os/client.js";
import { createLine, type LineChange } from "../src/os/line.js";
import { startFakeBroker } from "./fake-broker.ts";
import { message, openWatched, textOf } from "./stand.ts";

expectNoLeaks();

/** A line whose timers are run by hand. */
function stand() {
  const connections: EventEmitter[] = [];
  const signals: AbortSignal[] = [];
  const ended: string[] = [];
  const changes: LineChange["to"][] = [];
  const timers = new Set<() => void>();
  const line = createLine({
    async dial(signal) {
      const connection = new EventEmitter();
      connections.push(connection);
      signals.push(signal);
      // Nothing but its events is used here.
      return Object.assign(connection, {
        close: async () => undefined,
      }) as unknown as ClientConnection;
    },
    timer(_, elapsed) {
      timers.add(elapsed);
      return () => timers.delete(elapsed);
    },
    connectTimeoutMs: 1000,
    lost: (cause) => (MsgError.is(cause) ? cause : new MsgError("CONNECTION_LOST", String(cause))),
    setUp: async () => undefined,
    hangUp: async () => undefined,
    ended: (session) => ended.push(`session ${session.generation}`),
    changed: ({ to }) => changes.push(to),
  });
  const elapse = async (): Promise<void> => {
    const due = [...timers];
    timers.clear();
    for (const elapsed of due) elapsed();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { line, connections, signals, ended, changes, timers, elapse };
}

test.each([
  ["error, close", ["error", "close"]],
  ["close alone, as after CONNECTION_FORCED", ["close"]],
  ["close, error, error", ["close", "error", "error"]],
])("A7: %s: one end, one reconnect", async (_, events) => {
  const { line, connections, signals, ended, changes, timers, elapse } = stand();
  await line.open();
  for (const event of events) connections[0]?.emit(event, new Error("gone"));
  expect(ended).toEqual(["session 1"]);
  expect(signals[0]?.aborted).toBe(true);
  expect(timers.size).toBe(1);
  await elapse();
  expect(connections.length).toBe(2);
  expect(changes).toEqual(["up", "waiting", "up"]);
  // What an old connection says later is nobody's.
  connections[0]?.emit("close");
  expect(ended).toEqual(["session 1"]);
  await line.close(100);
});

test("A1: closed while waiting to connect again: no more attempts, no timer", async () => {
  const { line, connections, timers, changes } = stand();
  await line.open();
  connections[0]?.emit("close");
  await line.close(100);
  expect(timers.size).toBe(0);
  expect(connections.length).toBe(1);
  expect(changes).toEqual(["up", "waiting"]);
});

test("closing: channels first, so that nothing overtakes what they have still to write", async () => {
  const asked: string[] = [];
  const broker = await startFakeBroker({
    method(name, { channel }, connection) {
      if (/Ack|Close$/.test(name)) asked.push(`${connection.number} ${name}`);
      if (name !== "BasicConsume") return false;
      connection.send("BasicConsumeOk", channel, { consumerTag: "c" });
      const fields = { consumerTag: "c", deliveryTag: 1, redelivered: false, routingKey: "q" };
      connection.deliver(channel, fields, { properties: { messageId: "m" }, body: "v" });
      return true;
    },
  });
  const { driver } = await openWatched(broker.port);
  await driver.publish([message("p")]);
  const [delivery] = await driver.poll({ maxItems: 1 });
  if (delivery === undefined) throw new Error("nothing came");
  expect(textOf(delivery)).toBe("v");
  asked.length = 0;
  await driver.settle([{ delivery, outcome: "ack" }]);
  await driver.close();
  const of = (connection: number) =>
    asked.filter((one) => one.startsWith(`${connection} `)).map((one) => one.slice(2));
  expect(of(1)).toEqual(["ChannelClose", "ConnectionClose"]);
  expect(of(2)).toEqual(["BasicAck", "ChannelClose", "ConnectionClose"]);
  await broker.close();
});
