/**
 * The first words on every connection: who we are, and what the server is.
 *
 * They are said here, not by the client: ioredis prints to the console where a password is not needed,
 * and its errors carry the arguments of the command that failed, the password among them.
 */
import { MsgError } from "@reprise/msg-core";
import type { Credentials } from "@reprise/msg-core/driver";
import { CommandError, isPassing, type RedisConnection } from "./connection.js";
import { refusalOf } from "./refusals.js";
import { numberOf, textOf } from "./replies.js";
import { isAtLeast, nothingTold, readServerInfo, type ServerInfo } from "./server-info.js";

/** The oldest server that XAUTOCLAIM tells of entries that were trimmed. */
const versionMin = [7, 0] as const;

export interface Greeting {
  /** host:port. */
  readonly address: string;
  readonly credentials: Credentials | undefined;
  /** What CLIENT LIST shows. */
  readonly name: string;
}

export interface Welcome {
  readonly info: ServerInfo;
  /** The connection's id; undefined where the ACL does not let it be known. */
  readonly clientId: number | undefined;
}

/**
 * Throws AUTHENTICATION_FAILED, TOPOLOGY_MISMATCH (a cluster, too old), BROKER_REFUSED (a replica), or
 * a passing CommandError.
 */
export async function greet(connection: RedisConnection, greeting: Greeting): Promise<Welcome> {
  const { address, credentials, name } = greeting;
  if (credentials !== undefined) await authenticate(connection, { address, credentials });
  const info = await infoOf(connection, address);
  if (info.loading) {
    throw new CommandError("LOADING", `${address} is loading its data`);
  }
  checkServer(info, address);
  await allowed(connection.call(["CLIENT", "SETNAME", name]));
  const id = await allowed(connection.call(["CLIENT", "ID"]));
  return { info, clientId: id === undefined ? undefined : numberOf(id) };
}

async function authenticate(
  connection: RedisConnection,
  { address, credentials }: { readonly address: string; readonly credentials: Credentials },
): Promise<void> {
  const { username, password } = credentials;
  try {
    await connection.call(username === "" ? ["AUTH", password] : ["AUTH", username, password]);
  } catch (error) {
    if (isPassing(error)) throw error;
    const said = error instanceof CommandError ? error.message : "";
    const advice = "look at the secrets that the profile names, and at the server's ACL";
    const message = `${address} refused the credentials: ${said}; ${advice}`;
    throw new MsgError("AUTHENTICATION_FAILED", message, { cause: error });
  }
}

async function infoOf(connection: RedisConnection, address: string): Promise<ServerInfo> {
  try {
    return readServerInfo(textOf(await connection.call(["INFO"])));
  } catch (error) {
    if (isPassing(error)) throw error;
    if (error instanceof CommandError && error.prefix === "NOPERM") return nothingTold;
    throw refusalOf(`connecting to ${address}`, error);
  }
}

function checkServer(info: ServerInfo, address: string): void {
  if (info.cluster) {
    const message = `${address} is a node of a Redis Cluster, which this driver does not support: a stream's order is not kept over its failovers (ioredis #1372)`;
    throw new MsgError("TOPOLOGY_MISMATCH", message);
  }
  const { version } = info;
  if (version !== undefined && !isAtLeast(info, ...versionMin)) {
    const message = `${address} is Redis ${version.join(".")}, expected ${versionMin.join(".")} or newer`;
    throw new MsgError("TOPOLOGY_MISMATCH", message);
  }
  if (!info.replica) return;
  const message = `${address} is a replica, which takes no writes: name the primary in the profile`;
  throw new MsgError("BROKER_REFUSED", message);
}

/** undefined where the ACL forbids it: nothing depends on it. */
async function allowed<Value>(call: Promise<Value>): Promise<Value | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isPassing(error) || !(error instanceof CommandError)) throw error;
    return undefined;
  }
}
