/**
 * Goal: lenient replay follows X07's rules to the number, also on cassettes that X07 wrote, and strict
 * replay does what it can with those.
 * Method: cassettes in X07's form, one entry wrong at a time; our own, replayed leniently.
 */
import { type Driver, type DriverEvent, type Envelope, MsgError } from "@reprise/msg-core";
import { checkAllUsed, recordingDriver, replayDriver } from "@reprise/msg-rr";
import { describe, expect, test } from "vitest";
import { type ForeignEntry, foreignCassette } from "./foreign-cassette.ts";
import { delivery, message, receiptAt, scriptedDriver } from "./scripted-driver.ts";
import { type Options, recorded, sessionOn } from "./sessions.ts";

const kafka = { kind: "kafka", endpoint: "local_dev_v1" } as const;
const publish = (value: string): ForeignEntry => ({ op: "publish", envelope: message({ value }) });
const deliver = (value: string): ForeignEntry => ({ op: "deliver", envelope: message({ value }) });

function lenient(entries: readonly ForeignEntry[], options: Options = {}) {
  const session = sessionOn(foreignCassette(entries), { strictness: "lenient", ...options });
  return { session, driver: replayDriver(session, kafka) };
}

const errorOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "nothing",
    (error: unknown) => (MsgError.is(error) ? [error.code, error.x07] : String(error)),
  );
const valuesOf = (batch: readonly { envelope: Envelope }[]): readonly string[] =>
  batch.map(({ envelope }) => Buffer.from(envelope.value).toString());

describe("X07's rules", () => {
  test("a publish takes the next recorded one, whatever it is; the end is 2009", async () => {
    const { driver } = lenient([publish("1"), publish("2")]);
    expect(await driver.publish([message({ value: "other" })])).toEqual([
      { partition: 0, position: "" },
    ]);
    expect(await driver.publish([message({ key: "any" })])).toHaveLength(1);
    expect(await errorOf(driver.publish([message()]))).toEqual(["NO_MATCH", 2009]);
  });

  test("a poll takes what it asks for, or what there is", async () => {
    const { driver } = lenient([deliver("1"), publish("x"), deliver("2"), deliver("3")]);
    expect(valuesOf(await driver.poll({ maxItems: 2 }))).toEqual(["1", "2"]);
    expect(valuesOf(await driver.poll({ maxItems: 2 }))).toEqual(["3"]);
    expect(await driver.poll({ maxItems: 2 })).toEqual([]);
  });

  test("a recorded error is returned with its number, whatever the entry holds besides", async () => {
    const { driver } = lenient([
      { ...publish("1"), err: 9720 },
      { ...publish("2"), err: 9711, resp: new Uint8Array(0) },
      { ...deliver("3"), err: 9700, resp: Uint8Array.of(1, 2, 3) },
      deliver("4"),
    ]);
    expect(await errorOf(driver.publish([message()]))).toEqual(["BROKER_REFUSED", 9720]);
    expect(await errorOf(driver.publish([message()]))).toEqual(["BROKER_REFUSED", 9711]);
    expect(await errorOf(driver.poll({ maxItems: 5 }))).toEqual(["BROKER_REFUSED", 9700]);
    expect(valuesOf(await driver.poll({ maxItems: 5 }))).toEqual(["4"]);
  });

  test.each<[string, ForeignEntry["inner"]]>([
    ["op_tag", { op: 2 }],
    ["driver_kind", { driverKind: 2 }],
    ["endpoint", { endpoint: "other" }],
  ])("an X7MR entry whose %s disagrees is 9612", async (_, inner) => {
    const { driver } = lenient([
      { ...publish("1"), inner: inner ?? {} },
      { ...deliver("2"), inner: inner?.op === 2 ? { op: 1 } : (inner ?? {}) },
    ]);
    const mismatch = ["RECORDED_MISMATCH", 9612];
    expect(await errorOf(driver.publish([message()]))).toEqual(mismatch);
    expect(await errorOf(driver.poll({ maxItems: 1 }))).toEqual(mismatch);
  });

  test("an entry that is no X7MR is refused by its own code", async () => {
    const { driver } = lenient([{ ...publish("1"), resp: Uint8Array.of(1) }]);
    expect(await errorOf(driver.publish([message()]))).toEqual(["ENTRY_FRAMING", 9603]);
  });

  test("a transcript goes entry by entry; another operation is 2011, the end 2009", async () => {
    const { driver } = lenient([publish("1"), deliver("2"), publish("3")], {
      matchMode: "transcript",
    });
    await driver.publish([message()]);
    expect(await errorOf(driver.publish([message()]))).toEqual(["OP_MISMATCH", 2011]);
    await driver.publish([message()]);
    expect(await errorOf(driver.publish([message()]))).toEqual(["NO_MATCH", 2009]);
    expect(await driver.poll({ maxItems: 1 })).toEqual([]);
  });

  test("settlements are taken, observed, and not looked up", async () => {
    const { driver } = lenient([deliver("1")]);
    const events: DriverEvent[] = [];
    driver.observe((event) => events.push(event));
    const [one] = await driver.poll({ maxItems: 1 });
    if (one === undefined) throw new Error("one was recorded");
    await driver.settle([{ delivery: one, outcome: "ack" }]);
    await driver.settle([{ delivery: one, outcome: "reject", reason: "twice" }]);
    expect(events.map(({ type }) => type)).toEqual(["delivered", "settled", "settled"]);
  });

  test("a closed driver and an ended session refuse every call", async () => {
    const { session, driver } = lenient([publish("1"), publish("2")]);
    const other = replayDriver(session, kafka);
    await driver.close();
    expect(await errorOf(driver.publish([message()]))).toEqual(["CLOSED", undefined]);
    expect(await errorOf(driver.poll({ maxItems: 1 }))).toEqual(["CLOSED", undefined]);
    session.close();
    expect(await errorOf(other.publish([message()]))).toEqual(["SESSION_CLOSED", 9611]);
  });
});

