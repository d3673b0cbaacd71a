/**
 * Goal: the loop settles every message it handles, once, as the handler says; it ends when it is told
 * to and only then; and it passes on what the driver says.
 * Method: a driver that plays a script of polls and notes what is asked of it.
 */
import {
  type ConsumeOptions,
  consume,
  type Delivery,
  type Driver,
  type Handler,
  MsgError,
  type PollRequest,
  type Settlement,
} from "@reprise/msg-core";
import { describe, expect, test } from "vitest";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const textOf = ({ envelope }: Delivery): string => decoder.decode(envelope.value);

function delivery(value: string, change: Partial<Delivery> = {}): Delivery {
  const content = { key: new Uint8Array(), value: encoder.encode(value), headers: {} };
  return {
    envelope: { topic: "orders", ...content },
    partition: 0,
    position: value,
    attempt: 1,
    redelivered: false,
    ...change,
  };
}

/** `delivery`, of a partition or topic of its own. */
const elsewhere = (value: string, partition: number, topic = "orders"): Delivery => {
  const one = delivery(value, { partition });
  return { ...one, envelope: { ...one.envelope, topic } };
};

const present = (one: Delivery | undefined): readonly Delivery[] =>
  one === undefined ? [] : [one];

interface Script {
  /** What each poll brings; an error is thrown. After the last one every poll brings none. */
  readonly polls: readonly (readonly Delivery[] | MsgError)[];
  readonly settle?: (settlements: readonly Settlement[]) => Promise<void>;
  readonly orderAfterRetry?: boolean;
}

function scripted({ polls, settle, orderAfterRetry = true }: Script) {
  const asked: PollRequest[] = [];
  const settled: string[][] = [];
  const raw: Settlement[] = [];
  const driver: Driver = {
    kind: "memory",
    endpoint: "script",
    capabilities: { orderPerKey: true, orderAfterRetry, countsAttempts: true, durable: false },
    publish: () => Promise.reject(new Error("consume does not publish")),
    async poll(request) {
      // A loop that does not end would hold up the whole process.
      if (asked.length > polls.length + 3) throw new Error("the script was over long ago");
      const answer = polls[asked.length] ?? [];
      asked.push(request);
      if (MsgError.is(answer)) throw answer;
      return answer;
    },
    async settle(settlements) {
      await settle?.(settlements);
      raw.push(...settlements);
      settled.push(settlements.map((one) => `${one.outcome} ${textOf(one.delivery)}`));
    },
    close: () => Promise.reject(new Error("consume does not close")),
    observe: () => () => undefined,
  };
  return { driver, asked, settled, raw };
}

const idle: ConsumeOptions = { stopWhenIdle: true };
const nothing: Handler = () => undefined;
const fail = (): never => {
  throw new Error("cannot");
};
const failOn =
  (...values: readonly string[]): Handler =>
  (one) => {
    if (values.includes(textOf(one))) fail();
  };

const closed = new MsgError("CLOSED", "script is closed");

