/** Runs every law on a driver under vitest: one test each, named by its statement. */
import { describe, test } from "vitest";
import { trialPatience } from "../law.js";
import { laws } from "../laws.js";
import type { Harness, Subject } from "../subject.js";

/** Opening and closing connections, beyond what a trial waits for. */
const openingMs = 30_000;

/** Declares a test for each law. */
export function describeDriver(name: string, harness: Harness): void {
  const subject: Subject = { ...harness, settles, createAbort: () => new AbortController() };
  const timeout = harness.patienceMs * trialPatience + openingMs;
  describe(`${name} obeys`, () => {
    for (const { id, statement, run } of laws) {
      test(`${id}: ${statement}`, { timeout }, () => run(subject));
    }
  });
}

async function settles(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let stop = (): void => undefined;
  const elapsed = new Promise<boolean>((resolve) => {
    const id = setTimeout(resolve, ms, false);
    stop = () => clearTimeout(id);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, elapsed]);
  } finally {
    stop();
  }
}
