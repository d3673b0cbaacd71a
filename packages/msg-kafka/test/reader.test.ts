/**
 * Goal: what is delivered, settled and committed belongs to one generation of the group; a damaged or
 * unmappable message stops nobody; a failed partition does not touch its neighbours.
 * Method: the driver on a cluster in memory; the test joins and fetches as kafkajs would.
 */
import { describe, expect, test } from "vitest";
import { openStand, put, textOf, told } from "./fake-driver.ts";
import { kafkaError, topic } from "./fake-kafka.ts";

test("K2: while the inbox is full, heartbeats go on, and the batch goes on with room", async () => {
  const stand = await openStand({ limits: { inboxMax: 2 }, heartbeatMs: 3000 });
  const partition = await put(stand, "0", "1", "2", "3");
  const consumer = await stand.join(partition);
  const batch = consumer.fetch(partition);
  await stand.time.pass(31_000);
  expect(consumer.heartbeats).toBe(10);
  expect((await stand.poll()).map(textOf)).toEqual(["0", "1"]);
  await stand.time.pass(10);
  expect((await stand.poll()).map(textOf)).toEqual(["2", "3"]);
  await stand.time.until(batch);
  expect(consumer.position(partition)).toBe(4);
});

test("K2: a rebalance ends the batch that waits, and nothing of it is lost", async () => {
  const stand = await openStand({ limits: { inboxMax: 1 } });
  const partition = await put(stand, "0", "1", "2");
  const consumer = await stand.join(partition);
  const batch = consumer.fetch(partition);
  stand.kafka.faults.heartbeat = async () => {
    throw kafkaError("REBALANCE_IN_PROGRESS");
  };
  await expect(stand.time.until(batch)).rejects.toThrow("REBALANCE_IN_PROGRESS");
  delete stand.kafka.faults.heartbeat;
  consumer.join(partition);
  const again = consumer.fetch(partition);
  const came: string[] = [];
  for (let turn = 0; turn < 3; turn++) {
    await stand.time.pass(10);
    came.push(...(await stand.poll()).map(textOf));
  }
  await again;
  expect(came).toEqual(["0", "1", "2"]);
});

test("lag: how much of the partition lies behind each fetch", async () => {
  const stand = await openStand();
  const partition = await put(stand, "0", "1", "2", "3");
  const consumer = await stand.join(partition);
  await consumer.fetch(partition, 1);
  await consumer.fetch(partition, 2);
  await consumer.fetch(partition);
  const lags = stand.events.filter(({ type }) => type === "lag");
  expect(lags).toEqual([3, 1, 0].map((messages) => ({ type: "lag", topic, partition, messages })));
});

describe("K4: after a rebalance", () => {
  test("nothing of the batch before it is delivered, settled or committed", async () => {
    const stand = await openStand({ limits: { inboxMax: 1 } });
    const partition = await put(stand, "0", "1", "2");
    const consumer = await stand.join(partition);
    const batch = consumer.fetch(partition);
    await stand.time.pass(10);
    const [held] = await stand.poll();
    if (held === undefined) throw new Error("nothing came");
    // Somebody else has the partition now.
    consumer.join();
    await stand.time.until(batch);
    expect(await stand.poll()).toEqual([]);
    const before = stand.kafka.committed.get(`${topic}/${partition}`);
    await stand.driver.settle([{ delivery: held, outcome: "ack" }]);
    expect(stand.events.filter(({ type }) => type === "stale").length).toBe(1);
    expect(stand.kafka.committed.get(`${topic}/${partition}`)).toEqual(before);
    expect(consumer.position(partition)).toBe(0);
  });

  test("a commit that the broker did not accept in time is none: the message comes again", async () => {
    const stand = await openStand();
    const partition = await put(stand, "0");
    const consumer = await stand.join(partition);
    await consumer.fetch(partition);
    const [held] = await stand.poll();
    if (held === undefined) throw new Error("nothing came");
    stand.kafka.faults.commit = async () => {
      throw kafkaError("ILLEGAL_GENERATION", false);
    };
    const settling = stand.driver.settle([{ delivery: held, outcome: "ack" }]);
    await stand.time.pass(500);
    consumer.join(partition);
    delete stand.kafka.faults.commit;
    await stand.time.until(settling);
    expect(stand.events.filter(({ type }) => type === "stale").length).toBe(1);
    await stand.time.until(consumer.fetch(partition));
    const [again] = await stand.poll();
    expect(again).toMatchObject({ position: "0", attempt: 2, redelivered: true });
  });

  test("what this driver handed out is flagged, what it did not is not", async () => {
    const stand = await openStand();
    const partition = await put(stand, "0", "1");
    const consumer = await stand.join(partition);
    await consumer.fetch(partition);
    await stand.poll(1);
    await put(stand, "2");
    consumer.join(partition);
    await stand.time.until(consumer.fetch(partition));
    const flags = (await stand.poll()).map(({ redelivered }) => redelivered);
    expect([flags[0], flags[2]]).toEqual([true, false]);
  });

  test("offsets that cannot be had are asked for again, with heartbeats", async () => {
    const stand = await openStand();
    const partition = await put(stand, "0");
    const consumer = await stand.join(partition);
    stand.kafka.faults.committedBy = async () => {
      throw kafkaError("NOT_COORDINATOR_FOR_GROUP");
    };
    const batch = consumer.fetch(partition);
    await stand.time.pass(10_000);
    expect(consumer.heartbeats).toBeGreaterThan(1);
    delete stand.kafka.faults.committedBy;
    await stand.time.until(batch);
    expect((await stand.poll()).length).toBe(1);
  });
});

