/**
 * Goal: by transcript, strict replay goes entry by entry: what comes out of turn is a typed error that
 * names what was due, and events are passed where they stand, of whatever driver.
 * Method: a recorded conversation of two drivers; each call made at the wrong place.
 */
import { type Driver, MsgError } from "@reprise/msg-core";
import { checkAllUsed, recordingDriver, replayDriver } from "@reprise/msg-rr";
import { expect, test } from "vitest";
import { delivery, message, receiptAt, scriptedDriver } from "./scripted-driver.ts";
import { recorded, sessionOn } from "./sessions.ts";

const memory = (endpoint: string) => ({ kind: "memory", endpoint }) as const;

const tape = recorded(async (session) => {
  const [in_, out] = [scriptedDriver("in"), scriptedDriver("out")];
  const [consumer, producer] = [recordingDriver(in_, session), recordingDriver(out, session)];
  in_.polls.push([delivery("1")], []);
  out.publishes.push([receiptAt("9")]);
  const [one] = await consumer.poll({ maxItems: 1 });
  in_.tell({ type: "broker", name: "rebalanced", detail: "" });
  await producer.publish([message({ value: "done" })]);
  out.tell({ type: "broker", name: "reconnected", detail: "" });
  if (one !== undefined) await consumer.settle([{ delivery: one, outcome: "ack" }]);
  await consumer.poll({ maxItems: 1 });
});

async function replaying() {
  const session = sessionOn(await tape, { matchMode: "transcript" });
  const [consumer, producer] = ["in", "out"].map((name) => replayDriver(session, memory(name)));
  if (consumer === undefined || producer === undefined) throw new Error("there are two");
  return { session, consumer, producer };
}

const ack = (driver: Driver) => driver.settle([{ delivery: delivery("1"), outcome: "ack" }]);

test("the same calls in the same order pass, events where they were", async () => {
  const { session, consumer, producer } = await replaying();
  const seen: string[] = [];
  for (const [name, driver] of Object.entries({ consumer, producer })) {
    driver.observe((event) =>
      seen.push(`${name} ${event.type === "broker" ? event.name : event.type}`),
    );
  }
  await consumer.poll({ maxItems: 1 });
  await producer.publish([message({ value: "done" })]);
  await ack(consumer);
  expect(await consumer.poll({ maxItems: 1 })).toEqual([]);
  checkAllUsed(session);
  expect(seen).toEqual([
    "consumer delivered",
    "consumer rebalanced",
    "producer published",
    "producer reconnected",
    "consumer settled",
  ]);
});

test("events of a driver that was never opened are passed over", async () => {
  const session = sessionOn(await tape, { matchMode: "transcript" });
  const consumer = replayDriver(session, memory("in"));
  await consumer.poll({ maxItems: 1 });
  // Entry 3 says that the other driver was opened.
  await expect(ack(consumer)).rejects.toThrow(/due {7}entry 4, .*: publish to t, key "k"/);
});

test.each<[string, (drivers: { consumer: Driver; producer: Driver }) => Promise<unknown>, string]>([
  [
    "a publish before the poll",
    ({ producer }) => producer.publish([message({ value: "done" })]),
    'delivery of t, key "k", to in',
  ],
  [
    "a settlement before the poll",
    ({ consumer }) => ack(consumer),
    'delivery of t, key "k", to in',
  ],
  [
    "a settlement before the publish",
    ({ consumer }) => consumer.poll({ maxItems: 1 }).then(() => ack(consumer)),
    'publish to t, key "k"',
  ],
  [
    "a poll before the publish",
    ({ consumer }) => consumer.poll({ maxItems: 1 }).then(() => consumer.poll({ maxItems: 1 })),
    'publish to t, key "k"',
  ],
])("%s names what was due", async (_, call, due) => {
  const { session, consumer, producer } = await replaying();
  let error: unknown;
  await call({ consumer, producer }).catch((thrown: unknown) => {
    error = thrown;
  });
  expect(MsgError.is(error) && error.code).toBe("REPLAY_DIFFERS");
  expect(String(error)).toMatch(/order {5}transcript/);
  expect(String(error)).toContain(`: ${due}\n`);
  expect(() => checkAllUsed(session)).toThrow(error as Error);
});

test("past the end nothing is due", async () => {
  const { consumer, producer } = await replaying();
  await consumer.poll({ maxItems: 1 });
  await producer.publish([message({ value: "done" })]);
  await ack(consumer);
  await consumer.poll({ maxItems: 1 });
  await expect(producer.publish([message()])).rejects.toMatchObject({ code: "NO_MATCH" });
});
