/**
 * Goal: the table of ambient calls holds every source of nondeterminism that it is there for, and its
 * rows agree with each other.
 * Method: the list of what replay must answer and what a solve world must not reach, by hand; then
 * rules over all rows.
 */
import { ambientCalls, ambientMember, capabilities, globalObjects } from "@reprise/worlds";
import { expect, test } from "vitest";

test("what replay answers from the cassette", () => {
  const answered = [...ambientCalls.values()].filter(({ atRunTime }) => atRunTime === "answered");
  expect(answered.map(({ name }) => name).sort()).toEqual([
    "Date",
    "Date()",
    "Date.now",
    "Math.random",
    "Temporal.Now",
    "crypto.getRandomValues",
    "crypto.randomUUID",
    "new Date()",
    "performance.now",
    "process.hrtime",
    "process.hrtime.bigint",
  ]);
  for (const { name, capability } of answered) {
    expect([name, ["clock", "randomness"].includes(capability)]).toEqual([name, true]);
  }
});

test.each([
  ["timer", ["setTimeout", "setInterval", "setImmediate"]],
  ["network", ["fetch", "WebSocket"]],
  ["threads", ["Worker", "Atomics.wait"]],
  ["environment", ["process", "process.env", "navigator", "import.meta.env"]],
  ["locale", [".toLocaleString", ".getHours", ".localeCompare", "Intl.DateTimeFormat"]],
  ["memory", ["WeakRef", "FinalizationRegistry"]],
  ["code", ["eval", "Function", "import()", "require"]],
])("%s: %s", (capability, names) => {
  for (const name of names)
    expect([name, ambientCalls.get(name)?.capability]).toEqual([name, capability]);
});

test("what touches nothing is not there", () => {
  for (const name of ["structuredClone", "queueMicrotask", "Date.UTC", "Math.max", "TextEncoder"]) {
    expect([name, ambientCalls.has(name)]).toEqual([name, false]);
  }
});

test("each row says what it reaches and what to do instead", () => {
  for (const [name, call] of ambientCalls) {
    expect(call.name).toBe(name);
    expect(capabilities[call.capability]).not.toBe("");
    expect(call.instead.length).toBeGreaterThan(5);
    if (call.timeZone !== undefined) expect(call.locale).toBeDefined();
  }
});

test("a name that has members in the table is in it itself", () => {
  for (const name of ambientCalls.keys()) {
    const place = /^(.+)\.\w+$/.exec(name)?.[1];
    if (place !== undefined && name !== "import.meta")
      expect([name, ambientCalls.has(place)]).toEqual([name, true]);
  }
});

test("members are found through the global object, under any of its names", () => {
  for (const place of globalObjects) {
    expect(ambientMember(place, "fetch")?.name).toBe("fetch");
    expect(ambientMember(place, "window")?.name).toBe("window");
    expect(ambientMember(place, "Array")).toBeUndefined();
  }
  expect(ambientMember("Math", "random")?.name).toBe("Math.random");
  expect(ambientMember("Math", "max")).toBeUndefined();
  expect(ambientMember("Math", "fetch")).toBeUndefined();
});
