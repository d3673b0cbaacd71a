/**
 * Goal: every observer hears every event from when it is put on to when it is taken off; one that
 * throws harms nobody and is told of once.
 * Method: observers that note, throw, and change the list while it is gone through.
 */
import {
  createObservers,
  type DriverEvent,
  isLive,
  type LiveEvent,
  MsgError,
  type RecordedEvent,
  settledEvent,
} from "@reprise/msg-core";
import { expect, test } from "vitest";

const event = (name: string): DriverEvent => ({ type: "broker", name, detail: "" });
const nameOf = (heard: DriverEvent): string => (heard.type === "broker" ? heard.name : heard.type);

test("all hear all, in the order in which they were put on", () => {
  const { observe, notify, check } = createObservers();
  const heard: string[] = [];
  observe((one) => heard.push(`first ${nameOf(one)}`));
  notify(event("a"));
  observe((one) => heard.push(`second ${nameOf(one)}`));
  notify(event("b"));
  expect(heard).toEqual(["first a", "first b", "second b"]);
  check();
});

test("one that is taken off hears nothing more; twice does no harm", () => {
  const { observe, notify } = createObservers();
  const heard: string[] = [];
  const stop = observe((one) => heard.push(nameOf(one)));
  notify(event("a"));
  stop();
  stop();
  notify(event("b"));
  expect(heard).toEqual(["a"]);
});

test("an observer may take itself off", () => {
  const { observe, notify, check } = createObservers();
  const heard: string[] = [];
  const stop = observe((one) => {
    heard.push(`once ${nameOf(one)}`);
    stop();
  });
  observe((one) => heard.push(nameOf(one)));
  notify(event("a"));
  notify(event("b"));
  expect(heard).toEqual(["once a", "a", "b"]);
  check();
});

test("one that throws is dropped, the others hear on, and the caller notices nothing", () => {
  const { observe, notify } = createObservers();
  const heard: string[] = [];
  let calls = 0;
  observe(() => {
    calls += 1;
    throw new Error("a broken gauge");
  });
  observe((one) => heard.push(nameOf(one)));
  notify(event("a"));
  notify(event("b"));
  expect([calls, heard]).toEqual([1, ["a", "b"]]);
});

test("check tells of it once, with the first cause", () => {
  const { observe, notify, check } = createObservers();
  const causes = [new Error("first"), new Error("second")];
  for (const cause of causes) {
    observe(() => {
      throw cause;
    });
  }
  notify(event("a"));
  expect(check).toThrow(
    expect.objectContaining({ code: "OBSERVER_FAILED", fault: "caller", cause: causes[0] }),
  );
  check();
});

test("check tells of a cause that is undefined, and of one that comes later", () => {
  const { observe, notify, check } = createObservers();
  const throwing = (): void => {
    throw undefined;
  };
  check();
  for (let time = 0; time < 2; time++) {
    observe(throwing);
    notify(event("a"));
    expect(check).toThrow(expect.objectContaining({ code: "OBSERVER_FAILED" }));
  }
});

test("it says whether anybody observes: who is put on, taken off, or dropped", () => {
  const { observe, notify, isObserved } = createObservers();
  expect(isObserved()).toBe(false);
  const stop = observe(() => undefined);
  const throwing = observe(() => {
    throw new Error("a broken gauge");
  });
  stop();
  expect(isObserved()).toBe(true);
  notify(event("a"));
  expect(isObserved()).toBe(false);
  throwing();
});

const envelope = {
  topic: "orders",
  key: new Uint8Array(),
  value: new Uint8Array(),
  headers: {},
};
const delivery = { envelope, partition: 0, position: "0", attempt: 1, redelivered: false };
const error = new MsgError("CLOSED", "closed");

test.each<[RecordedEvent]>([
  [{ type: "published", envelope, receipt: { partition: 0, position: "0" } }],
  [{ type: "refused", envelope, error }],
  [{ type: "delivered", delivery }],
  [{ type: "settled", delivery, outcome: "ack", reason: undefined, latencyTicks: undefined }],
  [{ type: "stale", delivery }],
  [{ type: "broker", name: "constructor", detail: "" }],
])("recorded, and replayed: $type", (one) => {
  expect(isLive(one)).toBe(false);
});

test.each<[LiveEvent]>([
  [{ type: "operation", name: "publish", count: 1, durationTicks: 0 }],
  [{ type: "lag", topic: "orders", partition: 0, messages: 1 }],
  [{ type: "buffer", name: "inbox", messages: 1 }],
  [{ type: "revoked", delivery }],
])("of this run alone: $type", (one) => {
  expect(isLive(one)).toBe(true);
});

test("the event of a settlement has what was said, and the ticks that are given", () => {
  const said = { delivery, outcome: "retry", reason: "busy", latencyTicks: 7 } as const;
  const told = { type: "settled", delivery, outcome: "retry", reason: "busy" };
  expect(settledEvent(said, 3)).toStrictEqual({ ...told, latencyTicks: 3 });
  expect(settledEvent(said, undefined)).toStrictEqual({ ...told, latencyTicks: undefined });
  expect(settledEvent({ delivery, outcome: "ack", duplicate: true }, 3)).toStrictEqual({
    type: "settled",
    delivery,
    outcome: "ack",
    reason: undefined,
    latencyTicks: 3,
    duplicate: true,
  });
});
