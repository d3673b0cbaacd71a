/**
 * Goal: what the laws do not ask of the shell: outcomes of each message, room, health, a link that
 * fails, and a close that nothing can hold up.
 * Method: a link that breaks at one call; time is a list of timers that the test fires.
 */
import { type Envelope, isLive, MsgError, type Receipt } from "@reprise/msg-core";
import type { LinkContext } from "@reprise/msg-core/driver";
import { describe, expect, test } from "vitest";
import { createFakeBroker, fakeOptions, openFakeDriver, type Stored } from "./fake-link.ts";

const encoder = new TextEncoder();
const order = (value: string): Envelope => ({
  topic: "orders",
  key: encoder.encode("k"),
  value: encoder.encode(value),
  headers: {},
});
const broker = () => createFakeBroker(["orders", "orders.dead-letter"]);
const never = (): Promise<never> => new Promise(() => {});
const code = (expected: string) => expect.objectContaining({ code: expected });
const receipt: Receipt = { partition: 0, position: "1" };
const lost = new MsgError("CONNECTION_LOST", "cut");

/** A clock and timers that stand still until told. */
function manualTime() {
  let time = 0;
  const timers = new Map<() => void, number>();
  return {
    timers,
    ports: {
      timer: (ms: number, elapsed: () => void) => {
        timers.set(elapsed, time + ms);
        return () => timers.delete(elapsed);
      },
      now: () => time,
    },
    async pass(ms: number) {
      time += ms;
      for (const [elapsed, at] of timers) {
        if (at <= time && timers.delete(elapsed)) elapsed();
      }
      await new Promise(setImmediate);
    },
  };
}

/** The recorded ones. */
function eventsOf(driver: Awaited<ReturnType<typeof openFakeDriver>>): string[] {
  const events: string[] = [];
  driver.observe((event) => {
    if (isLive(event)) return;
    events.push(event.type === "broker" ? `${event.name}: ${event.detail}` : event.type);
  });
  return events;
}

describe("what became of a batch", () => {
  test("some safe, some not: PUBLISH_INCOMPLETE has an outcome for each, and each is observed", async () => {
    const send = async () => [receipt, lost, receipt];
    const driver = await openFakeDriver(broker(), { faults: { send } });
    const events = eventsOf(driver);
    const batch = [order("0"), order("1"), order("2")];
    const error = await driver.publish(batch).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "PUBLISH_INCOMPLETE", retryable: true });
    expect((error as MsgError).details.outcomes).toEqual([receipt, lost, receipt]);
    expect((error as MsgError).message).toBe(
      "2 of 3 messages are safe; the first that is not: CONNECTION_LOST: cut",
    );
    expect(events).toEqual(["published", "refused", "published"]);
    await driver.close();
  });

  test("none safe for one reason: that reason", async () => {
    const send = async (batch: readonly Envelope[]) => batch.map(() => lost);
    const driver = await openFakeDriver(broker(), { faults: { send } });
    await expect(driver.publish([order("0"), order("1")])).rejects.toBe(lost);
    await driver.close();
  });

  test("a link that rejects in spite of its promise is an error of every message", async () => {
    const send = () => Promise.reject(new Error("oops"));
    const driver = await openFakeDriver(broker(), { faults: { send } });
    const events = eventsOf(driver);
    await expect(driver.publish([order("0")])).rejects.toEqual(code("BROKER_REFUSED"));
    expect(events).toEqual(["refused"]);
    await driver.close();
  });
});

test("what must be asked is asked before the check; a failure refuses the batch", async () => {
  let answer: Promise<void> | undefined = Promise.reject(new MsgError("BROKER_TIMEOUT", "slow"));
  const known = broker();
  const driver = await openFakeDriver(known, { faults: { learn: () => answer } });
  await expect(driver.publish([order("0")])).rejects.toEqual(code("BROKER_TIMEOUT"));
  answer = undefined;
  expect(await driver.publish([order("1")])).toHaveLength(1);
  await driver.close();
});

