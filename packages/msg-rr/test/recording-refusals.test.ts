/**
 * Goal: nothing happens that is not recorded. What cannot be recorded is refused before it is sent,
 * or, where it has happened already, kept from the program and told of; the recording ends there.
 * Method: a scripted driver under policies, budgets, sanitizers and stores that refuse; the calls that
 * reached the driver are compared.
 */
import { MsgError } from "@reprise/msg-core";
import { createMemoryStore, readSanitizer, recordingDriver } from "@reprise/msg-rr";
import { expect, test } from "vitest";
import { entryLines } from "./entry-lines.ts";
import { deferred, delivery, message, receiptAt, scriptedDriver } from "./scripted-driver.ts";
import { type Options, sessionOn } from "./sessions.ts";

// Assembled here, so that no scanner takes this file for a leak.
const secret = ["AKIA", "IOSFODNN7", "EXAMPLE"].join("");
const sanitizer = readSanitizer({
  schema_version: "x07.arch.rr.sanitize@0.1.0",
  id: "s",
  v: 1,
  redact_headers: [],
  redact_token: "",
});

function setUp(options: Options = {}) {
  const store = createMemoryStore();
  const session = sessionOn(store, { mode: "record", ...options });
  const script = scriptedDriver();
  return { store, session, script, driver: recordingDriver(script, session) };
}

test.each(["off", "replay"] as const)("a session in mode %s records no driver", (mode) => {
  const session = sessionOn(createMemoryStore(new Uint8Array(0)), { mode });
  expect(() => recordingDriver(scriptedDriver(), session)).toThrow(
    expect.objectContaining({ code: "MODE_NO_APPEND" }),
  );
});

test("a secret fails a publish before anything is sent, and every message is observed as refused", async () => {
  const { store, script, driver } = setUp({ sanitizer });
  const seen: string[] = [];
  driver.observe((event) => seen.push(event.type));
  const batch = [message(), message({ value: secret })];
  await expect(driver.publish(batch)).rejects.toMatchObject({
    code: "SECRET_FOUND",
    details: { pointer: "/value" },
  });
  expect(script.calls).toEqual([]);
  expect(seen).toEqual(["refused", "refused"]);
  script.publishes.push([receiptAt("1")]);
  await driver.publish([message()]);
  expect(entryLines(store)).toEqual(["rr e publish t k=v {} -> 0/1"]);
});

test("a secret fails a poll before the program gets anything, and ends the recording", async () => {
  const { store, script, driver } = setUp({ sanitizer });
  script.polls.push([delivery("1"), delivery("2", { value: secret })]);
  const polling = driver.poll({ maxItems: 2 });
  await expect(polling).rejects.toMatchObject({ code: "SECRET_FOUND" });
  await expect(polling).rejects.not.toThrow(secret);
  await expect(driver.poll({ maxItems: 2 })).rejects.toMatchObject({ code: "SECRET_FOUND" });
  expect(script.calls).toEqual(["poll 2"]);
  expect(store.load(1)).toBeUndefined();
});

test("a secret fails a settlement before it is sent: reasons are written too", async () => {
  const { script, driver } = setUp({ sanitizer });
  const reason = `cannot sign in with ${secret}`;
  await expect(
    driver.settle([{ delivery: delivery("1"), outcome: "retry", reason }]),
  ).rejects.toMatchObject({ code: "SECRET_FOUND", details: { pointer: "/reason" } });
  expect(script.calls).toEqual([]);
});

test("what a broker says is written without its secrets, and told to the program as it is", async () => {
  const { store, script, driver } = setUp({ sanitizer });
  script.publishes.push(new MsgError("BROKER_REFUSED", `login ${secret} failed`));
  await expect(driver.publish([message()])).rejects.toThrow(secret);
  script.tell({ type: "broker", name: "disconnected", detail: `amqp://u:${secret}@host` });
  expect(entryLines(store)).toEqual([
    "rr e publish t k=v {} tag 2 BROKER_REFUSED ((withheld: holds a secret)) batch err 1",
    'rr e event {"detail":"(withheld: holds a secret)","name":"disconnected"}',
  ]);
});

test("an operation that the policy does not allow is refused before it is sent", async () => {
  const opsAllowed = ["std.msg.memory.publish_env_v1", "std.msg.memory.event_v1"];
  const { script, driver } = setUp({ opsAllowed });
  script.publishes.push([receiptAt("1")]);
  await driver.publish([message()]);
  const refused = { code: "POLICY_REFUSED" };
  await expect(driver.poll({ maxItems: 1 })).rejects.toMatchObject(refused);
  const settlement = { delivery: delivery("1"), outcome: "ack" } as const;
  await expect(driver.settle([settlement])).rejects.toMatchObject(refused);
  expect(script.calls).toEqual(["publish 1"]);
});

test("a policy without events records nothing: a recording begins with one", async () => {
  const { script, driver } = setUp({ opsAllowed: ["std.msg.memory.publish_env_v1"] });
  await expect(driver.publish([message()])).rejects.toMatchObject({ code: "POLICY_REFUSED" });
  expect(script.calls).toEqual([]);
});

