/**
 * Goal: each pair of worlds is judged as X07 judges it, and each world may reach what it says, no more.
 * Method: the tables written out once more, by hand, as a square and a list.
 */
import {
  capabilities,
  isCapability,
  isWorld,
  mayDependOn,
  mayReach,
  worlds,
} from "@reprise/worlds";
import { expect, test } from "vitest";

const solve = ["solve-pure", "solve-fs", "solve-rr", "solve-kv", "solve-full"] as const;
const os = ["run-os", "run-os-sandboxed"] as const;

test("there are seven worlds, of two kinds", () => {
  expect(Object.keys(worlds).sort()).toEqual([...solve, ...os].sort());
  for (const world of solve) expect(worlds[world].kind).toBe("solve");
  for (const world of os) expect(worlds[world].kind).toBe("os");
});

test("a solve world depends on no OS world; everything else may be", () => {
  for (const from of [...solve, ...os]) {
    for (const to of solve) expect([from, to, mayDependOn(from, to)]).toEqual([from, to, true]);
    for (const to of os) {
      const isOs = from.startsWith("run-");
      expect([from, to, mayDependOn(from, to)]).toEqual([from, to, isOs]);
    }
  }
});

test("what a solve world may reach", () => {
  const reached = {
    "solve-pure": [],
    "solve-fs": ["files"],
    "solve-rr": ["cassette"],
    "solve-kv": ["store"],
    "solve-full": ["cassette", "files", "store"],
  };
  for (const world of solve) {
    const names = Object.keys(capabilities).filter(isCapability);
    expect(names.filter((name) => mayReach(world, name)).sort()).toEqual(reached[world]);
    expect(mayReach(world, "pure")).toBe(true);
    expect(mayReach(world, "unknown")).toBe(false);
  }
});

test("an OS world may reach everything, the unknown too", () => {
  for (const world of os) {
    expect(mayReach(world, "unknown")).toBe(true);
    expect(mayReach(world, "network")).toBe(true);
    expect([...worlds[world].reaches].sort()).toEqual(Object.keys(capabilities).sort());
  }
});

test("names that are no worlds and no capabilities", () => {
  for (const name of ["solve", "run-os ", "Solve-pure", "", "toString", "__proto__"]) {
    expect([name, isWorld(name), isCapability(name)]).toEqual([name, false, false]);
  }
  expect(isWorld("solve-pure")).toBe(true);
  expect(isCapability("clock")).toBe(true);
});
