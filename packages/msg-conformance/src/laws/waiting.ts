/** Laws of waiting: a poll waits for a message, for so long, or until it is called off. */
import { expectNothing, gather, message, textsOf } from "../exchange.js";
import { expectSame, type Law, law } from "../law.js";

const pollWaits = law(
  "poll-waits",
  "A poll without a limit waits until there is a message.",
  async (trial) => {
    const driver = await trial.stage.open();
    const { patienceMs, quietMs, settles } = trial.subject;
    const waiting = driver.poll({ maxItems: 10 });
    expectSame("poll ends with nothing there", await settles(waiting, quietMs), false);
    await driver.publish([message(trial, { value: "awaited" })]);
    expectSame("poll ends", await settles(waiting, patienceMs), true);
    expectSame("came", textsOf(await waiting), ["awaited"]);
  },
);

const pollGivesUp = law(
  "poll-gives-up",
  "A poll that finds nothing resolves to none after `waitMs`.",
  async (trial) => {
    const driver = await trial.stage.open();
    const { patienceMs, quietMs, settles } = trial.subject;
    for (const waitMs of [0, quietMs]) {
      const waiting = driver.poll({ maxItems: 10, waitMs });
      expectSame("poll ends", await settles(waiting, patienceMs + waitMs), true);
      expectSame("came", textsOf(await waiting), []);
    }
  },
);

const abortPoll = law(
  "abort-poll",
  "A signal ends a poll that waits, with none; and no message is lost by it.",
  async (trial) => {
    const driver = await trial.stage.open();
    const { createAbort, patienceMs, settles } = trial.subject;
    const controller = createAbort();
    const waiting = driver.poll({ maxItems: 10, signal: controller.signal });
    controller.abort();
    expectSame("poll ends", await settles(waiting, patienceMs), true);
    expectSame("came", textsOf(await waiting), []);
    await driver.publish([message(trial, { value: "after" })]);
    const came = await gather(trial, driver, { count: 1, outcome: "ack" });
    expectSame("came to the next poll", textsOf(came), ["after"]);
    await expectNothing(trial, driver, "after that");
  },
);

export const waitingLaws: readonly Law[] = [pollWaits, pollGivesUp, abortPoll];
