/**
 * What the client's failures mean. amqplib gives some of them as text only, so this is the one place
 * that reads text. Credentials that a broker's answer repeats (RabbitMQ names the user) are crossed
 * out, in the message and in the cause.
 */
import { MsgError, type MsgErrorCode } from "@reprise/msg-core";

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  readonly vhost: string;
  /** Texts that no error may hold. */
  readonly secrets: readonly string[];
}

/** Reply codes of AMQP 0-9-1, and of RabbitMQ. */
const accessRefused = 403;
const notFound = 404;
const resourceLocked = 405;
const preconditionFailed = 406;

/** Connecting failed, before the handshake was done. */
export function connectFailure(cause: unknown, address: BrokerAddress): MsgError {
  if (MsgError.is(cause)) return cause;
  const text = textOf(cause, address);
  const where = `${address.host}:${address.port}`;
  const refuse = (code: MsgErrorCode, problem: string): MsgError =>
    new MsgError(code, `${where}: ${problem} (${text})`, { cause: crossedOut(cause, address) });
  if (/\b403\b|ACCESS[-_]REFUSED/.test(text)) {
    return refuse("AUTHENTICATION_FAILED", "the broker refused the credentials: check the secrets");
  }
  if (/Expected ConnectionOpenOk; got <ConnectionClose|\b530\b|NOT_ALLOWED/.test(text)) {
    const vhost = JSON.stringify(address.vhost);
    const problem = `the virtual host ${vhost} is not there, or not open to this user`;
    return refuse("AUTHENTICATION_FAILED", problem);
  }
  const system = systemCodeOf(cause);
  if (system !== undefined) {
    return refuse(
      "BROKER_UNREACHABLE",
      "no connection: is the broker up, are host and port right?",
    );
  }
  return refuse("BROKER_UNREACHABLE", "what answers there did not greet as an AMQP broker does");
}

/** The connection or a channel that was up has ended. */
export function lostConnection(cause: unknown, address: BrokerAddress): MsgError {
  if (MsgError.is(cause)) return cause;
  const text = cause === undefined ? "closed by the broker" : textOf(cause, address);
  const message = `the connection to ${address.host}:${address.port} was lost: ${text}`;
  return new MsgError("CONNECTION_LOST", message, { cause: crossedOut(cause, address) });
}

export interface DeclareStep {
  /** As `queue "orders"`. */
  readonly what: string;
  readonly address: BrokerAddress;
}

/** Declaring failed. Only a connection that ended is worth another try. */
export function declareFailure(cause: unknown, { what, address }: DeclareStep): MsgError {
  if (MsgError.is(cause)) return cause;
  const code = replyCodeOf(cause);
  const text = textOf(cause, address);
  const details = { cause: crossedOut(cause, address) };
  const refused = (advice: string): MsgError =>
    new MsgError("TOPOLOGY_MISMATCH", `${what}: ${advice} (${text})`, details);
  if (code === preconditionFailed) {
    return refused("it is declared on the broker with other settings: change one of the two");
  }
  if (code === accessRefused) return refused("the user may not declare it");
  if (code === resourceLocked) return refused("another connection has it for itself");
  if (code === notFound) {
    // A cluster says so while the queue's node is down.
    return new MsgError(
      "BROKER_REFUSED",
      `${what}: the broker does not find it (${text})`,
      details,
    );
  }
  return lostConnection(cause, address);
}

/** Whether connecting again cannot help. */
export function isFinal(error: MsgError): boolean {
  return error.code === "TOPOLOGY_MISMATCH" || error.code === "AUTHENTICATION_FAILED";
}

export function replyCodeOf(cause: unknown): number | undefined {
  const code = codeOf(cause);
  return typeof code === "number" ? code : undefined;
}

function systemCodeOf(cause: unknown): string | undefined {
  const code = codeOf(cause);
  return typeof code === "string" ? code : undefined;
}

function codeOf(cause: unknown): unknown {
  return typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
}

function textOf(cause: unknown, { secrets }: BrokerAddress): string {
  let text = cause instanceof Error ? cause.message : String(cause);
  // A refused connection to several addresses says nothing but the code.
  if (text === "") text = String(codeOf(cause) ?? "no reason given");
  for (const secret of secrets) if (secret !== "") text = text.replaceAll(secret, "***");
  return text;
}

/** The cause itself, unless it holds a secret. */
function crossedOut(cause: unknown, address: BrokerAddress): unknown {
  if (!(cause instanceof Error)) return undefined;
  const text = textOf(cause, address);
  return text === cause.message || cause.message === "" ? cause : new Error(text);
}