describe("what a handler says", () => {
  test("nothing is ack; a batch is settled in one call when it is done", async () => {
    const { driver, settled } = scripted({ polls: [[delivery("a"), delivery("b")]] });
    const seen: string[] = [];
    const summary = await consume(driver, (one) => void seen.push(textOf(one)), idle);
    expect(seen).toEqual(["a", "b"]);
    expect(settled).toEqual([["ack a", "ack b"]]);
    expect(summary).toEqual({
      delivered: 2,
      acked: 2,
      retried: 0,
      rejected: 0,
      duplicates: 0,
      ended: "idle",
    });
  });

  test("a disposition is taken as it is, its reason too, in a promise or not", async () => {
    const { driver, settled, raw } = scripted({ polls: [[delivery("a"), delivery("b")]] });
    const handler: Handler = (one) =>
      textOf(one) === "a"
        ? { outcome: "reject", reason: "no such customer" }
        : Promise.resolve({ outcome: "ack" as const });
    const summary = await consume(driver, handler, idle);
    expect(settled).toEqual([["reject a", "ack b"]]);
    expect(raw.map(({ reason }) => reason)).toEqual(["no such customer", undefined]);
    expect(summary).toMatchObject({ acked: 1, rejected: 1 });
  });

  test.each<[string, Handler]>([
    ["throws", fail],
    ["rejects", () => Promise.reject(new Error("cannot"))],
    ["throws a text", () => Promise.reject("cannot")],
    ["asks for it", () => ({ outcome: "retry", reason: "cannot" })],
  ])("a handler that %s has the message retried", async (_, handler) => {
    const { driver, raw } = scripted({ polls: [[delivery("a")]] });
    const summary = await consume(driver, handler, idle);
    expect(raw).toMatchObject([{ outcome: "retry", reason: "cannot" }]);
    expect(summary).toMatchObject({ delivered: 1, retried: 1, acked: 0, rejected: 0 });
  });

  test("handlers run one after another", async () => {
    const { driver } = scripted({ polls: [[delivery("a"), delivery("b")]] });
    const steps: string[] = [];
    await consume(
      driver,
      async (one) => {
        steps.push(`${textOf(one)} begins`);
        await Promise.resolve();
        steps.push(`${textOf(one)} ends`);
      },
      idle,
    );
    expect(steps).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  });

  test("anything else that it returns says nothing", async () => {
    const { driver, settled } = scripted({ polls: [[delivery("a"), delivery("b")]] });
    const seen: string[] = [];
    // As in JavaScript, where the type does not hold: the new length of the list.
    const handler = ((one) => seen.push(textOf(one)) as unknown) as Handler;
    await consume(driver, handler, idle);
    expect(settled).toEqual([["ack a", "ack b"]]);
  });

  test("an outcome that there is not is RESULT_INVALID: no retry mends it", async () => {
    const { driver, settled } = scripted({ polls: [[delivery("a")]] });
    const handler = (() => ({ outcome: "nack" })) as unknown as Handler;
    const refusal = consume(driver, handler, idle);
    await expect(refusal).rejects.toMatchObject({ code: "RESULT_INVALID" });
    expect(settled).toEqual([]);
  });

  test("half of a surrogate pair in a reason is replaced", async () => {
    const { driver, raw } = scripted({ polls: [[delivery("a")]] });
    await consume(driver, () => ({ outcome: "reject", reason: `${"x".repeat(1023)}🎁` }), idle);
    expect(raw[0]?.reason).toBe(`${"x".repeat(1023)}\ufffd`);
  });

  test.each([
    ["x".repeat(1024), "x".repeat(1024)],
    ["x".repeat(1025), "x".repeat(1024)],
    [`${"x".repeat(1023)}\u{1f388}`, `${"x".repeat(1023)}\ufffd`],
    ["half \ud83c", "half \ufffd"],
    ["", ""],
  ])("a reason is cut to 1,024 characters and well-formed (%#)", async (reason, kept) => {
    const { driver, raw } = scripted({ polls: [[delivery("a")]] });
    await consume(driver, () => ({ outcome: "reject", reason }), idle);
    expect(raw[0]?.reason).toBe(kept);
  });

  test.each<[unknown]>([[null], [0], ["retry"], [true], [{}], [["retry"]], [{ reason: "x" }]])(
    "%o says nothing, as what an arrow function returns does",
    async (said) => {
      const { driver, settled } = scripted({ polls: [[delivery("a")]] });
      // A handler in JavaScript may return anything.
      await consume(driver, (() => said) as Handler, idle);
      expect(settled).toEqual([["ack a"]]);
    },
  );

  test.each<[unknown]>([["nack"], [undefined], [null], ["ACK"], ["toString"]])(
    "an outcome %o is RESULT_INVALID, and nothing is settled by it",
    async (outcome) => {
      const { driver, settled } = scripted({ polls: [[delivery("a")]] });
      const refusal = consume(driver, (() => ({ outcome })) as unknown as Handler, idle);
      await expect(refusal).rejects.toMatchObject({ code: "RESULT_INVALID" });
      expect(settled).toEqual([]);
    },
  );
});

