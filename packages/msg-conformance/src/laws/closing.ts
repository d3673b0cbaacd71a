/** Laws of closing: at any time, more than once, and nothing is lost by it. */
import { consume } from "@reprise/msg-core";
import {
  gather,
  gatherAll,
  message,
  numbered,
  numbers,
  settleAll,
  textOf,
  textsOf,
} from "../exchange.js";
import { expectCode, expectSame, expectThat, type Law, law } from "../law.js";

const closeTwice = law(
  "close-twice",
  "`close` may be called again, at the same time and later.",
  async (trial) => {
    const driver = await trial.stage.open();
    await Promise.all([driver.close(), driver.close()]);
    await driver.close({ deadlineMs: 1 });
  },
);

const closedCalls = law(
  "closed-calls",
  "After `close`, publish, poll and settle reject with CLOSED.",
  async (trial) => {
    const driver = await trial.stage.open();
    await driver.publish([message(trial, {})]);
    const deliveries = await gatherAll(trial, driver, { count: 1 });
    await driver.close();
    await expectCode("publish", "CLOSED", () => driver.publish([message(trial, {})]));
    await expectCode("poll", "CLOSED", () => driver.poll({ maxItems: 1, waitMs: 0 }));
    await expectCode("settle", "CLOSED", () => settleAll(driver, deliveries, "ack"));
  },
);

const closeEndsPoll = law(
  "close-ends-poll",
  "A poll that waits resolves to none when the driver is closed.",
  async (trial) => {
    const driver = await trial.stage.open();
    const waiting = driver.poll({ maxItems: 1 });
    await driver.close();
    expectSame("poll ends", await trial.subject.settles(waiting, trial.subject.patienceMs), true);
    expectSame("deliveries", textsOf(await waiting), []);
  },
);

const closeGivesBack = law(
  "close-gives-back",
  "Unsettled deliveries come to the group again after `close`, as redelivered.",
  async (trial) => {
    const driver = await trial.stage.open();
    await driver.publish(numbered(trial, 5));
    const [first, ...held] = await gatherAll(trial, driver, { count: 3 });
    if (first === undefined) return;
    await settleAll(driver, [first], "ack");
    await driver.close();
    const heir = await trial.stage.open();
    const came = await gather(trial, heir, { count: 4, outcome: "ack" });
    expectSame("given back", [...textsOf(came)].sort(), ["1", "2", "3", "4"]);
    for (const { position } of held) {
      const again = came.find((delivery) => delivery.position === position);
      expectSame("redelivered", again?.redelivered, true);
      expectSame("attempt", again?.attempt, 2);
    }
  },
);

const closeInHandler = law(
  "close-in-handler",
  "A handler may close the driver: `consume` ends, and what was not settled comes again.",
  async (trial) => {
    const driver = await trial.stage.open();
    await driver.publish(numbered(trial, 3));
    const closing = async (): Promise<void> => driver.close();
    const waitMs = trial.subject.patienceMs;
    const summary = await consume(driver, closing, { batchSize: 2, waitMs });
    expectSame("ended", summary.ended, "closed");
    const heir = await trial.stage.open();
    const came = new Set(textsOf(await gather(trial, heir, { count: 3, outcome: "ack" })));
    expectSame("comes again", [...came].sort(), numbers(3));
  },
);

const closeHandled = law(
  "close-after-work",
  "What was settled before `close` stays settled.",
  async (trial) => {
    const driver = await trial.stage.open();
    await driver.publish(numbered(trial, 4));
    await gatherAll(trial, driver, { count: 3, outcome: "ack" });
    await driver.close();
    const heir = await trial.stage.open();
    const came = await gather(trial, heir, { count: 1, outcome: "ack" });
    expectSame("left for later", came.map(textOf), ["3"]);
    const more = await heir.poll({ maxItems: 10, waitMs: trial.subject.quietMs });
    expectThat("nothing else is left", more.length === 0, textsOf(more));
  },
);

export const closingLaws: readonly Law[] = [
  closeTwice,
  closedCalls,
  closeEndsPoll,
  closeGivesBack,
  closeInHandler,
  closeHandled,
];
