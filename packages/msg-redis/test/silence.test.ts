/**
 * Goal: a connection that owes replies and gives none for long enough is dead; one that owes none, or
 * gives some, is not.
 * Method: a timer that the test lets elapse; half of the time is one period.
 */
import { expect, test } from "vitest";
import { createSilence } from "../src/silence.ts";
import { createFakeTimer } from "./fake-connection.ts";

function setUp() {
  const { timer, running, elapse } = createFakeTimer();
  let deaths = 0;
  const silence = createSilence(timer, 1_000, () => {
    deaths += 1;
  });
  return { silence, running, elapse, deaths: () => deaths };
}

test("two quiet periods are the end", () => {
  const { silence, running, elapse, deaths } = setUp();
  silence.called(1);
  expect(running()).toEqual([500]);
  elapse();
  expect(deaths()).toBe(0);
  elapse();
  expect(deaths()).toBe(1);
  expect(running()).toEqual([]);
});

test("a reply to one of many gives more time to the rest", () => {
  const { silence, elapse, deaths } = setUp();
  silence.called(3);
  elapse();
  silence.replied();
  elapse();
  elapse();
  expect(deaths()).toBe(0);
  elapse();
  expect(deaths()).toBe(1);
});

test("nothing awaited: the timer runs out, and is started anew by the next call", () => {
  const { silence, running, elapse, deaths } = setUp();
  silence.called(1);
  silence.replied();
  elapse();
  expect(running()).toEqual([]);
  silence.called(1);
  expect(running()).toEqual([500]);
  elapse();
  expect(deaths()).toBe(0);
});

test("a call late in a period has its whole time", () => {
  const { silence, elapse, deaths } = setUp();
  silence.called(1);
  silence.replied();
  silence.called(1);
  elapse();
  elapse();
  expect(deaths()).toBe(0);
  elapse();
  expect(deaths()).toBe(1);
});

test("stopped, it is over", () => {
  const { silence, running } = setUp();
  silence.called(2);
  silence.stop();
  expect(running()).toEqual([]);
});
