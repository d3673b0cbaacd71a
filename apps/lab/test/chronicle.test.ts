/**
 * Goal: the aggregate of a run of agents tells apart what is not the same: an envelope, an order, a
 * signature's state; and it finds what follows from nothing, and what goes in a circle.
 * Method: messages by hand.
 */
import { envelopeOfAmp } from "@reprise/msg-amp";
import { expect, test } from "vitest";
import { type Chronicle, createChronicle } from "../src/agents/chronicle.js";
import { messageOf } from "./agent-stage.js";

const told = (op_id: string, parent?: string) =>
  messageOf({ op_id, causality: parent === undefined ? {} : { parent, root: "a" } });

function apply(chronicle: Chronicle, ...messages: readonly ReturnType<typeof told>[]): void {
  for (const message of messages) {
    const envelope = envelopeOfAmp({ stream: "amp:lab:planner:in", message });
    chronicle.applied(envelope, message);
    chronicle.handled(envelope, "valid");
  }
}

const resultOf = (...messages: readonly ReturnType<typeof told>[]) => {
  const chronicle = createChronicle();
  apply(chronicle, ...messages);
  // What `result` gives is an object of these members.
  return chronicle.result() as Record<string, unknown>;
};

test.each([
  ["a chain", [told("a"), told("b", "a"), told("c", "b")], { chains: 1, longest: 3 }],
  ["two chains", [told("a"), told("b")], { chains: 2, longest: 1 }],
  ["a parent that is missing", [told("b", "a")], { missing_parents: 1, longest: 1 }],
  ["a circle", [told("a", "c"), told("b", "a"), told("c", "b")], { cycles: 1, longest: 3 }],
  ["nothing", [], {}],
])("%s is counted", (_, messages, expected) => {
  const nothing = { chains: 0, cycles: 0, longest: 0, missing_parents: 0 };
  expect(resultOf(...messages).causality).toEqual({ ...nothing, ...expected });
});

test("another order, or one more, gives another chain", () => {
  const [a, b] = [told("a"), told("b")];
  const chains = [[], [a], [b], [a, b], [b, a], [a, b, b]].map(
    (messages) => resultOf(...messages).chain_sha256,
  );
  expect(new Set(chains).size).toBe(chains.length);
  expect(chains[0]).toBe("0".repeat(64));
});

test("what was refused and what was repeated is counted, and not applied", () => {
  const chronicle = createChronicle();
  apply(chronicle, told("a"));
  const envelope = envelopeOfAmp({ stream: "amp:lab:planner:in", message: told("b") });
  chronicle.handled(envelope, "unsigned");
  chronicle.handled(envelope, "malformed");
  chronicle.handled(envelope, "valid");
  chronicle.repeated();
  expect(chronicle.counts()).toEqual({ handled: 4, valid: 2, refused: 2, repeated: 1, ended: 0 });
  expect(chronicle.result()).toMatchObject({
    by_actor: { operator: { count: 1 } },
    messages: { applied: 1, handled: 4, repeated: 1 },
    signatures: { valid: 2, unsigned: 1, malformed: 1, "unknown key": 0, "bad signature": 0 },
  });
});
