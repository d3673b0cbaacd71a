/**
 * Goal: a poll gives what there is, or waits for it, and always ends once; the seed chooses the
 * interleaving.
 * Method: a timer that is run by hand; observers that call back at the worst moment.
 */
import type { Driver } from "@reprise/msg-core";
import type { Timer } from "@reprise/msg-core/driver";
import { createMemoryBroker, openMemoryDriver } from "@reprise/msg-memory";
import { expect, test } from "vitest";
import { message, poll, settle, stateOf, take, values } from "./exchange.ts";

const open = (timer?: Timer): Driver =>
  openMemoryDriver({
    endpoint: "lab",
    topics: ["orders"],
    ...(timer === undefined ? {} : { timer }),
  });

/** A timer that goes off when it is told to. */
function manualTimer() {
  const started: { ms: number; elapsed: () => void; stopped: boolean }[] = [];
  const timer: Timer = (ms, elapsed) => {
    const one = { ms, elapsed, stopped: false };
    started.push(one);
    return () => {
      one.stopped = true;
    };
  };
  return { timer, started };
}

test("without a timer a wait that finds nothing is over at once", async () => {
  expect(await open().poll({ maxItems: 1, waitMs: 1_000_000 })).toEqual([]);
});

test("with a timer a poll waits until it goes off", async () => {
  const { timer, started } = manualTimer();
  const driver = open(timer);
  const waiting = driver.poll({ maxItems: 1, waitMs: 250 });
  expect(await stateOf(waiting)).toBe("waiting");
  expect(started).toMatchObject([{ ms: 250, stopped: false }]);
  started[0]?.elapsed();
  expect(await waiting).toEqual([]);
  // It comes too late to hurt.
  await driver.publish([message("0")]);
  started[0]?.elapsed();
  expect(await take(driver)).toEqual(["0"]);
});

test("a timer is stopped when a message, the signal or close comes first; none is started for 0", async () => {
  const { timer, started } = manualTimer();
  const driver = open(timer);
  const controller = new AbortController();
  expect(await driver.poll({ maxItems: 1, waitMs: 0 })).toEqual([]);
  const first = driver.poll({ maxItems: 1, waitMs: 1 });
  await driver.publish([message("0")]);
  expect(values(await first)).toEqual(["0"]);
  const second = driver.poll({ maxItems: 1, waitMs: 2, signal: controller.signal });
  const third = driver.poll({ maxItems: 1, waitMs: 3 });
  await Promise.resolve();
  controller.abort();
  await driver.close();
  expect([await second, await third]).toEqual([[], []]);
  expect(started.map(({ ms, stopped }) => [ms, stopped])).toEqual(
    [1, 2, 3].map((ms) => [ms, true]),
  );
});

test("a timer that goes off at once ends the poll", async () => {
  const driver = open((_, elapsed) => {
    elapsed();
    return () => undefined;
  });
  expect(await driver.poll({ maxItems: 1, waitMs: 5 })).toEqual([]);
});

test("polls that wait are served in the order in which they came", async () => {
  const driver = open();
  const waiting = [1, 2, 10].map((maxItems) => driver.poll({ maxItems }));
  await driver.publish(Array.from({ length: 5 }, (_, index) => message(String(index), "key")));
  const came = await Promise.all(waiting);
  expect(came.map(values)).toEqual([["0"], ["1", "2"], ["3", "4"]]);
});

test("a retry wakes a poll of the same driver", async () => {
  const driver = open();
  await driver.publish([message("0")]);
  const held = await poll(driver);
  const waiting = driver.poll({ maxItems: 1 });
  await settle(driver, "retry", ...held);
  expect((await waiting).map(({ attempt }) => attempt)).toEqual([2]);
});

test("a signal that is aborted already gets nothing, though there is something", async () => {
  const driver = open();
  await driver.publish([message("0")]);
  const { signal } = { signal: AbortSignal.abort() };
  expect(await driver.poll({ maxItems: 1, signal })).toEqual([]);
  expect(await take(driver)).toEqual(["0"]);
});

