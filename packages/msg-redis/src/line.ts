/**
 * A line to the server: one connection, and another whenever that one has ended.
 *
 * ```
 *  open -> connecting -> up ---------> down -> (wait) -> connecting ...
 *              |          |             ^ ended, whoever ended it
 *              |          +- close ----------------------------------> closed
 *              +- fails: told as down, and tried again after a wait
 * ```
 *
 * Each connection is a client of its own. ioredis can connect again by itself, but then carries over
 * what was in flight: it is sent twice without a mark (autoResendUnfulfilledCommands), kept for ever
 * (the same, switched off), or reported after twenty retries (#1821, #1718, #61, #1351).
 */
import type { Timer } from "@reprise/msg-core/driver";
import type { RedisConnection } from "./connection.js";

export interface LineParts {
  readonly timer: Timer;
  readonly connect: () => RedisConnection;
  /** The first words on a new connection. What it throws counts as not connected. */
  readonly prepare: (connection: RedisConnection) => Promise<void>;
  /** Prepared: it may be used until it is down. */
  readonly up: (connection: RedisConnection) => void;
  /** Ended, or not come about. False: do not try again. */
  readonly down: (error: unknown) => boolean;
}

export interface Line {
  /** Connects once. Rejects with why it could not; then `down` is not called and nothing is tried. */
  open(): Promise<void>;
  /** Connects, and tries again until it is closed. */
  start(): void;
  current(): RedisConnection | undefined;
  /** Ends the connection, and any attempt at one. Resolves when nothing of it is left. Idempotent. */
  close(): Promise<void>;
}

const waitMinMs = 50;
const waitMaxMs = 2_000;

export function createLine({ timer, connect, prepare, up, down }: LineParts): Line {
  let current: RedisConnection | undefined;
  let attempt: RedisConnection | undefined;
  let stopWaiting: (() => void) | undefined;
  let failures = 0;
  let closed = false;

  const reach = async (): Promise<void> => {
    const connection = connect();
    attempt = connection;
    try {
      await connection.opened;
      await prepare(connection);
    } catch (error) {
      connection.close();
      throw error;
    } finally {
      attempt = undefined;
    }
    if (closed) {
      connection.close();
      return;
    }
    current = connection;
    failures = 0;
    connection.ended.then((error) => {
      current = undefined;
      if (!closed) again(error);
    });
    up(connection);
  };

  const again = (error: unknown): void => {
    if (!down(error) || closed) return;
    const ms = Math.min(waitMinMs * 2 ** Math.min(failures, 16), waitMaxMs);
    failures += 1;
    stopWaiting = timer(ms, start);
  };

  const start = (): void => {
    stopWaiting = undefined;
    reach().catch((error: unknown) => {
      if (!closed) again(error);
    });
  };

  return {
    open: reach,
    start,
    current: () => current,
    async close() {
      closed = true;
      stopWaiting?.();
      const left = [attempt, current].filter((connection) => connection !== undefined);
      for (const connection of left) connection.close();
      for (const { ended } of left) await ended;
    },
  };
}
