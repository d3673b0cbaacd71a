/**
 * One stream, read by one consumer of one group: what it holds, what a dead consumer left, what is its own
 * from an earlier life, and the group itself, made when it is not there.
 *
 * ```
 *  recover   pending under our name and not held: its reply was lost, or our process died
 *  claim     pending and not confirmed for `claimIdleMs` by whoever holds it, or given back
 *  read      new entries                                          stream-groups.ts
 * ```
 */
import type { HeldPlace, RawEntry, StreamLog } from "@reprise/msg-core";
import type { RedisConnection } from "./connection.js";
import { type Custody, createCustody } from "./custody.js";
import { createGroups, type Groups } from "./groups.js";
import { heir } from "./pending.js";
import { countedEntries, type Entry, listOf, numberOf, textOf, textsOf } from "./replies.js";
import { claimCommand, deliverAgainCommand, giveBackCommand, undeliverCommand } from "./scripts.js";

export interface StreamPlaceParts extends HeldPlace {
  readonly claimIdleMs: number;
  readonly claimEveryMs: number;
  readonly now: () => number;
  readonly log: StreamLog | undefined;
}

export interface StreamPlace {
  readonly stream: string;
  /** Resolves when nobody reads here: one at a time, so that no reply is on its way. */
  busy: Promise<void>;
  mustRecover: boolean;
  mustRestore: boolean;
  /** What is there besides new entries. */
  old(connection: RedisConnection, count: number): Promise<readonly RawEntry[]>;
  /** New ones have come. */
  took(entries: readonly Entry[]): readonly RawEntry[];
  done(ids: readonly string[]): void;
  /** Tells the server that what is held is held. */
  confirm(connection: RedisConnection): Promise<void>;
  putBack(connection: RedisConnection, entries: readonly RawEntry[]): Promise<void>;
  giveAllBack(connection: RedisConnection): Promise<void>;
}

interface State extends StreamPlaceParts {
  readonly custody: Custody;
  readonly groups: Groups;
  isMade: boolean;
  /** Where claiming goes on. */
  cursor: string;
  claimAt: number;
}

const pageSize = 500;

export function createStreamPlace(parts: StreamPlaceParts): StreamPlace {
  const { stream, group, consumer, claimIdleMs, now, log } = parts;
  const custody = createCustody({ topics: [stream], group, consumer, claimIdleMs, now });
  const groups = createGroups({
    settings: { topics: [stream], group, start: "beginning" },
    oldestHeld: custody.oldest,
    lag: () => undefined,
    restored(topic, start) {
      const detail = `${topic}: group ${group} was gone; it begins again behind ${start}`;
      log?.({ name: "group.created", detail });
    },
  });
  const state: State = { ...parts, custody, groups, isMade: false, cursor: "0-0", claimAt: now() };
  const place: StreamPlace = {
    stream,
    busy: Promise.resolve(),
    mustRecover: true,
    mustRestore: false,
    async old(connection, count) {
      if (!state.isMade) await groups.create(connection);
      else if (place.mustRestore) await groups.restore(connection);
      state.isMade = true;
      place.mustRestore = false;
      if (place.mustRecover) {
        const recovered = await recover(state, connection, count);
        place.mustRecover = recovered.isMore;
        if (recovered.entries.length > 0) return recovered.entries;
      }
      return now() < state.claimAt ? [] : claim(state, connection, count);
    },
    took(entries) {
      const last = entries.at(-1);
      if (last !== undefined) groups.seen.set(stream, last.id);
      return take(state, entries);
    },
    done(ids) {
      for (const id of ids) custody.delete(stream, id);
    },
    async confirm(connection) {
      if (custody.oldest(stream) === undefined) return;
      const { taken } = await custody.confirm(connection);
      for (const { id } of taken) {
        log?.({ name: "delivery.taken", detail: `${stream} ${id}: another consumer has it` });
      }
    },
    async putBack(connection, entries) {
      for (const { id, attempt } of entries) {
        if (!custody.has(stream, id)) continue;
        await connection.call(undeliverCommand({ topic: stream, group }, { id, attempt, heir }));
        custody.delete(stream, id);
      }
    },
    async giveAllBack(connection) {
      if (!state.isMade) return;
      const command = giveBackCommand({ topic: stream, group }, consumer, heir);
      while (numberOf(await connection.call(command)) > 0);
    },
  };
  return place;
}

function take({ stream, custody }: State, entries: readonly Entry[]): readonly RawEntry[] {
  return entries.flatMap(({ id, fields, attempt }) => {
    // Trimmed, or held already: a claim of what is ours.
    if (fields === undefined || custody.has(stream, id)) return [];
    custody.add(stream, id);
    return [{ stream, id, fields, attempt }];
  });
}

async function recover(
  state: State,
  connection: RedisConnection,
  count: number,
): Promise<{ readonly entries: readonly RawEntry[]; readonly isMore: boolean }> {
  const { stream, group, consumer, custody } = state;
  let from = "-";
  for (;;) {
    const page = ["XPENDING", stream, group, from, "+", String(pageSize), consumer];
    const ids = listOf(await connection.call(page)).map((row) => textOf(listOf(row)[0]));
    const unheld = ids.filter((id) => !custody.has(stream, id)).slice(0, count);
    if (unheld.length > 0) {
      const command = deliverAgainCommand({ topic: stream, group }, consumer, unheld);
      const [entries] = listOf(await connection.call(command));
      return { entries: take(state, countedEntries(entries)), isMore: true };
    }
    if (ids.length < pageSize) return { entries: [], isMore: false };
    from = `(${ids.at(-1)}`;
  }
}

async function claim(
  state: State,
  connection: RedisConnection,
  count: number,
): Promise<readonly RawEntry[]> {
  const { stream, group, consumer, claimIdleMs, claimEveryMs, log, now } = state;
  const request = { consumer, idleMs: claimIdleMs, from: state.cursor, count };
  const reply = await connection.call(claimCommand({ topic: stream, group }, request));
  const [cursor, claimed, gone] = listOf(reply);
  state.cursor = textOf(cursor);
  state.claimAt = state.cursor === "0-0" ? now() + claimEveryMs : now();
  const trimmed = textsOf(gone);
  if (trimmed.length > 0) {
    const detail = `${stream}: ${trimmed.length} were trimmed before they were done with`;
    log?.({ name: "trimmed", detail });
  }
  const entries = take(state, countedEntries(claimed));
  if (entries.length > 0) {
    log?.({ name: "claimed", detail: `${stream}: ${entries.length} that nobody held` });
  }
  return entries;
}
