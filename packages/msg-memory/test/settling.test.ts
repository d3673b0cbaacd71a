/**
 * Goal: a call of `settle` does all or nothing, its settlements one after another; a delivery that
 * was taken back is passed over.
 * Method: one partition, batches that contradict themselves.
 */
import type { Delivery, Driver, Outcome } from "@reprise/msg-core";
import { createMemoryBroker, openMemoryDriver } from "@reprise/msg-memory";
import { expect, test } from "vitest";
import { message, poll, settle, take, typesOf, values, watch } from "./exchange.ts";

/** A driver, and "0", "1", ... delivered by it from one partition. */
async function delivered(count: number): Promise<{ driver: Driver; held: readonly Delivery[] }> {
  const broker = createMemoryBroker({ partitions: 1 });
  const driver = openMemoryDriver({ endpoint: "lab", topics: ["orders"], broker });
  await driver.publish(Array.from({ length: count }, (_, index) => message(String(index))));
  return { driver, held: await poll(driver) };
}

const attempts = (deliveries: readonly Delivery[]): readonly number[] =>
  deliveries.map(({ attempt }) => attempt);

test("in one call, what is behind a retry is stale", async () => {
  const { driver, held } = await delivered(4);
  const events = watch(driver);
  const outcomes: readonly Outcome[] = ["ack", "retry", "ack", "reject"];
  await driver.settle(
    held.map((delivery, index) => ({ delivery, outcome: outcomes[index] ?? "ack" })),
  );
  expect(typesOf(events)).toEqual(["settled", "settled", "stale", "stale"]);
  const again = await poll(driver);
  expect(values(again)).toEqual(["1", "2", "3"]);
  expect(attempts(again)).toEqual([2, 2, 2]);
});

test("in one call, what was settled before a retry stays settled", async () => {
  const { driver, held } = await delivered(3);
  const [first, second, third] = held;
  if (first === undefined || second === undefined || third === undefined) return;
  await driver.settle([
    { delivery: third, outcome: "reject" },
    { delivery: second, outcome: "ack" },
    { delivery: first, outcome: "retry" },
  ]);
  expect(await take(driver)).toEqual(["0"]);
  expect(await take(driver)).toEqual([]);
});

test("retries from the last to the first all count", async () => {
  const { driver, held } = await delivered(3);
  const events = watch(driver);
  await settle(driver, "retry", ...[...held].reverse());
  expect(typesOf(events)).toEqual(["settled", "settled", "settled"]);
  const again = await poll(driver);
  expect([values(again), attempts(again)]).toEqual([
    ["0", "1", "2"],
    [2, 2, 2],
  ]);
});

test("a retry leaves what is before it delivered", async () => {
  const { driver, held } = await delivered(3);
  await settle(driver, "retry", held[1]);
  expect(values(await poll(driver))).toEqual(["1", "2"]);
  await settle(driver, "ack", held[0]);
});

test("every delivery counts, the ones taken back too", async () => {
  const { driver, held } = await delivered(2);
  let first = held[0];
  for (const attempt of [2, 3, 4]) {
    await settle(driver, "retry", first);
    const again = await poll(driver);
    expect(attempts(again)).toEqual([attempt, attempt]);
    first = again[0];
  }
  await settle(driver, "ack", first);
});

const outcomes: readonly Outcome[] = ["ack", "retry", "reject"];

test.each(outcomes)(
  "twice in one call: DELIVERY_UNKNOWN, and neither is done (%s)",
  async (outcome) => {
    const { driver, held } = await delivered(2);
    const events = watch(driver);
    const twice = [held[1], held[0], held[1]].flatMap((delivery) =>
      delivery === undefined ? [] : [{ delivery, outcome: "ack" as Outcome }],
    );
    twice[2] = { ...(twice[2] ?? { delivery: twice[0]?.delivery as Delivery }), outcome };
    await expect(driver.settle(twice)).rejects.toMatchObject({ code: "DELIVERY_UNKNOWN" });
    expect(typesOf(events)).toEqual([]);
    await settle(driver, "ack", ...held);
  },
);

const forgeries: readonly (readonly [string, Partial<Delivery>])[] = [
  ["a later position", { position: "1" }],
  ["an earlier one", { position: "-1" }],
  ["another spelling of the position", { position: "00" }],
  ["half a position", { position: "0.5" }],
  ["no position", { position: "" }],
  ["a position that is no number", { position: "NaN" }],
  ["another partition", { partition: 1 }],
  ["no partition", { partition: 0.5 }],
  ["a later attempt", { attempt: 2 }],
  ["an earlier attempt", { attempt: 0 }],
  ["another topic", { envelope: message("0", "", "invoices") }],
];

test.each(forgeries)("%s is DELIVERY_UNKNOWN", async (_, change) => {
  const { driver, held } = await delivered(1);
  const [real] = held;
  if (real === undefined) return;
  await expect(settle(driver, "ack", { ...real, ...change })).rejects.toMatchObject({
    code: "DELIVERY_UNKNOWN",
  });
  await settle(driver, "ack", real);
});

test("a driver that never polled knows no deliveries", async () => {
  const broker = createMemoryBroker();
  const profile = { endpoint: "lab", topics: ["orders"], broker };
  const [reader, other] = [openMemoryDriver(profile), openMemoryDriver(profile)];
  await reader.publish([message("0")]);
  const held = await poll(reader);
  await expect(settle(other, "ack", ...held)).rejects.toMatchObject({ code: "DELIVERY_UNKNOWN" });
  await settle(reader, "ack", ...held);
});

test("a stale delivery stays stale, however often it is settled", async () => {
  const { driver, held } = await delivered(2);
  const events = watch(driver);
  await settle(driver, "retry", held[0]);
  await settle(driver, "ack", held[1], held[1]);
  await take(driver);
  await settle(driver, "retry", held[1]);
  expect(typesOf(events).filter((type) => type === "stale")).toHaveLength(3);
  expect(await take(driver)).toEqual([]);
});

test("the reason and the handler's time are observed", async () => {
  const { driver, held } = await delivered(1);
  const events = watch(driver);
  const [delivery] = held;
  if (delivery === undefined) return;
  await driver.settle([{ delivery, outcome: "retry", reason: "later", latencyTicks: 7 }]);
  expect(events).toEqual([
    { type: "settled", delivery, outcome: "retry", reason: "later", latencyTicks: 7 },
  ]);
});