describe("room", () => {
  test("publishes wait for it in turn; one too many is QUEUE_FULL; an abort leaves the line", async () => {
    const answers: (() => void)[] = [];
    const send = (batch: readonly Envelope[]) =>
      new Promise<readonly Receipt[]>((resolve) => {
        answers.push(() => resolve(batch.map(() => receipt)));
      });
    const limits = { ...fakeOptions().limits, inFlightMax: 2, waitingPublishesMax: 2 };
    const driver = await openFakeDriver(broker(), { options: { limits }, faults: { send } });
    const first = driver.publish([order("0"), order("1"), order("2")]);
    const controller = new AbortController();
    const second = driver.publish([order("3")], { signal: controller.signal });
    const third = driver.publish([order("4")]);
    await expect(driver.publish([order("5")])).rejects.toEqual(code("QUEUE_FULL"));
    expect(answers).toHaveLength(1);
    controller.abort();
    await expect(second).rejects.toEqual(code("ABORTED"));
    answers[0]?.();
    expect(await first).toHaveLength(3);
    await new Promise(setImmediate);
    answers[1]?.();
    expect(await third).toEqual([receipt]);
    await driver.close();
  });

  test("an abort after the batch was sent is not heard: the caller learns what became of it", async () => {
    let answer = (): void => undefined;
    const send = () =>
      new Promise<readonly Receipt[]>((resolve) => {
        answer = () => resolve([receipt]);
      });
    const driver = await openFakeDriver(broker(), { faults: { send } });
    const controller = new AbortController();
    const publishing = driver.publish([order("0")], { signal: controller.signal });
    controller.abort();
    answer();
    expect(await publishing).toEqual([receipt]);
    await driver.close();
  });
});

describe("the inbox", () => {
  test("is bounded: the link is told to stop, and to go on when half is taken", async () => {
    let resumed = 0;
    let context: LinkContext<Stored> | undefined;
    const limits = { ...fakeOptions().limits, inboxMax: 4 };
    const driver = await openFakeDriver(broker(), {
      options: { limits },
      faults: {
        onContext: (given) => {
          context = given;
        },
        onResume: () => {
          resumed += 1;
        },
      },
    });
    const deliver = (position: string): boolean | undefined => {
      const handle = { bytes: new Uint8Array(0), position, messageId: undefined, deliveries: 1 };
      const place = { partition: 0, position, attempt: 1, redelivered: false };
      return context?.deliver({ envelope: order(position), ...place, handle, messageId: "same" });
    };
    expect(["0", "1", "2", "3"].map(deliver)).toEqual([true, true, true, false]);
    const [first] = await driver.poll({ maxItems: 1, waitMs: 0 });
    expect(first?.redelivered).toBe(false);
    // One that was on its way: there is room for it, and the link still waits to be told.
    expect(deliver("4")).toBe(false);
    const [second] = await driver.poll({ maxItems: 1, waitMs: 0 });
    // The same message id as the first: it may have been handled.
    expect([second?.redelivered, second?.attempt, resumed]).toEqual([true, 2, 0]);
    await driver.poll({ maxItems: 1, waitMs: 0 });
    expect(resumed).toBe(1);
    context?.revoke(({ position }) => position === "0" || position === "3");
    const events = eventsOf(driver);
    await driver.settle([{ delivery: first as never, outcome: "ack" }]);
    expect(events).toEqual(["stale"]);
    const left = await driver.poll({ maxItems: 10, waitMs: 0 });
    expect(left.map(({ position }) => position)).toEqual(["4"]);
    await driver.close();
  });
});

