/**
 * Goal: calls that overlapped when they were recorded end in the same order when they are replayed,
 * and what waited for the program waits for it again; nothing waits beyond a close or the scope.
 * Method: a scripted driver whose calls are held open; the ends are written down as they come.
 */
import type { Driver } from "@reprise/msg-core";
import { MsgError } from "@reprise/msg-core";
import {
  checkAllUsed,
  type MemoryStore,
  recordingDriver,
  replayDriver,
  type Session,
} from "@reprise/msg-rr";
import { expect, test } from "vitest";
import { deferred, delivery, message, receiptAt, scriptedDriver } from "./scripted-driver.ts";
import { type Options, recorded, sessionOn } from "./sessions.ts";

const options = { kind: "memory", endpoint: "e" } as const;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const text = (driver: Driver, value: string) => driver.publish([message({ value })]);

function replaying(store: MemoryStore, more: Options = {}): { session: Session; driver: Driver } {
  const session = sessionOn(store, more);
  return { session, driver: replayDriver(session, options) };
}

/** Ends as they come. */
function endsOf(calls: Readonly<Record<string, Promise<unknown>>>): string[] {
  const ends: string[] = [];
  for (const [name, call] of Object.entries(calls)) {
    call.then(
      () => ends.push(name),
      (error: unknown) => ends.push(`${name} ${MsgError.is(error) ? error.code : String(error)}`),
    );
  }
  return ends;
}

/** Two publishes of one key, of which the later one ended first. */
const crossed = () =>
  recorded(async (session) => {
    const script = scriptedDriver();
    const driver = recordingDriver(script, session);
    const slow = deferred<[ReturnType<typeof receiptAt>]>();
    script.publishes.push(slow.promise, [receiptAt("2")], [receiptAt("3")]);
    const first = text(driver, "1");
    await text(driver, "2");
    slow.resolve([receiptAt("1")]);
    await first;
    await text(driver, "3");
  });

test.each(["exact", "per-key", "any"] as const)(
  "publishes keep the order of their calls, and their ends the order of theirs (%s)",
  async (order) => {
    const { session, driver } = replaying(await crossed(), { matching: { order, volatile: [] } });
    const [first, second] = [text(driver, "1"), text(driver, "2")];
    const ends = endsOf({ first, second });
    expect(await first).toEqual([receiptAt("1")]);
    expect(await second).toEqual([receiptAt("2")]);
    await turn();
    expect(ends).toEqual(["second", "first"]);
    expect(await text(driver, "3")).toEqual([receiptAt("3")]);
    checkAllUsed(session);
  },
);

test("publishes in another order of calls are refused", async () => {
  const { driver } = replaying(await crossed());
  await expect(text(driver, "2")).rejects.toMatchObject({
    code: "REPLAY_DIFFERS",
    message: expect.stringContaining("the order differs"),
  });
});

test("many overlapping publishes, ended in any order, replay in the order of their calls", async () => {
  const count = 24;
  for (let seed = 1; seed <= 20; seed++) {
    const store = await recorded(async (session) => {
      const script = scriptedDriver();
      const driver = recordingDriver(script, session);
      const held = Array.from({ length: count }, () => deferred<[ReturnType<typeof receiptAt>]>());
      script.publishes.push(...held.map(({ promise }) => promise));
      const calls = held.map((_, index) => text(driver, String(index)));
      // A permutation: 7 and 11 have no factor in common with 24 or each other.
      for (let step = 0; step < count; step++) {
        const index = (step * (seed % 2 === 0 ? 7 : 11) + seed) % count;
        held[index]?.resolve([receiptAt(String(index))]);
        await calls[index];
      }
    });
    const { session, driver } = replaying(store, { matching: { order: "exact", volatile: [] } });
    const calls = Array.from({ length: count }, (_, index) => text(driver, String(index)));
    const receipts = await Promise.all(calls);
    expect(
      receipts.map(([one]) => one?.position),
      `seed ${seed}`,
    ).toEqual(Array.from({ length: count }, (_, index) => String(index)));
    checkAllUsed(session);
  }
});

test("a poll that waited for a publish waits for it again, in another driver too", async () => {
  const store = await recorded(async (session) => {
    const [consumer, producer] = [scriptedDriver("e"), scriptedDriver("p")];
    const waiting = deferred<[ReturnType<typeof delivery>]>();
    consumer.polls.push(waiting.promise);
    producer.publishes.push([receiptAt("1")]);
    const poll = recordingDriver(consumer, session).poll({ maxItems: 1 });
    const publish = text(recordingDriver(producer, session), "x");
    waiting.resolve([delivery("1")]);
    await Promise.all([poll, publish]);
  });
  const { session, driver } = replaying(store);
  const producer = replayDriver(session, { ...options, endpoint: "p" });
  const poll = driver.poll({ maxItems: 1 });
  const ends = endsOf({ poll });
  await turn();
  expect(ends).toEqual([]);
  await text(producer, "x");
  expect((await poll)[0]?.position).toBe("1");
  checkAllUsed(session);
});

