/** Fails a test file on an unhandled rejection, a warning that is not known, or a handle left open. */
import { Socket } from "node:net";
import { afterAll, beforeAll, expect } from "vitest";

export interface LeakOptions {
  /** Names of warnings that are somebody else's, and known. */
  readonly knownWarnings?: readonly string[];
}

/** Milliseconds. What was ended closes in a later turn of the loop; on a busy machine, in a late one. */
const patienceMs = 5000;

export function expectNoLeaks({ knownWarnings = [] }: LeakOptions = {}): void {
  const problems: string[] = [];
  const onProblem = (problem: unknown): void => {
    if (problem instanceof Error && knownWarnings.includes(problem.name)) return;
    problems.push(problem instanceof Error ? (problem.stack ?? problem.message) : String(problem));
  };
  let before: readonly string[] = [];
  beforeAll(() => {
    before = handles();
    process.on("unhandledRejection", onProblem);
    process.on("warning", onProblem);
  });
  afterAll(async () => {
    const until = performance.now() + patienceMs;
    while (leftBehind(before).length > 0 && performance.now() < until) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    process.off("unhandledRejection", onProblem);
    process.off("warning", onProblem);
    expect(problems).toEqual([]);
    const left = leftBehind(before);
    expect(left, left.length === 0 ? "" : openSockets()).toEqual([]);
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

/** For whoever has to find out whose they are. */
function openSockets(): string {
  const { _getActiveHandles: handlesOf } = process as unknown as {
    readonly _getActiveHandles: () => readonly object[];
  };
  const sockets = handlesOf.call(process).filter((one) => one instanceof Socket);
  const shown = sockets.map(
    ({ localPort, remotePort, readyState, connecting, destroyed, pending }) =>
      JSON.stringify({ localPort, remotePort, readyState, connecting, destroyed, pending }),
  );
  return `open: ${shown.join(" ")}`;
}