describe("health", () => {
  test("failing for good ends what waits and refuses what comes, with the cause", async () => {
    let context: LinkContext<Stored> | undefined;
    const driver = await openFakeDriver(broker(), {
      faults: {
        send: never,
        onContext: (given) => {
          context = given;
        },
      },
    });
    expect(driver.health()).toEqual({ state: "ready", cause: undefined });
    const events = eventsOf(driver);
    const polling = driver.poll({ maxItems: 1 });
    const publishing = driver.publish([order("0")]);
    context?.health.connecting(lost);
    context?.health.ready();
    context?.health.failed(new MsgError("BROKER_REFUSED", "gone"));
    context?.health.ready();
    await expect(polling).rejects.toEqual(code("BROKER_REFUSED"));
    await expect(publishing).rejects.toEqual(code("BROKER_REFUSED"));
    await expect(driver.poll({ maxItems: 1 })).rejects.toEqual(code("BROKER_REFUSED"));
    await expect(driver.publish([order("1")])).rejects.toEqual(code("BROKER_REFUSED"));
    expect(driver.health().state).toBe("failed");
    expect(events.filter((event) => event.startsWith("health"))).toEqual([
      "health: connecting: CONNECTION_LOST",
      "health: ready",
      "health: failed: BROKER_REFUSED",
    ]);
    await driver.close();
    expect(driver.health().state).toBe("closed");
  });

  test("a subscription that fails is a failure for good", async () => {
    const subscribe = () => Promise.reject(new MsgError("CODEC_MISSING", "no snappy"));
    const driver = await openFakeDriver(broker(), { faults: { subscribe } });
    await expect(driver.poll({ maxItems: 1 })).rejects.toEqual(code("CODEC_MISSING"));
    await driver.close();
  });

  test("a handler that holds a message for too long is told once, and forgiven when it is done", async () => {
    const time = manualTime();
    const driver = await openFakeDriver(broker(), {
      options: { stallMs: 100, ports: time.ports },
    });
    const events = eventsOf(driver);
    await driver.poll({ maxItems: 1, waitMs: 0 });
    await driver.publish([order("0"), order("1")]);
    const [slow, next] = await driver.poll({ maxItems: 2, waitMs: 0 });
    await time.pass(60);
    await driver.settle([{ delivery: next as never, outcome: "ack" }]);
    expect(driver.health().state).toBe("ready");
    await time.pass(60);
    await time.pass(60);
    expect(driver.health().state).toBe("stalled");
    await driver.publish([order("2")]);
    await driver.poll({ maxItems: 1, waitMs: 0 });
    await driver.settle([{ delivery: slow as never, outcome: "ack" }]);
    expect(driver.health().state).toBe("ready");
    expect(events.filter((event) => event.includes(":"))).toEqual([
      "handler.stalled: orders partition 0 position 1 has not been settled for 100 ms",
      "health: stalled",
      "health: ready",
    ]);
    // One message is still held: its timer must not outlive the driver.
    expect(time.timers.size).toBe(1);
    const closing = driver.close();
    await time.pass(0);
    await closing;
    expect(time.timers.size).toBe(0);
  });
});

describe("settling", () => {
  test("a link that fails to settle: the deliveries are the broker's again, and stale", async () => {
    let failing = true;
    const settle = async () => {
      if (failing) throw lost;
      return undefined;
    };
    const driver = await openFakeDriver(broker(), { faults: { settle } });
    const events = eventsOf(driver);
    await driver.poll({ maxItems: 1, waitMs: 0 });
    await driver.publish([order("0")]);
    const [delivery] = await driver.poll({ maxItems: 1, waitMs: 0 });
    const settlements = [{ delivery: delivery as never, outcome: "ack" as const }];
    await expect(driver.settle(settlements)).rejects.toBe(lost);
    failing = false;
    await driver.settle(settlements);
    expect(events).toEqual(["published", "delivered", "stale"]);
    await driver.close();
  });

  test("what the link passes over is stale, not settled", async () => {
    const settle = async () => "stale" as const;
    const driver = await openFakeDriver(broker(), { faults: { settle } });
    const events = eventsOf(driver);
    await driver.poll({ maxItems: 1, waitMs: 0 });
    await driver.publish([order("0")]);
    const [delivery] = await driver.poll({ maxItems: 1, waitMs: 0 });
    const settlements = [{ delivery: delivery as never, outcome: "ack" as const }];
    await driver.settle(settlements);
    await driver.settle(settlements);
    expect(events).toEqual(["published", "delivered", "stale", "stale"]);
    await driver.close();
  });

  test("a dead letter that cannot be written leaves its message unsettled", async () => {
    let refuse = false;
    const sent: Envelope[] = [];
    let context: LinkContext<Stored> | undefined;
    const driver = await openFakeDriver(broker(), {
      faults: {
        send: async (batch) => {
          sent.push(...batch);
          return batch.map(() => (refuse ? lost : receipt));
        },
        onContext: (given) => {
          context = given;
        },
      },
    });
    const handle = { bytes: new Uint8Array(0), position: "9", messageId: undefined, deliveries: 1 };
    const place = { partition: 0, position: "9", attempt: 1, redelivered: false };
    context?.deliver({ envelope: order("bad"), ...place, handle, messageId: undefined });
    const [delivery] = await driver.poll({ maxItems: 1, waitMs: 0 });
    delivery?.envelope.value.fill(0);
    const rejection = { delivery: delivery as never, outcome: "reject" as const, reason: "bad" };
    refuse = true;
    await expect(driver.settle([rejection])).rejects.toBe(lost);
    refuse = false;
    const events = eventsOf(driver);
    await driver.settle([rejection]);
    expect(events).toEqual(["settled"]);
    // As the broker has it: the handler's scribbling is not in the dead letter.
    expect(sent.map(({ topic, value }) => `${topic} ${value}`)).toEqual([
      `orders.dead-letter ${encoder.encode("bad")}`,
      `orders.dead-letter ${encoder.encode("bad")}`,
    ]);
    await driver.close();
  });
});

