/**
 * A law: a sentence of the driver contract, and a trial that a driver either passes or fails with
 * `LawBroken`. Trials wait for what must come and look for what must not; they measure no time.
 */
import { MsgError, type MsgErrorCode } from "@reprise/msg-core";
import { show } from "./show.js";
import { openStage, type TrialStage } from "./stage.js";
import type { Subject } from "./subject.js";

export interface Law {
  /** Stable: a report or an exception list may name it. */
  readonly id: string;
  readonly statement: string;
  /** Rejects with LawBroken, or with what the driver threw where it should not have. */
  run(subject: Subject): Promise<void>;
}

/** The driver did something else than the law says. */
export class LawBroken extends Error {
  override readonly name: string = "LawBroken";
  /** Both as text, for a reader. */
  readonly expected: string;
  readonly got: string;

  constructor(what: string, { expected, got }: { expected: unknown; got: unknown }) {
    const texts = { expected: show(expected), got: show(got) };
    super(`${what}: expected ${texts.expected}, got ${texts.got}`);
    this.expected = texts.expected;
    this.got = texts.got;
  }
}

export interface Trial {
  readonly subject: Subject;
  /** Of this trial alone. */
  readonly stage: TrialStage;
}

/** A trial may take so many times the subject's patience: it waits a few times in a row. */
export const trialPatience: number = 8;

export function law(id: string, statement: string, trial: (on: Trial) => Promise<void>): Law {
  return {
    id,
    statement,
    async run(subject) {
      const stage = await openStage(subject);
      try {
        const running = trial({ subject, stage });
        if (await subject.settles(running, subject.patienceMs * trialPatience))
          return await running;
        // It may fail later, when nobody listens any more.
        running.catch(() => undefined);
        throw new LawBroken(`${id}: the trial`, { expected: "an end", got: "a call that hangs" });
      } finally {
        await stage.end();
      }
    },
  };
}

/** Throws LawBroken unless both look the same: bytes by content, records by their members. */
export function expectSame(what: string, got: unknown, expected: unknown): void {
  if (show(got) !== show(expected)) throw new LawBroken(what, { expected, got });
}

/** Throws LawBroken unless `holds`. */
export function expectThat(what: string, holds: boolean, got: unknown): void {
  if (!holds) throw new LawBroken(what, { expected: "it to hold", got });
}

/** Throws LawBroken unless `call` rejects with a MsgError of that code. */
export async function expectCode(
  what: string,
  code: MsgErrorCode,
  call: () => Promise<unknown>,
): Promise<MsgError> {
  let value: unknown;
  try {
    value = await call();
  } catch (error) {
    if (MsgError.is(error) && error.code === code) return error;
    throw new LawBroken(what, { expected: `a MsgError with ${code}`, got: error });
  }
  throw new LawBroken(what, { expected: `a MsgError with ${code}`, got: { resolvedWith: value } });
}
