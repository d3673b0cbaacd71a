/**
 * Goal: an error can be recognised and acted on without reading its message, also when two copies of
 * the package are loaded.
 * Method: load the package a second time; look at what an error carries.
 */
import { createRegistry, ObsError } from "@reprise/obs";
import { describe, expect, test, vi } from "vitest";

describe("ObsError.is", () => {
  test("knows the error of another copy", async () => {
    vi.resetModules();
    const copy = await import("@reprise/obs");
    const error = new copy.ObsError("VALUE_INVALID", "made elsewhere");
    expect(copy.ObsError).not.toBe(ObsError);
    expect(ObsError.is(error)).toBe(true);
  });

  test.each([
    [undefined],
    [null],
    ["VALUE_INVALID"],
    [new Error("VALUE_INVALID")],
    [{ code: "VALUE_INVALID", name: "ObsError" }],
  ])("does not know %o", (other) => {
    expect(ObsError.is(other)).toBe(false);
  });
});

test("an error says who acts, where, and what limit was met", () => {
  const registry = createRegistry(
    { c: { type: "counter_u64_v1", help: "", unit: "", labels: ["x"] } },
    { seriesMax: 1 },
  );
  registry.counter("c").add(1, { x: "a" });
  let caught: unknown;
  try {
    registry.counter("c").add(1, { x: "b" });
  } catch (error) {
    caught = error;
  }
  if (!ObsError.is(caught)) throw new Error("expected an ObsError");
  expect(caught.name).toBe("ObsError");
  expect(caught.code).toBe("LIMIT_EXCEEDED");
  expect(caught.fault).toBe("caller");
  expect(caught.retryable).toBe(false);
  expect(caught.details).toEqual({ metric: "c", limit: 1, actual: 2 });
});

test("a document that is wrong is its author's fault", () => {
  expect(new ObsError("DOCUMENT_INVALID", "x").fault).toBe("peer");
});
