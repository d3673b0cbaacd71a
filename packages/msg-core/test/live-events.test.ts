/**
 * Goal: who observes a broker driver hears of each call once, what it took and what it waited for, of
 * what is taken back, of lag and of buffers; who does not observe it pays for nothing.
 * Method: a link that answers when it is told to, and a clock that is set by hand.
 */
import {
  type Delivery,
  type Envelope,
  encodeEnvelope,
  isLive,
  type LiveEvent,
  MsgError,
} from "@reprise/msg-core";
import type { LinkContext } from "@reprise/msg-core/driver";
import { describe, expect, test } from "vitest";
import {
  createFakeBroker,
  fakeOptions,
  type LinkFaults,
  openFakeDriver,
  type Stored,
} from "./fake-link.ts";

const encoder = new TextEncoder();
const order = (value: string): Envelope => ({
  topic: "orders",
  key: encoder.encode("k"),
  value: encoder.encode(value),
  headers: {},
});
const receipt = { partition: 0, position: "1" };
const lost = new MsgError("CONNECTION_LOST", "cut");
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function stand(faults: LinkFaults = {}, limits = {}) {
  let time = 0;
  let reads = 0;
  let context: LinkContext<Stored> | undefined;
  const defaults = fakeOptions();
  const driver = await openFakeDriver(createFakeBroker(["orders", "orders.dead-letter"]), {
    options: {
      limits: { ...defaults.limits, ...limits },
      ports: {
        timer: () => () => undefined,
        now: () => {
          reads += 1;
          return time;
        },
      },
    },
    faults: {
      ...faults,
      onContext: (given) => {
        context = given;
      },
    },
  });
  const events: LiveEvent[] = [];
  const order: string[] = [];
  const observe = (): (() => void) =>
    driver.observe((event) => {
      order.push(event.type);
      if (isLive(event)) events.push(event);
    });
  return {
    driver,
    order,
    observe,
    pass: (ms: number) => {
      time += ms;
    },
    reads: () => reads,
    context: () => context as LinkContext<Stored>,
    /** Those of one type, without it. */
    told: <Type extends LiveEvent["type"]>(type: Type) =>
      events
        .filter((event): event is Extract<LiveEvent, { type: Type }> => event.type === type)
        .map(({ type: _, ...rest }) => rest),
  };
}

const poll = ({ driver }: Awaited<ReturnType<typeof stand>>, maxItems = 10) =>
  driver.poll({ maxItems, waitMs: 0 });
const acked = (...deliveries: readonly Delivery[]) =>
  deliveries.map((delivery) => ({ delivery, outcome: "ack" as const }));

describe("operation", () => {
  test("each call once, behind its messages, in whole microseconds", async () => {
    const on = await stand();
    on.observe();
    await poll(on);
    await on.driver.publish([order("0"), order("1")]);
    const waiting = on.driver.poll({ maxItems: 1 });
    await waiting;
    const rest = await poll(on);
    on.pass(0.0014);
    await on.driver.settle(acked(...(await waiting), ...rest));
    expect(on.told("operation")).toEqual([
      { name: "poll", count: 0, durationTicks: 0 },
      { name: "publish", count: 2, durationTicks: 0 },
      { name: "poll", count: 1, durationTicks: 0 },
      { name: "poll", count: 1, durationTicks: 0 },
      { name: "settle", count: 2, durationTicks: 0 },
    ]);
    expect(on.order.filter((type) => type !== "buffer").slice(0, 6)).toEqual([
      "operation",
      "published",
      "published",
      "operation",
      "delivered",
      "operation",
    ]);
    await on.driver.close();
  });

  test("a publish says what it took, and how much of that it waited for room", async () => {
    const answers: (() => void)[] = [];
    const send = (batch: readonly Envelope[]) =>
      new Promise<readonly (typeof receipt)[]>((resolve) => {
        answers.push(() => resolve(batch.map(() => receipt)));
      });
    const on = await stand({ send }, { inFlightMax: 1 });
    on.observe();
    const first = on.driver.publish([order("0")]);
    const second = on.driver.publish([order("1")]);
    const controller = new AbortController();
    const third = on.driver.publish([order("2")], { signal: controller.signal });
    await turn();
    on.pass(2);
    controller.abort();
    await expect(third).rejects.toMatchObject({ code: "ABORTED" });
    on.pass(1.25);
    answers[0]?.();
    await first;
    await turn();
    on.pass(10);
    answers[1]?.();
    await second;
    expect(on.told("operation")).toEqual([
      {
        name: "publish",
        count: 1,
        durationTicks: 2000,
        blockedTicks: 2000,
        error: expect.objectContaining({ code: "ABORTED" }),
      },
      { name: "publish", count: 1, durationTicks: 3250 },
      { name: "publish", count: 1, durationTicks: 13_250, blockedTicks: 3250 },
    ]);
    await on.driver.close();
  });

  test("a call that fails says why, a driver that has failed as well; a closed one says nothing", async () => {
    const settle = () => Promise.reject(lost);
    const on = await stand({ settle, send: async (batch) => batch.map(() => receipt) });
    on.observe();
    const unknown = { envelope: order("0"), ...receipt, attempt: 1, redelivered: false };
    await expect(on.driver.settle(acked(unknown))).rejects.toBeInstanceOf(MsgError);
    await expect(on.driver.poll({ maxItems: 0 })).rejects.toBeInstanceOf(MsgError);
    on.context().health.failed(lost);
    await expect(on.driver.publish([order("0")])).rejects.toMatchObject({
      code: lost.code,
      cause: lost,
    });
    const codes = on.told("operation").map(({ name, count, error }) => [name, count, error?.code]);
    expect(codes).toEqual([
      ["settle", 1, "DELIVERY_UNKNOWN"],
      ["poll", 0, "LIMIT_EXCEEDED"],
      ["publish", 1, "CONNECTION_LOST"],
    ]);
    // As a recording keeps it.
    expect(on.order).toContain("refused");
    await on.driver.close();
    await expect(on.driver.publish([order("0")])).rejects.toMatchObject({ code: "CLOSED" });
    expect(on.told("operation")).toHaveLength(3);
  });

  test("a clock that goes back gives no time, not less", async () => {
    let from = 0;
    const on = await stand({
      send: async (batch) => {
        on.pass(from);
        return batch.map(() => receipt);
      },
    });
    on.observe();
    from = -5;
    await on.driver.publish([order("0")]);
    expect(on.told("operation")).toEqual([{ name: "publish", count: 1, durationTicks: 0 }]);
    await on.driver.close();
  });
});

