/**
 * Goal: every law bites, and bites alone: a driver with one fault breaks the law of that fault and
 * obeys all others.
 * Method: a table of faults (message-faults.ts, call-faults.ts); all laws are run on each faulty driver. Waiting is counted
 * in turns of the event loop: the memory driver has nothing to do with time.
 */
import { type Law, LawBroken, laws, type Subject } from "@reprise/msg-conformance";
import { expect, test } from "vitest";
import { callFaults } from "./call-faults.ts";
import { type Change, memoryHarness } from "./memory-harness.ts";
import { messageFaults } from "./message-faults.ts";

const sabotages = [...messageFaults, ...callFaults];

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function settles(promise: Promise<unknown>, turns: number): Promise<boolean> {
  let settled = false;
  const end = (): void => {
    settled = true;
  };
  promise.then(end, end);
  for (let count = 0; count <= turns && !settled; count++) await turn();
  return settled;
}

function subjectOf(change: Change): Subject {
  const createAbort = () => new AbortController();
  return { ...memoryHarness(change), patienceMs: 10, quietMs: 1, settles, createAbort };
}

/** The ids of the laws that the driver breaks. */
async function brokenBy(change: Change): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const law of laws) {
    if (!(await obeys(law, change))) broken.push(law.id);
  }
  return broken;
}

async function obeys({ run }: Law, change: Change): Promise<boolean> {
  try {
    await run(subjectOf(change));
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return false;
  }
}

test("a driver that nothing is done to obeys all laws", async () => {
  expect(await brokenBy((driver) => ({ ...driver }))).toEqual([]);
});

test("there is a fault for each law", () => {
  expect(sabotages.map(({ id }) => id).sort()).toEqual(laws.map(({ id }) => id).sort());
});

for (const { id, fault, change } of sabotages) {
  test(`${id} catches a driver that ${fault}`, async () => {
    expect(await brokenBy(change)).toEqual([id]);
  });
}

test("a broken law says what was expected and what was got", async () => {
  const law = laws.find(({ id }) => id === "no-loss");
  const change = sabotages.find(({ id }) => id === "no-loss")?.change;
  const running = law?.run(subjectOf(change ?? ((driver) => driver)));
  await expect(running).rejects.toBeInstanceOf(LawBroken);
  await expect(running).rejects.toMatchObject({ name: "LawBroken", expected: "[]" });
});
