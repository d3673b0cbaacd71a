/** Laws of observing: every event once, and no observer can do harm. */
import type { DriverEvent } from "@reprise/msg-core";
import {
  eventsOf,
  gather,
  gatherAll,
  message,
  numbered,
  settleAll,
  textsOf,
  watch,
} from "../exchange.js";
import { expectCode, expectSame, expectThat, type Law, law } from "../law.js";

const observed = law(
  "observed",
  "Every observer sees each publish, delivery and settlement once, with what belongs to it.",
  async (trial) => {
    const driver = await trial.stage.open();
    const watches = [watch(driver), watch(driver)];
    const receipts = await driver.publish(numbered(trial, 2));
    const [first, second] = await gatherAll(trial, driver, { count: 2 });
    if (first === undefined || second === undefined) return;
    await driver.settle([{ delivery: first, outcome: "ack", latencyTicks: 12 }]);
    await driver.settle([{ delivery: second, outcome: "reject", reason: "why" }]);
    for (const events of watches) {
      const published = eventsOf(events, "published");
      const told = published.map(({ receipt }) => receipt);
      expectSame("published", told, receipts);
      const delivered = eventsOf(events, "delivered").map(({ delivery }) => delivery);
      expectSame("delivered", textsOf(delivered), ["0", "1"]);
      const settled = eventsOf(events, "settled").map(
        ({ delivery: { position }, outcome, reason, latencyTicks }) => ({
          position,
          outcome,
          reason,
          latencyTicks,
        }),
      );
      expectSame("settled", settled, [
        { position: first.position, outcome: "ack", reason: undefined, latencyTicks: 12 },
        { position: second.position, outcome: "reject", reason: "why", latencyTicks: undefined },
      ]);
      expectSame(
        "refused and stale",
        [...eventsOf(events, "refused"), ...eventsOf(events, "stale")],
        [],
      );
    }
  },
);

const observedRefusal = law(
  "observed-refusal",
  "Every message of a publish that is refused is observed as refused, once, with the error.",
  async (trial) => {
    const driver = await trial.stage.open();
    const events = watch(driver);
    const controller = trial.subject.createAbort();
    controller.abort();
    const { signal } = controller;
    const refusal = await expectCode("publish", "ABORTED", () =>
      driver.publish([message(trial, {}), message(trial, {})], { signal }),
    );
    const refused = eventsOf(events, "refused");
    expectSame(
      "refused",
      refused.map(({ error }) => error.code),
      [refusal.code, refusal.code],
    );
    expectSame("published", eventsOf(events, "published").length, 0);
  },
);

const observedCalls = law(
  "observed-calls",
  "Of a driver that tells of its calls, observers hear of each once, behind its messages: how many, how long, and the error that it rejected with.",
  async (trial) => {
    const driver = await trial.stage.open();
    const events = watch(driver);
    const expected = ["publish 3"];
    await driver.publish(numbered(trial, 3));
    let came = 0;
    while (came < 3) {
      const batch = await driver.poll({ maxItems: 3 - came, waitMs: trial.subject.patienceMs });
      expected.push(`poll ${batch.length}`);
      if (batch.length === 0) break;
      came += batch.length;
      await settleAll(driver, batch, "ack");
      expected.push(`settle ${batch.length}`);
    }
    expectSame("deliveries", came, 3);
    const controller = trial.subject.createAbort();
    controller.abort();
    const { signal } = controller;
    await expectCode("publish", "ABORTED", () => driver.publish([message(trial, {})], { signal }));
    const told = eventsOf(events, "operation");
    if (told.length === 0) return;
    const types = events.map(({ type }) => type);
    // The first call was to publish.
    expectThat(
      "behind its messages",
      types.indexOf("operation") > types.lastIndexOf("published"),
      types,
    );
    expectSame(
      "calls",
      told.map(({ name, count, error }) => `${name} ${count}${error ? ` ${error.code}` : ""}`),
      [...expected, "publish 1 ABORTED"],
    );
    for (const { durationTicks } of told) {
      expectThat("whole ticks", Number.isInteger(durationTicks) && durationTicks >= 0, told);
    }
  },
);

const observedRevoked = law(
  "observed-revoked",
  "Of a driver that tells what is taken back, observers hear of each unsettled delivery, once.",
  async (trial) => {
    const driver = await trial.stage.open();
    const events = watch(driver);
    await driver.publish(numbered(trial, 3));
    const [first, ...held] = await gatherAll(trial, driver, { count: 3 });
    if (first === undefined) return;
    await settleAll(driver, [first], "ack");
    await driver.close();
    const revoked = eventsOf(events, "revoked").map(({ delivery }) => delivery);
    if (revoked.length > 0) expectSame("taken back", textsOf(revoked), textsOf(held));
  },
);

const observerStops = law(
  "observer-stops",
  "An observer that is taken off hears nothing more, and the others still do.",
  async (trial) => {
    const driver = await trial.stage.open();
    const heard: DriverEvent[] = [];
    const stop = driver.observe((event) => {
      heard.push(event);
    });
    const others = watch(driver);
    stop();
    await driver.publish([message(trial, {})]);
    expectSame("heard", heard.length, 0);
    expectSame("heard by another", eventsOf(others, "published").length, 1);
  },
);

const observerThrows = law(
  "observer-throws",
  "An observer that throws loses no message and is told of by `close`, once: OBSERVER_FAILED.",
  async (trial) => {
    const driver = await trial.stage.open();
    let calls = 0;
    driver.observe(() => {
      calls += 1;
      throw new Error("a broken gauge");
    });
    const others = watch(driver);
    await driver.publish(numbered(trial, 3));
    const came = await gather(trial, driver, { count: 3, outcome: "ack" });
    expectSame("came", textsOf(came), ["0", "1", "2"]);
    expectThat("it was dropped", calls === 1, { calls });
    expectSame("heard by another", eventsOf(others, "settled").length, 3);
    await expectCode("close", "OBSERVER_FAILED", () => driver.close());
    await driver.close();
  },
);

const identity = law(
  "identity",
  "A driver says what it is: its kind, its endpoint of 1 to 128 characters, what it can and cannot.",
  async (trial) => {
    const { kind, endpoint, capabilities } = await trial.stage.open();
    expectThat("kind", ["kafka", "amqp", "redis", "memory"].includes(kind), { kind });
    expectThat("endpoint", endpoint.length >= 1 && endpoint.length <= 128, { endpoint });
    const { orderPerKey, orderAfterRetry, countsAttempts, durable } = capabilities;
    const said = [orderPerKey, orderAfterRetry, countsAttempts, durable];
    expectSame(
      "capabilities are said",
      said.map((value) => typeof value),
      Array(4).fill("boolean"),
    );
  },
);

export const observingLaws: readonly Law[] = [
  observed,
  observedRefusal,
  observedCalls,
  observedRevoked,
  observerStops,
  observerThrows,
  identity,
];
