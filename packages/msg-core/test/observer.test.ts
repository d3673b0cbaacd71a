/**
 * Goal: every observer hears every event from when it is put on to when it is taken off; one that
 * throws harms nobody and is told of once.
 * Method: observers that note, throw, and change the list while it is gone through.
 */
import { createObservers, type DriverEvent } from "@reprise/msg-core";
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
