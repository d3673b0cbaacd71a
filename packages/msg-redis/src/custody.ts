/**
 * What this driver holds: pending in the group under its name, and not settled. It must be confirmed
 * often enough, or it counts as a dead consumer's and is claimed by somebody else.
 */
import type { RedisConnection, Reply } from "./connection.js";
import { compareIds } from "./entry-id.js";
import { listOf, textsOf } from "./replies.js";
import { holdCommand } from "./scripts.js";

export interface Custody {
  add(topic: string, id: string): void;
  has(topic: string, id: string): boolean;
  delete(topic: string, id: string): void;
  /** The smallest id. */
  oldest(topic: string): string | undefined;
  /**
   * Whether nobody can have claimed anything yet: it was confirmed lately enough. A process that was
   * stopped for a while, or cut off, must look before it settles.
   */
  isFresh(): boolean;
  /**
   * Confirms what is held, of every topic. Gives what turned out not to be held any more. Rejects with
   * a CommandError.
   */
  confirm(connection: RedisConnection): Promise<Findings>;
}

export interface Held {
  readonly topic: string;
  readonly id: string;
}

export interface Findings {
  /** Somebody else has them, or acknowledged them. They are deleted here. */
  readonly taken: readonly Held[];
  /** The stream no longer has them: they cannot be delivered again. Told once. */
  readonly trimmed: readonly Held[];
}

export interface CustodyParts {
  readonly topics: readonly string[];
  readonly group: string;
  readonly consumer: string;
  readonly claimIdleMs: number;
  readonly now: () => number;
}

interface State extends CustodyParts {
  readonly held: ReadonlyMap<string, Set<string>>;
  /** Held, and no longer in the stream: `<id> <topic>`. */
  readonly gone: Set<string>;
}

export function createCustody(parts: CustodyParts): Custody {
  const { topics, claimIdleMs, now } = parts;
  const held = new Map(topics.map((topic) => [topic, new Set<string>()]));
  const state: State = { ...parts, held, gone: new Set() };
  let confirmedAt = now();
  return {
    add(topic, id) {
      held.get(topic)?.add(id);
    },
    has: (topic, id) => held.get(topic)?.has(id) === true,
    delete(topic, id) {
      held.get(topic)?.delete(id);
      if (state.gone.size > 0) state.gone.delete(`${id} ${topic}`);
    },
    oldest(topic) {
      let oldest: string | undefined;
      for (const id of held.get(topic) ?? []) {
        if (oldest === undefined || compareIds(id, oldest) < 0) oldest = id;
      }
      return oldest;
    },
    isFresh: () => now() - confirmedAt < claimIdleMs / 2,
    async confirm(connection) {
      const started = now();
      const findings = await confirm(state, connection);
      confirmedAt = started;
      return findings;
    },
  };
}

async function confirm(state: State, connection: RedisConnection): Promise<Findings> {
  const { topics, group, consumer, held } = state;
  // What comes while the server looks is not in its answer.
  const before = topics.map((topic) => [...(held.get(topic) ?? [])]);
  const taken: Held[] = [];
  const trimmed: Held[] = [];
  for (const [index, topic] of topics.entries()) {
    const ids = before[index] ?? [];
    if (ids.length === 0) continue;
    const reply = await connection.call(holdCommand({ topic, group }, consumer));
    const findings = compare(state, { topic, ids, reply });
    taken.push(...findings.taken);
    trimmed.push(...findings.trimmed);
  }
  return { taken, trimmed };
}

interface Answer {
  readonly topic: string;
  /** Held when it was asked. */
  readonly ids: readonly string[];
  readonly reply: Reply;
}

function compare({ held, gone }: State, { topic, ids, reply }: Answer): Findings {
  const [keptIds, goneIds] = listOf(reply).map(textsOf);
  const kept = new Set(keptIds);
  const trimmedIds = new Set(goneIds);
  const taken: Held[] = [];
  const trimmed: Held[] = [];
  for (const id of ids) {
    // Settled meanwhile, or still ours.
    if (held.get(topic)?.has(id) !== true || kept.has(id)) continue;
    const name = `${id} ${topic}`;
    if (trimmedIds.has(id)) {
      gone.add(name);
      trimmed.push({ topic, id });
    } else if (!gone.has(name)) {
      held.get(topic)?.delete(id);
      taken.push({ topic, id });
    }
  }
  return { taken, trimmed };
}
