/** A refusal of this package, to be looked at. */
import { BrokersError } from "@reprise/brokers";
import { refusalBy } from "../../../tools/testing/refusal.ts";

export const refusal: (run: () => unknown) => BrokersError = refusalBy(BrokersError.is);

/** What a promise is rejected with, which must be this package's error. */
export async function rejection(promise: Promise<unknown>): Promise<BrokersError> {
  try {
    await promise;
  } catch (error) {
    if (BrokersError.is(error)) return error;
    throw error;
  }
  throw new Error("expected a rejection");
}
