/**
 * Goal: what the cassette holds is replayed, what it does not hold goes to the real driver and is
 * there in the next session; the real driver is opened only then.
 * Method: sessions one after another on one cassette, each with a scripted driver as the real one.
 */
import { type DriverEvent, type Envelope, MsgError } from "@reprise/msg-core";
import {
  checkAllUsed,
  createMemoryStore,
  type MemoryStore,
  recordingDriver,
  sessionDriver,
} from "@reprise/msg-rr";
import { expect, test } from "vitest";
import {
  delivery,
  message,
  receiptAt,
  type ScriptedDriver,
  scriptedDriver,
} from "./scripted-driver.ts";
import { type Options, recorded, sessionOn } from "./sessions.ts";

const memory = { kind: "memory", endpoint: "e" } as const;
const text = (value: string, key = "k"): Envelope => message({ value, key });

async function missing(store: MemoryStore, options: Options = {}) {
  const session = sessionOn(store, { mode: "record-missing", ...options });
  const real = scriptedDriver();
  let opened = 0;
  const open = () => {
    opened += 1;
    return real;
  };
  const driver = await sessionDriver(session, { ...memory, open });
  return { session, driver, real, opened: () => opened };
}

/** The calls, with each value published in turn on drivers that give receipts "live". */
async function publishing(store: MemoryStore, values: readonly string[], options: Options = {}) {
  const { session, driver, real } = await missing(store, options);
  for (let count = 0; count < values.length; count++) real.publishes.push([receiptAt("live")]);
  const positions: (string | undefined)[] = [];
  for (const value of values) {
    const [receipt] = await driver.publish([text(value)]);
    positions.push(receipt?.position);
  }
  await driver.close();
  session.close();
  return positions;
}

const tape = () =>
  recorded(async (session) => {
    const script = scriptedDriver();
    const driver = recordingDriver(script, session);
    script.publishes.push([receiptAt("0")], [receiptAt("1")]);
    script.polls.push([delivery("0")]);
    await driver.publish([text("a")]);
    await driver.publish([text("b")]);
    const [one] = await driver.poll({ maxItems: 1 });
    if (one !== undefined) await driver.settle([{ delivery: one, outcome: "ack" }]);
  });

test("what is recorded is replayed, and no driver is opened", async () => {
  const { session, driver, opened } = await missing(await tape());
  expect(await driver.publish([text("a"), text("b")])).toEqual([receiptAt("0"), receiptAt("1")]);
  const [one] = await driver.poll({ maxItems: 1 });
  if (one === undefined) throw new Error("one was recorded");
  await driver.settle([{ delivery: one, outcome: "ack" }]);
  await driver.close();
  expect(opened()).toBe(0);
  checkAllUsed(session);
});

test("an empty cassette is recorded in full, and replays", async () => {
  const store = createMemoryStore();
  expect(await publishing(store, ["a", "b"])).toEqual(["live", "live"]);
  const { session, driver } = await missing(store, { mode: "replay" });
  await driver.publish([text("a"), text("b")]);
  checkAllUsed(session);
});

test.each(["exact", "per-key", "any"] as const)(
  "a publish that differs goes out, and is replayed from the next session on (%s)",
  async (order) => {
    const matching = { order, volatile: [] };
    const store = await tape();
    expect(await publishing(store, ["a", "new", "b"], { matching })).toEqual(["0", "live", "1"]);
    expect(await publishing(store, ["a", "new", "b"], { matching })).toEqual(["0", "live", "1"]);
    const { driver, opened } = await missing(store, { matching });
    await driver.publish([text("a"), text("new"), text("b")]);
    expect(opened()).toBe(0);
    const replay = await missing(store, { mode: "replay", matching });
    await replay.driver.publish([text("a"), text("new"), text("b")]);
    const [one] = await replay.driver.poll({ maxItems: 1 });
    if (one === undefined) throw new Error("one was recorded");
    await replay.driver.settle([{ delivery: one, outcome: "ack" }]);
    checkAllUsed(replay.session);
  },
);

test("what replaced something leaves that unused: a replay says so", async () => {
  const store = await tape();
  expect(await publishing(store, ["a", "changed"])).toEqual(["0", "live"]);
  expect(await publishing(store, ["a", "changed"])).toEqual(["0", "live"]);
  const { session, driver } = await missing(store, { mode: "replay" });
  await driver.publish([text("a"), text("changed")]);
  expect(() => checkAllUsed(session)).toThrow(/1 of std\.msg\.memory\.publish_env_v1/);
});

test("the missing part of a batch goes out as one batch; receipts keep their order", async () => {
  const { driver, real } = await missing(await tape());
  real.publishes.push([receiptAt("x"), receiptAt("y")]);
  const batch = [text("new", "1"), text("a"), text("newer", "2"), text("b")];
  expect(await driver.publish(batch)).toEqual([
    receiptAt("x"),
    receiptAt("0"),
    receiptAt("y"),
    receiptAt("1"),
  ]);
  expect(real.calls).toEqual(["publish 2"]);
});

