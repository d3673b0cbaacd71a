/** Laws of publishing: limits are told before anything is sent, and a full broker makes one wait. */
import type { Driver, Envelope, MsgErrorCode } from "@reprise/msg-core";
import {
  encodeText,
  expectNothing,
  gather,
  gatherAll,
  message,
  numbered,
  settleAll,
  textsOf,
} from "../exchange.js";
import { expectCode, expectSame, type Law, law, type Trial } from "../law.js";

/** Where a driver names no limit, so much goes through. */
const unlimitedBatch = 2000;
const unlimitedValueSize = 2 ** 18;

/** `batch` is refused with `code`, and none of it is sent. */
async function expectRefused(
  trial: Trial,
  { driver, batch, code }: { driver: Driver; batch: readonly Envelope[]; code: MsgErrorCode },
): Promise<void> {
  await expectCode("publish", code, () => driver.publish(batch));
  await expectNothing(trial, driver, `after ${code}`);
}

const limitBatch = law(
  "limit-batch",
  "A batch as long as the limit goes; one longer is LIMIT_EXCEEDED, and none of it is sent.",
  async (trial) => {
    const driver = await trial.stage.open();
    const limit = trial.subject.limits.batchSizeMax;
    const count = limit === "none" ? unlimitedBatch : limit;
    await driver.publish(numbered(trial, count, 50));
    await gatherAll(trial, driver, { count, outcome: "ack" });
    if (limit === "none") return;
    const batch = numbered(trial, count + 1, 50);
    await expectRefused(trial, { driver, batch, code: "LIMIT_EXCEEDED" });
  },
);

const limitValue = law(
  "limit-value",
  "A value as long as the limit goes; one longer is VALUE_TOO_LONG, and none of its batch is sent.",
  async (trial) => {
    const driver = await trial.stage.open();
    const limit = trial.subject.limits.valueSizeMax;
    const size = limit === "none" ? unlimitedValueSize : limit;
    const longest = message(trial, { value: new Uint8Array(size).fill(0x61) });
    await driver.publish([longest]);
    const [came] = await gatherAll(trial, driver, { count: 1, outcome: "ack" });
    expectSame("size", came?.envelope.value.length, size);
    if (limit === "none") return;
    const longer = message(trial, { value: new Uint8Array(size + 1) });
    const batch = [message(trial, { value: "fits" }), longer];
    await expectRefused(trial, { driver, batch, code: "VALUE_TOO_LONG" });
  },
);

const limitTopic = law(
  "limit-topic",
  "A topic the broker does not have is TOPIC_UNKNOWN, and none of the batch is sent.",
  async (trial) => {
    const driver = await trial.stage.open();
    const { topic, unknownTopic } = trial.stage;
    if (unknownTopic === undefined) {
      const receipts = await driver.publish([{ ...message(trial, {}), topic: `${topic}.made` }]);
      expectSame("receipts", receipts.length, 1);
      return;
    }
    const batch = [message(trial, {}), { ...message(trial, {}), topic: unknownTopic }];
    await expectRefused(trial, { driver, batch, code: "TOPIC_UNKNOWN" });
  },
);

const limitHeaders = law(
  "limit-headers",
  "A header name that is not ASCII, or a value with half a character, is refused, and none is sent.",
  async (trial) => {
    const driver = await trial.stage.open();
    const fine = message(trial, {});
    const badName = message(trial, { headers: { ключ: "value" } });
    const badValue = message(trial, { headers: { name: "\ud83c" } });
    const code = "HEADER_VALUE_INVALID";
    await expectRefused(trial, { driver, batch: [fine, badName], code: "HEADER_NAME_INVALID" });
    await expectRefused(trial, { driver, batch: [fine, badValue], code });
  },
);

const limitPoll = law(
  "limit-poll",
  "A poll for less than one message is LIMIT_EXCEEDED.",
  async (trial) => {
    const driver = await trial.stage.open();
    for (const maxItems of [0, -1, 0.5, Number.NaN]) {
      await expectCode(`poll for ${maxItems}`, "LIMIT_EXCEEDED", () =>
        driver.poll({ maxItems, waitMs: 0 }),
      );
    }
  },
);

