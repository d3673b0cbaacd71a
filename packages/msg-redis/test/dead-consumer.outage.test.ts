/**
 * Goal: R2. What a dead consumer left pending is delivered to another, and only then is the consumer
 * forgotten; with the raw client, deleting it deletes its messages.
 * Method: a real Redis; consumers that read and never come back.
 */
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import { startProxy } from "../../../tools/testing/tcp-proxy.ts";
import { forgetCommand } from "../src/scripts.ts";
import { profileOn } from "./redis-harness.ts";
import {
  brokerEvents,
  gather,
  message,
  numbered,
  type Stand,
  settle,
  shortTimes,
  startStand,
  take,
  textsOf,
  topicOf,
} from "./stand.ts";

expectNoLeaks();

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.end());

/** Reads three, and is never heard of again. */
async function readAndDie(topic: string, group: string, consumer: string): Promise<void> {
  const dying = new Redis({ host: "127.0.0.1", port: stand.broker.port });
  await dying.xreadgroup("GROUP", group, consumer, "COUNT", 3, "STREAMS", topic, ">");
  dying.disconnect();
}

test("R2: the raw client loses what is pending for the consumer it deletes", async () => {
  const { raw } = stand;
  const topic = topicOf();
  await raw.xgroup("CREATE", topic, "g", "0", "MKSTREAM");
  for (const value of ["0", "1", "2"]) await raw.xadd(topic, "*", "value", value);
  await readAndDie(topic, "g", "dead");
  expect(await raw.xgroup("DELCONSUMER", topic, "g", "dead")).toBe(3);
  expect(await raw.xreadgroup("GROUP", "g", "c", "STREAMS", topic, ">")).toBeNull();
  expect(await raw.xautoclaim(topic, "g", "c", 0, "0")).toEqual(["0-0", [], []]);
});

test("R2: all that a dead consumer held is claimed before it is forgotten", async () => {
  const topic = topicOf();
  const group = "heirs";
  const times = { ...shortTimes, claimIdleMs: 300, forgetMs: 1 };
  const { driver, events, heard } = await stand.open([topic], { group, times });
  await driver.publish(numbered(topic, 0, 3));
  await readAndDie(topic, group, "reprise-dead");
  const claimed = await gather(driver, 3);
  expect(textsOf(claimed)).toEqual(["0", "1", "2"]);
  expect(claimed.map(({ attempt, redelivered }) => [attempt, redelivered])).toEqual(
    Array(3).fill([2, true]),
  );
  expect(await heard("consumer.forgotten")).toContain("reprise-dead");
  expect(await heard("claimed")).toContain("3");
  const names = events.flatMap((event) => (event.type === "broker" ? [event.name] : []));
  expect(names.indexOf("claimed")).toBeLessThan(names.indexOf("consumer.forgotten"));
  await settle(driver, "ack", claimed);
  expect(await stand.raw.xpending(topic, group)).toEqual([0, null, null, null]);
});

test("R2: consumers of others are left alone, with nothing pending too", async () => {
  const topic = topicOf();
  const times = { ...shortTimes, claimIdleMs: 300, forgetMs: 1 };
  const { driver, heard } = await stand.open([topic], { group: "mixed", times });
  await stand.raw.xgroup("CREATECONSUMER", topic, "mixed", "somebody");
  await stand.raw.xgroup("CREATECONSUMER", topic, "mixed", "reprise-gone");
  const polling = driver.poll({ maxItems: 1, waitMs: 5_000 });
  expect(await heard("consumer.forgotten")).toContain("reprise-gone");
  await driver.publish([message(topic, "end")]);
  await settle(driver, "ack", await polling);
  const consumers = JSON.stringify(await stand.raw.xinfo("CONSUMERS", topic, "mixed"));
  expect(consumers).toContain("somebody");
  expect(consumers).not.toContain("reprise-gone");
});