describe("our own cassettes, leniently", () => {
  const tape = recorded(async (session) => {
    const script = scriptedDriver();
    const driver = recordingDriver(script, session);
    script.publishes.push([receiptAt("7")], new MsgError("VALUE_TOO_LONG", "long"));
    script.polls.push([delivery("7"), delivery("8")], []);
    await driver.publish([message()]);
    const [one] = await driver.poll({ maxItems: 2 });
    if (one !== undefined) await driver.settle([{ delivery: one, outcome: "ack" }]);
    await driver.publish([message()]).catch(() => undefined);
    await driver.poll({ maxItems: 2 });
  });

  test.each(["lookup", "transcript"] as const)("by %s", async (matchMode) => {
    const session = sessionOn(await tape, { strictness: "lenient", matchMode });
    const driver = replayDriver(session, { kind: "memory", endpoint: "e" });
    expect(driver.capabilities).toMatchObject({ orderPerKey: true, durable: false });
    expect(await driver.publish([message({ value: "changed" })])).toEqual([receiptAt("7")]);
    expect((await driver.poll({ maxItems: 1 }))[0]).toEqual(delivery("7"));
    expect((await driver.poll({ maxItems: 1 }))[0]).toEqual(delivery("8"));
    expect(await errorOf(driver.publish([message()]))).toEqual(["VALUE_TOO_LONG", 9502]);
    expect(await driver.poll({ maxItems: 1 })).toEqual([]);
  });
});

describe("X07's cassettes, strictly", () => {
  const conversation = [publish("1"), deliver("1"), deliver("2"), publish("3")];
  const strictly = (entries: readonly ForeignEntry[] = conversation, options: Options = {}) => {
    const session = sessionOn(foreignCassette(entries), options);
    return { session, driver: replayDriver(session, kafka) };
  };
  const run = async (driver: Driver) => {
    await driver.publish([message({ value: "1" })]);
    const batch = await driver.poll({ maxItems: 10 });
    await driver.settle(batch.map((one) => ({ delivery: one, outcome: "ack" })));
    await driver.publish([message({ value: "3" })]);
    return [...valuesOf(batch), ...(await driver.poll({ maxItems: 10 }))];
  };

  test.each(["lookup", "transcript"] as const)("replay by %s", async (matchMode) => {
    const { session, driver } = strictly(conversation, { matchMode });
    expect(await run(driver)).toEqual(["1", "2"]);
    checkAllUsed(session);
  });

  test("a publish that differs is found all the same", async () => {
    const { driver } = strictly();
    expect(await errorOf(driver.publish([message({ value: "0" })]))).toEqual([
      "REPLAY_DIFFERS",
      2009,
    ]);
  });

  test("a recorded error keeps its number", async () => {
    const { driver } = strictly([{ ...publish("1"), err: 9720, resp: new Uint8Array(0) }]);
    await expect(driver.publish([message({ value: "1" })])).rejects.toMatchObject({
      code: "PUBLISH_INCOMPLETE",
      cause: { code: "BROKER_REFUSED", x07: 9720 },
    });
  });

  test("a request that is no envelope is told of by its place", async () => {
    const { driver } = strictly([{ ...publish("1") }]);
    expect(driver.kind).toBe("kafka");
    const broken = foreignCassette([publish("1")]);
    // The magic of the request's envelope: the first X7ME of the file.
    const at = Buffer.from(broken.bytes()).indexOf("X7ME");
    broken.bytes()[at] = 0;
    const replay = replayDriver(sessionOn(broken), kafka);
    await expect(replay.publish([message({ value: "1" })])).rejects.toMatchObject({
      code: "RECORDED_MISMATCH",
      details: { entry: 0, offset: 0 },
    });
  });
});
