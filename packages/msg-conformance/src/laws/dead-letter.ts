/** Laws of rejection: what cannot be handled is put aside, whole, and holds up nobody. */
import { consume, type Delivery, reasonLengthMax } from "@reprise/msg-core";
import { expectNothing, gatherOne, message, textOf } from "../exchange.js";
import { expectSame, type Law, law } from "../law.js";

const reject = law(
  "reject",
  "A rejected message goes to the dead letter with its reason, its bytes as they were, and is done.",
  async (trial) => {
    const driver = await trial.stage.open();
    const sent = message(trial, { key: "key", value: "bad", headers: { name: "text" } });
    await driver.publish([sent]);
    const delivery = await gatherOne(trial, driver);
    await driver.settle([{ delivery, outcome: "reject", reason: "no such customer" }]);
    const [letter, ...more] = await trial.stage.deadLetters(1);
    expectSame("dead letters besides", more.length, 0);
    expectSame("reason", letter?.reason, "no such customer");
    expectSame("key", letter?.envelope.key, sent.key);
    expectSame("value", letter?.envelope.value, sent.value);
    expectSame("header", letter?.envelope.headers.name, "text");
    await expectNothing(trial, driver, "after the rejection");
  },
);

const reasons: readonly string[] = [
  "",
  "naïve 🎈\u0000\r\n",
  "x".repeat(reasonLengthMax + 500),
  // Half a character: alone, and where the longest reason is cut.
  "half \ud83c",
  `${"x".repeat(reasonLengthMax - 1)}🎈`,
];

const anyReason = law(
  "any-reason",
  "A reason is any text: what is too long is cut, what is not well-formed is mended.",
  async (trial) => {
    const driver = await trial.stage.open();
    for (const reason of reasons) {
      await driver.publish([message(trial, { value: "bad" })]);
      const delivery = await gatherOne(trial, driver);
      await driver.settle([{ delivery, outcome: "reject", reason }]);
    }
    const letters = await trial.stage.deadLetters(reasons.length);
    const kept = reasons.map((reason) => reason.slice(0, reasonLengthMax).toWellFormed());
    expectSame("reasons", letters.map(({ reason = "" }) => reason).sort(), kept.sort());
  },
);

/** A driver that miscounts would have it fail for ever. */
const failuresMax = 20;

const poison = law(
  "poison",
  "A message that always fails ends in the dead letter, and every other one is handled.",
  async (trial) => {
    const driver = await trial.stage.open();
    const batch = ["before", "poison", "behind", "behind too", "elsewhere"].map((value) =>
      message(trial, { key: value === "elsewhere" ? "other" : "same", value }),
    );
    await driver.publish(batch);
    const handled: string[] = [];
    const failures = new Map<string, number>();
    const controller = trial.subject.createAbort();
    const handler = (delivery: Delivery): void => {
      const value = textOf(delivery);
      const failed = failures.get(value) ?? 0;
      // One fails for a while, and only when the poisoned one is out of its way.
      if (value !== "poison" && (value !== "behind" || failed === 2)) {
        handled.push(value);
        return;
      }
      failures.set(value, failed + 1);
      if (failed >= failuresMax) controller.abort();
      throw new Error(`${value} cannot be handled`);
    };
    const waitMs = trial.subject.patienceMs;
    const { signal } = controller;
    const options = { limit: 5, maxAttempts: 3, waitMs, stopWhenIdle: true, signal };
    const summary = await consume(driver, handler, options);
    expectSame("acked and rejected", [summary.acked, summary.rejected], [4, 1]);
    expectSame("failures of the poisoned one", failures.get("poison"), 3);
    expectSame("handled", [...handled].sort(), ["before", "behind", "behind too", "elsewhere"]);
    const letters = await trial.stage.deadLetters(1);
    expectSame("reason", letters[0]?.reason, "poison cannot be handled");
    await expectNothing(trial, driver, "after all are done");
  },
);

export const deadLetterLaws: readonly Law[] = [reject, anyReason, poison];
