/**
 * Goal: R3 and R5. What comes twice is flagged, whoever stored or delivered it twice; and what comes
 * out of order is told.
 * Method: a real Redis, whose group is set back as a failover to a replica that lags does; and a proxy
 * that loses confirmations.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import { startProxy } from "../../../tools/testing/tcp-proxy.ts";
import { profileOn } from "./redis-harness.ts";
import {
  brokerEvents,
  gather,
  message,
  numbered,
  rejection,
  type Stand,
  settle,
  startStand,
  take,
  textOf,
  textsOf,
  topicOf,
} from "./stand.ts";

expectNoLeaks();

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.end());

test("R3: ids that come again after their ack was lost are flagged", async () => {
  const topic = topicOf();
  const { driver, heard } = await stand.open([topic], { group: "g" });
  await driver.publish(numbered(topic, 0, 3));
  const first = await take(driver, 3);
  expect(first.map(({ redelivered }) => redelivered)).toEqual([false, false, false]);
  await stand.raw.xgroup("SETID", topic, "g", "0");
  const again = await take(driver, 3);
  expect(again.map(({ position }) => position)).toEqual(first.map(({ position }) => position));
  expect(again.map(({ redelivered }) => redelivered)).toEqual([true, true, true]);
  expect(again.every(({ attempt }) => attempt >= 2)).toBe(true);
  expect(await heard("order.broken")).toContain(first[0]?.position ?? "?");
});

test("R3: so are those of another producer, which have no message id", async () => {
  const topic = topicOf();
  const { driver } = await stand.open([topic], { group: "g" });
  await stand.raw.xadd(topic, "*", "value", "foreign");
  const first = await take(driver, 1);
  await stand.raw.xgroup("SETID", topic, "g", "0");
  const again = await take(driver, 1);
  expect(textsOf(again)).toEqual(["foreign"]);
  expect([...first, ...again].map(({ redelivered }) => redelivered)).toEqual([false, true]);
});

test("R3: so are those that only an earlier driver of the group has seen", async () => {
  const topic = topicOf();
  const earlier = await stand.open([topic], { group: "g" });
  await earlier.driver.publish(numbered(topic, 0, 2));
  await take(earlier.driver, 2);
  await earlier.driver.close();
  const { driver } = await stand.open([topic], { group: "g" });
  await stand.raw.xgroup("SETID", topic, "g", "0");
  await driver.publish([message(topic, "new")]);
  const came = await take(driver, 3);
  expect(came.map((one) => [textOf(one), one.redelivered])).toEqual([
    ["0", true],
    ["1", true],
    ["new", false],
  ]);
});

test("R3: a message stored twice because its confirmation was lost is flagged, by any reader", async () => {
  const topic = topicOf();
  let phase: "before" | "stored" | "lost" = "before";
  const proxy = await startProxy({
    targetPort: stand.broker.port,
    onData(chunk, from) {
      if (from === "client" && phase === "before" && Buffer.from(chunk).includes("XADD")) {
        phase = "stored";
      } else if (from === "server" && phase === "stored") {
        phase = "lost";
        return "reset";
      }
      return undefined;
    },
  });
  const publisher = await stand.open([], { profile: profileOn(proxy.port) });
  const [receipt] = await publisher.driver.publish([message(topic, "once")]);
  const entries = await stand.raw.xrange(topic, "-", "+");
  expect(entries).toHaveLength(2);
  expect(entries[1]?.[0]).toBe(receipt?.position);
  const { driver } = await stand.open([topic], { group: "both" });
  const both = await gather(driver, 2);
  expect(textsOf(both)).toEqual(["once", "once"]);
  expect(both.map(({ redelivered }) => redelivered)).toEqual([false, true]);
  await settle(driver, "ack", both);
  // A reader that never saw the first knows from the entry itself.
  await stand.raw.xgroup("CREATE", topic, "second", both[0]?.position ?? "");
  const second = await stand.open([topic], { group: "second" });
  const [late] = await take(second.driver, 1);
  expect(late?.redelivered).toBe(true);
  await publisher.driver.close();
  await proxy.close();
});

test("R5: a node of a cluster is refused, with the reason", async () => {
  const cluster = await startStand({ "cluster-enabled": "yes" });
  const refusal = await rejection(cluster.open([topicOf()]));
  expect(refusal.code).toBe("TOPOLOGY_MISMATCH");
  expect(refusal.message).toContain("Cluster");
  await cluster.end();
});

test("R5: over many reconnections a stream's messages keep their order", async () => {
  const topic = topicOf();
  const proxy = await startProxy({ targetPort: stand.broker.port });
  const { driver, events } = await stand.open([topic], { profile: profileOn(proxy.port) });
  const publishing = (async () => {
    for (let from = 0; from < 400; from += 10) {
      await driver.publish(numbered(topic, from, 10));
      if (from % 50 === 0) proxy.reset();
    }
  })();
  const first: string[] = [];
  while (first.length < 400) {
    const batch = await gather(driver, 1);
    expect(batch).toHaveLength(1);
    for (const delivery of batch) {
      const text = textOf(delivery);
      if (!first.includes(text)) first.push(text);
      else expect(delivery.redelivered).toBe(true);
    }
    await settle(driver, "ack", batch).catch(() => undefined);
  }
  await publishing;
  expect(first).toEqual(Array.from({ length: 400 }, (_, index) => String(index)));
  expect(brokerEvents(events, "order.broken")).toEqual([]);
  await driver.close();
  await proxy.close();
});
