/**
 * Goal: who waits for the end of a session hears of it, once, whenever they asked; and what comes
 * after it is refused.
 * Method: the end alone, asked before and after it has come.
 */
import { expect, test } from "vitest";
import { createSessionEnd } from "../src/session-end.ts";
import { refusalOf } from "./refusal.ts";

test("those who ask before are told when it comes, once", () => {
  const end = createSessionEnd();
  const told: string[] = [];
  end.whenClosed(() => told.push("a"));
  const takeBack = end.whenClosed(() => told.push("b"));
  end.whenClosed(() => told.push("c"));
  takeBack();
  expect(told).toEqual([]);
  expect([end.close(), end.close()]).toEqual([true, false]);
  expect(told).toEqual(["a", "c"]);
});

test("those who ask after it are told soon, not within their own call, and may take it back", async () => {
  const end = createSessionEnd();
  end.close();
  const told: string[] = [];
  end.whenClosed(() => told.push("a"));
  const takeBack = end.whenClosed(() => told.push("b"));
  takeBack();
  expect(told).toEqual([]);
  await Promise.resolve();
  expect(told).toEqual(["a"]);
});

test("it is SESSION_CLOSED from then on", () => {
  const end = createSessionEnd();
  end.check();
  end.close();
  expect(refusalOf(end.check).code).toBe("SESSION_CLOSED");
});
