/**
 * What a client failure means. kafkajs wraps failures in one another; the innermost one with a type
 * of the protocol, or a name that says something, decides. Client types are not named here: an error
 * is read by its members.
 */
import { MsgError, type MsgErrorCode } from "@reprise/msg-core";

export type FailureKind =
  /** No connection, or it broke: comes again by itself. */
  | "connection"
  | "timeout"
  | "login"
  | "denied"
  | "codec"
  | "unknown-topic"
  /** The broker refuses a message, and would again. */
  | "refused"
  /** The producer's sequence is of no use any more: another producer is needed. */
  | "sequence"
  /** The group moved on: the assignment is over. */
  | "rebalance"
  /** The cluster is busy with itself: a leader, a coordinator moves. */
  | "passing"
  | "other";

export interface Failure {
  readonly kind: FailureKind;
  /** The protocol's name for it, or the client's. */
  readonly name: string;
  readonly message: string;
  readonly cause: unknown;
}

const kindByType: Readonly<Record<string, FailureKind>> = {
  UNKNOWN_TOPIC_OR_PARTITION: "unknown-topic",
  INVALID_TOPIC_EXCEPTION: "unknown-topic",
  MESSAGE_TOO_LARGE: "refused",
  RECORD_LIST_TOO_LARGE: "refused",
  INVALID_RECORD: "refused",
  INVALID_TIMESTAMP: "refused",
  POLICY_VIOLATION: "refused",
  UNSUPPORTED_FOR_MESSAGE_FORMAT: "refused",
  OUT_OF_ORDER_SEQUENCE_NUMBER: "sequence",
  DUPLICATE_SEQUENCE_NUMBER: "sequence",
  UNKNOWN_PRODUCER_ID: "sequence",
  INVALID_PRODUCER_EPOCH: "sequence",
  PRODUCER_FENCED: "sequence",
  REBALANCE_IN_PROGRESS: "rebalance",
  ILLEGAL_GENERATION: "rebalance",
  UNKNOWN_MEMBER_ID: "rebalance",
  FENCED_INSTANCE_ID: "rebalance",
  SASL_AUTHENTICATION_FAILED: "login",
  UNSUPPORTED_SASL_MECHANISM: "login",
  ILLEGAL_SASL_STATE: "login",
  TOPIC_AUTHORIZATION_FAILED: "denied",
  GROUP_AUTHORIZATION_FAILED: "denied",
  CLUSTER_AUTHORIZATION_FAILED: "denied",
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: "denied",
  REQUEST_TIMED_OUT: "timeout",
};

const kindByName: Readonly<Record<string, FailureKind>> = {
  KafkaJSConnectionError: "connection",
  KafkaJSConnectionClosedError: "connection",
  KafkaJSNoBrokerAvailableError: "connection",
  KafkaJSBrokerNotFound: "connection",
  KafkaJSRequestTimeoutError: "timeout",
  KafkaJSLockTimeout: "timeout",
  KafkaJSTimeout: "timeout",
  KafkaJSSASLAuthenticationError: "login",
  KafkaJSNotImplemented: "codec",
  KafkaJSMetadataNotLoaded: "passing",
  KafkaJSTopicMetadataNotLoaded: "passing",
  KafkaJSStaleTopicMetadataAssignment: "passing",
  KafkaJSGroupCoordinatorNotFound: "passing",
};

const codeByKind: Readonly<Record<FailureKind, MsgErrorCode>> = {
  connection: "CONNECTION_LOST",
  timeout: "BROKER_TIMEOUT",
  login: "AUTHENTICATION_FAILED",
  denied: "BROKER_REFUSED",
  codec: "CODEC_MISSING",
  "unknown-topic": "TOPIC_UNKNOWN",
  refused: "BROKER_REFUSED",
  sequence: "BROKER_REFUSED",
  rebalance: "BROKER_REFUSED",
  passing: "BROKER_TIMEOUT",
  other: "BROKER_REFUSED",
};

const advice: Readonly<Partial<Record<FailureKind, string>>> = {
  connection: "is a Kafka broker there, and is `tls` as its listener has it?",
  login: "check the profile's sasl_mode, the option `scram`, and the secrets",
  denied: "the login may not do that: ask for the right",
  codec: "register the codec in kafkajs' CompressionCodecs before opening",
  "unknown-topic": "create the topic: the driver creates none",
};

/** Causes are followed so far. */
const depthMax = 8;

export function failureOf(error: unknown): Failure {
  let found: Failure | undefined;
  let current: unknown = error;
  for (
    let depth = 0;
    depth < depthMax && typeof current === "object" && current !== null;
    depth++
  ) {
    const type = textAt(current, "type");
    const name = textAt(current, "name") ?? "Error";
    const isLate = MsgError.is(current) && current.code === "BROKER_TIMEOUT";
    const known = (type === undefined ? undefined : kindByType[type]) ?? kindByName[name];
    const kind = isLate ? "timeout" : known;
    const message = textAt(current, "message") ?? "";
    if (kind !== undefined) found = { kind, name: type ?? name, message, cause: error };
    else if (type !== undefined && isRetriable(current)) {
      found = { kind: "passing", name: type, message, cause: error };
    } else found ??= { kind: "other", name: type ?? name, message, cause: error };
    current = memberOf(current, "cause");
  }
  return found ?? { kind: "other", name: "Error", message: String(error), cause: error };
}

/** Whether the same may go well later. */
export function isPassing({ kind }: Failure): boolean {
  return kind === "connection" || kind === "timeout" || kind === "passing" || kind === "rebalance";
}

/** `doing` begins the message: "publishing to orders". */
export function errorOf(failure: Failure, doing: string, code?: MsgErrorCode): MsgError {
  const { kind, name, message, cause } = failure;
  const hint = advice[kind];
  const text = `${doing}: ${name}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
  return new MsgError(code ?? codeByKind[kind], text, { cause });
}

/** A failure, as it is met anywhere, as our own error. */
export function wrapped(error: unknown, doing: string): MsgError {
  return MsgError.is(error) ? error : errorOf(failureOf(error), doing);
}

function isRetriable(error: object): boolean {
  return memberOf(error, "retriable") === true;
}

function textAt(error: object, name: string): string | undefined {
  const value = memberOf(error, name);
  return typeof value === "string" ? value : undefined;
}

function memberOf(error: object, name: string): unknown {
  // Any object may be asked for any member: what is not there is undefined.
  return (error as Readonly<Record<string, unknown>>)[name];
}
