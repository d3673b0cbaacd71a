/**
 * Goal: whatever the broker does to a consumer, deliveries go on and acknowledgements do no harm (A8,
 * A9, A10, A11, A14), and what is no envelope is put aside.
 * Method: a fake broker on the client's own codec, where the real one cannot be made to do it.
 */

import type { AmqpDriverOptions } from "@reprise/msg-amqp";
import { consume } from "@reprise/msg-core";
import { connect } from "amqplib";
import { afterEach, describe, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import {
  type FakeBehaviour,
  type FakeBroker,
  type FakeConnection,
  startFakeBroker,
} from "./fake-broker.ts";
import { openWatched, signal, textOf, valuesOf, type Watched } from "./stand.ts";

expectNoLeaks();

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

interface Consumers {
  /** Called with each consumer that the broker has started. */
  started(tag: string, channel: number, connection: FakeConnection): void;
  readonly method?: FakeBehaviour["method"];
  readonly message?: FakeBehaviour["message"];
}

/** A broker whose consumers are `c1`, `c2`, ... */
async function fake({ started, method, message }: Consumers): Promise<FakeBroker> {
  let count = 0;
  const broker = await startFakeBroker({
    ...(message === undefined ? {} : { message }),
    method(name, frame, connection) {
      if (method?.(name, frame, connection) === true) return true;
      if (name !== "BasicConsume") return false;
      count += 1;
      const tag = `c${count}`;
      connection.send("BasicConsumeOk", frame.channel, { consumerTag: tag });
      started(tag, frame.channel, connection);
      return true;
    },
  });
  open.push(broker);
  return broker;
}
async function watched(port: number, options: Partial<AmqpDriverOptions> = {}): Promise<Watched> {
  const opened = await openWatched(port, options);
  open.push(opened.driver);
  return opened;
}
const delivered = (consumerTag: string, deliveryTag: number, redelivered = false) => ({
  consumerTag,
  deliveryTag,
  redelivered,
  routingKey: "q",
});
const stored = (messageId: string, headers = {}) => ({
  properties: { messageId, headers },
  body: messageId,
});

describe("A8: an acknowledgement after the connection was lost", () => {
  test("ours: stale, and the message comes again as redelivered", async () => {
    const acked: number[] = [];
    const broker = await fake({
      started(tag, channel, connection) {
        const again = connection.number > 2;
        connection.deliver(channel, delivered(tag, again ? 5 : 1, again), stored("m1"));
        connection.deliver(channel, delivered(tag, again ? 6 : 2, again), stored("m2"));
      },
      method(name, { fields }) {
        if (name === "BasicAck") acked.push(Number(fields.deliveryTag));
        return false;
      },
    });
    const { driver, told, events } = await watched(broker.port);
    const [first] = await driver.poll({ maxItems: 1 });
    broker.connections[1]?.reset();
    await told("connection.restored");
    if (first === undefined) throw new Error("nothing came");
    await driver.settle([{ delivery: first, outcome: "ack" }]);
    expect(events.filter(({ type }) => type === "stale").length).toBe(1);
    const again = [];
    while (again.length < 2) again.push(...(await driver.poll({ maxItems: 2 })));
    // What was fetched and not polled has come again as well, and once.
    expect(again).toMatchObject([
      { position: "m1", attempt: 2, redelivered: true },
      { position: "m2", attempt: 2, redelivered: true },
    ]);
    expect(acked).toEqual([]);
  });

  test("ours: lost while its dead letter is being confirmed: stale, and nothing is acked", async () => {
    const acked: number[] = [];
    let broker: FakeBroker | undefined;
    broker = await fake({
      started(tag, channel, connection) {
        if (connection.number === 2) connection.deliver(channel, delivered(tag, 1), stored("m1"));
      },
      method(name, { fields }) {
        if (name === "BasicAck") acked.push(Number(fields.deliveryTag));
        return false;
      },
      message({ channel, tag }, connection) {
        const consuming = broker?.connections[1]?.socket;
        const confirm = () =>
          connection.send("BasicAck", channel, { deliveryTag: tag, multiple: false });
        // The confirm comes when the consuming connection has been set up anew.
        consuming?.once("close", () => restored.promise.then(confirm));
        broker?.connections[1]?.reset();
      },
    });
    const restored = signal();
    const { driver, told, events } = await watched(broker.port);
    const [delivery] = await driver.poll({ maxItems: 1 });
    if (delivery === undefined) throw new Error("nothing came");
    const settling = driver.settle([{ delivery, outcome: "reject", reason: "bad" }]);
    await told("connection.restored");
    restored.give();
    await settling;
    expect(events.filter(({ type }) => type === "stale").length).toBe(1);
    expect(acked).toEqual([]);
  });

  test("the raw client: an acknowledgement on the old channel throws", async () => {
    const broker = await fake({
      started(tag, channel, connection) {
        connection.deliver(channel, delivered(tag, 1), stored("m1"));
      },
    });
    const connection = await connect({ hostname: "127.0.0.1", port: broker.port });
    const closed = signal();
    connection.on("error", () => undefined);
    connection.on("close", () => closed.give());
    const channel = await connection.createChannel();
    const came = signal<Parameters<typeof channel.ack>[0] | null>();
    await channel.consume("q", came.give);
    const message = await came.promise;
    broker.connections[0]?.reset();
    await closed.promise;
    if (message === null) throw new Error("cancelled");
    expect(() => channel.ack(message)).toThrow("Channel closed");
  });
});

test("A9: the broker cancels a consumer: declared and consumed again, on the same channel", async () => {
  let declared = 0;
  const broker = await fake({
    started(tag, channel, connection) {
      if (tag === "c1") connection.send("BasicCancel", channel, { consumerTag: tag, nowait: true });
      else connection.deliver(channel, delivered(tag, 1), stored("m1"));
    },
    method(name) {
      if (name === "QueueDeclare") declared += 1;
      return false;
    },
  });
  const { driver, count } = await watched(broker.port);
  const before = declared;
  expect(valuesOf(await driver.poll({ maxItems: 1 }))).toEqual(["m1"]);
  expect(count("consumer.cancelled")).toBe(1);
  expect(count("connection.lost")).toBe(0);
  // For the consuming connection, and after the cancellation.
  expect(declared - before).toBe(4);
});

test("A10: a delivery for a consumer that is gone: the connection is replaced, consumers go on", async () => {
  const broker = await fake({
    started(tag, channel, connection) {
      if (tag === "c1") connection.deliver(channel, delivered("gone", 1), stored("m1"));
      else connection.deliver(channel, delivered(tag, 1, true), stored("m1"));
    },
  });
  const { driver, told } = await watched(broker.port);
  const deliveries = await driver.poll({ maxItems: 1 });
  expect(valuesOf(deliveries)).toEqual(["m1"]);
  expect(await told("connection.lost")).toContain("Unknown consumer: gone");
});

describe("A11: the handler throws", () => {
  test("ours: the message is retried and then put aside; the channel lives", async () => {
    const requeued: number[] = [];
    const letters: string[] = [];
    let next = 3;
    const broker = await fake({
      started(tag, channel, connection) {
        connection.deliver(channel, delivered(tag, 1), stored("bad"));
        connection.deliver(channel, delivered(tag, 2), stored("good"));
      },
      method(name, { channel, fields }, connection) {
        if (name !== "BasicNack") return false;
        requeued.push(Number(fields.deliveryTag));
        connection.deliver(channel, delivered("c1", next, true), stored("bad"));
        next += 1;
        return true;
      },
      message({ channel, tag, fields, body }, connection) {
        letters.push(`${String(fields.routingKey)} ${body}`);
        connection.send("BasicAck", channel, { deliveryTag: tag, multiple: false });
      },
    });
    const { driver, count } = await watched(broker.port);
    const handled: string[] = [];
    const summary = await consume(
      driver,
      async (delivery) => {
        if (textOf(delivery) === "bad") throw new Error("no");
        handled.push(textOf(delivery));
      },
      { limit: 2, maxAttempts: 3 },
    );
    expect(summary).toMatchObject({ acked: 1, retried: 2, rejected: 1 });
    expect(requeued).toEqual([1, 3]);
    expect(letters).toEqual(["q.dead-letter bad"]);
    expect(count("connection.lost")).toBe(0);
  });

  test("the raw client: a throw closes the channel", async () => {
    const broker = await fake({
      started(tag, channel, connection) {
        connection.deliver(channel, delivered(tag, 1), stored("bad"));
      },
    });
    const connection = await connect({ hostname: "127.0.0.1", port: broker.port });
    const channel = await connection.createChannel();
    const closed = signal<Error>();
    channel.on("error", closed.give);
    await channel.consume("q", () => {
      throw new Error("no");
    });
    expect((await closed.promise).message).toBe("no");
    await connection.close();
  });
});

test("A14: a connection that goes silent is given up within three heartbeats", async () => {
  const broker = await fake({ started: () => undefined });
  const { driver, told } = await watched(broker.port, { topics: [], heartbeatSeconds: 1 });
  const started = performance.now();
  broker.connections[0]?.socket.pause();
  // It is there, and says nothing: the fake sends no heartbeats.
  expect(await told("connection.lost")).toContain("Heartbeat timeout");
  expect(performance.now() - started).toBeLessThan(3500);
  await told("connection.restored");
  expect(driver.health().state).toBe("ready");
});

describe("what is no envelope", () => {
  const unreadable = (seen: string[], acked: number[]): Consumers => ({
    started(tag, channel, connection) {
      connection.deliver(channel, delivered(tag, 1), stored("m1", { n: 2 ** 60 }));
      connection.deliver(channel, delivered(tag, 2), stored("m2"));
    },
    method(name, { fields }) {
      if (name === "BasicAck") acked.push(Number(fields.deliveryTag));
      return false;
    },
    message({ channel, tag, fields, properties, body }, connection) {
      seen.push(`${String(fields.routingKey)} ${body} ${JSON.stringify(properties.headers)}`);
      connection.send("BasicAck", channel, { deliveryTag: tag, multiple: false });
    },
  });

  test("goes to the dead letter as it came, with its reason, and holds up nobody", async () => {
    const seen: string[] = [];
    const acked: number[] = [];
    const broker = await fake(unreadable(seen, acked));
    const { driver, told } = await watched(broker.port);
    expect(valuesOf(await driver.poll({ maxItems: 10 }))).toEqual(["m2"]);
    expect(await told("message.unmappable")).toMatch(/position m1.*in the dead letter/);
    expect(seen[0]).toMatch(/^q\.dead-letter m1 .*MESSAGE_UNMAPPABLE.*1152921504606847000/);
    while (acked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(acked).toEqual([1]);
  });

  test("is kept where the dead letter does not take it", async () => {
    const acked: number[] = [];
    const broker = await fake({
      ...unreadable([], acked),
      message({ channel, tag }, connection) {
        connection.send("BasicNack", channel, {
          deliveryTag: tag,
          multiple: false,
          requeue: false,
        });
      },
    });
    const { driver, told } = await watched(broker.port);
    expect(valuesOf(await driver.poll({ maxItems: 10 }))).toEqual(["m2"]);
    expect(await told("message.unmappable")).toMatch(/kept: .*BROKER_REFUSED|kept: .*refused/);
    expect(acked).toEqual([]);
  });
});

test("who sets no message id has one made of the content, the same whenever it is delivered", async () => {
  const broker = await fake({
    started(tag, channel, connection) {
      const bare = { properties: {}, body: "same" };
      connection.deliver(channel, delivered(tag, 1), bare);
      connection.deliver(channel, delivered(tag, 2, true), bare);
      connection.deliver(channel, delivered(tag, 3), { properties: {}, body: "other" });
    },
  });
  const { driver } = await watched(broker.port);
  const deliveries = [];
  while (deliveries.length < 3) deliveries.push(...(await driver.poll({ maxItems: 3 })));
  const [first, second, third] = deliveries.map(({ position }) => position);
  expect(first).toMatch(/^sha256-[0-9a-f]{64}$/);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});