describe("attempts", () => {
  /** Polls that bring the same message again and again. */
  const again = (count: number, change: (time: number) => Partial<Delivery> = () => ({})) =>
    Array.from({ length: count }, (_, time) => [delivery("a", change(time))]);

  test("a message is rejected when the handler has failed on it five times", async () => {
    const { driver, settled, raw } = scripted({ polls: again(5) });
    const summary = await consume(driver, fail, idle);
    expect(settled).toEqual([...Array(4).fill(["retry a"]), ["reject a"]]);
    expect(raw[4]?.reason).toBe("cannot");
    expect(summary).toEqual({
      delivered: 5,
      acked: 0,
      retried: 4,
      rejected: 1,
      duplicates: 0,
      ended: "idle",
    });
  });

  test("what the driver counts is not what counts", async () => {
    // Taken back behind a poisoned neighbour often; or a driver that says 2 to any later one.
    const often = scripted({ polls: again(2, (time) => ({ attempt: 50 + time })) });
    await consume(often.driver, fail, { ...idle, maxAttempts: 2 });
    expect(often.settled).toEqual([["retry a"], ["reject a"]]);
    const never = scripted({ polls: again(3, (time) => ({ attempt: Math.min(time + 1, 2) })) });
    await consume(never.driver, fail, { ...idle, maxAttempts: 3 });
    expect(never.settled).toEqual([["retry a"], ["retry a"], ["reject a"]]);
  });

  test("messages are told apart by topic, partition and position", async () => {
    const others = [
      delivery("a"),
      elsewhere("a", 1),
      elsewhere("a", 0, "bills"),
      { ...delivery("a"), position: "b" },
    ];
    const { driver, settled } = scripted({ polls: others.map((one) => [one]) });
    await consume(driver, fail, { ...idle, maxAttempts: 2 });
    expect(settled).toEqual(Array(4).fill(["retry a"]));
  });

  test("a rejected message starts anew, should it ever come again", async () => {
    const { driver, settled } = scripted({ polls: again(3) });
    await consume(driver, fail, { ...idle, maxAttempts: 2 });
    expect(settled).toEqual([["retry a"], ["reject a"], ["retry a"]]);
  });

  test("an ack ends the count", async () => {
    let calls = 0;
    const { driver, settled } = scripted({ polls: again(3) });
    const handler: Handler = () => {
      calls += 1;
      if (calls !== 2) fail();
    };
    await consume(driver, handler, { ...idle, maxAttempts: 2 });
    expect(settled).toEqual([["retry a"], ["ack a"], ["retry a"]]);
  });

  test("maxAttempts 1 rejects at once", async () => {
    const { driver, settled } = scripted({ polls: [[delivery("a")]] });
    await consume(driver, fail, { ...idle, maxAttempts: 1 });
    expect(settled).toEqual([["reject a"]]);
  });

  test("of very many that fail at a time, the one that failed longest ago starts anew", async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => elsewhere(String(index), index));
    const polls = [many.slice(0, 10_000), ...[0, 10_000, 0, 1, 1].map((index) => [many[index]])];
    const { driver, settled } = scripted({ polls: polls.map((batch) => batch.flatMap(present)) });
    await consume(driver, fail, { ...idle, maxAttempts: 3, batchSize: 10_000 });
    const last = ["retry 0", "retry 10000", "reject 0", "retry 1", "retry 1"];
    expect(settled.slice(10_000).flat()).toEqual(last);
  });
});

describe("after a retry", () => {
  const batch = [delivery("a"), delivery("b"), delivery("c"), elsewhere("d", 1)];

  test("what is behind it in its partition is passed over, and settled is what came before", async () => {
    const { driver, settled } = scripted({ polls: [batch] });
    const handled: string[] = [];
    await consume(
      driver,
      (one) => {
        handled.push(textOf(one));
        if (textOf(one) === "b") fail();
      },
      idle,
    );
    expect(handled).toEqual(["a", "b", "d"]);
    // At once, so that the message does not come later than it must.
    expect(settled).toEqual([["ack a", "retry b"], ["ack d"]]);
  });

  test("the same partition number of another topic is another partition", async () => {
    const { driver, settled } = scripted({ polls: [[delivery("a"), elsewhere("b", 0, "bills")]] });
    await consume(driver, failOn("a"), idle);
    expect(settled).toEqual([["retry a"], ["ack b"]]);
  });

  test("a partition is free again in the next batch", async () => {
    const { driver, settled } = scripted({
      polls: [[delivery("a"), delivery("b")], [delivery("b")]],
    });
    await consume(driver, failOn("a"), idle);
    expect(settled).toEqual([["retry a"], ["ack b"]]);
  });

  test("a reject holds nothing up", async () => {
    const { driver, settled } = scripted({ polls: [[delivery("a"), delivery("b")]] });
    await consume(driver, failOn("a"), { ...idle, maxAttempts: 1 });
    expect(settled).toEqual([["reject a", "ack b"]]);
  });

  test("where the driver keeps no order, what is behind it is handled", async () => {
    const { driver, settled } = scripted({ polls: [batch], orderAfterRetry: false });
    await consume(driver, failOn("b"), idle);
    expect(settled).toEqual([
      ["ack a", "retry b"],
      ["ack c", "ack d"],
    ]);
  });
});

