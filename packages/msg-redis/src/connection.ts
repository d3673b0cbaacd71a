/**
 * A connection to Redis as the pure parts of the driver see it: commands go in as lists of texts and
 * bytes, replies come out as Redis has them. `os/driver.ts` makes one of ioredis.
 */
import type { Field } from "./mapping.js";

/** The command's name and its arguments. */
export type Command = readonly Field[];

/** RESP2: bulk and simple strings are bytes, integers numbers, nil is null. */
export type Reply = Uint8Array | number | null | readonly Reply[];

export interface RedisConnection {
  /** Resolves when commands may be called. Rejects with a CommandError. */
  readonly opened: Promise<void>;
  /** Resolves when the connection has ended, with why. Never rejects. */
  readonly ended: Promise<CommandError>;
  /** Rejects with a CommandError. */
  call(command: Command): Promise<Reply>;
  /** Written together; one outcome for each, in order. Never rejects. */
  callAll(commands: readonly Command[]): Promise<readonly (Reply | CommandError)[]>;
  /** At once: what has no reply yet is LOST. Idempotent. */
  close(): void;
}

/** Begins to connect. `silentMs`: with no reply for so long to what was called, it ends. */
export type Connect = (silentMs: number) => RedisConnection;

/**
 * What the server refused, or LOST: the connection ended before the reply, and nobody knows whether
 * the command was carried out. It holds no argument: those may be secrets, or somebody's data.
 */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
  /** The first word of the server's refusal: ERR, NOGROUP, LOADING, ... */
  readonly prefix: string;

  constructor(prefix: string, message: string) {
    super(message);
    this.prefix = prefix;
  }
}

export const lost = "LOST";

/** Those that another connection, or a little patience, may mend. */
const passing: ReadonlySet<string> = new Set([
  lost,
  "LOADING",
  "READONLY",
  "MASTERDOWN",
  "CLUSTERDOWN",
  "TRYAGAIN",
  "BUSY",
  "UNKILLABLE",
]);

export function isPassing(error: unknown): error is CommandError {
  return error instanceof CommandError && passing.has(error.prefix);
}
