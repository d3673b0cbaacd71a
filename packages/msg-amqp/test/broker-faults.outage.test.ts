/**
 * Goal: what a real RabbitMQ does when it is in trouble, or is told to, is survived or said (A1, A3,
 * A9, A11 to A15), and bad input is a typed error within its deadline.
 * Method: a broker of the test's own, with two users; its operator deletes, blocks and pauses.
 */
import { inspect } from "node:util";
import type { AmqpDriverOptions } from "@reprise/msg-amqp";
import { openAmqpDriver } from "@reprise/msg-amqp/os";
import { consume, MsgError } from "@reprise/msg-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import { startProxy } from "../../../tools/testing/tcp-proxy.ts";
import { profileAt } from "./amqp-harness.ts";
import { type PrivateBroker, startPrivateBroker } from "./private-broker.ts";
import { message, openWatched, signal, textOf, topology, valuesOf, type Watched } from "./stand.ts";

expectNoLeaks();

let rabbit: PrivateBroker;
beforeAll(async () => {
  rabbit = await startPrivateBroker();
});
afterAll(() => rabbit.end());

const open: { close(options?: { deadlineMs: number }): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
  await rabbit.administer(async (channel) => {
    for (const { name } of topology.queues) await channel.deleteQueue(name);
    await channel.deleteExchange("reprise.test");
  });
});
async function watched(options: Partial<AmqpDriverOptions> = {}, port = rabbit.broker.port) {
  const opened: Watched = await openWatched(port, options);
  open.push(opened.driver);
  return opened;
}
async function refused(options: Partial<AmqpDriverOptions>): Promise<MsgError> {
  const opening = openAmqpDriver({ profile: profileAt(rabbit.broker.port), topology, ...options });
  const error = await opening.then(
    (driver) => driver.close(),
    (reason: unknown) => reason,
  );
  if (MsgError.is(error)) return error;
  throw new Error(`expected a refusal, got ${String(error)}`);
}

test("A9: a queue is deleted under its consumer: declared and consumed again", async () => {
  const { driver, told } = await watched();
  const polling = driver.poll({ maxItems: 1 });
  await driver.publish([message("before")]);
  const [before] = await polling;
  if (before === undefined) throw new Error("nothing came");
  await driver.settle([{ delivery: before, outcome: "ack" }]);
  const waiting = driver.poll({ maxItems: 1 });
  await rabbit.administer((channel) => channel.deleteQueue("reprise.test.q"));
  await told("consumer.cancelled");
  // It may not be bound again yet: UNROUTABLE says so, and nothing is lost.
  const publish = async (): Promise<void> => {
    try {
      await driver.publish([message("after")]);
    } catch (error) {
      if (!MsgError.is(error) || error.code !== "UNROUTABLE") throw error;
      await publish();
    }
  };
  await publish();
  expect(valuesOf(await waiting)).toEqual(["after"]);
});

test("A11: a handler throws and rejects: retried, then put aside; the rest goes through", async () => {
  const { driver, count } = await watched();
  await driver.publish(["throws", "rejects", "fine"].map((value) => message(value)));
  const handled: string[] = [];
  const handler = (delivery: Parameters<typeof textOf>[0]) => {
    if (textOf(delivery) === "throws") throw new Error("thrown");
    if (textOf(delivery) === "rejects") return Promise.reject(new Error("rejected"));
    handled.push(textOf(delivery));
    return undefined;
  };
  const summary = await consume(driver, handler, { limit: 3, maxAttempts: 2 });
  expect(summary).toMatchObject({ acked: 1, rejected: 2, retried: 2 });
  expect(handled).toEqual(["fine"]);
  const letters = await watched({ topics: ["q.dead-letter"] });
  const came = valuesOf(await letters.driver.poll({ maxItems: 2 }));
  expect(came.length).toBeGreaterThan(0);
  expect(count("connection.lost")).toBe(0);
});