describe("the end", () => {
  test("limit: acked and rejected count, retried do not; no more is asked for than is left", async () => {
    const { driver, asked } = scripted({
      polls: [[delivery("a"), elsewhere("b", 1)], [delivery("a")], [delivery("c")]],
    });
    const summary = await consume(driver, failOn("a"), { limit: 3, maxAttempts: 2 });
    expect(asked.map(({ maxItems }) => maxItems)).toEqual([3, 2, 1]);
    expect(summary).toEqual({
      delivered: 4,
      acked: 2,
      retried: 1,
      rejected: 1,
      duplicates: 0,
      ended: "limit",
    });
  });

  test("a limit of 0 asks for nothing", async () => {
    const { driver, asked } = scripted({ polls: [] });
    expect(await consume(driver, nothing, { limit: 0 })).toMatchObject({ ended: "limit" });
    expect(asked).toEqual([]);
  });

  test("idle: only where it is asked for", async () => {
    const { driver, asked } = scripted({ polls: [[], [], closed] });
    expect(await consume(driver, nothing)).toMatchObject({ ended: "closed" });
    expect(asked).toEqual(Array(3).fill({ maxItems: 100 }));
    const patient = scripted({ polls: [[]] });
    await consume(patient.driver, nothing, idle);
    expect(patient.asked).toEqual([{ maxItems: 100, waitMs: 1000 }]);
  });

  test("batchSize and waitMs are passed on", async () => {
    const { driver, asked } = scripted({ polls: [[]] });
    await consume(driver, nothing, { ...idle, batchSize: 7, waitMs: 20 });
    expect(asked).toEqual([{ maxItems: 7, waitMs: 20 }]);
  });

  test("aborted before: nothing is asked for", async () => {
    const { driver, asked } = scripted({ polls: [] });
    const signal = AbortSignal.abort();
    expect(await consume(driver, nothing, { signal })).toMatchObject({ ended: "aborted" });
    expect(asked).toEqual([]);
  });

  test("aborted in a handler: that message is settled, the next one is not handled", async () => {
    const controller = new AbortController();
    const { driver, asked, settled } = scripted({ polls: [[delivery("a"), delivery("b")]] });
    const { signal } = controller;
    const summary = await consume(driver, () => controller.abort(), { signal });
    expect(asked).toEqual([{ maxItems: 100, signal }]);
    expect(settled).toEqual([["ack a"]]);
    expect(summary).toMatchObject({ delivered: 1, ended: "aborted" });
  });

  test("aborted while it polls: aborted, and not idle", async () => {
    const controller = new AbortController();
    const { driver } = scripted({ polls: [] });
    const aborting: Driver = {
      ...driver,
      async poll() {
        controller.abort();
        return [];
      },
    };
    const options = { ...idle, signal: controller.signal };
    expect(await consume(aborting, nothing, options)).toMatchObject({ ended: "aborted" });
  });

  test("closed while it polls, or while it settles", async () => {
    const polling = scripted({ polls: [[delivery("a")], closed] });
    expect(await consume(polling.driver, nothing)).toMatchObject({ acked: 1, ended: "closed" });
    const settling = scripted({ polls: [[delivery("a")]], settle: () => Promise.reject(closed) });
    // Handled, and not acked: that did not happen.
    const summary = await consume(settling.driver, nothing);
    expect(summary).toMatchObject({ delivered: 1, acked: 0, ended: "closed" });
  });
});

