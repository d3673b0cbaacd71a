/**
 * Goal: every message that is sent gets one outcome, the one that the broker gave it; what is
 * unconfirmed when the connection ends goes again, first and in order.
 * Method: the outbox alone, driven step by step.
 */
import { MsgError, type Receipt } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { createOutbox, suspectedMax } from "../src/outbox.js";

function stand(names: readonly string[], unconfirmedMax = 100) {
  const outbox = createOutbox(unconfirmedMax);
  const outcomes = new Map<string, Receipt | MsgError>();
  const body = new Uint8Array(0);
  const add = (messageId: string, deadline = 1000): void => {
    outbox.add({
      message: { topic: "t", properties: {}, body },
      exchange: "e",
      messageId,
      deadline,
      settle(outcome) {
        expect(outcomes.has(messageId), `${messageId} is settled once`).toBe(false);
        outcomes.set(messageId, outcome);
      },
    });
  };
  for (const name of names) add(name);
  /** Writes what is next, `count` at most. */
  const write = (count = 100): readonly string[] => {
    const written: string[] = [];
    for (let parcel = outbox.next(); parcel !== undefined && written.length < count; ) {
      written.push(parcel.messageId);
      outbox.sent();
      parcel = outbox.next();
    }
    return written;
  };
  const said = (): Record<string, string> =>
    Object.fromEntries(
      [...outcomes].map(([name, outcome]) => [
        name,
        MsgError.is(outcome) ? outcome.code : outcome.position,
      ]),
    );
  return { outbox, add, write, said, outcomes };
}

const one = (deliveryTag: number) => ({ deliveryTag, multiple: false });
const upTo = (deliveryTag: number) => ({ deliveryTag, multiple: true });

test("a confirm is a receipt with the message id, a refusal an error", () => {
  const { outbox, write, said } = stand(["a", "b", "c"]);
  write();
  outbox.nacked(one(2));
  outbox.acked(upTo(3));
  expect(said()).toEqual({ a: "a", b: "BROKER_REFUSED", c: "c" });
});

test("A13: what was returned is unroutable once it is confirmed, and not before", () => {
  const { outbox, write, said, outcomes } = stand(["a", "b"]);
  write();
  outbox.returned("b", "NO_ROUTE");
  outbox.returned("somebody else's", "NO_ROUTE");
  expect(said()).toEqual({});
  outbox.acked(upTo(2));
  expect(said()).toEqual({ a: "a", b: "UNROUTABLE" });
  expect(String(outcomes.get("b"))).toContain('exchange "e", routing key "t" (NO_ROUTE)');
});

test("A2: what is unconfirmed goes again, in front, under the same message id", () => {
  const { outbox, add, write, said } = stand(["a", "b", "c", "d"]);
  expect(write(3)).toEqual(["a", "b", "c"]);
  outbox.acked(one(2));
  add("e");
  expect(outbox.lost(undefined)).toBe(2);
  expect(write()).toEqual(["a", "c", "d", "e"]);
  outbox.acked(upTo(4));
  expect(said()).toEqual({ a: "a", b: "b", c: "c", d: "d", e: "e" });
});

test("A2: returned on a connection that ended says nothing of the next", () => {
  const { outbox, write, said } = stand(["a"]);
  write();
  outbox.returned("a", "NO_ROUTE");
  outbox.lost(undefined);
  write();
  outbox.acked(one(1));
  expect(said()).toEqual({ a: "a" });
});

test("A5: what is overdue ends, and a confirm that comes later is for nobody", () => {
  const { outbox, add, write, said, outcomes } = stand(["a", "b"]);
  add("c", 2000);
  write(1);
  expect(outbox.expire(999)).toBe(1000);
  expect(outbox.expire(1000)).toBe(2000);
  expect(said()).toEqual({ a: "BROKER_TIMEOUT", b: "BROKER_TIMEOUT" });
  expect(String(outcomes.get("a"))).toContain("it may be stored, under message id a");
  expect(String(outcomes.get("b"))).toContain("was not sent");
  outbox.acked(one(1));
  expect(write()).toEqual(["c"]);
  outbox.acked(one(2));
  expect(said().c).toBe("c");
  expect(outbox.expire(5000)).toBeUndefined();
});

test("A5: what is overdue is not sent again", () => {
  const { outbox, write } = stand(["a"]);
  write();
  outbox.expire(1000);
  expect(outbox.lost(undefined)).toBe(0);
  expect(write()).toEqual([]);
});

test("overdue ones that the broker never answers are bounded", () => {
  const { outbox, add, write } = stand(["a", "b"], 2);
  write();
  outbox.expire(1000);
  add("c", 2000);
  expect(write()).toEqual([]);
  outbox.acked(one(1));
  expect(write()).toEqual(["c"]);
});

test("what cannot be written ends, and takes no number of the channel", () => {
  const { outbox, write, said } = stand(["a", "b"]);
  outbox.next();
  outbox.refused(new MsgError("MESSAGE_UNMAPPABLE", "too large"));
  expect(write()).toEqual(["b"]);
  outbox.acked(one(1));
  expect(said()).toEqual({ a: "MESSAGE_UNMAPPABLE", b: "b" });
});

test("a message that the broker closes the channel for is not sent for ever", () => {
  const { outbox, write, said } = stand(["poison"]);
  const fault = new MsgError("BROKER_REFUSED", "406");
  for (let round = 1; round <= suspectedMax; round++) {
    expect(said()).toEqual({});
    expect(write()).toEqual(["poison"]);
    outbox.lost(round === 1 ? fault : undefined);
    if (round > 1) {
      write();
      outbox.lost(fault);
    }
  }
  expect(said()).toEqual({ poison: "BROKER_REFUSED" });
  expect(write()).toEqual([]);
});

test("the end answers all, once", () => {
  const { outbox, write, said } = stand(["a", "b"]);
  write(1);
  outbox.end(new MsgError("CLOSED", "closed"));
  outbox.end(new MsgError("CLOSED", "closed"));
  outbox.acked(one(1));
  expect(said()).toEqual({ a: "CLOSED", b: "CLOSED" });
});

test("nothing is lost where much goes through", () => {
  const { outbox, add, write, outcomes } = stand([]);
  for (let number = 1; number <= 5000; number++) {
    add(`m${number}`);
    if (number % 7 === 0) {
      write();
      outbox.acked(upTo(number));
    }
  }
  write();
  outbox.acked(upTo(5000));
  expect(outcomes.size).toBe(5000);
});
