/** Fails a test file on an unhandled rejection, a warning that is not known, or a handle left open. */
import { afterAll, beforeAll, expect } from "vitest";

/** K13: kafkajs' own, on Node 24 and later: it asks for a timer of less than nothing. */
const knownWarning = "TimeoutNegativeWarning";

export function expectNoLeaks(): void {
  const problems: string[] = [];
  const onProblem = (problem: unknown): void => {
    if (problem instanceof Error && problem.name === knownWarning) return;
    problems.push(problem instanceof Error ? (problem.stack ?? problem.message) : String(problem));
  };
  let before: readonly string[] = [];
  beforeAll(() => {
    before = handles();
    process.on("unhandledRejection", onProblem);
    process.on("warning", onProblem);
  });
  afterAll(async () => {
    const patience = performance.now() + 5000;
    // What was ended closes in a later turn of the loop.
    while (more(handles(), before).length > 0 && performance.now() < patience) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    process.off("unhandledRejection", onProblem);
    process.off("warning", onProblem);
    expect(problems).toEqual([]);
    expect(more(handles(), before)).toEqual([]);
  });
}

/** Sockets, servers and timers. */
function handles(): readonly string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /TCP|Timeout|Pipe/.test(name))
    .sort();
}

/** Those of the first list that the second has not. */
function more(after: readonly string[], before: readonly string[]): readonly string[] {
  const left = [...before];
  return after.filter((name) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