/** Two polls at once: the later one asks for more, and ends first. */
const twoPolls = () =>
  recorded(async (session) => {
    const script = scriptedDriver();
    const driver = recordingDriver(script, session);
    const [small, large] = [deferred<[ReturnType<typeof delivery>]>(), deferred<never>()];
    script.polls.push(small.promise, large.promise);
    const first = driver.poll({ maxItems: 1 });
    const second = driver.poll({ maxItems: 9 });
    large.resolve([delivery("1"), delivery("2"), delivery("3")] as unknown as never);
    await second;
    small.resolve([delivery("4")]);
    await first;
  });

test("polls at once each get their own batch", async () => {
  const { session, driver } = replaying(await twoPolls());
  const [first, second] = [driver.poll({ maxItems: 1 }), driver.poll({ maxItems: 9 })];
  const ends = endsOf({ first, second });
  expect((await first).map(({ position }) => position)).toEqual(["4"]);
  expect((await second).map(({ position }) => position)).toEqual(["1", "2", "3"]);
  await turn();
  expect(ends).toEqual(["second", "first"]);
  checkAllUsed(session);
});

test("a poll that the program calls off before its turn leaves its batch to the next", async () => {
  const { driver } = replaying(await twoPolls());
  const controller = new AbortController();
  const first = driver.poll({ maxItems: 1, signal: controller.signal });
  controller.abort();
  expect(await first).toEqual([]);
  expect(await driver.poll({ maxItems: 9 })).toHaveLength(3);
  expect(await driver.poll({ maxItems: 9 })).toHaveLength(1);
});

test("what its signal ended waits for its signal; without one it is refused", async () => {
  const store = await recorded(async (session) => {
    const script = scriptedDriver();
    const driver = recordingDriver(script, session);
    const controller = new AbortController();
    const { signal } = controller;
    const [poll, publish] = [deferred<[]>(), deferred<never>()];
    script.polls.push(poll.promise);
    script.publishes.push(publish.promise);
    const polling = driver.poll({ maxItems: 1, signal });
    controller.abort();
    poll.resolve([]);
    await polling;
    const publishing = driver.publish([message()], { signal });
    publish.reject(new MsgError("ABORTED", "stopped"));
    await publishing.catch(() => undefined);
  });
  const { session, driver } = replaying(store);
  const [one, two] = [new AbortController(), new AbortController()];
  const poll = driver.poll({ maxItems: 1, signal: one.signal });
  const ends = endsOf({ poll });
  await turn();
  expect(ends).toEqual([]);
  one.abort();
  expect(await poll).toEqual([]);
  const publish = driver.publish([message()], { signal: two.signal });
  const publishEnds = endsOf({ publish });
  await turn();
  expect(publishEnds).toEqual([]);
  two.abort();
  await expect(publish).rejects.toMatchObject({ code: "ABORTED", message: "stopped" });
  checkAllUsed(session);
  await expect(replaying(store).driver.poll({ maxItems: 1 })).rejects.toMatchObject({
    code: "REPLAY_DIFFERS",
  });
});

test("what a close ended waits for the close", async () => {
  const store = await recorded(async (session) => {
    const script = scriptedDriver();
    const driver = recordingDriver(script, session);
    const [poll, publish] = [deferred<[]>(), deferred<never>()];
    script.polls.push(poll.promise);
    script.publishes.push(publish.promise);
    const calls = [driver.poll({ maxItems: 1 }), driver.publish([message()])];
    const closing = driver.close();
    publish.reject(new MsgError("CLOSED", "closed"));
    poll.resolve([]);
    await Promise.allSettled([...calls, closing]);
  });
  const { session, driver } = replaying(store);
  const [poll, publish] = [driver.poll({ maxItems: 1 }), driver.publish([message()])];
  const ends = endsOf({ poll, publish });
  await turn();
  expect(ends).toEqual([]);
  await driver.close();
  await turn();
  expect(ends.sort()).toEqual(["poll", "publish CLOSED"]);
  checkAllUsed(session);
});

test("the end of the scope ends what waits", async () => {
  const { session, driver } = replaying(await crossed());
  const alone = text(driver, "1");
  const held = replaying(await twoPolls());
  const poll = held.driver.poll({ maxItems: 1 });
  const ends = endsOf({ alone, poll });
  await turn();
  expect(ends).toEqual([]);
  session.close();
  held.session.close();
  await turn();
  expect(ends.sort()).toEqual(["alone SESSION_CLOSED", "poll SESSION_CLOSED"]);
});

test("a close ends what waits for its turn", async () => {
  const { driver } = replaying(await crossed());
  const publish = text(driver, "1");
  const held = replaying(await twoPolls());
  const poll = held.driver.poll({ maxItems: 1 });
  const ends = endsOf({ publish, poll });
  await driver.close();
  await held.driver.close();
  await turn();
  expect(ends).toEqual(["publish CLOSED", "poll"]);
});
