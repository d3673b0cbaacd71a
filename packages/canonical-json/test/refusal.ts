/** Runs what must be refused and gives back the refusal, so that a test can look at all of it. */

import { CanonicalJsonError } from "@reprise/canonical-json";

export function refusalOf(run: () => unknown): CanonicalJsonError {
  let value: unknown;
  try {
    value = run();
  } catch (error) {
    if (CanonicalJsonError.is(error)) return error;
    throw error;
  }
  throw new Error(`expected a refusal, got ${JSON.stringify(value)}`);
}
