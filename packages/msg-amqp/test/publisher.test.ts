/**
 * Goal: every message that is published has an outcome, whatever the broker does with it (A4, A5, A6,
 * A13, A15, A17).
 * Method: a fake broker on the client's own codec that withholds, reorders, blocks, and dies. Where
 * the raw client loses something, it is shown losing it first.
 */

import type { AmqpDriverOptions } from "@reprise/msg-amqp";
import { MsgError } from "@reprise/msg-core";
import { connect } from "amqplib";
import { afterEach, describe, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import {
  type FakeBehaviour,
  type FakeBroker,
  type FakeMessage,
  startFakeBroker,
} from "./fake-broker.ts";
import { message, openWatched, signal, type Watched } from "./stand.ts";

expectNoLeaks();

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
async function fake(behaviour: FakeBehaviour): Promise<FakeBroker> {
  const broker = await startFakeBroker(behaviour);
  open.push(broker);
  return broker;
}
async function watched(port: number, options: Partial<AmqpDriverOptions> = {}): Promise<Watched> {
  const opened = await openWatched(port, { topics: [], ...options });
  open.push(opened.driver);
  return opened;
}
async function raw(port: number) {
  const connection = await connect({ hostname: "127.0.0.1", port });
  connection.on("error", () => undefined);
  return connection;
}
const five = ["1", "2", "3", "4", "5"].map((value) => message(value));

/** A broker that takes `count` messages without a word, and then resets the connection. */
function dyingAfter(count: number): { taken: FakeMessage[]; behaviour: FakeBehaviour } {
  const taken: FakeMessage[] = [];
  const behaviour: FakeBehaviour = {
    message(one, connection) {
      taken.push(one);
      if (taken.length === count) connection.reset();
      else if (taken.length > count) {
        connection.send("BasicAck", one.channel, { deliveryTag: one.tag, multiple: false });
      }
    },
  };
  return { taken, behaviour };
}

describe("A4: five messages, then the connection is reset", () => {
  test("the raw client, plain channel: all written, none is heard of again", async () => {
    const { taken, behaviour } = dyingAfter(5);
    const broker = await fake(behaviour);
    const connection = await raw(broker.port);
    const closed = signal();
    connection.on("close", () => closed.give());
    const channel = await connection.createChannel();
    const heard: string[] = [];
    channel.on("error", () => heard.push("error"));
    channel.on("return", () => heard.push("return"));
    const said = five.map(({ value }) => channel.publish("e", "q", Buffer.from(value)));
    await closed.promise;
    expect(said).toEqual([true, true, true, true, true]);
    expect(taken.length).toBe(5);
    expect(heard).toEqual([]);
    expect(broker.connections.length).toBe(1);
  });

  test("ours: each has its outcome, and is sent again under its message id", async () => {
    const { taken, behaviour } = dyingAfter(5);
    const broker = await fake(behaviour);
    const { driver } = await watched(broker.port);
    const receipts = await driver.publish(five);
    const ids = taken.map(({ properties }) => properties.messageId);
    expect(ids.slice(0, 5)).toEqual(ids.slice(5));
    expect(receipts.map(({ position }) => position)).toEqual(ids.slice(5));
  });
});

test("A5: a confirm that never comes is BROKER_TIMEOUT, with the id it may be stored under", async () => {
  const ids: (string | undefined)[] = [];
  const broker = await fake({ message: ({ properties }) => ids.push(properties.messageId) });
  const { driver } = await watched(broker.port, { publishTimeoutMs: 100 });
  const error = await driver.publish([message("1")]).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "BROKER_TIMEOUT", retryable: true });
  expect(String(error)).toContain(`under message id ${ids[0]}`);
});

describe("A6: the broker reads nothing any more, then the connection is reset", () => {
  const large = new Uint8Array(100_000);
  const batch = Array.from({ length: 600 }, () => ({ ...message(""), value: large }));

  test("the raw client: publish says false, drain never comes", async () => {
    const broker = await fake({});
    const connection = await raw(broker.port);
    const closed = signal();
    connection.on("close", () => closed.give());
    const channel = await connection.createChannel();
    channel.on("error", () => undefined);
    let drained = 0;
    channel.on("drain", () => {
      drained += 1;
    });
    const [peer] = broker.connections;
    peer?.socket.pause();
    const content = Buffer.from(large);
    let said = true;
    for (let count = 0; said && count < 5000; count++) said = channel.publish("e", "q", content);
    expect(said).toBe(false);
    peer?.reset();
    await closed.promise;
    expect(drained).toBe(0);
  });

  test("ours: all of it goes to the next connection", async () => {
    const stored = new Set<string | undefined>();
    const broker = await fake({
      message({ channel, tag, properties }, connection) {
        stored.add(properties.messageId);
        connection.send("BasicAck", channel, { deliveryTag: tag, multiple: false });
      },
    });
    const { driver, told } = await watched(broker.port);
    const [peer] = broker.connections;
    peer?.socket.pause();
    const publishing = driver.publish(batch);
    // The system's buffers hold a few megabytes: with sixty the client waits for drain.
    setImmediate(() => peer?.reset());
    const receipts = await publishing;
    expect(new Set(receipts.map(({ position }) => position))).toEqual(stored);
    expect(stored.size).toBe(600);
    expect(await told("publish.unconfirmed")).toMatch(/messages will be sent again/);
  });
});

