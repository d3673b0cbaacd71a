/**
 * Goal: code outside of all worlds is asked nothing as long as there can be no code inside one, and is
 * asked as long as there can.
 * Method: scopes made, let go of and held; the collector is run, and its word waited for, for a bounded
 * number of turns.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { AmbientSources } from "@reprise/worlds";
import { inWorld } from "@reprise/worlds/os";
import { expect, test } from "vitest";
import { guard } from "../src/os/ambient-guard-scope.js";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

const sources: AmbientSources = { clock: () => 0n, entropy: (_, size) => new Uint8Array(size) };
const turnsMax = 200;

/** Runs the collector until `isDone`; says whether it was. */
async function collected(isDone: () => boolean): Promise<boolean> {
  for (let turn = 0; turn < turnsMax && !isDone(); turn++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return isDone();
}

test("before the first world nothing is asked", () => {
  expect(guard.watching).toBe(false);
});

test("when the last scope is gone nothing is asked any more, and the next is asked for again", async () => {
  for (let round = 0; round < 3; round++) {
    expect(inWorld("solve-rr", sources, () => Date.now())).toBe(0);
    expect(guard.watching).toBe(true);
    expect(await collected(() => !guard.watching)).toBe(true);
    expect(Date.now()).toBeGreaterThan(0);
  }
});

test("a scope that waits is seen to, whatever became of those before it", async () => {
  inWorld("solve-rr", sources, () => Date.now());
  const before = guard.token;
  await new Promise((resolve) => setImmediate(resolve));
  // Gone, and its end not told yet.
  gc();
  let go: () => void = () => undefined;
  const waiting = inWorld("solve-rr", sources, async () => {
    await new Promise<void>((resolve) => {
      go = resolve;
    });
    return Date.now();
  });
  expect(guard.token).not.toBe(before);
  // Something else is collected meanwhile: when its end is told, so is that of the scope before.
  let isTold = false;
  const registry = new FinalizationRegistry(() => {
    isTold = true;
  });
  (() => registry.register({}, undefined))();
  expect(await collected(() => isTold)).toBe(true);
  expect(guard.watching).toBe(true);
  go();
  expect(await waiting).toBe(0);
});
