/** Laws of delivery: everything that was published comes, nothing else does, and in order. */
import type { Delivery, Receipt } from "@reprise/msg-core";
import {
  expectNothing,
  gather,
  gatherAll,
  message,
  numbered,
  numbers,
  settleAll,
  textOf,
  textsOf,
} from "../exchange.js";
import { expectSame, expectThat, type Law, law } from "../law.js";
import { some } from "../show.js";

const noLoss = law("no-loss", "Every published message is delivered.", async (trial) => {
  const driver = await trial.stage.open();
  const batch = numbered(trial, 300, 30);
  for (let from = 0; from < batch.length; from += 7) {
    await driver.publish(batch.slice(from, from + 7));
  }
  const came = new Set(textsOf(await gather(trial, driver, { count: 300, outcome: "ack" })));
  expectSame("lost", some(numbers(300).filter((value) => !came.has(value))), []);
});

const noInvention = law(
  "no-invention",
  "Nothing is delivered that was not published, or more often than it has to be.",
  async (trial) => {
    const driver = await trial.stage.open();
    await driver.publish(numbered(trial, 60, 6));
    const deliveries = await gather(trial, driver, { count: 60, outcome: "ack" });
    const published = new Set(numbers(60));
    for (const delivery of deliveries) {
      expectSame("topic of a delivery", delivery.envelope.topic, trial.stage.topic);
      expectThat("delivered was published, once", published.delete(textOf(delivery)), {
        value: textOf(delivery),
      });
    }
    await expectNothing(trial, driver, "after everything was handled");
  },
);

const orderPerKey = law(
  "order-per-key",
  "Messages of one key keep their order and their partition, where the driver says so.",
  async (trial) => {
    const driver = await trial.stage.open();
    const batch = numbered(trial, 200, 10);
    await driver.publish(batch.slice(0, 150));
    await driver.publish(batch.slice(150));
    const deliveries = await gatherAll(trial, driver, { count: 200, outcome: "ack" });
    if (!driver.capabilities.orderPerKey) {
      expectSame("delivered, in any order", new Set(textsOf(deliveries)).size, 200);
      return;
    }
    const partitions = new Map<string, Set<number>>();
    const orders = new Map<string, number[]>();
    for (const delivery of deliveries) {
      const number = Number(textOf(delivery));
      const key = `k${number % 10}`;
      partitions.set(key, (partitions.get(key) ?? new Set()).add(delivery.partition));
      orders.set(key, [...(orders.get(key) ?? []), number]);
    }
    for (const [key, order] of orders) {
      expectSame(
        `order of ${key}`,
        order,
        [...order].sort((left, right) => left - right),
      );
      expectSame(`partitions of ${key}`, partitions.get(key)?.size, 1);
    }
  },
);

const batchSizes = law(
  "receipts",
  "Batches of 1, 2 and 1,000 give one receipt each, in order: the place of the delivery.",
  async (trial) => {
    const driver = await trial.stage.open();
    for (const count of [1, 2, 1000]) {
      const receipts = await driver.publish(numbered(trial, count, 10));
      expectSame(`receipts of ${count}`, receipts.length, count);
      const deliveries = await gatherAll(trial, driver, { count, outcome: "ack" });
      for (const delivery of deliveries) comparePlace(delivery, receipts);
    }
  },
);

function comparePlace(delivery: Delivery, receipts: readonly Receipt[]): void {
  const number = textOf(delivery);
  const { partition, position } = delivery;
  const receipt = receipts[Number(number)];
  expectThat("position is 256 characters or fewer", position.length <= 256, { position });
  // "" is a broker that tells no position.
  const known = receipt?.position === "" ? { partition } : { partition, position };
  const told = receipt?.position === "" ? { partition: receipt.partition } : receipt;
  expectSame(`place of ${number}`, known, told);
}

const maxItems = law("max-items", "A poll gives at most `maxItems` messages.", async (trial) => {
  const driver = await trial.stage.open();
  await driver.publish(numbered(trial, 20, 4));
  for (const limit of [1, 7]) {
    const batch = await driver.poll({ maxItems: limit, waitMs: trial.subject.patienceMs });
    const fits = batch.length >= 1 && batch.length <= limit;
    expectThat(`poll of ${limit} gives 1 to ${limit}`, fits, { deliveries: batch.length });
    await settleAll(driver, batch, "ack");
  }
});

const groupsApart = law("groups", "Each group gets every message.", async (trial) => {
  const first = await trial.stage.open("first");
  const second = await trial.stage.open("second");
  await first.publish(numbered(trial, 20, 4));
  for (const driver of [first, second]) {
    const came = textsOf(await gather(trial, driver, { count: 20, outcome: "ack" }));
    expectSame("of one group", [...new Set(came)].sort(), [...numbers(20)].sort());
  }
});

const durable = law(
  "durable",
  "A message outlives the process that published it exactly where the driver says so.",
  async (trial) => {
    const driver = await trial.stage.open();
    await driver.publish([message(trial, { value: "kept" })]);
    await driver.close();
    const later = await trial.stage.openElsewhere();
    if (!driver.capabilities.durable) {
      await expectNothing(trial, later, "not durable");
      return;
    }
    const came = await gather(trial, later, { count: 1, outcome: "ack" });
    expectSame("after the process", textsOf(came), ["kept"]);
  },
);

export const deliveryLaws: readonly Law[] = [
  noLoss,
  noInvention,
  orderPerKey,
  batchSizes,
  maxItems,
  groupsApart,
  durable,
];