test("R2: what a slow handler holds is claimed by nobody", async () => {
  const topic = topicOf();
  const options = { group: "slow", times: { ...shortTimes, claimIdleMs: 300 } };
  const slow = await stand.open([topic], options);
  const eager = await stand.open([topic], options);
  await slow.driver.publish([message(topic, "slow")]);
  const held = await gather(slow.driver, 1);
  // Four times as long as an unconfirmed one would be let alone.
  const stolen = await eager.driver.poll({ maxItems: 1, waitMs: 1_200 });
  expect(stolen).toEqual([]);
  await settle(slow.driver, "ack", held);
  expect(brokerEvents(slow.events, "delivery.taken")).toEqual([]);
});

test("R2: what was taken over is stale where it was held", async () => {
  const topic = topicOf();
  const group = "taken";
  const { driver, events, heard } = await stand.open([topic], { group });
  await driver.publish([message(topic, "mine")]);
  const held = await gather(driver, 1);
  const position = held[0]?.position ?? "";
  await stand.raw.xclaim(topic, group, "thief", 0, position);
  expect(await heard("delivery.taken")).toContain(position);
  await settle(driver, "ack", held);
  expect(events.filter(({ type }) => type === "stale")).toHaveLength(1);
  const pending = await stand.raw.xpending(topic, group);
  expect(pending).toEqual([1, position, position, [["thief", "1"]]]);
});

test("R2: what is given back is another's at once, as if it were new where nobody saw it", async () => {
  const topic = topicOf();
  const first = await stand.open([topic], { group: "back" });
  const heir = await stand.open([topic], { group: "back" });
  await heir.driver.publish(numbered(topic, 0, 4));
  const seen = await gather(first.driver, 2);
  await first.driver.close();
  const came = await take(heir.driver, 4);
  const bySight = came.map(({ position, attempt, redelivered }) => [
    seen.some((one) => one.position === position),
    attempt,
    redelivered,
  ]);
  expect(bySight.sort()).toEqual([
    [false, 1, false],
    [false, 1, false],
    [true, 2, true],
    [true, 2, true],
  ]);
});

test("R2: a driver that was cut off for too long looks before it settles", async () => {
  const topic = topicOf();
  const options = { group: "cut", times: { ...shortTimes, claimIdleMs: 300 } };
  const proxy = await startProxy({ targetPort: stand.broker.port });
  const cut = await stand.open([topic], { ...options, profile: profileOn(proxy.port) });
  await cut.driver.publish([message(topic, "moved")]);
  const held = await gather(cut.driver, 1);
  proxy.pause();
  const heir = await stand.open([topic], options);
  const claimed = await gather(heir.driver, 1);
  expect(claimed.map(({ attempt }) => attempt)).toEqual([2]);
  const settling = settle(cut.driver, "ack", held);
  proxy.resume();
  await settling;
  expect(cut.events.filter(({ type }) => type === "stale")).toHaveLength(1);
  // The heir's, still.
  expect((await stand.raw.xpending(topic, "cut"))[0]).toBe(1);
  await settle(heir.driver, "ack", claimed);
  await cut.driver.close();
  await proxy.close();
});

test("R2: no consumer is forgotten while something is pending for it, not even by a late look", async () => {
  const { raw } = stand;
  const topic = topicOf();
  await raw.xgroup("CREATE", topic, "g", "0", "MKSTREAM");
  await raw.xadd(topic, "*", "value", "0");
  await readAndDie(topic, "g", "reprise-dead");
  const forget = forgetCommand({ topic, group: "g" }, "reprise-dead").slice(1).map(String);
  expect(await raw.call("EVAL", forget)).toBe(0);
  expect((await raw.xpending(topic, "g"))[0]).toBe(1);
  await raw.xack(topic, "g", String((await raw.xpending(topic, "g"))[1]));
  expect(await raw.call("EVAL", forget)).toBe(1);
});