describe("A12: the broker has it with other settings", () => {
  const otherwise = () =>
    rabbit.administer(async (channel) => {
      await channel.deleteQueue("reprise.test.q");
      await channel.assertQueue("reprise.test.q", { durable: false });
    });

  test("at opening: TOPOLOGY_MISMATCH, and other drivers go on", async () => {
    const letters = await watched({
      topology: {
        ...topology,
        queues: topology.queues.slice(1),
        bindings: topology.bindings.slice(1),
      },
      topics: ["q.dead-letter"],
    });
    await otherwise();
    const error = await refused({ topics: ["q"] });
    expect(error.code).toBe("TOPOLOGY_MISMATCH");
    expect(error.message).toContain('queue "reprise.test.q"');
    await letters.driver.publish([message("alive", "q.dead-letter")]);
    expect(valuesOf(await letters.driver.poll({ maxItems: 1 }))).toEqual(["alive"]);
    expect(letters.count("connection.lost")).toBe(0);
  });

  test("after a reconnect: failed for good, and no more attempts", async () => {
    const proxy = await startProxy({ targetPort: rabbit.broker.port });
    open.push(proxy);
    const { driver, events } = await watched({ topics: [] }, proxy.port);
    await otherwise();
    const failed = signal();
    driver.observe((event) => {
      if (event.type === "broker" && event.detail.startsWith("failed")) failed.give();
    });
    proxy.reset();
    await failed.promise;
    expect(driver.health()).toMatchObject({
      state: "failed",
      cause: { code: "TOPOLOGY_MISMATCH" },
    });
    const attempts = proxy.accepted;
    await expect(driver.publish([message("x")])).rejects.toMatchObject({
      code: "TOPOLOGY_MISMATCH",
    });
    expect(proxy.accepted).toBe(attempts);
    expect(events.length).toBeGreaterThan(0);
  });
});

describe("A13: messages that nothing takes", () => {
  test("no queue is bound any more: UNROUTABLE for those, receipts for the others", async () => {
    const { driver } = await watched({ topics: [] });
    await rabbit.administer((channel) =>
      channel.unbindQueue("reprise.test.q", "reprise.test", "q"),
    );
    const batch = [message("1", "q.dead-letter"), message("2"), message("3", "q.dead-letter")];
    const error = await driver.publish(batch).catch((reason: unknown) => reason);
    const outcomes = MsgError.is(error) ? (error.details.outcomes ?? []) : [];
    const codes = outcomes.map((outcome) => (MsgError.is(outcome) ? outcome.code : "safe"));
    expect(codes).toEqual(["safe", "UNROUTABLE", "safe"]);
  });

  test("the exchange is deleted: declared again, and the messages go", async () => {
    const { driver, told } = await watched({ topics: [] });
    await rabbit.administer((channel) => channel.deleteExchange("reprise.test"));
    expect((await driver.publish([message("1"), message("2")])).length).toBe(2);
    expect(await told("connection.lost")).toContain("404");
  });
});

test("A14: the broker is paused past the heartbeat: given up, then there again", async () => {
  const { driver, told } = await watched({ topics: [], heartbeatSeconds: 1 });
  const started = performance.now();
  await rabbit.broker.pause();
  const publishing = driver.publish([message("while paused")]);
  try {
    expect(await told("connection.lost")).toMatch(/Heartbeat timeout/);
    expect(performance.now() - started).toBeLessThan(3500);
    expect(driver.health().state).toBe("connecting");
  } finally {
    await rabbit.broker.resume();
  }
  expect((await publishing).length).toBe(1);
  expect(driver.health().state).toBe("ready");
});

