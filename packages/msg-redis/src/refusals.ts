/** What the server or the connection said, as errors that say what to do. */
import { MsgError, type MsgErrorCode } from "@reprise/msg-core";
import { CommandError, lost } from "./connection.js";

interface Row {
  readonly code: MsgErrorCode;
  readonly advice: string;
}

/** By the first word of the refusal. */
const rows: Readonly<Record<string, Row>> = {
  [lost]: { code: "CONNECTION_LOST", advice: "it is connected again by itself; call again" },
  NOAUTH: {
    code: "AUTHENTICATION_FAILED",
    advice: "the server wants a password: name its secret in the profile's security",
  },
  WRONGPASS: {
    code: "AUTHENTICATION_FAILED",
    advice: "look at the secrets that the profile names, and at the server's ACL",
  },
  NOPERM: { code: "BROKER_REFUSED", advice: "the ACL must allow this user what the README lists" },
  WRONGTYPE: {
    code: "TOPOLOGY_MISMATCH",
    advice: "the topic's key holds something else than a stream: use another name, or remove it",
  },
  MOVED: { code: "TOPOLOGY_MISMATCH", advice: "this driver does not support Redis Cluster" },
  CROSSSLOT: { code: "TOPOLOGY_MISMATCH", advice: "this driver does not support Redis Cluster" },
  OOM: {
    code: "BROKER_REFUSED",
    advice: "the server's memory is full: consume, trim, or raise maxmemory",
  },
  MISCONF: {
    code: "BROKER_REFUSED",
    advice: "the server cannot write its files: look at its disk",
  },
  READONLY: {
    code: "BROKER_REFUSED",
    advice: "this is a replica: name the primary in the profile",
  },
  NOREPLICAS: { code: "BROKER_REFUSED", advice: "too few replicas are connected to the server" },
  LOADING: { code: "BROKER_TIMEOUT", advice: "the server is loading its data: try again later" },
};

/** `what` was tried: "XADD to orders". */
export function refusalOf(what: string, error: unknown): MsgError {
  if (MsgError.is(error)) return error;
  if (!(error instanceof CommandError)) {
    return new MsgError("BROKER_REFUSED", `${what}: ${String(error)}`, { cause: error });
  }
  const { code, advice } = rowOf(error.prefix) ?? {
    code: "BROKER_REFUSED" as const,
    advice: "",
  };
  const message = `${what}: ${error.message}${advice === "" ? "" : `; ${advice}`}`;
  return new MsgError(code, message, { cause: error });
}

/** A prefix is the server's word: it may be the name of something that every object has. */
function rowOf(prefix: string): Row | undefined {
  return Object.hasOwn(rows, prefix) ? rows[prefix] : undefined;
}
