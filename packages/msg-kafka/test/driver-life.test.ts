/**
 * Goal: opening, crashing and closing: typed errors within their time, another consumer after a crash
 * that passes, `failed` after one that does not; `close` ends whatever the client does; the next
 * reader knows what was handed out.
 * Method: the driver on a cluster in memory and a clock that is told.
 */
import { describe, expect, test } from "vitest";
import { openStand, put, textOf, told } from "./fake-driver.ts";
import { connectionError, createFakeKafka, kafkaError, topic } from "./fake-kafka.ts";
import { createVirtualTime } from "./virtual-time.ts";

const never = (): Promise<never> => new Promise(() => undefined);
const loginError = (): Error =>
  Object.assign(new Error("SASL SCRAM-SHA-512 authentication failed"), {
    name: "KafkaJSSASLAuthenticationError",
    retriable: false,
  });
const codecError = (): Error =>
  Object.assign(new Error("Snappy compression not implemented"), {
    name: "KafkaJSNotImplemented",
    retriable: false,
  });

describe("open", () => {
  const refusals: readonly (readonly [string, number, () => Promise<void>])[] = [
    ["BROKER_UNREACHABLE", 15_000, async () => Promise.reject(connectionError())],
    ["BROKER_TIMEOUT", 15_000, never],
    ["AUTHENTICATION_FAILED", 0, async () => Promise.reject(loginError())],
  ];
  test.each(refusals)("%s after %d ms at most, and nothing is left", async (code, ms, fault) => {
    const kafka = createFakeKafka();
    const time = createVirtualTime();
    kafka.faults.connectAdmin = fault;
    const opening = openStand({ kafka, time });
    await expect(opening).rejects.toMatchObject({ code });
    expect(time.ports.now()).toBeLessThanOrEqual(ms + 1000);
    expect(time.waiting).toBe(0);
    expect(kafka.calls.destroyed).toBeGreaterThan(0);
  });

  test("a topic that there is not", async () => {
    await expect(openStand({ topics: ["nowhere"] })).rejects.toMatchObject({
      code: "TOPIC_UNKNOWN",
      message: expect.stringContaining("nowhere"),
    });
  });

  test("K6: a topic whose codec is missing is told at once", async () => {
    const kafka = createFakeKafka();
    kafka.faults.compression = "zstd";
    await expect(openStand({ kafka })).rejects.toMatchObject({
      code: "CODEC_MISSING",
      message: expect.stringContaining("zstd"),
    });
  });

  test("an outage that passes is waited for", async () => {
    const kafka = createFakeKafka();
    let attempts = 0;
    kafka.faults.connectAdmin = async () => {
      attempts += 1;
      if (attempts < 5) throw connectionError();
    };
    const { driver } = await openStand({ kafka });
    expect(driver.health().state).toBe("ready");
  });

  test("a group begins at the end, once, and where it was from then on", async () => {
    const kafka = createFakeKafka();
    const first = await openStand({ kafka, from: "latest" });
    const partition = await put(first, "0");
    await first.driver.close();
    const second = await openStand({ kafka, from: "latest", driverId: "d2" });
    expect(kafka.calls.outside).toBe(1);
    const consumer = await second.join(partition);
    await second.time.until(consumer.fetch(partition));
    expect((await second.poll()).map(textOf)).toEqual(["0"]);
  });
});

describe("K5: a consumer that crashes", () => {
  test.each([
    ["CODEC_MISSING", codecError],
    ["AUTHENTICATION_FAILED", loginError],
    ["BROKER_REFUSED", () => kafkaError("TOPIC_AUTHORIZATION_FAILED", false)],
  ])("%s: the driver is failed, and its calls reject", async (code, error) => {
    const stand = await openStand();
    const consumer = await stand.join(0);
    const waiting = stand.driver.poll({ maxItems: 1 });
    consumer.handlers.crashed(error());
    await expect(waiting).rejects.toMatchObject({ code });
    expect(stand.driver.health()).toMatchObject({ state: "failed", cause: { code } });
    await expect(stand.poll()).rejects.toMatchObject({ code });
    await expect(put(stand, "0")).rejects.toMatchObject({ code });
    await stand.driver.close();
    expect(stand.time.waiting).toBe(0);
  });

  test("for a reason that passes: another one is made, and goes on", async () => {
    const stand = await openStand();
    const partition = await put(stand, "0", "1");
    // Each is replaced before the group would give it up.
    for (let crash = 0; crash < 20; crash++) {
      const consumer = stand.kafka.consumers.at(-1) ?? (await stand.join(partition));
      consumer.handlers.crashed(connectionError());
      expect(stand.driver.health()).toMatchObject({
        state: "connecting",
        cause: { code: "CONNECTION_LOST" },
      });
      await stand.time.pass(1100);
    }
    expect(stand.kafka.consumers.length).toBe(21);
    const consumer = stand.kafka.consumers.at(-1);
    consumer?.join(partition);
    expect(stand.driver.health().state).toBe("ready");
    await stand.time.until(consumer?.fetch(partition) ?? Promise.resolve());
    expect((await stand.poll()).map(textOf)).toEqual(["0", "1"]);
  });

  test("for no reason that is known: five times in a row, then the driver is failed", async () => {
    const stand = await openStand();
    await stand.join(0);
    for (let crash = 0; crash < 5; crash++) {
      expect(stand.driver.health().state).not.toBe("failed");
      stand.kafka.consumers.at(-1)?.handlers.crashed(new TypeError("undefined is not a function"));
      await stand.time.pass(2000);
    }
    expect(stand.driver.health()).toMatchObject({ state: "failed" });
    expect(told(stand, "consumer.crashed").length).toBe(5);
  });

  test("while it starts: the poll still waits, and another one is made", async () => {
    const stand = await openStand();
    stand.kafka.faults.run = async () => {
      if (stand.kafka.consumers.length === 1) throw connectionError();
    };
    const waiting = stand.driver.poll({ maxItems: 1, waitMs: 10_000 });
    await stand.time.pass(2000);
    expect(stand.kafka.consumers.length).toBe(2);
    expect(await stand.time.until(waiting)).toEqual([]);
  });
});

