/*
 * Goal: an error is recognised and acted on without reading its message, also when two copies of the
 * package are loaded, and the README tells of every code.
 * Method: load the module a second time; hold the table against the README's.
 */
import { readFileSync } from "node:fs";
import { BrokersError, brokersErrors } from "@reprise/brokers";
import { expect, test, vi } from "vitest";

test("an error of another copy is known, and nothing else is", async () => {
  vi.resetModules();
  const copy = await import("@reprise/brokers");
  expect(copy.BrokersError).not.toBe(BrokersError);
  expect(BrokersError.is(new copy.BrokersError("BUSY", "made elsewhere"))).toBe(true);
  for (const other of [undefined, null, "BUSY", new Error("BUSY"), { code: "BUSY" }]) {
    expect(BrokersError.is(other)).toBe(false);
  }
});

test("it carries code, fault and details, and its cause", () => {
  const cause = new Error("cause");
  const error = new BrokersError("PORT_TAKEN", "m", { port: 1, owner: "x, pid 2", cause });
  expect([error.code, error.fault, error.retryable]).toEqual(["PORT_TAKEN", "environment", true]);
  expect(error.details).toEqual({ port: 1, owner: "x, pid 2", cause });
  expect(error.cause).toBe(cause);
});

test("the README has a row for each code with its fault, and no other", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \| (\w+) \|/gm)].map(([, code, fault]) => {
    return [code, fault];
  });
  expect(rows).toEqual(Object.entries(brokersErrors).map(([code, { fault }]) => [code, fault]));
});