describe("close", () => {
  test("a link that never confirms, settles nor closes does not hold it up beyond the deadline", async () => {
    const time = manualTime();
    const driver = await openFakeDriver(broker(), {
      options: { ports: time.ports },
      faults: { send: never, close: never },
    });
    const events = eventsOf(driver);
    const publishing = driver.publish([order("0")]).catch((error: unknown) => error);
    const polling = driver.poll({ maxItems: 1 });
    const closing = driver.close({ deadlineMs: 1000 });
    expect(await polling).toEqual([]);
    await time.pass(500);
    expect(await publishing).toEqual(code("CLOSED"));
    await time.pass(500);
    await closing;
    expect(events.filter((event) => event.startsWith("close.late"))).toHaveLength(2);
    expect(time.timers.size).toBe(0);
  });

  test("what is in flight may still be confirmed", async () => {
    let answer = (): void => undefined;
    const send = () =>
      new Promise<readonly Receipt[]>((resolve) => {
        answer = () => resolve([receipt]);
      });
    const driver = await openFakeDriver(broker(), { faults: { send } });
    const publishing = driver.publish([order("0")]);
    const closing = driver.close();
    answer();
    expect(await publishing).toEqual([receipt]);
    await closing;
  });

  test("what waits for room ends at once, though there would be room later", async () => {
    let answer = (): void => undefined;
    const sent: string[] = [];
    const send = (batch: readonly Envelope[]) =>
      new Promise<readonly Receipt[]>((resolve) => {
        sent.push(...batch.map(({ value }) => new TextDecoder().decode(value)));
        answer = () => resolve([receipt]);
      });
    const limits = { ...fakeOptions().limits, inFlightMax: 1 };
    const driver = await openFakeDriver(broker(), { options: { limits }, faults: { send } });
    const flying = driver.publish([order("0")]);
    const waiting = driver.publish([order("1")]).catch((error: unknown) => error);
    const closing = driver.close();
    answer();
    expect(await flying).toEqual([receipt]);
    expect(await waiting).toEqual(code("CLOSED"));
    await closing;
    expect(sent).toEqual(["0"]);
  });

  test("a link that fails to open is closed, and says why", async () => {
    let closed = 0;
    const faults = {
      open: () => Promise.reject(new MsgError("BROKER_UNREACHABLE", "nobody there")),
      close: async () => {
        closed += 1;
      },
    };
    await expect(openFakeDriver(broker(), { faults })).rejects.toEqual(code("BROKER_UNREACHABLE"));
    expect(closed).toBe(1);
  });

  test("a link that fails to close is told as an event", async () => {
    const close = () => Promise.reject(new Error("socket is stuck"));
    const driver = await openFakeDriver(broker(), { faults: { close } });
    const events = eventsOf(driver);
    await driver.close();
    expect(events).toEqual(["close.late: socket is stuck", "health: closed"]);
  });
});
