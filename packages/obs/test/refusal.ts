import { ObsError, type ObsErrorCode } from "@reprise/obs";

/** What a refusal says to a program. */
export interface Refusal {
  readonly code: ObsErrorCode;
  readonly metric: string | undefined;
  readonly pointer: string | undefined;
  readonly message: string;
}

/** Runs `body`, which has to throw an `ObsError`; anything else fails the test. */
export function refusalOf(body: () => unknown): Refusal {
  try {
    body();
  } catch (error) {
    if (!ObsError.is(error)) throw error;
    const { metric, pointer } = error.details;
    return { code: error.code, metric, pointer, message: error.message };
  }
  throw new Error("expected an ObsError, got none");
}
