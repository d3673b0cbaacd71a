/**
 * Goal: what a world refuses is recognised by its code and carries what a program needs to act.
 * Method: one error of each code; look-alikes.
 */
import { WorldError, type WorldErrorCode } from "@reprise/worlds";
import { expect, test } from "vitest";

const codes: readonly WorldErrorCode[] = [
  "AMBIENT_REFUSED",
  "WORLD_ENDED",
  "WORLD_WIDER",
  "SOURCE_INVALID",
  "POLICY_INVALID",
  "POLICY_OVERRIDE_INVALID",
  "SANDBOX_REFUSED",
  "LIMIT_MET",
  "SANDBOX_UNAVAILABLE",
];

test.each(codes)("%s", (code) => {
  const cause = new Error("why");
  const error = new WorldError(code, "text", { call: "Date.now", index: 3, cause });
  expect(error).toBeInstanceOf(Error);
  expect(WorldError.is(error)).toBe(true);
  expect([error.name, error.code, error.fault, error.message]).toEqual([
    "WorldError",
    code,
    code === "SANDBOX_UNAVAILABLE" ? "environment" : "caller",
    "text",
  ]);
  expect(error.details).toMatchObject({ call: "Date.now", index: 3 });
  expect(error.cause).toBe(cause);
});

test("one of another copy of the package is one; what looks like one is not", () => {
  const copy = Object.defineProperty(new Error("x"), Symbol.for("@reprise/worlds/WorldError"), {
    value: true,
  });
  expect(WorldError.is(copy)).toBe(true);
  for (const other of [new Error("x"), { code: "WORLD_ENDED" }, "WORLD_ENDED", null, undefined]) {
    expect(WorldError.is(other)).toBe(false);
  }
  expect("cause" in new WorldError("WORLD_ENDED", "x")).toBe(false);
});
