/**
 * Goal: R4. While the server is away or silent every call ends within its deadline, with a typed error;
 * the raw client's hangs. When it is back, everything goes on by itself.
 * Method: a real Redis, killed and stopped (SIGSTOP).
 */
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import { profileOn } from "./redis-harness.ts";
import {
  gather,
  message,
  rejection,
  type Stand,
  settle,
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

const times = { callMs: 700, commandMs: 250, claimEveryMs: 50, claimIdleMs: 600 };

/** Whether it is still unsettled when everything that is due has been done. */
async function hangs(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const mark = (): void => {
    settled = true;
  };
  promise.then(mark, mark);
  await new Promise((resolve) => setImmediate(resolve));
  return !settled;
}

test("R4: an outage is a deadline error of ours, and a call that hangs of the raw client", async () => {
  const topic = topicOf();
  const { driver, next } = await stand.open([topic], { times });
  const raw = new Redis({
    host: "127.0.0.1",
    port: stand.broker.port,
    maxRetriesPerRequest: null,
    retryStrategy: () => 1,
  });
  raw.on("error", () => undefined);
  await raw.ping();
  await stand.broker.kill();
  const hanging = raw.xadd(topic, "*", "value", "raw");
  hanging.catch(() => undefined);
  const refusal = await rejection(driver.publish([message(topic, "ours")]));
  expect(refusal.code).toBe("BROKER_TIMEOUT");
  expect(refusal.retryable).toBe(true);
  expect(refusal.message).toContain("700 ms");
  expect(await hangs(hanging)).toBe(true);
  raw.disconnect();
  const back = next("health", /^ready/);
  await stand.broker.restart();
  await back;
  await driver.publish([message(topic, "back")]);
  expect(textsOf(await take(driver, 1))).toEqual(["back"]);
});

test("R4: a settlement in an outage is a deadline error, and the message comes again", async () => {
  const topic = topicOf();
  const { driver } = await stand.open([topic], { times });
  await driver.publish([message(topic, "held")]);
  const held = await gather(driver, 1);
  await stand.broker.kill();
  expect((await rejection(settle(driver, "ack", held))).code).toBe("BROKER_TIMEOUT");
  await stand.broker.restart();
  const [again] = await take(driver, 1);
  expect(again?.position).toBe(held[0]?.position);
  expect(again?.redelivered).toBe(true);
});

test("R4: a server that is stopped is noticed, told, and used again when it goes on", async () => {
  const topic = topicOf();
  const { driver, heard, events, next } = await stand.open([topic], { times });
  await driver.publish([message(topic, "before")]);
  expect(textsOf(await take(driver, 1))).toEqual(["before"]);
  await stand.broker.pause();
  const refusal = await rejection(driver.publish([message(topic, "while stopped")]));
  expect(refusal.code).toBe("BROKER_TIMEOUT");
  expect(await heard("health")).toContain("connecting");
  expect(driver.health().state).toBe("connecting");
  const back = next("health", /^ready/);
  await stand.broker.resume();
  await back;
  await driver.publish([message(topic, "after")]);
  const values = new Set<string>();
  while (!values.has("after")) for (const text of textsOf(await take(driver, 1))) values.add(text);
  const states = events.flatMap((event) =>
    event.type === "broker" && event.name === "health" ? [event.detail.split(":")[0]] : [],
  );
  expect(states.at(-1)).toBe("ready");
});

test("R4: close ends within its deadline while the server is stopped, and nothing is left open", async () => {
  const topic = topicOf();
  const { driver, heard } = await stand.open([topic], { times });
  await driver.publish([message(topic, "held")]);
  const held = await gather(driver, 1);
  const polling = driver.poll({ maxItems: 1 });
  await stand.broker.pause();
  const publishing = rejection(driver.publish([message(topic, "in flight")]));
  const started = performance.now();
  await driver.close({ deadlineMs: 400 });
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(await polling).toEqual([]);
  expect((await publishing).code).toMatch(/CLOSED|BROKER_TIMEOUT/);
  expect(await heard("close.late")).toMatch(/400 ms|given back/);
  await stand.broker.resume();
  const heir = await stand.open([topic], { times });
  const came = await take(heir.driver, 2);
  expect([...textsOf(came)].sort()).toEqual(["held", "in flight"]);
  expect(held).toHaveLength(1);
});

test("R4: opening where nothing answers ends within its deadline", async () => {
  await stand.broker.pause();
  const opening = stand.open([topicOf()], { times: { connectMs: 300 } });
  const refusal = await rejection(opening);
  expect(refusal.code).toBe("BROKER_TIMEOUT");
  expect(refusal.message).toContain(`127.0.0.1:${stand.broker.port}`);
  await stand.broker.resume();
});

test("R4: close ends while the driver is connecting again", async () => {
  const topic = topicOf();
  const { driver, heard } = await stand.open([topic], { times });
  const polling = driver.poll({ maxItems: 1 });
  await stand.broker.kill();
  await heard("health");
  await driver.close({ deadlineMs: 1_000 });
  expect(await polling).toEqual([]);
  expect(driver.health().state).toBe("closed");
  await stand.broker.restart();
});

test("R4: a driver on a server that loads its data waits for it", async () => {
  await stand.broker.restart();
  const { driver } = await stand.open([], { profile: profileOn(stand.broker.port) });
  const [receipt] = await driver.publish([message(topicOf(), "stored")]);
  expect(receipt?.position).toMatch(/^\d+-\d+$/);
});