test("A13: a message that no queue takes is returned, then confirmed: UNROUTABLE, and only it", async () => {
  const broker = await fake({
    message(one, connection) {
      const { channel, tag, fields, properties, body } = one;
      expect(fields.mandatory).toBe(true);
      if (body.toString() === "3") {
        connection.giveBack(one, { replyCode: 312, replyText: "NO_ROUTE" });
      }
      expect(properties.messageId).toBeDefined();
      connection.send("BasicAck", channel, { deliveryTag: tag, multiple: false });
    },
  });
  const { driver } = await watched(broker.port);
  const error = await driver.publish(five).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "PUBLISH_INCOMPLETE" });
  const outcomes = MsgError.is(error) ? (error.details.outcomes ?? []) : [];
  const codes = outcomes.map((outcome) => (MsgError.is(outcome) ? outcome.code : "safe"));
  expect(codes).toEqual(["safe", "safe", "UNROUTABLE", "safe", "safe"]);
  await expect(driver.publish([message("3")])).rejects.toMatchObject({ code: "UNROUTABLE" });
});

describe("A15: the broker blocks those who publish", () => {
  const blocked = (): FakeBehaviour => ({
    message: (_, connection) =>
      connection.send("ConnectionBlocked", 0, { reason: "low on memory" }),
  });

  test("what is published waits, and goes when it may", async () => {
    let isBlocked = true;
    let taken = 0;
    const broker = await fake({
      message({ channel, tag }, connection) {
        taken += 1;
        if (isBlocked) connection.send("ConnectionBlocked", 0, { reason: "low on memory" });
        connection.send("BasicAck", channel, { deliveryTag: tag, multiple: false });
      },
    });
    const { driver, told } = await watched(broker.port);
    await driver.publish([message("1")]);
    expect(await told("connection.blocked")).toBe("low on memory");
    isBlocked = false;
    const waiting = driver.publish([message("2")]);
    const quiet = signal();
    setTimeout(quiet.give, 50);
    await quiet.promise;
    expect(taken).toBe(1);
    broker.connections[0]?.send("ConnectionUnblocked", 0, {});
    await waiting;
    expect(taken).toBe(2);
    await told("connection.unblocked");
  });

  test("it waits no longer than publishTimeoutMs", async () => {
    const broker = await fake(blocked());
    const { driver, told } = await watched(broker.port, { publishTimeoutMs: 150 });
    const first = driver.publish([message("1")]).catch((reason: unknown) => reason);
    await told("connection.blocked");
    const error = await driver.publish([message("2")]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "BROKER_TIMEOUT" });
    expect(String(error)).toContain("was not sent");
    expect(await first).toMatchObject({ code: "BROKER_TIMEOUT" });
  });

  test("close does not wait for a broker that reads nothing", async () => {
    let isDeaf = false;
    const broker = await fake({ ...blocked(), method: () => isDeaf });
    const { driver, told } = await watched(broker.port);
    const waiting = driver.publish([message("1")]).catch((reason: unknown) => reason);
    await told("connection.blocked");
    isDeaf = true;
    await driver.close({ deadlineMs: 200 });
    expect(await waiting).toMatchObject({ code: "CLOSED" });
  });
});

test("A17: answers out of order, for several, and refusals among them", async () => {
  const seen: FakeMessage[] = [];
  const broker = await fake({
    message(one, connection) {
      seen.push(one);
      if (seen.length < 5) return;
      const { channel } = one;
      connection.send("BasicNack", channel, { deliveryTag: 4, multiple: false, requeue: false });
      connection.send("BasicAck", channel, { deliveryTag: 5, multiple: false });
      connection.send("BasicNack", channel, { deliveryTag: 1, multiple: false, requeue: false });
      connection.send("BasicAck", channel, { deliveryTag: 3, multiple: true });
    },
  });
  const { driver } = await watched(broker.port);
  const error = await driver.publish(five).catch((reason: unknown) => reason);
  const outcomes = MsgError.is(error) ? (error.details.outcomes ?? []) : [];
  const codes = outcomes.map((outcome) => (MsgError.is(outcome) ? outcome.code : "safe"));
  expect(codes).toEqual(["BROKER_REFUSED", "safe", "safe", "BROKER_REFUSED", "safe"]);
});

test("a message that the broker closes the channel for ends after three times; others do not", async () => {
  let closed = 0;
  const broker = await fake({
    message({ channel, tag, body }, connection) {
      if (body.toString() !== "poison") {
        connection.send("BasicAck", channel, { deliveryTag: tag, multiple: false });
        return;
      }
      closed += 1;
      const replyText = "PRECONDITION_FAILED - message size is larger than configured";
      connection.send("ChannelClose", channel, {
        replyCode: 406,
        replyText,
        classId: 60,
        methodId: 40,
      });
    },
  });
  const { driver } = await watched(broker.port);
  await expect(driver.publish([message("poison")])).rejects.toMatchObject({
    code: "BROKER_REFUSED",
  });
  expect(closed).toBe(3);
  expect((await driver.publish([message("fine")])).length).toBe(1);
});
