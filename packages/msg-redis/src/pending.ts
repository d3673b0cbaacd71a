/**
 * What is pending in the group and held by nobody: whose reply was lost, whose consumer died, what was
 * given back. And the consumers that are left behind: forgotten when nothing is pending for them, never
 * before, because Redis forgets a consumer's entries with it.
 */
import type { RedisConnection } from "./connection.js";
import type { Custody } from "./custody.js";
import type { Intake } from "./intake.js";
import type { RedisSettings } from "./options.js";
import { countedEntries, listOf, membersOf, numberOf, textOf, textsOf } from "./replies.js";
import { claimCommand, deliverAgainCommand, forgetCommand } from "./scripts.js";

/** Consumers that drivers name. Others are left alone. */
export const consumerPrefix = "reprise-";
/** Holds what was given back. It never reads. */
export const heir = "given-back";

export interface Pending {
  /** Takes what is pending under our name and not held. Only while no reply is on its way. */
  recover(connection: RedisConnection): Promise<void>;
  /** Takes what nobody has confirmed for too long. Whether there may be more. */
  claim(connection: RedisConnection, count: number): Promise<boolean>;
  forgetDead(connection: RedisConnection): Promise<void>;
}

export interface PendingParts {
  readonly settings: Pick<RedisSettings, "topics" | "group" | "times">;
  readonly consumer: string;
  readonly custody: Custody;
  readonly intake: Intake;
  readonly tell: (name: string, detail: string) => void;
}

export function createPending(parts: PendingParts): Pending {
  const { settings, consumer, intake, tell } = parts;
  const { topics, group, times } = settings;
  /** Where claiming goes on. */
  const cursors = new Map<string, string>();
  return {
    async recover(connection) {
      for (const topic of topics) await recover(parts, connection, topic);
    },
    async claim(connection, count) {
      let isMore = false;
      for (const topic of topics) {
        const from = cursors.get(topic) ?? "0-0";
        const request = { consumer, idleMs: times.claimIdleMs, from, count };
        const reply = await connection.call(claimCommand({ topic, group }, request));
        const [cursor, claimed, gone] = listOf(reply);
        const next = textOf(cursor);
        cursors.set(topic, next);
        if (next !== "0-0") isMore = true;
        const entries = countedEntries(claimed);
        if (entries.length > 0) tell("claimed", `${topic}: ${entries.length} that nobody held`);
        intake.tellTrimmed(topic, textsOf(gone));
        await intake.take(connection, { topic, entries, isNew: false });
      }
      return isMore;
    },
    async forgetDead(connection) {
      for (const topic of topics) {
        const infos = listOf(await connection.call(["XINFO", "CONSUMERS", topic, group]));
        for (const info of infos.map(membersOf)) {
          const name = textOf(info.get("name"));
          if (!name.startsWith(consumerPrefix) || name === consumer) continue;
          if (numberOf(info.get("pending")) > 0) continue;
          if (numberOf(info.get("idle")) < times.forgetMs) continue;
          const forgotten = await connection.call(forgetCommand({ topic, group }, name));
          if (forgotten === 1) tell("consumer.forgotten", `${topic}: ${name}`);
        }
      }
    },
  };
}

const pageSize = 500;

async function recover(
  { settings, consumer, custody, intake }: PendingParts,
  connection: RedisConnection,
  topic: string,
): Promise<void> {
  const { group } = settings;
  let from = "-";
  for (;;) {
    const page = ["XPENDING", topic, group, from, "+", String(pageSize), consumer];
    const ids = listOf(await connection.call(page)).map((row) => textOf(listOf(row)[0]));
    const unheld = ids.filter((id) => !custody.has(topic, id));
    if (unheld.length > 0) {
      const command = deliverAgainCommand({ topic, group }, consumer, unheld);
      const [entries, gone] = listOf(await connection.call(command));
      intake.tellTrimmed(topic, textsOf(gone));
      await intake.take(connection, { topic, entries: countedEntries(entries), isNew: false });
    }
    if (ids.length < pageSize) return;
    from = `(${ids.at(-1)}`;
  }
}
