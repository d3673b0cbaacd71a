/**
 * Goal: a trial ends, takes its stage down, and says what is wrong.
 * Method: laws made here, on stages that note what is done to them.
 */
import { LawBroken, type Subject } from "@reprise/msg-conformance";
import { type Driver, MsgError } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { expectCode, expectSame, expectThat, law, type Trial } from "../src/law.ts";
import { subjectOf } from "./law-turns.ts";
import { queueHarness } from "./queue-harness.ts";

/** A subject whose drivers and stages note that they were closed. */
function noting(): { readonly subject: Subject; readonly noted: string[] } {
  const noted: string[] = [];
  const change = (driver: Driver): Driver => ({
    ...driver,
    async close() {
      noted.push("closed");
      throw new Error("could not close");
    },
  });
  const { stage, ...rest } = queueHarness(change);
  const ending = async () => ({
    ...(await stage()),
    async end() {
      noted.push("ended");
    },
  });
  return { subject: subjectOf({ ...rest, stage: ending }), noted };
}

const trialOf = (trial: (on: Trial) => Promise<void>) => law("made-here", "It is so.", trial);

test("what was opened is closed, and the stage ended, when a law holds", async () => {
  const { subject, noted } = noting();
  const holds = trialOf(async ({ stage }) => {
    await stage.open();
    await stage.open("second");
    await stage.openElsewhere();
    expect(await stage.deadLetters(1)).toEqual([]);
  });
  await holds.run(subject);
  expect(noted).toEqual(["closed", "closed", "closed", "closed", "ended"]);
});

test("and when it is broken, or the driver throws: the first error is told", async () => {
  const { subject, noted } = noting();
  const broken = trialOf(async ({ stage }) => {
    await stage.open();
    expectSame("the number", 1, 2);
  });
  await expect(broken.run(subject)).rejects.toThrow("the number: expected 2, got 1");
  const failure = new MsgError("BROKER_REFUSED", "no");
  const throws = trialOf(() => Promise.reject(failure));
  await expect(throws.run(subject)).rejects.toBe(failure);
  expect(noted).toEqual(["closed", "ended", "ended"]);
});

test("a trial that hangs is a law broken", async () => {
  const { subject, noted } = noting();
  const hangs = trialOf(async ({ stage }) => {
    const driver = await stage.open();
    await driver.poll({ maxItems: 1 });
  });
  const breach = await hangs.run(subject).catch((error: unknown) => error);
  expect(breach).toBeInstanceOf(LawBroken);
  expect(breach).toMatchObject({ got: '"a call that hangs"' });
  expect(noted).toEqual(["closed", "ended"]);
});

test("expectSame compares content: bytes, records in any order, errors by code", () => {
  expectSame("bytes", Uint8Array.of(1, 2), Uint8Array.of(1, 2));
  expectSame("records", { a: 1, b: [undefined, "1"] }, { b: [undefined, "1"], a: 1 });
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [Uint8Array.of(1, 2), Uint8Array.of(2, 1)],
    [Uint8Array.of(1), [1]],
    ["1", 1],
    [undefined, null],
    [{ a: undefined }, {}],
    [["a", "b"], ["a, b"]],
    [new MsgError("CLOSED", "x"), new MsgError("ABORTED", "x")],
  ];
  for (const [got, expected] of pairs) {
    expect(() => expectSame("it", got, expected)).toThrow(LawBroken);
  }
});

test("bytes are told in hex", () => {
  const compare = () => expectSame("key", Uint8Array.of(0, 255), Uint8Array.of(16));
  expect(compare).toThrow("key: expected <10>, got <00ff>");
});

test("expectThat says what it saw", () => {
  expectThat("fine", true, 0);
  expect(() => expectThat("it holds", false, { seen: 3 })).toThrow(
    'it holds: expected "it to hold", got {seen: 3}',
  );
});

test("expectCode takes a MsgError of that code and nothing else", async () => {
  const error = new MsgError("CLOSED", "closed");
  expect(await expectCode("call", "CLOSED", () => Promise.reject(error))).toBe(error);
  const others = [
    () => Promise.resolve(1),
    () => Promise.reject(new MsgError("ABORTED", "x")),
    () => Promise.reject(new Error("CLOSED")),
    () => {
      throw new TypeError("not even a promise");
    },
  ];
  for (const call of others) {
    await expect(expectCode("call", "CLOSED", call)).rejects.toBeInstanceOf(LawBroken);
  }
});
