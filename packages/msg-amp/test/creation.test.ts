/**
 * Goal: a message takes its id and its time from ports, to the microsecond, and from nowhere else.
 * Method: ports that say what a test has them say; times worked out by hand.
 */
import { type AmpDraft, type AmpPorts, causedBy, createAmpMessage } from "@reprise/msg-amp";
import { describe, expect, test } from "vitest";
import { refusal, sample } from "./samples.ts";

const draft: AmpDraft = { type: "PLAN.MADE", actor: "planner", snap_sha: "abc" };
const at = (nowMicros: unknown): AmpPorts => ({
  uuid: () => "id-1",
  nowMicros: () => nowMicros as number,
});

test("what is not said is from the ports, or empty", () => {
  expect(createAmpMessage(draft, at(1_000_001))).toEqual({
    op_id: "id-1",
    at: "1970-01-01T00:00:01.000001Z",
    type: "PLAN.MADE",
    actor: "planner",
    causality: {},
    snap_sha: "abc",
    payload: {},
  });
});

test("what is said is kept", () => {
  const proof = { tests: 12 };
  const message = createAmpMessage(
    { ...draft, op_id: "mine", payload: { a: 1 }, causality: causedBy(sample), proof },
    at(0),
  );
  expect(message).toMatchObject({ op_id: "mine", payload: { a: 1 }, proof });
  expect(message.causality).toEqual({ parent: sample.op_id, root: "r-1" });
  expect(causedBy({ ...sample, causality: {} })).toEqual({
    parent: sample.op_id,
    root: sample.op_id,
  });
});

describe("times", () => {
  const times: readonly (readonly [number, string])[] = [
    [0, "1970-01-01T00:00:00.000000Z"],
    [999, "1970-01-01T00:00:00.000999Z"],
    [1_000, "1970-01-01T00:00:00.001000Z"],
    [951_782_400_000_000, "2000-02-29T00:00:00.000000Z"],
    [4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z"],
    [2 ** 53 - 1, "2255-06-05T23:47:34.740991Z"],
  ];
  for (const [micros, text] of times) {
    test(text, () => expect(createAmpMessage(draft, at(micros)).at).toBe(text));
  }
  for (const micros of [-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY, "now", undefined]) {
    test(`${micros} is no time`, () => {
      expect(refusal(() => createAmpMessage(draft, at(micros))).code).toBe("PORT_INVALID");
    });
  }
});

test.each([[""], [undefined], [7]])("%j is no id", (id) => {
  const ports: AmpPorts = { uuid: () => id as string, nowMicros: () => 0 };
  expect(refusal(() => createAmpMessage(draft, ports)).code).toBe("PORT_INVALID");
});

test("what the schema refuses is not made", () => {
  const wrong = { ...draft, payload: { n: Number.NaN } };
  expect(refusal(() => createAmpMessage(wrong, at(0))).details.pointer).toBe("/payload/n");
  const empty = { ...draft, type: "" };
  expect(refusal(() => createAmpMessage(empty, at(0))).details.pointer).toBe("/type");
});