test("requests out of range", async () => {
  const driver = open();
  const refused = [
    { maxItems: 0 },
    { maxItems: 10_001 },
    { maxItems: 1.5 },
    { maxItems: 1, waitMs: -1 },
    { maxItems: 1, waitMs: 2 ** 31 },
    { maxItems: 1, waitMs: Number.NaN },
  ];
  for (const request of refused) {
    await expect(driver.poll(request)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  }
  await expect(poll(openMemoryDriver({ endpoint: "writer" }))).rejects.toMatchObject({
    code: "TOPIC_UNKNOWN",
  });
});

test("there is an end to the polls that may wait", async () => {
  const driver = open();
  const waiting = Array.from({ length: 1000 }, () => driver.poll({ maxItems: 1 }));
  await expect(driver.poll({ maxItems: 1 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  await driver.close();
  expect((await Promise.all(waiting)).flat()).toEqual([]);
});

test("an observer that publishes while a delivery is observed loses nothing", async () => {
  const driver = open();
  let more = 3;
  driver.observe(({ type }) => {
    if (type !== "delivered" || more === 0) return;
    more -= 1;
    void driver.publish([message(`more ${more}`, "key")]);
  });
  const waiting = driver.poll({ maxItems: 1 });
  await driver.publish([message("first", "key")]);
  const came = [...values(await waiting)];
  for (let time = 0; time < 3; time++) came.push(...(await take(driver)));
  expect(came).toEqual(["first", "more 2", "more 1", "more 0"]);
});

test("an observer may abort the very poll that is being served", async () => {
  const driver = open();
  const controller = new AbortController();
  driver.observe(({ type }) => {
    if (type === "delivered") controller.abort();
  });
  const waiting = driver.poll({ maxItems: 1, signal: controller.signal });
  await driver.publish([message("0")]);
  expect(values(await waiting)).toEqual(["0"]);
});

test("an observer may close the driver while it joins: the poll ends with none", async () => {
  const driver = open();
  driver.observe(({ type }) => {
    if (type === "broker") void driver.close();
  });
  expect(await driver.poll({ maxItems: 1 })).toEqual([]);
  await expect(poll(driver)).rejects.toMatchObject({ code: "CLOSED" });
});

/** Eight messages of each of eight partitions, as one driver gets them: "<partition>.<number>". */
async function interleaving(seed?: number): Promise<readonly string[]> {
  const broker = createMemoryBroker({ partitions: 8, ...(seed === undefined ? {} : { seed }) });
  const driver = openMemoryDriver({ endpoint: "lab", topics: ["orders"], broker });
  await driver.publish(Array.from({ length: 64 }, (_, index) => message(String(index))));
  const came: string[] = [];
  while (came.length < 64) {
    const batch = await poll(driver, 10);
    came.push(...batch.map(({ partition, position }) => `${partition}.${position}`));
  }
  return came;
}

test("the same seed is the same interleaving, and 0 is the default", async () => {
  for (const seed of [0, 1, -1, 2 ** 32 - 1]) {
    expect(await interleaving(seed)).toEqual(await interleaving(seed));
  }
  expect(await interleaving()).toEqual(await interleaving(0));
});

test("a hundred seeds are a hundred interleavings, each in order within its partitions", async () => {
  const seen = new Set<string>();
  const firsts = new Set<string | undefined>();
  for (let seed = 0; seed < 100; seed++) {
    const came = await interleaving(seed);
    seen.add(came.join(" "));
    firsts.add(came[0]);
    for (let partition = 0; partition < 8; partition++) {
      const own = came.filter((place) => place.startsWith(`${partition}.`));
      expect(own).toEqual(Array.from({ length: 8 }, (_, index) => `${partition}.${index}`));
    }
  }
  expect(seen.size).toBe(100);
  expect(firsts.size).toBe(8);
});