test("a header that no envelope takes is refused before it is sent", async () => {
  const { script, driver } = setUp();
  await expect(
    driver.publish([message(), message({ headers: { ключ: "x" } })]),
  ).rejects.toMatchObject({ code: "HEADER_NAME_INVALID" });
  expect(script.calls).toEqual([]);
});

test("a publish over the budget is told as done and unrecorded, and the recording ends", async () => {
  const { store, script, driver } = setUp({ budgets: { maxEntries: 2 } });
  script.publishes.push([receiptAt("1")], [receiptAt("2")]);
  await driver.publish([message()]);
  const refused = { code: "BUDGET_ENTRIES", message: expect.stringMatching(/^published, but it/) };
  await expect(driver.publish([message()])).rejects.toMatchObject(refused);
  await expect(driver.publish([message()])).rejects.toMatchObject(refused);
  await expect(driver.poll({ maxItems: 1 })).rejects.toMatchObject(refused);
  expect(script.calls).toEqual(["publish 1", "publish 1"]);
  expect(entryLines(store)).toEqual(["rr e publish t k=v {} -> 0/1"]);
  await driver.close();
});

test("a delivery over the budget does not reach the program", async () => {
  const { store, script, driver } = setUp({ budgets: { maxReqBytes: 100 } });
  script.polls.push([delivery("1"), delivery("2", { value: "v".repeat(100) })]);
  await expect(driver.poll({ maxItems: 2 })).rejects.toMatchObject({ code: "BUDGET_REQ" });
  expect(store.load(1)).toBeUndefined();
  await driver.close();
  expect(script.calls).toEqual(["poll 2", "close"]);
});

test("a settlement that could not be written is told of", async () => {
  const { script, driver } = setUp({ budgets: { maxEntries: 0 } });
  const settlement = { delivery: delivery("1"), outcome: "ack" } as const;
  await expect(driver.settle([settlement])).rejects.toMatchObject({ code: "BUDGET_ENTRIES" });
  expect(script.calls).toEqual(["settle 1"]);
});

test("an event that could not be written is told of by the next call, or by close, once", async () => {
  const event = { type: "broker", name: "disconnected", detail: "" } as const;
  const next = setUp({ budgets: { maxEntries: 0 } });
  next.script.tell(event);
  await expect(next.driver.poll({ maxItems: 1 })).rejects.toMatchObject({ code: "BUDGET_ENTRIES" });
  expect(next.script.calls).toEqual([]);
  await next.driver.close();
  const closing = setUp({ budgets: { maxEntries: 0 } });
  closing.script.tell(event);
  await expect(closing.driver.close()).rejects.toMatchObject({ code: "BUDGET_ENTRIES" });
  await closing.driver.close();
});

test("an error of the driver is not masked by that of the recording", async () => {
  const { script, driver } = setUp({ budgets: { maxEntries: 0 } });
  script.publishes.push(new MsgError("QUEUE_FULL", "full"));
  await expect(driver.publish([message()])).rejects.toMatchObject({ code: "QUEUE_FULL" });
  await expect(driver.publish([message()])).rejects.toMatchObject({ code: "BUDGET_ENTRIES" });
});

test("a full disk ends the recording", async () => {
  const store = createMemoryStore();
  const full = {
    ...store,
    append: () => {
      throw new MsgError("CASSETTE_UNAVAILABLE", "ENOSPC");
    },
  };
  const driver = scriptedDriver();
  driver.polls.push([delivery("1")]);
  const recording = recordingDriver(driver, sessionOn(full, { mode: "record" }));
  await expect(recording.poll({ maxItems: 1 })).rejects.toMatchObject({
    code: "CASSETTE_UNAVAILABLE",
    message: expect.stringMatching(/^taken from the broker, but it could not be recorded/),
  });
});

test("too few receipts are a bug that is told of", async () => {
  const { script, driver } = setUp();
  script.publishes.push([receiptAt("1")]);
  await expect(driver.publish([message(), message()])).rejects.toMatchObject({
    code: "RESULT_INVALID",
  });
});

test("after the end of the scope nothing reaches the broker", async () => {
  const { session, script, driver } = setUp();
  session.close();
  const closed = { code: "SESSION_CLOSED" };
  await expect(driver.publish([message()])).rejects.toMatchObject(closed);
  await expect(driver.poll({ maxItems: 1 })).rejects.toMatchObject(closed);
  await expect(driver.settle([{ delivery: delivery("1"), outcome: "ack" }])).rejects.toMatchObject(
    closed,
  );
  expect(script.calls).toEqual([]);
  script.tell({ type: "broker", name: "disconnected", detail: "" });
  await driver.close();
});

test("a delivery that comes after the end of the scope does not reach the program", async () => {
  const { session, script, driver } = setUp();
  const late = deferred<[ReturnType<typeof delivery>]>();
  script.polls.push(late.promise);
  const polling = driver.poll({ maxItems: 1 });
  session.close();
  late.resolve([delivery("1")]);
  await expect(polling).rejects.toMatchObject({ code: "SESSION_CLOSED" });
});

test("a poll that a close after the scope ends brings none", async () => {
  const { session, script, driver } = setUp();
  const late = deferred<[]>();
  script.polls.push(late.promise);
  const polling = driver.poll({ maxItems: 1 });
  session.close();
  await driver.close();
  late.resolve([]);
  expect(await polling).toEqual([]);
});
