/**
 * The consumer group of each topic: made when the driver opens, so that what is published later is for
 * it, and made again when it has gone: with a flush, an eviction, or by hand. Left alone, every read is
 * NOGROUP for ever.
 *
 * Where a group begins again is said explicitly. `$` would leave out what was published meanwhile, and
 * the last id seen would leave out what others hold. So: the smallest id that was pending when last
 * looked, or is held here; without any, the last one seen; and the very beginning of a stream that is
 * not the one known.
 */
import { CommandError, type RedisConnection, type Reply } from "./connection.js";
import { compareIds, idBefore } from "./entry-id.js";
import type { RedisSettings } from "./options.js";
import { listOf, membersOf, numberOf, textOf } from "./replies.js";
import { readCountCommand } from "./scripts.js";

export interface Groups {
  /** At opening. */
  create(connection: RedisConnection): Promise<void>;
  /** Makes those again that are gone. */
  restore(connection: RedisConnection): Promise<void>;
  /** Notes how far the group is, and gives how many entries more were trimmed before it read them. */
  look(connection: RedisConnection): Promise<readonly Unread[]>;
  /** The last id seen of each topic. */
  readonly seen: Map<string, string>;
}

export interface Unread {
  readonly topic: string;
  readonly count: number;
}

export interface GroupsParts {
  readonly settings: Pick<RedisSettings, "topics" | "group" | "start">;
  /** The smallest id that this driver holds. */
  readonly oldestHeld: (topic: string) => string | undefined;
  /** So many entries of the stream the group has not read yet. */
  readonly lag: (topic: string, count: number) => void;
  /** The group has been made again, to deliver what lies behind `start`. */
  readonly restored: (topic: string, start: string) => void;
}

interface State extends GroupsParts {
  readonly seen: Map<string, string>;
  /** The smallest id that is pending in the group, of any consumer. */
  readonly pending: Map<string, string>;
  /** How many were trimmed unread, as far as it was told. */
  readonly unread: Map<string, number>;
}

export function createGroups(parts: GroupsParts): Groups {
  const { settings, restored } = parts;
  const { topics, group, start } = settings;
  const state: State = { ...parts, seen: new Map(), pending: new Map(), unread: new Map() };
  const { seen, pending, unread } = state;
  return {
    seen,
    async create(connection) {
      for (const topic of topics) {
        await make(state, connection, { topic, from: start === "end" ? "$" : "0-0" });
        for (const info of listOf(await connection.call(["XINFO", "GROUPS", topic]))) {
          const members = membersOf(info);
          if (textOf(members.get("name")) !== group) continue;
          seen.set(topic, textOf(members.get("last-delivered-id")));
        }
      }
    },
    async restore(connection) {
      for (const topic of topics) {
        const from = await startOf(state, connection, topic);
        if (!(await make(state, connection, { topic, from }))) continue;
        unread.delete(topic);
        restored(topic, from);
      }
    },
    async look(connection) {
      const found: Unread[] = [];
      for (const topic of topics) {
        const [, first] = listOf(await connection.call(["XPENDING", topic, group]));
        if (first === null || first === undefined) pending.delete(topic);
        else pending.set(topic, textOf(first));
        const reply = listOf(await connection.call(readCountCommand({ topic, group })));
        const lag = readLag(reply);
        if (lag !== undefined) parts.lag(topic, lag);
        const count = readUnread(reply);
        if (count === undefined) continue;
        const before = unread.get(topic) ?? 0;
        unread.set(topic, count);
        if (count > before) found.push({ topic, count: count - before });
      }
      return found;
    },
  };
}

interface Beginning {
  readonly topic: string;
  readonly from: string;
}

/** Whether it was made now. */
async function make(
  { settings }: State,
  connection: RedisConnection,
  { topic, from }: Beginning,
): Promise<boolean> {
  try {
    await connection.call(["XGROUP", "CREATE", topic, settings.group, from, "MKSTREAM"]);
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.prefix === "BUSYGROUP") return false;
    throw error;
  }
}

/** Where a group that has gone begins again. */
async function startOf(
  { seen, pending, oldestHeld }: State,
  connection: RedisConnection,
  topic: string,
): Promise<string> {
  const last = seen.get(topic);
  if (last === undefined) return "0-0";
  const [newest] = listOf(await connection.call(["XREVRANGE", topic, "+", "-", "COUNT", "1"]));
  const newestId = newest === undefined ? "0-0" : textOf(listOf(newest)[0]);
  // Made anew, with a clock that is behind: nothing in it has been seen.
  if (compareIds(newestId, last) < 0) return "0-0";
  const needed = [oldestHeld(topic), pending.get(topic)].filter((id) => id !== undefined);
  const [first] = needed.sort(compareIds);
  return first === undefined || compareIds(first, last) > 0 ? last : idBefore(first);
}

/**
 * How many entries the group will never read or never read, because they were trimmed first; undefined
 * where that cannot be told. The stream counts what was ever added, the group what it ever read, so
 * what is between them and not in the stream is missing. Single deletions spoil the count.
 */
export function readUnread(reply: readonly Reply[]): number | undefined {
  const [added, length, first, last, deleted, delivered, read] = reply;
  if (read === null || read === undefined || textOf(deleted) !== "0-0") return undefined;
  const removed = numberOf(added) - numberOf(length);
  const behindAll = compareIds(textOf(delivered), textOf(last)) >= 0;
  const beforeAll = compareIds(textOf(delivered), textOf(first)) < 0;
  if (behindAll) return Math.max(0, numberOf(added) - numberOf(read));
  if (beforeAll) return Math.max(0, removed - numberOf(read));
  return undefined;
}

/**
 * How many entries of the stream the group has still to read; undefined where that cannot be told, as
 * with XINFO's `lag`: single entries were deleted, or the group began at an id of its own.
 */
export function readLag(reply: readonly Reply[]): number | undefined {
  const [added, length, first, last, deleted, delivered, read] = reply;
  if (read === undefined) return undefined;
  const unreadAll = compareIds(textOf(delivered), textOf(first)) < 0;
  if (unreadAll || numberOf(length) === 0) return numberOf(length);
  if (compareIds(textOf(delivered), textOf(last)) >= 0) return 0;
  if (read === null || textOf(deleted) !== "0-0") return undefined;
  return Math.max(0, numberOf(added) - numberOf(read));
}
