import { MsgError } from "@reprise/msg-core";
import { refusalBy } from "../../../tools/testing/refusal.ts";

export const refusalOf: (run: () => unknown) => MsgError = refusalBy(MsgError.is);
