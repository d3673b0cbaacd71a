/**
 * Goal: a handler that reaches for what its world does not reach ends the loop with the world's own
 * error; nothing is retried or rejected for it, and what is unsettled is the group's again.
 * Method: handlers on a driver of the shell that throw errors with the brand, and errors that look
 * like it.
 */
import { consume, type Handler } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { createFakeBroker, openFakeDriver } from "./fake-link.ts";

const encoder = new TextEncoder();
const brand = Symbol.for("@reprise/worlds/WorldError");

class WorldError extends Error {
  override readonly name: string = "WorldError";
  readonly code: string = "AMBIENT_REFUSED";
  constructor(message: string) {
    super(message);
    Object.defineProperty(this, brand, { value: true });
  }
}

async function stand() {
  const broker = createFakeBroker(["orders", "orders.dead-letter"]);
  const open = async () => {
    const driver = await openFakeDriver(broker);
    // Begins to consume.
    await driver.poll({ maxItems: 1, waitMs: 0 });
    return driver;
  };
  const driver = await open();
  const values = ["0", "1", "2"].map((value) => encoder.encode(value));
  await driver.publish(
    values.map((value) => ({ topic: "orders", key: value, value, headers: {} })),
  );
  return { driver, open };
}

const idle = { stopWhenIdle: true, waitMs: 0 } as const;

test.each<[string, (error: Error) => Handler]>([
  [
    "throws",
    (error) => () => {
      throw error;
    },
  ],
  ["rejects with", (error) => () => Promise.reject(error)],
])("a handler that %s a world's error ends the loop with it, at once", async (_, failing) => {
  const { driver, open } = await stand();
  const error = new WorldError("Date.now is not reached in world pure");
  let calls = 0;
  const handler: Handler = (delivery) => {
    calls += 1;
    return failing(error)(delivery);
  };
  const settled: string[] = [];
  driver.observe(({ type }) => {
    if (type === "settled") settled.push(type);
  });
  // Even where the next failure would reject the message.
  await expect(consume(driver, handler, { ...idle, maxAttempts: 1 })).rejects.toBe(error);
  expect([calls, settled]).toEqual([1, []]);
  await driver.close();
  // All are there again, for the program when it is mended.
  expect(await consume(await open(), () => undefined, idle)).toMatchObject({ acked: 3 });
});

test.each<[string, unknown]>([
  ["of the same name and code", Object.assign(new Error("no"), { code: "AMBIENT_REFUSED" })],
  ["with a symbol of that description", { [Symbol("@reprise/worlds/WorldError")]: true }],
  ["that is only caused by one", new Error("no", { cause: new WorldError("no") })],
  ["that is no object", "@reprise/worlds/WorldError"],
  ["that is null", null],
])("one %s is a failure like any other: retried, then rejected", async (_, thrown) => {
  const { driver } = await stand();
  const summary = await consume(driver, () => Promise.reject(thrown), { ...idle, maxAttempts: 2 });
  expect(summary).toMatchObject({ retried: 3, rejected: 3, ended: "idle" });
  await driver.close();
});
