import { CanonicalJsonError } from "@reprise/canonical-json";
import { refusalBy } from "../../../tools/testing/refusal.ts";

export const refusalOf: (run: () => unknown) => CanonicalJsonError = refusalBy(
  CanonicalJsonError.is,
);