const emptyCalls = law(
  "empty-calls",
  "Publishing nothing gives no receipts; settling nothing is fine.",
  async (trial) => {
    const driver = await trial.stage.open();
    expectSame("receipts", await driver.publish([]), []);
    expectSame("settle", await driver.settle([]), undefined);
    await expectNothing(trial, driver, "after nothing");
  },
);

const backpressure = law(
  "backpressure",
  "When the broker is full, `publish` waits until there is room; where it has no bound, it does not.",
  async (trial) => {
    const driver = await trial.stage.open();
    const { patienceMs, quietMs, settles } = trial.subject;
    const held = await fill(trial, driver);
    const waiting = driver.publish([message(trial, { value: "one more" })]);
    if (held === 0) {
      expectSame("publish", await settles(waiting, patienceMs), true);
      return;
    }
    expectSame("publish ends while full", await settles(waiting, quietMs), false);
    await gatherAll(trial, driver, { count: held, outcome: "ack" });
    expectSame("publish ends with room", await settles(waiting, patienceMs), true);
    expectSame("receipts", (await waiting).length, 1);
    const came = await gather(trial, driver, { count: 1, outcome: "ack" });
    expectSame("came", textsOf(came), ["one more"]);
  },
);

/** Fills the broker with messages of one key, and says how many; 0 where it has no bound. */
async function fill(trial: Trial, driver: Driver): Promise<number> {
  const { roomMax, batchSizeMax } = trial.subject.limits;
  const room = roomMax === "none" ? unlimitedBatch : roomMax;
  const batch = batchSizeMax === "none" ? 1000 : Math.min(batchSizeMax, 1000);
  for (let count = 0; count < room; count += batch) {
    await driver.publish(numbered(trial, Math.min(batch, room - count)));
  }
  return roomMax === "none" ? 0 : room;
}

const abortPublish = law(
  "abort-publish",
  "A signal ends a publish with ABORTED before it is sent: at once, or while it waits for room.",
  async (trial) => {
    const driver = await trial.stage.open();
    const { createAbort, quietMs, settles } = trial.subject;
    const now = createAbort();
    now.abort();
    await expectCode("publish with an aborted signal", "ABORTED", () =>
      driver.publish([message(trial, { value: "aborted" })], { signal: now.signal }),
    );
    await expectNothing(trial, driver, "after ABORTED");
    const held = await fill(trial, driver);
    if (held === 0) return;
    const later = createAbort();
    const batch = [message(trial, { value: "aborted" })];
    const waiting = driver.publish(batch, { signal: later.signal });
    expectSame("publish ends while full", await settles(waiting, quietMs), false);
    later.abort();
    await expectCode("publish", "ABORTED", () => waiting);
    await gatherAll(trial, driver, { count: held, outcome: "ack" });
    await expectNothing(trial, driver, "after the room came");
  },
);

const closeEndsPublish = law(
  "close-ends-publish",
  "A publish that waits for room rejects with CLOSED when its driver is closed.",
  async (trial) => {
    const driver = await trial.stage.open();
    const held = await fill(trial, driver);
    const waiting = driver.publish([{ ...message(trial, {}), value: encodeText("late") }]);
    if (held === 0) {
      await waiting;
      return;
    }
    const ended = expectCode("publish", "CLOSED", () => waiting);
    await driver.close();
    await ended;
    const heir = await trial.stage.open();
    const came = await gather(trial, heir, { count: held });
    expectSame("came to the next", came.length, held);
    await settleAll(heir, came, "ack");
    await expectNothing(trial, heir, "after what was published");
  },
);

export const publishingLaws: readonly Law[] = [
  limitBatch,
  limitValue,
  limitTopic,
  limitHeaders,
  limitPoll,
  emptyCalls,
  backpressure,
  abortPublish,
  closeEndsPublish,
];
