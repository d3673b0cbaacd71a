/** Runs what must be refused and gives back the refusal. */
import { MsgError } from "@reprise/msg-core";
import { refusalBy } from "../../../tools/testing/refusal.ts";

export const refusal: (run: () => unknown) => MsgError = refusalBy(MsgError.is);