test("a reader that was sent back does not take a batch from behind its place", async () => {
  const stand = await openStand();
  const partition = await put(stand, "0", "1", "2", "3");
  const consumer = await stand.join(partition);
  // Another connection has fetched ahead.
  await consumer.handlers.batch(
    {
      topic,
      partition,
      fetchedOffset: 2,
      highWatermark: 4,
      records: (stand.kafka.logs.get(`${topic}/${partition}`) ?? []).slice(2),
      lastOffset: 3,
    },
    {
      resolve: () => undefined,
      heartbeat: async () => undefined,
      isStale: () => false,
      commit: async () => undefined,
    },
  );
  expect(await stand.poll()).toEqual([]);
  expect(consumer.seeks).toMatchObject([{ partition, offset: 0 }]);
  await stand.time.until(consumer.fetch(partition));
  expect((await stand.poll()).map(textOf)).toEqual(["0", "1", "2", "3"]);
});

test("where nothing is left of the log before it, the reader goes on behind the gap", async () => {
  const stand = await openStand();
  const partition = await put(stand, "0", "1", "2", "3");
  const consumer = await stand.join(partition);
  const log = stand.kafka.logs.get(`${topic}/${partition}`) ?? [];
  const tools = {
    resolve: () => undefined,
    heartbeat: async () => undefined,
    isStale: () => false,
    commit: async () => undefined,
  };
  const batch = { topic, partition, fetchedOffset: 2, highWatermark: 4, lastOffset: 3 };
  for (let time = 0; time < 2; time++) {
    await consumer.handlers.batch({ ...batch, records: log.slice(2) }, tools);
  }
  expect((await stand.poll()).map(textOf)).toEqual(["2", "3"]);
});

describe("K14: a message whose bytes are not those that were published", () => {
  const damage = async (times: number) => {
    const stand = await openStand();
    const partition = await put(stand, "0", "1", "2");
    const log = stand.kafka.logs.get(`${topic}/${partition}`) ?? [];
    const sound = log[1];
    if (sound === undefined) throw new Error("nothing is stored");
    log[1] = { ...sound, value: Uint8Array.of(0x21) };
    const consumer = await stand.join(partition);
    await consumer.fetch(partition);
    if (times === 1) log[1] = sound;
    await stand.time.until(consumer.fetch(partition));
    return { stand, partition, consumer };
  };

  test("is not handed out, and fetched once more", async () => {
    const { stand } = await damage(1);
    expect((await stand.poll()).map(textOf)).toEqual(["0", "1", "2"]);
    expect(told(stand, "message.damaged").length).toBe(1);
    expect(told(stand, "message.unmappable")).toEqual([]);
  });

  test("and goes to the dead letter if it stays so; the others are handed out", async () => {
    const { stand, partition } = await damage(2);
    await stand.time.pass(10);
    expect((await stand.poll()).map(textOf)).toEqual(["0", "2"]);
    expect(told(stand, "message.damaged").length).toBe(2);
    expect(told(stand, "message.unmappable").length).toBe(1);
    const letters = [0, 1, 2].flatMap(
      (index) => stand.kafka.logs.get(`${topic}.dead-letter/${index}`) ?? [],
    );
    expect(letters.length).toBe(1);
    expect(letters[0]?.headers["reprise-dead-letter-reason"]).toMatch(
      /^MESSAGE_UNMAPPABLE: .*check/,
    );
    expect(letters[0]?.headers["reprise-dead-letter-position"]).toBe("1");
    expect(stand.kafka.committed.get(`${topic}/${partition}`)?.offset).toBe(0);
  });
});

