/** Fails a test file on an unhandled rejection, a listener leak, or a handle left open. */
import { afterAll, beforeAll, expect } from "vitest";

export function expectNoLeaks(): void {
  const problems: string[] = [];
  const onProblem = (problem: unknown): void => {
    problems.push(problem instanceof Error ? (problem.stack ?? problem.message) : String(problem));
  };
  let before: readonly string[] = [];
  beforeAll(() => {
    before = handles();
    process.on("unhandledRejection", onProblem);
    process.on("warning", onProblem);
  });
  afterAll(async () => {
    // A socket that was destroyed is closed in a later turn of the loop.
    for (let turn = 0; turn < 200 && leftBehind(before).length > 0; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    process.off("unhandledRejection", onProblem);
    process.off("warning", onProblem);
    expect(problems).toEqual([]);
    expect(leftBehind(before)).toEqual([]);
  });
}

/** Sockets, servers and timers. */
function handles(): readonly string[] {
  return process.getActiveResourcesInfo().filter((name) => /TCP|Timeout|Pipe/.test(name));
}

function leftBehind(before: readonly string[]): readonly string[] {
  const known = [...before];
  return handles().filter((name) => {
    const at = known.indexOf(name);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
}
