/**
 * Goal: a strict replay gives the program what it got, shows its observers what they saw, and accepts
 * nothing else.
 * Method: short conversations with a scripted driver, recorded and replayed; then each with one thing
 * done otherwise.
 */
import { type Driver, type DriverEvent, MsgError } from "@reprise/msg-core";
import { checkAllUsed, recordingDriver, replayDriver } from "@reprise/msg-rr";
import { describe, expect, test } from "vitest";
import {
  delivery,
  message,
  receiptAt,
  type ScriptedDriver,
  scriptedDriver,
} from "./scripted-driver.ts";
import { type Options, recorded, sessionOn } from "./sessions.ts";

const options = { kind: "memory", endpoint: "e" } as const;

/** Records `program` on a scripted driver and gives what replays it. */
async function tape(
  script: (driver: ScriptedDriver) => void,
  program: (driver: Driver) => unknown,
) {
  const store = await recorded(async (session) => {
    const scripted = scriptedDriver();
    script(scripted);
    await program(recordingDriver(scripted, session));
  });
  return (more: Options = {}) => {
    const session = sessionOn(store, more);
    return { session, driver: replayDriver(session, options) };
  };
}

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "fine",
    (error: unknown) => (MsgError.is(error) ? error.code : String(error)),
  );

describe("what was recorded", () => {
  test("comes again: results, errors, observations, capabilities", async () => {
    const incomplete = new MsgError("PUBLISH_INCOMPLETE", "some", {
      outcomes: [receiptAt("2"), new MsgError("QUEUE_FULL", "no room")],
    });
    const program = async (driver: Driver) => {
      const events: DriverEvent[] = [];
      driver.observe((event) => events.push(event));
      const results: unknown[] = [];
      const keep = async (call: Promise<unknown>) =>
        results.push(await call.catch((error: unknown) => shownError(error)));
      await keep(driver.publish([message({ value: "1" })]));
      await keep(driver.publish([message({ value: "2" }), message({ value: "3" })]));
      await keep(driver.publish([message({ value: "4" })]));
      const [one, two] = await driver.poll({ maxItems: 5 });
      if (one === undefined || two === undefined) throw new Error("two were recorded");
      results.push(one, two);
      await keep(driver.settle([{ delivery: one, outcome: "retry", reason: "busy" }]));
      await keep(driver.settle([{ delivery: two, outcome: "ack", latencyTicks: 5 }]));
      await keep(driver.settle([{ delivery: two, outcome: "ack" }]));
      await keep(driver.poll({ maxItems: 5 }));
      await keep(driver.poll({ maxItems: 5 }));
      return { results, events: events.map(shownEvent), capabilities: driver.capabilities };
    };
    let live: unknown;
    const replay = await tape(
      (driver) => {
        driver.publishes.push([receiptAt("1")], incomplete, new MsgError("VALUE_TOO_LONG", "long"));
        driver.polls.push([delivery("1"), delivery("2")], [], new MsgError("BROKER_REFUSED", "x"));
        driver.settles.push([], [delivery("2")], new MsgError("DELIVERY_UNKNOWN", "twice"));
      },
      async (driver) => {
        live = await program(driver);
      },
    );
    const { session, driver } = replay();
    expect(await program(driver)).toEqual(live);
    checkAllUsed(session);
  });

  test("comes with the recorded time of a settlement, whatever the program measures", async () => {
    const settle = (driver: Driver, latencyTicks: number) =>
      driver.settle([{ delivery: delivery("1"), outcome: "ack", latencyTicks }]);
    const replay = await tape(
      () => undefined,
      (driver) => settle(driver, 70),
    );
    const { driver } = replay();
    const events: DriverEvent[] = [];
    driver.observe((event) => events.push(event));
    await settle(driver, 12);
    expect(events).toMatchObject([{ type: "settled", latencyTicks: 70 }]);
  });

  test("is observed between the same calls: broker events", async () => {
    const broker = (name: string) => ({ type: "broker", name, detail: "" }) as const;
    const replay = await tape(
      (driver) => driver.publishes.push([receiptAt("1")], [receiptAt("2")]),
      async (driver) => {
        await driver.publish([message({ value: "1" })]);
      },
    );
    expect(replay).toBeTypeOf("function");
    const store = await recorded(async (session) => {
      const script = scriptedDriver();
      const driver = recordingDriver(script, session);
      script.publishes.push([receiptAt("1")], [receiptAt("2")]);
      script.polls.push([delivery("1")], []);
      script.tell(broker("connected"));
      await driver.publish([message({ value: "1" })]);
      script.tell(broker("rebalanced"));
      await driver.poll({ maxItems: 1 });
      script.tell(broker("disconnected"));
      await driver.publish([message({ value: "2" })]);
      script.tell(broker("reconnected"));
      await driver.poll({ maxItems: 1 });
    });
    const driver = replayDriver(sessionOn(store), options);
    const seen: string[] = [];
    driver.observe((event) => seen.push(event.type === "broker" ? event.name : event.type));
    await driver.publish([message({ value: "1" })]);
    await driver.poll({ maxItems: 1 });
    await driver.publish([message({ value: "2" })]);
    await driver.poll({ maxItems: 1 });
    expect(seen).toEqual([
      "connected",
      "published",
      "rebalanced",
      "delivered",
      "disconnected",
      "published",
      "reconnected",
    ]);
  });

  test("of two endpoints in one cassette is kept apart", async () => {
    const store = await recorded(async (session) => {
      for (const endpoint of ["a", "b"]) {
        const script = scriptedDriver(endpoint);
        script.publishes.push([receiptAt(`of ${endpoint}`)]);
        script.polls.push([delivery(endpoint)]);
        const driver = recordingDriver(script, session);
        await driver.publish([message()]);
        await driver.poll({ maxItems: 1 });
      }
    });
    const session = sessionOn(store);
    const [b, a] = ["b", "a"].map((endpoint) => replayDriver(session, { ...options, endpoint }));
    expect(await b?.publish([message()])).toEqual([receiptAt("of b")]);
    expect((await a?.poll({ maxItems: 1 }))?.[0]?.position).toBe("a");
    expect(await a?.publish([message()])).toEqual([receiptAt("of a")]);
    expect((await b?.poll({ maxItems: 1 }))?.[0]?.position).toBe("b");
    checkAllUsed(session);
  });
});