test("K3: a handler that hangs makes the driver stalled, and its end makes it ready", async () => {
  const stand = await openStand({ stallMs: 5000 });
  const partition = await put(stand, "0");
  const consumer = await stand.join(partition);
  await stand.time.until(consumer.fetch(partition));
  const [held] = await stand.poll();
  if (held === undefined) throw new Error("nothing came");
  await stand.time.pass(5000);
  expect(stand.driver.health().state).toBe("stalled");
  await stand.driver.settle([{ delivery: held, outcome: "ack" }]);
  expect(stand.driver.health().state).toBe("ready");
});

describe("K11: a consumer that its client does not get out of", () => {
  test("looks for another coordinator, when brokers answer and the old one does not", async () => {
    const stand = await openStand({ heartbeatMs: 3000 });
    const { handlers } = await stand.join(0);
    for (let second = 0; second < 10; second++) {
      handlers.fetched();
      handlers.lost(connectionError());
      expect(handlers.mustRejoin()).toBe(second > 6);
      await stand.time.pass(1000);
    }
    expect(stand.driver.health().state).toBe("ready");
    handlers.heartbeat();
    expect(handlers.mustRejoin()).toBe(false);
  });

  test("is replaced when nothing was heard for a session, and cannot come back", async () => {
    const stand = await openStand({ sessionTimeoutMs: 10_000 });
    const partition = await put(stand, "0");
    const consumer = await stand.join(partition);
    consumer.handlers.lost(connectionError());
    await stand.time.pass(9_900);
    expect(stand.kafka.consumers.length).toBe(1);
    await stand.time.pass(1_500);
    expect(stand.kafka.consumers.length).toBe(2);
    expect(consumer.isDestroyed).toBe(true);
    consumer.handlers.joined([{ topic, partition }]);
    await consumer.fetch(partition);
    expect(await stand.poll()).toEqual([]);
    expect(stand.driver.health()).toMatchObject({ state: "connecting" });
  });
});

describe("K8: close", () => {
  test("has a deadline whatever the client does, and leaves no timer", async () => {
    const stand = await openStand();
    const partition = await put(stand, "0");
    const consumer = await stand.join(partition);
    await stand.time.until(consumer.fetch(partition));
    stand.kafka.faults.disconnectConsumer = never;
    const before = stand.time.ports.now();
    await stand.time.until(stand.driver.close({ deadlineMs: 700 }));
    expect(stand.time.ports.now() - before).toBeLessThanOrEqual(700);
    expect(told(stand, "close.late").length).toBe(1);
    expect(stand.kafka.calls.destroyed).toBe(1);
    expect(stand.time.waiting).toBe(0);
  });

  test("while the consumer joins: it is stopped when it has", async () => {
    const stand = await openStand();
    let joined = (): void => undefined;
    stand.kafka.faults.run = () =>
      new Promise((resolve) => {
        joined = resolve;
      });
    await stand.poll();
    const closing = stand.driver.close();
    await stand.time.pass(10);
    expect(stand.kafka.consumers[0]?.isDisconnected).toBe(false);
    joined();
    await stand.time.until(closing);
    expect(stand.kafka.consumers[0]?.isDisconnected).toBe(true);
    expect(stand.time.waiting).toBe(0);
  });

  test("while there is no broker: no other consumer is made", async () => {
    const stand = await openStand();
    const consumer = await stand.join(0);
    consumer.handlers.crashed(connectionError());
    await stand.time.until(stand.driver.close());
    await stand.time.pass(10_000);
    expect(stand.kafka.consumers.length).toBe(1);
    expect(stand.time.waiting).toBe(0);
  });

  test("while the inbox is full, and in the middle of a settlement", async () => {
    const stand = await openStand({ limits: { inboxMax: 1 } });
    const partition = await put(stand, "0", "1", "2");
    const consumer = await stand.join(partition);
    const batch = consumer.fetch(partition);
    await stand.time.pass(10);
    const [held] = await stand.poll();
    if (held === undefined) throw new Error("nothing came");
    stand.kafka.faults.commit = never;
    const settling = stand.driver.settle([{ delivery: held, outcome: "ack" }]);
    settling.catch(() => undefined);
    await stand.time.until(stand.driver.close({ deadlineMs: 500 }));
    await stand.time.until(batch);
    await stand.time.until(settling).catch(() => undefined);
    expect(stand.time.waiting).toBe(0);
  });
});