test("nobody observes: no clock is read for a call; nor once the last has gone", async () => {
  const on = await stand();
  const stop = on.observe();
  stop();
  const before = on.reads();
  await on.driver.publish([order("0")]);
  await on.driver.settle([]);
  expect(on.reads()).toBe(before);
  expect(on.order).toEqual([]);
  on.observe();
  await on.driver.settle([]);
  expect(on.reads()).toBe(before + 2);
  await on.driver.close();
});

describe("revoked", () => {
  const held = async (on: Awaited<ReturnType<typeof stand>>, count: number) => {
    await poll(on);
    const values = Array.from({ length: count }, (_, index) => order(String(index)));
    await on.driver.publish(values);
    return poll(on);
  };
  const texts = (on: Awaited<ReturnType<typeof stand>>) =>
    on.told("revoked").map(({ delivery }) => new TextDecoder().decode(delivery.envelope.value));

  test("what the link takes back is told once, as it was delivered; what is buffered is not", async () => {
    const on = await stand();
    on.observe();
    const [first, second, third] = await held(on, 3);
    if (first === undefined || second === undefined || third === undefined) throw new Error("3");
    await on.driver.publish([order("3")]);
    await on.driver.settle(acked(first));
    on.context().revoke(({ position }) => position !== third.position);
    on.context().revoke(() => true);
    expect(on.told("revoked")).toEqual([{ delivery: second }, { delivery: third }]);
    await on.driver.settle(acked(second));
    expect(on.order.filter((type) => type === "stale")).toHaveLength(1);
    await on.driver.close();
    expect(on.told("revoked")).toHaveLength(2);
  });

  test("what a settlement loses: where it fails, and where it is passed over, before the stale", async () => {
    let fate: "lost" | "stale" = "lost";
    const on = await stand({
      settle: () => (fate === "lost" ? Promise.reject(lost) : Promise.resolve("stale" as const)),
    });
    on.observe();
    const [first, second] = await held(on, 2);
    if (first === undefined || second === undefined) throw new Error("2");
    await expect(on.driver.settle(acked(first))).rejects.toBe(lost);
    fate = "stale";
    await on.driver.settle(acked(second));
    expect(texts(on)).toEqual(["0", "1"]);
    expect(on.order.indexOf("stale")).toBeGreaterThan(on.order.lastIndexOf("revoked"));
    await on.driver.close();
    expect(texts(on)).toEqual(["0", "1"]);
  });

  test("what is in hand at the close, whatever the handler did to it; nothing twice", async () => {
    const on = await stand();
    on.observe();
    const [first, second] = await held(on, 2);
    if (first === undefined || second === undefined) throw new Error("2");
    await on.driver.settle(acked(first));
    second.envelope.value.fill(0);
    await on.driver.close();
    await on.driver.close();
    expect(texts(on)).toEqual(["1"]);
  });
});

test("lag: as the link knows it", async () => {
  const on = await stand();
  on.context().lag({ topic: "orders", partition: 3 }, 1);
  on.observe();
  on.context().lag({ topic: "orders", partition: 3 }, 7);
  expect(on.told("lag")).toEqual([{ topic: "orders", partition: 3, messages: 7 }]);
  await on.driver.close();
});

describe("buffer", () => {
  test("publish: what is in flight, when it is sent and when it is confirmed", async () => {
    const answers: (() => void)[] = [];
    const send = (batch: readonly Envelope[]) =>
      new Promise<readonly (typeof receipt)[]>((resolve) => {
        answers.push(() => resolve(batch.map(() => receipt)));
      });
    const on = await stand({ send });
    on.observe();
    const first = on.driver.publish([order("0"), order("1")]);
    const second = on.driver.publish([order("2")]);
    answers[0]?.();
    await first;
    answers[1]?.();
    await second;
    const size = encodeEnvelope(order("0")).length;
    const holding = (messages: number) => ({ name: "publish", messages, bytes: messages * size });
    expect(on.told("buffer")).toEqual([2, 3, 1, 0].map(holding));
    await on.driver.close();
  });

  test("inbox: once for all that comes together, and once for each poll that takes of it", async () => {
    const on = await stand();
    await poll(on);
    on.observe();
    await on.driver.publish(Array.from({ length: 50 }, (_, index) => order(String(index))));
    await poll(on, 20);
    await poll(on, 30);
    await poll(on);
    const sizes = on.told("buffer").flatMap((one) => (one.name === "inbox" ? [one.messages] : []));
    expect(sizes).toEqual([50, 30, 0]);
    await on.driver.publish([order("50"), order("51")]);
    await turn();
    on.context().revoke(({ position }) => position === "51");
    await on.driver.close();
    const all = on.told("buffer").flatMap((one) => (one.name === "inbox" ? [one.messages] : []));
    expect(all.slice(3)).toEqual([2, 1, 0]);
  });
});