describe("errors", () => {
  const full = new MsgError("QUEUE_FULL", "dead letter is full");

  test("what the driver rejects with passes through, from poll and from settle", async () => {
    const polling = scripted({ polls: [full] });
    await expect(consume(polling.driver, nothing)).rejects.toBe(full);
    const settling = scripted({ polls: [[delivery("a")]], settle: () => Promise.reject(full) });
    await expect(consume(settling.driver, nothing)).rejects.toBe(full);
  });

  test("an error of a handler is never one of the driver: not even CLOSED", async () => {
    const { driver, settled } = scripted({ polls: [[delivery("a")]] });
    const summary = await consume(driver, () => Promise.reject(closed), idle);
    expect(settled).toEqual([["retry a"]]);
    expect(summary).toMatchObject({ retried: 1, ended: "idle" });
  });

  test.each<[string, ConsumeOptions]>([
    ["maxAttempts is 0", { maxAttempts: 0 }],
    ["maxAttempts is 1.5", { maxAttempts: 1.5 }],
    ["maxAttempts is NaN", { maxAttempts: Number.NaN }],
    ["maxAttempts is Infinity", { maxAttempts: Number.POSITIVE_INFINITY }],
    ["batchSize is 0", { batchSize: 0 }],
    ["batchSize is -1", { batchSize: -1 }],
    ["limit is -1", { limit: -1 }],
    ["limit is NaN", { limit: Number.NaN }],
    ["limit is 0.5", { limit: 0.5 }],
    ["batchSize is 10001", { batchSize: 10_001 }],
    ["limit is -1", { limit: -1 }],
    ["limit is 1.5", { limit: 1.5 }],
    ["limit is NaN", { limit: Number.NaN }],
  ])("%s is LIMIT_EXCEEDED", async (start, options) => {
    const { driver, asked } = scripted({ polls: [] });
    const refusal = consume(driver, nothing, options);
    await expect(refusal).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    await expect(refusal).rejects.toThrow(start);
    expect(asked).toEqual([]);
  });

  test.each<[ConsumeOptions]>([
    [{ batchSize: 1, maxAttempts: 1, limit: 1 }],
    [{ batchSize: 10_000, maxAttempts: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER }],
  ])("%o is in range", async (options) => {
    const { driver } = scripted({ polls: [] });
    expect(await consume(driver, nothing, { ...idle, ...options })).toMatchObject({
      ended: "idle",
    });
  });
});

describe("latencyTicks", () => {
  test("what the clock says before and after the handler, its waiting too", async () => {
    let now = 1000;
    const { driver, raw } = scripted({ polls: [[delivery("a"), delivery("b")]] });
    const handler: Handler = async (one) => {
      now += 5;
      await Promise.resolve();
      now += textOf(one) === "a" ? 7 : 0;
      if (textOf(one) === "b") fail();
    };
    await consume(driver, handler, { ...idle, clock: () => now });
    expect(raw.map(({ latencyTicks }) => latencyTicks)).toEqual([12, 5]);
  });

  test("0 is a time as well", async () => {
    const { driver, raw } = scripted({ polls: [[delivery("a")]] });
    await consume(driver, nothing, { ...idle, clock: () => 0 });
    expect(raw[0]?.latencyTicks).toBe(0);
  });

  test.each([
    [[10, 3], 0],
    [[0.4, 2.1], 2],
    [[0, 2 ** 40], 2 ** 32 - 1],
  ])(
    "a clock that says %j gives %i: whole, not negative, no more than fits",
    async (says, expected) => {
      const { driver, raw } = scripted({ polls: [[delivery("a")]] });
      const readings = [...says];
      await consume(driver, nothing, { ...idle, clock: () => readings.shift() ?? 0 });
      expect(raw[0]?.latencyTicks).toBe(expected);
    },
  );

  test("without a clock there is none", async () => {
    const { driver, raw } = scripted({ polls: [[delivery("a")]] });
    await consume(driver, nothing, idle);
    expect(raw[0]).toEqual({ delivery: delivery("a"), outcome: "ack" });
  });
});