describe("A15: the memory alarm", () => {
  afterEach(() => rabbit.control("set_vm_memory_high_watermark", "0.6"));

  test("publishers wait, consumers do not, and all goes on when it is over", async () => {
    const { driver, told } = await watched({ publishTimeoutMs: 60_000 });
    await driver.publish([message("before")]);
    await rabbit.control("set_vm_memory_high_watermark", "0.0001");
    const waiting = driver.publish([message("1"), message("2")]);
    expect(await told("connection.blocked")).toContain("memory");
    const [before] = await driver.poll({ maxItems: 1 });
    if (before === undefined) throw new Error("nothing came");
    await driver.settle([{ delivery: before, outcome: "ack" }]);
    const unsettled = () =>
      rabbit.administer(
        async (channel) => (await channel.checkQueue("reprise.test.q")).messageCount,
      );
    expect(await unsettled()).toBe(0);
    await rabbit.control("set_vm_memory_high_watermark", "0.6");
    expect((await waiting).length).toBe(2);
    expect(await told("connection.unblocked")).not.toBe("");
  });

  test("a publish waits no longer than its time, and close no longer than its deadline", async () => {
    const { driver, told } = await watched({ topics: [], publishTimeoutMs: 500 });
    await rabbit.control("set_vm_memory_high_watermark", "0.0001");
    const first = driver.publish([message("1")]).catch((reason: unknown) => reason);
    await told("connection.blocked");
    expect(await first).toMatchObject({ code: "BROKER_TIMEOUT" });
    const second = driver.publish([message("2")]).catch((reason: unknown) => reason);
    const started = performance.now();
    await driver.close({ deadlineMs: 300 });
    expect(performance.now() - started).toBeLessThan(1000);
    expect(await second).toMatchObject({ code: "CLOSED" });
  });
});

describe("bad input", () => {
  const named = { ...profileAt(0), auth: { username_secret_id: "u", password_secret_id: "p" } };
  const knowing = (username: string, password: string) => (id: string) =>
    id === "u" ? username : password;

  test.each([
    ["a wrong password", "guest", "wr0ng-pa55"],
    ["a user there is not", "n0body-here", "pa55-of-nobody"],
  ])("%s: AUTHENTICATION_FAILED, and no secret shows", async (_, username, password) => {
    const profile = { ...named, port: rabbit.broker.port };
    const error = await refused({ profile, secrets: knowing(username, password) });
    expect(error.code).toBe("AUTHENTICATION_FAILED");
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(password);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("n0body-here");
  });

  test("a virtual host there is not: AUTHENTICATION_FAILED", async () => {
    const error = await refused({
      profile: { ...profileAt(rabbit.broker.port), vhost: "no/where" },
    });
    expect(error.code).toBe("AUTHENTICATION_FAILED");
    expect(error.message).toContain('"no/where"');
  });

  test("a virtual host with a slash and a percent in its name is found", async () => {
    await rabbit.control("add_vhost", "a/b%2Fc");
    await rabbit.control("set_permissions", "-p", "a/b%2Fc", "guest", ".*", ".*", ".*");
    const driver = await openAmqpDriver({
      profile: { ...profileAt(rabbit.broker.port), vhost: "a/b%2Fc" },
      topology,
    });
    await driver.close();
  });

  test("a user who may not declare: TOPOLOGY_MISMATCH", async () => {
    await rabbit.control("add_user", "reader", "reader-pa55");
    await rabbit.control("set_permissions", "reader", "", "", ".*");
    const profile = { ...named, port: rabbit.broker.port };
    const error = await refused({ profile, secrets: knowing("reader", "reader-pa55") });
    expect(error.code).toBe("TOPOLOGY_MISMATCH");
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/reader/);
  });

  test("a message larger than the broker takes: BROKER_REFUSED, and the driver lives", async () => {
    const { driver } = await watched({
      topics: [],
      profile: profileAt(rabbit.broker.port, { max_body_bytes: 2 ** 28 }),
      limits: { inFlightBytesMax: 2 ** 30 },
    });
    const value = new Uint8Array(135_000_000);
    await expect(driver.publish([{ ...message(""), value }])).rejects.toMatchObject({
      code: "BROKER_REFUSED",
    });
    expect((await driver.publish([message("small")])).length).toBe(1);
  });
});
