/** Runs what must be refused and gives back the refusal, so that a test can look at all of it. */

import { MsgError } from "@reprise/msg-core";

export function refusalOf(run: () => unknown): MsgError {
  let value: unknown;
  try {
    value = run();
  } catch (error) {
    if (MsgError.is(error)) return error;
    throw error;
  }
  throw new Error(`expected a refusal, got ${JSON.stringify(value)}`);
}
