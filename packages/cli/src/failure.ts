/** An error as a command tells of it: the code, the cause, the next step, and the exit status. */
import { BrokersError, type BrokersErrorCode, brokersErrors } from "@reprise/brokers";
import type { JsonObject } from "@reprise/canonical-json";
import { MsgError, type MsgErrorCode } from "@reprise/msg-core";
import { CliError, cliErrors, status } from "./cli-error.js";
import { safeText } from "./safe-text.js";

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly next: string;
  readonly status: number;
  readonly entry: number | undefined;
  readonly offset: number | undefined;
}

const restore = "restore the file (git checkout), or record it again";

/** What reading a cassette throws. */
const nextSteps: Partial<Record<MsgErrorCode, string>> = {
  CASSETTE_TRUNCATED: "reprise cassette repair PATH --dry-run shows what can be kept",
  CASSETTE_ENTRY_INVALID: restore,
  CASSETTE_CHECKSUM: restore,
  BUDGET_BYTES: restore,
};

/** undefined for an error that is nobody's but ours: a bug, to be thrown on. */
export function failureOf(error: unknown): Failure | undefined {
  if (CliError.is(error)) {
    const { status: exit, next } = cliErrors[error.code];
    const { entry, offset } = error.details;
    return { code: error.code, message: error.message, next, status: exit, entry, offset };
  }
  if (BrokersError.is(error)) return brokersFailure(error);
  if (!MsgError.is(error)) return undefined;
  const { entry, offset } = error.details;
  const next = nextSteps[error.code] ?? restore;
  return { code: error.code, message: error.message, next, status: status.failed, entry, offset };
}

/** What the world refuses is 3; these are not. */
const brokersStatus: Partial<Record<BrokersErrorCode, number>> = {
  OPTIONS_INVALID: status.usage,
  NOT_RUNNING: status.failed,
};

function brokersFailure({ code, message, details }: BrokersError): Failure {
  const exit = brokersStatus[code] ?? status.refused;
  const next = details.install ?? brokersErrors[code].next;
  return { code, message, next, status: exit, entry: undefined, offset: undefined };
}

/** For stderr. */
export function failureText({ code, message, next }: Failure): string {
  const lines = message.split("\n").map(safeText).join("\n");
  return `reprise: ${code}: ${lines}\nnext: ${safeText(next)}\n`;
}

export function failureAsJson(failure: Failure): JsonObject {
  const { code, message, next, entry, offset } = failure;
  return {
    type: "error",
    code,
    message: message.toWellFormed(),
    next,
    ...(entry === undefined ? {} : { entry }),
    ...(offset === undefined ? {} : { offset }),
  };
}
