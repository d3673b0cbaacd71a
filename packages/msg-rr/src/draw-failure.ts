/**
 * A draw that could not be recorded ends the recording, like every other hole in it: the program that
 * asked is told, and, since it may take that for a failing handler, so is the next call of a driver.
 */
import { MsgError } from "@reprise/msg-core";
import type { Session } from "./session.js";

const failures = new WeakMap<Session, MsgError>();

/** The first failure of a session's draws, if there was one. */
export function drawFailureOf(session: Session): MsgError | undefined {
  return failures.get(session);
}

/** Keeps the first failure, and gives it. */
export function drawFailed(session: Session, call: string, error: unknown): MsgError {
  const known = failures.get(session);
  if (known !== undefined) return known;
  const { code, details, message } = MsgError.is(error)
    ? error
    : new MsgError("RESULT_INVALID", String(error));
  const text = `${call} was asked, but it could not be recorded: ${message}`;
  const failure = new MsgError(code, text, { ...details, cause: error });
  failures.set(session, failure);
  return failure;
}

/** Throws the first failure. */
export function checkDraws(session: Session): void {
  const failure = failures.get(session);
  if (failure !== undefined) throw failure;
}