describe("anything else is refused", () => {
  const conversation = () =>
    tape(
      (driver) => {
        driver.publishes.push([receiptAt("1")]);
        driver.polls.push([delivery("1"), delivery("2")]);
      },
      async (driver) => {
        await driver.publish([message()]);
        const [first] = await driver.poll({ maxItems: 2 });
        if (first !== undefined) {
          await driver.settle([{ delivery: first, outcome: "reject", reason: "bad" }]);
        }
      },
    );

  test.each<[string, string, (driver: Driver) => Promise<unknown>]>([
    ["another value", "REPLAY_DIFFERS", (d) => d.publish([message({ value: "w" })])],
    ["another header", "REPLAY_DIFFERS", (d) => d.publish([message({ headers: { a: "" } })])],
    ["one publish more", "NO_MATCH", (d) => d.publish([message(), message()])],
    ["a smaller poll", "REPLAY_DIFFERS", (d) => d.poll({ maxItems: 1 })],
    [
      "a second poll",
      "NO_MATCH",
      (d) => d.poll({ maxItems: 2 }).then(() => d.poll({ maxItems: 2 })),
    ],
    ["another outcome", "REPLAY_DIFFERS", (d) => settle(d, "1", "ack")],
    ["another reason", "REPLAY_DIFFERS", (d) => settle(d, "1", "reject", "worse")],
    ["no reason", "REPLAY_DIFFERS", (d) => settle(d, "1", "reject")],
    ["another delivery", "NO_MATCH", (d) => settle(d, "2", "reject", "bad")],
    ["the delivery twice", "NO_MATCH", (d) => rejectTwice(d)],
  ])("%s is %s, and so is all that follows", async (_, code, call) => {
    const { session, driver } = (await conversation())();
    let first: unknown;
    await call(driver).catch((error: unknown) => {
      first = error;
    });
    expect(first).toMatchObject({ code });
    await expect(driver.publish([message()])).rejects.toBe(first);
    await expect(driver.poll({ maxItems: 2 })).rejects.toBe(first);
    await expect(settle(driver, "1", "reject", "bad")).rejects.toBe(first);
    expect(() => checkAllUsed(session)).toThrow(first as Error);
    await driver.close();
  });

  test("entries left over are REPLAY_UNUSED; events may be left", async () => {
    const { session, driver } = (await conversation())();
    await driver.publish([message()]);
    expect(() => checkAllUsed(session)).toThrow(
      expect.objectContaining({
        code: "REPLAY_UNUSED",
        details: expect.objectContaining({ entry: 2 }),
      }),
    );
    await driver.poll({ maxItems: 2 });
    expect(() => checkAllUsed(session)).toThrow(/1 of std\.msg\.memory\.settle_v1/);
    await settle(driver, "1", "reject", "bad");
    checkAllUsed(session);
  });

  test("a closed driver, an ended session, an operation not allowed", async () => {
    const replay = await conversation();
    const closed = replay().driver;
    await closed.close();
    await closed.close();
    expect(await codeOf(closed.publish([message()]))).toBe("CLOSED");
    expect(await codeOf(closed.poll({ maxItems: 2 }))).toBe("CLOSED");
    expect(await codeOf(settle(closed, "1", "reject", "bad"))).toBe("CLOSED");
    const ended = replay();
    ended.session.close();
    expect(await codeOf(ended.driver.publish([message()]))).toBe("SESSION_CLOSED");
    expect(await codeOf(ended.driver.poll({ maxItems: 2 }))).toBe("SESSION_CLOSED");
    // That is not what differs: nothing does.
    expect(() => checkAllUsed(ended.session)).toThrow(
      expect.objectContaining({ code: "REPLAY_UNUSED" }),
    );
    const { driver } = replay({ opsAllowed: ["std.msg.memory.publish_env_v1"] });
    expect(await codeOf(driver.publish([message()]))).toBe("fine");
    expect(await codeOf(driver.poll({ maxItems: 2 }))).toBe("POLICY_REFUSED");
    expect(await codeOf(settle(driver, "1", "reject", "bad"))).toBe("POLICY_REFUSED");
  });

  test("a session that does not replay has no replaying driver", async () => {
    const replay = await conversation();
    expect(() => replay({ mode: "record" })).toThrow(
      expect.objectContaining({ code: "MODE_NO_REPLAY" }),
    );
  });
});

function settle(driver: Driver, position: string, outcome: "ack" | "reject", reason?: string) {
  const rest = reason === undefined ? {} : { reason };
  return driver.settle([{ delivery: delivery(position), outcome, ...rest }]);
}

async function rejectTwice(driver: Driver): Promise<void> {
  await settle(driver, "1", "reject", "bad");
  await settle(driver, "1", "reject", "bad");
}

function shownError(error: unknown): unknown {
  if (!MsgError.is(error)) return String(error);
  const { code, fault, x07, details } = error;
  return { code, fault, x07, outcomes: details.outcomes?.map(shownOutcome) };
}

function shownOutcome(outcome: unknown): unknown {
  return MsgError.is(outcome) ? { code: outcome.code, message: outcome.message } : outcome;
}

function shownEvent(event: DriverEvent): unknown {
  return event.type === "refused" ? { ...event, error: event.error.code } : event;
}