test("when the missing part fails, what is recorded counts as published", async () => {
  const { driver, real } = await missing(await tape());
  const refused = new MsgError("QUEUE_FULL", "full");
  real.publishes.push(refused);
  const mixed = driver.publish([text("a"), text("new")]);
  await expect(mixed).rejects.toMatchObject({
    code: "PUBLISH_INCOMPLETE",
    details: { outcomes: [receiptAt("0"), refused] },
  });
  real.publishes.push(new MsgError("ABORTED", "stop"));
  await expect(driver.publish([text("newer")])).rejects.toMatchObject({ code: "ABORTED" });
});

test("polls past the recording reach the real driver; each delivery is settled where it came from", async () => {
  const store = await tape();
  const { driver, real } = await missing(store);
  const [first] = await driver.poll({ maxItems: 1 });
  // The same name: the broker is a new one.
  real.polls.push([delivery("0", { value: "live" })], []);
  const [second] = await driver.poll({ maxItems: 1 });
  if (first === undefined || second === undefined) throw new Error("there are two");
  await driver.settle([
    { delivery: second, outcome: "reject", reason: "bad" },
    { delivery: first, outcome: "ack" },
  ]);
  expect(real.settled).toEqual([{ delivery: second, outcome: "reject", reason: "bad" }]);
  expect(await driver.poll({ maxItems: 1 })).toEqual([]);
  await driver.close();
  expect(real.calls).toEqual(["poll 1", "settle 1", "poll 1", "close"]);
  const again = await missing(store);
  expect(await again.driver.poll({ maxItems: 1 })).toEqual([first]);
  expect(await again.driver.poll({ maxItems: 1 })).toEqual([second]);
  expect(again.opened()).toBe(0);
});

test("a recorded delivery without a settlement is settled in the cassette", async () => {
  const store = await recorded(async (session) => {
    const script = scriptedDriver();
    script.polls.push([delivery("0")]);
    await recordingDriver(script, session).poll({ maxItems: 1 });
  });
  const { driver, opened } = await missing(store);
  const events: DriverEvent["type"][] = [];
  driver.observe(({ type }) => events.push(type));
  const [one] = await driver.poll({ maxItems: 1 });
  if (one === undefined) throw new Error("one was recorded");
  await driver.settle([{ delivery: { ...one }, outcome: "ack" }]);
  expect([events, opened()]).toEqual([["delivered", "settled"], 0]);
  for (const never of [one, delivery("77")]) {
    await expect(driver.settle([{ delivery: never, outcome: "ack" }])).rejects.toMatchObject({
      code: "NO_MATCH",
    });
  }
  const { session, driver: replay } = await missing(store, { mode: "replay" });
  await replay.settle([{ delivery: one, outcome: "ack" }]);
  await replay.poll({ maxItems: 1 });
  checkAllUsed(session);
});

test("a settlement that differs from the recorded one is refused", async () => {
  const { driver } = await missing(await tape());
  const [one] = await driver.poll({ maxItems: 1 });
  if (one === undefined) throw new Error("one was recorded");
  await expect(driver.settle([{ delivery: one, outcome: "retry" }])).rejects.toMatchObject({
    code: "REPLAY_DIFFERS",
  });
});

test("a live delivery is known by its name too", async () => {
  const { driver, real } = await missing(createMemoryStore());
  real.polls.push([delivery("5")]);
  await driver.poll({ maxItems: 1 });
  await driver.settle([{ delivery: delivery("5"), outcome: "ack" }]);
  expect(real.calls).toEqual(["poll 1", "settle 1"]);
});

test("leniently, a poll goes out when nothing is left", async () => {
  const { driver, real } = await missing(await tape(), { strictness: "lenient" });
  expect(await driver.poll({ maxItems: 5 })).toHaveLength(1);
  real.polls.push([delivery("9")]);
  expect((await driver.poll({ maxItems: 5 }))[0]?.position).toBe("9");
});

test("a driver that cannot be opened is opened again at the next call", async () => {
  const session = sessionOn(createMemoryStore(), { mode: "record-missing" });
  const real: ScriptedDriver = scriptedDriver();
  real.publishes.push([receiptAt("1")]);
  let opened = 0;
  const open = () => {
    opened += 1;
    return opened === 1 ? Promise.reject(new MsgError("BROKER_REFUSED", "down")) : real;
  };
  const driver = await sessionDriver(session, { ...memory, open });
  await expect(driver.publish([text("a")])).rejects.toMatchObject({ code: "BROKER_REFUSED" });
  expect(await driver.publish([text("a")])).toEqual([receiptAt("1")]);
  expect(driver.capabilities.orderPerKey).toBe(true);
  await driver.close();
  await driver.close();
  await expect(driver.publish([text("b")])).rejects.toMatchObject({ code: "CLOSED" });
  await expect(driver.poll({ maxItems: 1 })).rejects.toMatchObject({ code: "CLOSED" });
  await expect(driver.settle([{ delivery: delivery("1"), outcome: "ack" }])).rejects.toMatchObject({
    code: "CLOSED",
  });
});

test.each(["off", "record", "rewrite", "replay"] as const)(
  "a session driver in mode %s opens the real one only where it is needed",
  async (mode) => {
    const session = sessionOn(createMemoryStore(new Uint8Array(0)), { mode });
    let opened = 0;
    const open = () => {
      opened += 1;
      return scriptedDriver();
    };
    await sessionDriver(session, { ...memory, open });
    expect(opened).toBe(mode === "replay" ? 0 : 1);
  },
);