describe("the next reader", () => {
  const open = async (end: "close" | "crash") => {
    const kafka = createFakeKafka();
    const stand = await openStand({ kafka });
    const partition = await put(stand, "0", "1", "2", "3", "4");
    const consumer = await stand.join(partition);
    await stand.time.until(consumer.fetch(partition));
    const came = await stand.poll(4);
    const [first, , third] = came;
    if (first === undefined || third === undefined) throw new Error("too few came");
    await stand.driver.settle([first, third].map((delivery) => ({ delivery, outcome: "ack" })));
    if (end === "close") await stand.driver.close();
    const heir = await openStand({ kafka, driverId: "d2" });
    const next = await heir.join(partition);
    await heir.time.until(next.fetch(partition));
    return { kafka, came: await heir.poll(), partition };
  };
  const flags = (came: Awaited<ReturnType<typeof open>>["came"]) =>
    came.map((delivery) => [textOf(delivery), delivery.attempt, delivery.redelivered]);

  test("after close: what was handed out is flagged, what is done does not come", async () => {
    const { came } = await open("close");
    expect(flags(came)).toEqual([
      ["1", 2, true],
      ["3", 2, true],
      ["4", 1, false],
    ]);
  });

  test("after a crash: all there was is flagged", async () => {
    const { came, kafka, partition } = await open("crash");
    expect(flags(came)).toEqual([
      ["1", 2, true],
      ["3", 2, true],
      ["4", 2, true],
    ]);
    expect(kafka.committed.get(`${topic}/${partition}`)?.metadata).toBe("reprise1 open d2 - 2");
  });
});

test("settlements of one call: what is behind a retry in it is passed over", async () => {
  const stand = await openStand();
  const partition = await put(stand, "0", "1", "2");
  const consumer = await stand.join(partition);
  await stand.time.until(consumer.fetch(partition));
  const [first, second, third] = await stand.poll();
  if (!first || !second || !third) throw new Error("too few came");
  await stand.driver.settle([
    { delivery: first, outcome: "ack" },
    { delivery: second, outcome: "retry" },
    { delivery: third, outcome: "ack" },
  ]);
  expect(stand.events.filter(({ type }) => type === "stale").length).toBe(1);
  await stand.time.until(consumer.fetch(partition));
  expect((await stand.poll()).map(textOf)).toEqual(["1", "2"]);
});

test("a settlement that the broker refuses is an error, and the messages come again", async () => {
  const stand = await openStand();
  const partition = await put(stand, "0", "1");
  const consumer = await stand.join(partition);
  await stand.time.until(consumer.fetch(partition));
  const [first] = await stand.poll();
  if (first === undefined) throw new Error("nothing came");
  stand.kafka.faults.commit = async () => {
    throw kafkaError("GROUP_AUTHORIZATION_FAILED", false);
  };
  const settling = stand.driver.settle([{ delivery: first, outcome: "ack" }]);
  await expect(stand.time.until(settling)).rejects.toMatchObject({ code: "BROKER_REFUSED" });
  delete stand.kafka.faults.commit;
  await stand.time.until(consumer.fetch(partition));
  const again = await stand.poll();
  expect(again.map(textOf)).toEqual(["0", "1"]);
  expect(again[0]?.redelivered).toBe(true);
});

test("settlements at the same time share commits", async () => {
  const stand = await openStand();
  const partition = await put(stand, ...Array.from({ length: 50 }, (_, index) => String(index)));
  const consumer = await stand.join(partition);
  await stand.time.until(consumer.fetch(partition));
  const came = await stand.poll();
  let commits = 0;
  stand.kafka.faults.commit = async () => {
    commits += 1;
    await new Promise((resolve) => setImmediate(resolve));
  };
  await Promise.all(came.map((delivery) => stand.driver.settle([{ delivery, outcome: "ack" }])));
  expect(commits).toBe(2);
  expect(stand.kafka.committed.get(`${topic}/${partition}`)?.offset).toBe(50);
});
