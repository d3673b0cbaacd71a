/** A runner for drivers that have nothing to do with time: waiting is counted in turns of the loop. */
import { type Harness, type Law, LawBroken, laws, type Subject } from "@reprise/msg-conformance";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export async function settles(promise: Promise<unknown>, turns: number): Promise<boolean> {
  let settled = false;
  const end = (): void => {
    settled = true;
  };
  promise.then(end, end);
  for (let count = 0; count <= turns && !settled; count++) await turn();
  return settled;
}

export function subjectOf(harness: Harness): Subject {
  const createAbort = () => new AbortController();
  return { ...harness, patienceMs: 10, quietMs: 1, settles, createAbort };
}

/** The ids of the laws that are broken. */
export async function brokenLaws(harness: Harness): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const law of laws) {
    if ((await breach(law, harness)) !== undefined) broken.push(law.id);
  }
  return broken;
}

/** What breaks one law, if it is broken. */
export async function breach({ run }: Law, harness: Harness): Promise<Error | undefined> {
  try {
    await run(subjectOf(harness));
    return undefined;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new LawBroken("the law", { expected: "an Error", got: error });
  }
}
