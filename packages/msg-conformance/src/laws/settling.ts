/** Laws of settling: ack, retry and reject mean what they say, once. */
import type { Driver } from "@reprise/msg-core";
import {
  eventsOf,
  expectNothing,
  gather,
  gatherAll,
  gatherOne,
  message,
  numbered,
  settleAll,
  textOf,
  textsOf,
  watch,
} from "../exchange.js";
import { expectCode, expectSame, type Law, law } from "../law.js";

const retry = law(
  "retry",
  "A retried message comes again, the same, its attempt one higher (or 2, where not counted).",
  async (trial) => {
    const driver = await trial.stage.open();
    const sent = message(trial, { key: "key", value: "value", headers: { name: "text" } });
    await driver.publish([sent]);
    const { countsAttempts } = driver.capabilities;
    for (const attempt of [1, 2, 3, 4]) {
      const delivery = await gatherOne(trial, driver);
      expectSame("attempt", delivery.attempt, countsAttempts ? attempt : Math.min(attempt, 2));
      if (attempt > 1) expectSame("redelivered", delivery.redelivered, true);
      expectSame("message", delivery.envelope, sent);
      await settleAll(driver, [delivery], attempt < 4 ? "retry" : "ack");
    }
  },
);

const retryOrder = law(
  "retry-order",
  "After a retry, later messages of the partition come again behind it, and their first delivery is stale; or, where the driver says no, they stay delivered.",
  async (trial) => {
    const driver = await trial.stage.open();
    const events = watch(driver);
    await driver.publish(numbered(trial, 3));
    const [first, ...later] = await gatherAll(trial, driver, { count: 3 });
    if (first === undefined) return;
    await settleAll(driver, [first], "retry");
    await settleAll(driver, later, "ack");
    const stale = eventsOf(events, "stale").map(({ delivery }) => textOf(delivery));
    const { orderAfterRetry } = driver.capabilities;
    expectSame("stale settlements", stale, orderAfterRetry ? ["1", "2"] : []);
    const count = orderAfterRetry ? 3 : 1;
    const again = await gather(trial, driver, { count, outcome: "ack" });
    expectSame("delivered again", textsOf(again), orderAfterRetry ? ["0", "1", "2"] : ["0"]);
    await expectNothing(trial, driver, "after the second time");
  },
);

const ackIsFinal = law(
  "ack-is-final",
  "An acked message is not delivered to the group again: not after a retry before it, nor to a later consumer.",
  async (trial) => {
    const driver = await trial.stage.open();
    await driver.publish(numbered(trial, 3));
    const [first, second, third] = await gatherAll(trial, driver, { count: 3 });
    if (first === undefined || second === undefined || third === undefined) return;
    await settleAll(driver, [second], "ack");
    await settleAll(driver, [first], "retry");
    const { orderAfterRetry } = driver.capabilities;
    const again = await gather(trial, driver, { count: orderAfterRetry ? 2 : 1, outcome: "ack" });
    expectSame("delivered again", textsOf(again), orderAfterRetry ? ["0", "2"] : ["0"]);
    if (!orderAfterRetry) await settleAll(driver, [third], "ack");
    await driver.close();
    await expectNothing(trial, await trial.stage.open(), "to a later consumer");
  },
);

const unsettledStays = law(
  "unsettled-stays",
  "A message whose handler is slow is delivered to nobody else, and settled as ever in the end.",
  async (trial) => {
    const drivers = [await trial.stage.open(), await trial.stage.open()];
    await Promise.all(drivers.map((driver) => expectNothing(trial, driver, "before publishing")));
    await drivers[0]?.publish([message(trial, { value: "slow" })]);
    const holder = await holderOf(drivers, trial.subject);
    expectSame("somebody has it", holder !== undefined, true);
    if (holder === undefined) return;
    const events = watch(holder.driver);
    for (const driver of drivers) await expectNothing(trial, driver, "while it is handled");
    await settleAll(holder.driver, [holder.delivery], "ack");
    expectSame("settled", eventsOf(events, "settled").length, 1);
    for (const driver of drivers) await expectNothing(trial, driver, "after it was handled");
  },
);

/** The driver that gets a message, asking each in turn. */
async function holderOf(
  drivers: readonly Driver[],
  { patienceMs, quietMs }: { readonly patienceMs: number; readonly quietMs: number },
) {
  const rounds = 2 + Math.ceil(patienceMs / Math.max(1, quietMs) / drivers.length);
  for (let round = 0; round < rounds; round++) {
    for (const driver of drivers) {
      const [delivery] = await driver.poll({ maxItems: 1, waitMs: quietMs });
      if (delivery !== undefined) return { driver, delivery };
    }
  }
  return undefined;
}

const settleTwice = law(
  "settle-twice",
  "Settling a delivery that is settled already is DELIVERY_UNKNOWN.",
  async (trial) => {
    const driver = await trial.stage.open();
    await driver.publish(numbered(trial, 2));
    const [first, second] = await gatherAll(trial, driver, { count: 2 });
    if (first === undefined || second === undefined) return;
    await settleAll(driver, [first], "ack");
    for (const outcome of ["ack", "retry", "reject"] as const) {
      await expectCode(`${outcome} after ack`, "DELIVERY_UNKNOWN", () =>
        settleAll(driver, [first], outcome),
      );
    }
    await settleAll(driver, [second], "ack");
    await expectNothing(trial, driver, "after all that");
  },
);

const settleUnknown = law(
  "settle-unknown",
  "Settling what this driver never delivered is DELIVERY_UNKNOWN.",
  async (trial) => {
    const driver = await trial.stage.open();
    await driver.publish([message(trial, { value: "real" })]);
    const delivery = await gatherOne(trial, driver);
    const forged = [
      { ...delivery, position: `${delivery.position}7` },
      { ...delivery, partition: delivery.partition + 1000 },
      { ...delivery, attempt: delivery.attempt + 1 },
      { ...delivery, envelope: { ...delivery.envelope, topic: `${trial.stage.topic}x` } },
    ];
    for (const never of forged) {
      await expectCode("a delivery that never was", "DELIVERY_UNKNOWN", () =>
        settleAll(driver, [never], "ack"),
      );
    }
    await settleAll(driver, [delivery], "ack");
  },
);

const settleByName = law(
  "settle-by-name",
  "Topic, partition, position and attempt name a delivery: a copy of it settles it.",
  async (trial) => {
    const driver = await trial.stage.open();
    const events = watch(driver);
    await driver.publish([message(trial, { value: "copied" })]);
    const delivery = await gatherOne(trial, driver);
    await settleAll(driver, [{ ...delivery, envelope: { ...delivery.envelope } }], "ack");
    expectSame("settled", eventsOf(events, "settled").length, 1);
    await expectNothing(trial, driver, "after the copy was acked");
  },
);

export const settlingLaws: readonly Law[] = [
  retry,
  retryOrder,
  ackIsFinal,
  unsettledStays,
  settleTwice,
  settleUnknown,
  settleByName,
];