describe("what no envelope can carry", () => {
  const twice = { a: [Uint8Array.of(0x31), Uint8Array.of(0x32)] };

  test("goes to the dead letter, whole, and is done", async () => {
    const stand = await openStand();
    const log = stand.kafka.logs.get(`${topic}/0`) ?? [];
    log.push({ offset: "0", key: null, value: Uint8Array.of(1, 2), headers: twice });
    const consumer = await stand.join(0);
    await stand.time.until(consumer.fetch(0));
    await stand.time.pass(10);
    expect(await stand.poll()).toEqual([]);
    const [letter] = stand.kafka.logs.get(`${topic}.dead-letter/0`) ?? [];
    expect(letter?.value).toEqual(Uint8Array.of(1, 2));
    expect(letter?.headers["reprise-raw-headers"]).toBe('[["a","31"],["a","32"]]');
    expect(stand.kafka.committed.get(`${topic}/0`)?.offset).toBe(1);
    expect(consumer.position(0)).toBe(1);
  });

  test("is neither dropped nor passed over where there is no dead letter: the driver fails", async () => {
    const stand = await openStand({ deadLetterSuffix: ".nowhere" });
    const log = stand.kafka.logs.get(`${topic}/0`) ?? [];
    log.push({ offset: "0", key: null, value: Uint8Array.of(1), headers: twice });
    const consumer = await stand.join(0);
    await stand.time.until(consumer.fetch(0));
    expect(stand.driver.health()).toMatchObject({
      state: "failed",
      cause: { code: "TOPIC_UNKNOWN" },
    });
    await expect(stand.poll()).rejects.toMatchObject({ code: "TOPIC_UNKNOWN" });
    expect(stand.kafka.committed.get(`${topic}/0`)?.offset).toBe(0);
  });
});

test("K18: a partition that goes back leaves the others where they are", async () => {
  const stand = await openStand();
  const consumer = await stand.join(0, 1, 2);
  for (const partition of [0, 1, 2]) {
    const log = stand.kafka.logs.get(`${topic}/${partition}`) ?? [];
    const value = (text: string) => new TextEncoder().encode(text);
    log.push({ offset: "0", key: null, value: value(`${partition}a`), headers: {} });
    log.push({ offset: "1", key: null, value: value(`${partition}b`), headers: {} });
    await stand.time.until(consumer.fetch(partition));
  }
  const came = await stand.poll();
  const failing = came.find((delivery) => textOf(delivery) === "1a");
  if (failing === undefined) throw new Error("nothing came");
  const others = came.filter(({ partition }) => partition !== 1);
  await stand.driver.settle([{ delivery: failing, outcome: "retry" }]);
  await stand.driver.settle(others.map((delivery) => ({ delivery, outcome: "ack" })));
  expect(consumer.seeks.map(({ partition, offset }) => [partition, offset])).toEqual([[1, 0]]);
  for (const partition of [0, 1, 2]) await stand.time.until(consumer.fetch(partition));
  const again = await stand.poll();
  expect(again.map(textOf)).toEqual(["1a", "1b"]);
  expect(again[0]).toMatchObject({ attempt: 2, redelivered: true });
  expect([0, 1, 2].map((p) => stand.kafka.committed.get(`${topic}/${p}`)?.offset)).toEqual([
    2, 0, 2,
  ]);
});
