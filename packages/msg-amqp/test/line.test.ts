/**
 * Goal: connecting ends within its deadline, whatever answers; a connection that is lost comes again,
 * once, with everything that was on it (A1, A2, A3, A7).
 * Method: a fake broker on the client's own codec. Where the raw client loses something, it is shown
 * losing it first.
 */
import { createServer } from "node:net";
import type { AmqpDriverOptions } from "@reprise/msg-amqp";
import { openAmqpDriver } from "@reprise/msg-amqp/os";
import { MsgError } from "@reprise/msg-core";
import { type ChannelModel, connect } from "amqplib";
import { afterEach, describe, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import { profileAt } from "./amqp-harness.ts";
import { type FakeBehaviour, type FakeBroker, startFakeBroker } from "./fake-broker.ts";
import { message, openWatched, signal, topology, valuesOf, type Watched } from "./stand.ts";

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
  const opened = await openWatched(port, options);
  open.push(opened.driver);
  return opened;
}

describe("A1: the connection is lost while it is being set up", () => {
  test.each(["end", "reset"] as const)("ours connects again (%s)", async (how) => {
    let declared = 0;
    const broker = await fake({
      method(name, _, connection) {
        if (name !== "QueueDeclare") return false;
        declared += 1;
        // The second connection is the first reconnect: it dies in its set-up.
        if (connection.number !== 2) return false;
        if (how === "reset") connection.reset();
        else connection.socket.end();
        return true;
      },
    });
    const { driver, told } = await watched(broker.port, { topics: [] });
    broker.connections[0]?.reset();
    await told("connection.restored");
    expect(broker.connections.length).toBe(3);
    expect(declared).toBeGreaterThan(2);
    expect((await driver.publish([message("after")])).length).toBe(1);
  });

  test("the raw client's recovery does not notice", async () => {
    const gone = signal();
    const broker = await fake({
      method(name, _, connection) {
        if (name !== "QueueDeclare") return false;
        connection.send("QueueDeclareOk", 1, { queue: "q", messageCount: 0, consumerCount: 0 });
        connection.socket.end();
        connection.socket.on("close", () => gone.give());
        return true;
      },
    });
    const recovering = await connect(
      { hostname: "127.0.0.1", port: broker.port },
      {
        recovery: {
          initialDelay: 1,
          setup: async (model: ChannelModel) => {
            model.on("error", () => undefined);
            const channel = await model.createChannel();
            channel.on("error", () => undefined);
            await channel.assertQueue("q");
            await gone.promise;
          },
        },
      },
    );
    const quiet = signal();
    setTimeout(quiet.give, 150);
    await quiet.promise;
    expect(broker.connections.length).toBe(1);
    await recovering.close().catch(() => undefined);
  });
});

test("A2: after a reconnect the consumer is there again, and what was unconfirmed is sent once more", async () => {
  const ids: (string | undefined)[] = [];
  const consumed: number[] = [];
  const broker = await fake({
    method(name, { channel }, connection) {
      if (name !== "BasicConsume") return false;
      consumed.push(connection.number);
      connection.send("BasicConsumeOk", channel, { consumerTag: "c" });
      if (consumed.length < 2) return true;
      const fields = { consumerTag: "c", deliveryTag: 1, redelivered: true, routingKey: "q" };
      connection.deliver(channel, fields, { properties: { messageId: ids[0] }, body: "value" });
      return true;
    },
    message({ channel, tag, properties }, connection) {
      ids.push(properties.messageId);
      if (ids.length === 1) for (const one of broker.connections) one.reset();
      else connection.send("BasicAck", channel, { deliveryTag: tag, multiple: false });
    },
  });
  const { driver, told } = await watched(broker.port);
  const polling = driver.poll({ maxItems: 1 });
  while (consumed.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const [receipt] = await driver.publish([message("value")]);
  await told("connection.restored", 2);
  expect(ids.length).toBe(2);
  expect(ids[1]).toBe(ids[0]);
  expect(receipt?.position).toBe(ids[0]);
  const deliveries = await polling;
  expect(valuesOf(deliveries)).toEqual(["value"]);
  expect(deliveries[0]).toMatchObject({ redelivered: true, attempt: 2, position: ids[0] });
});

describe("A3: connecting ends", () => {
  const refused = async (options: Partial<AmqpDriverOptions>): Promise<MsgError> => {
    const opening = openAmqpDriver({ profile: profileAt(1), topology, ...options });
    return opening.then(
      async (driver) => {
        await driver.close();
        throw new Error("it opened");
      },
      (error: unknown) => {
        if (MsgError.is(error)) return error;
        throw error;
      },
    );
  };

  test("nobody listens: BROKER_UNREACHABLE", async () => {
    const { code, message: text } = await refused({ profile: profileAt(1) });
    expect(code).toBe("BROKER_UNREACHABLE");
    expect(text).toContain("127.0.0.1:1");
  });

  test.each([
    ["says nothing", "BROKER_TIMEOUT", ""],
    ["speaks HTTP", "BROKER_UNREACHABLE", "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["speaks Redis", "BROKER_UNREACHABLE", "-ERR unknown command 'AMQP'\r\n"],
    ["speaks another AMQP", "BROKER_UNREACHABLE", "AMQP\u0000\u0001\u0000\u0000"],
  ])("what answers %s: %s", async (_, code, greeting) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined).resume();
      if (greeting !== "") socket.end(greeting);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as { port: number };
    const error = await refused({ profile: profileAt(port), connectTimeoutMs: 200 });
    expect(error.code).toBe(code);
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });

  test.each(["ConnectionOpen", "ChannelOpen", "ConfirmSelect", "QueueDeclare", "QueueBind"])(
    "no answer to %s: BROKER_TIMEOUT",
    async (method) => {
      const broker = await fake({ method: (name) => name === method });
      const error = await refused({ profile: profileAt(broker.port), connectTimeoutMs: 150 });
      expect(error.code).toBe("BROKER_TIMEOUT");
    },
  );

  test("the raw client's recovery tries for ever", async () => {
    const connecting = connect(
      { hostname: "127.0.0.1", port: 1 },
      { recovery: { initialDelay: 1, maxDelay: 1, waitForConnect: false } },
    );
    const recovering = await connecting;
    let failures = 0;
    const many = signal();
    recovering.on("connect-failed", () => {
      failures += 1;
      if (failures === 20) many.give();
    });
    await many.promise;
    await recovering.close();
  });
});

test("A7: error and close of one connection are one reconnect", async () => {
  const broker = await fake({});
  const { told, count } = await watched(broker.port, { topics: [] });
  for (let round = 1; round <= 3; round++) {
    // A reset is both.
    broker.connections.at(-1)?.reset();
    await told("connection.restored", round);
    expect(broker.connections.length).toBe(round + 1);
    expect(count("connection.lost")).toBe(round);
  }
});
