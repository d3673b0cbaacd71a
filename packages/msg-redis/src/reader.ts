/**
 * Reading: one connection of its own, because a read that waits holds up what is behind it.
 *
 * Everything new comes through this one loop, so that whoever asks in it what is pending and not held
 * knows that no reply is on its way.
 *
 * ```
 *  recover: pending under our name and not held: its reply was lost      after each connecting
 *  claim:   pending for too long under any name, or given back           every `claimEveryMs`
 *  read:    new entries, waiting for at most `blockMs`
 * ```
 */
import type { Health } from "@reprise/msg-core/driver";
import { type Command, CommandError, isPassing, type RedisConnection } from "./connection.js";
import type { Groups } from "./groups.js";
import type { Intake } from "./intake.js";
import type { RedisSettings } from "./options.js";
import type { Pending } from "./pending.js";
import { refusalOf } from "./refusals.js";
import { readEntries } from "./replies.js";

export interface Reader {
  /** Reads on this connection, until it ends. `canClaim`: XREADGROUP knows CLAIM (Redis 8.4). */
  up(connection: RedisConnection, canClaim: boolean): void;
  /** There is room again. */
  resume(): void;
  /** Something is pending under our name that is not held: it is looked for before the next read. */
  recover(): void;
  /** Reads no more. Resolves when the last reply is in. */
  stop(): Promise<void>;
}

export interface ReaderParts {
  readonly settings: RedisSettings;
  readonly consumer: string;
  readonly intake: Intake;
  readonly pending: Pending;
  readonly groups: Groups;
  readonly now: () => number;
  readonly health: Pick<Health, "failed">;
}

interface State extends ReaderParts {
  /** Entries of one topic that one read may bring. */
  readonly countMax: number;
  stopped: boolean;
  mustRecover: boolean;
  /** When to look next, by `now`. */
  claimAt: number;
  forgetAt: number;
  onRoom: (() => void) | undefined;
}

/** Bytes of values that one read may bring, going by those before it. */
const readBytesMax = 8 * 2 ** 20;
const readCountMax = 500;

export function createReader(parts: ReaderParts): Reader {
  const { settings, intake, now } = parts;
  const { topics, limits, times } = settings;
  const share = Math.floor(limits.inboxMax / Math.max(1, topics.length));
  const state: State = {
    ...parts,
    countMax: Math.max(1, Math.min(readCountMax, share)),
    stopped: false,
    mustRecover: false,
    claimAt: now(),
    forgetAt: now() + times.claimIdleMs,
    onRoom: undefined,
  };
  let running: Promise<void> = Promise.resolve();
  return {
    up(connection, canClaim) {
      // One at a time: the loop of the connection before may still wait for room.
      running = running.then(() => loop(state, connection, canClaim));
    },
    resume() {
      intake.hasRoom();
      state.onRoom?.();
    },
    recover() {
      state.mustRecover = true;
    },
    async stop() {
      state.stopped = true;
      state.onRoom?.();
      await running;
    },
  };
}

/** Until it is stopped, or the connection ends. Never rejects. */
async function loop(state: State, connection: RedisConnection, canClaim: boolean): Promise<void> {
  const { settings, intake, groups, health } = state;
  state.mustRecover = true;
  let isGroupThere = true;
  while (!state.stopped) {
    if (intake.isFull()) {
      await new Promise<void>((resolve) => {
        state.onRoom = resolve;
      });
      continue;
    }
    try {
      if (!isGroupThere) await groups.restore(connection);
      isGroupThere = true;
      await turn(state, connection, canClaim);
    } catch (error) {
      if (isGroupGone(error)) {
        isGroupThere = false;
        continue;
      }
      // What was still to be handed on is looked for on the next connection.
      connection.close();
      if (!isPassing(error))
        health.failed(refusalOf(`reading ${settings.topics.join(", ")}`, error));
      return;
    }
  }
}

/** The key or the group is not there: it was flushed, evicted, or destroyed. */
function isGroupGone(error: unknown): boolean {
  if (!(error instanceof CommandError)) return false;
  return error.prefix === "NOGROUP" || error.prefix === "UNBLOCKED";
}

async function turn(state: State, connection: RedisConnection, canClaim: boolean): Promise<void> {
  const { settings, pending, intake, now } = state;
  const { claimIdleMs, claimEveryMs } = settings.times;
  if (state.mustRecover) {
    await pending.recover(connection);
    state.mustRecover = false;
  }
  if (now() >= state.forgetAt) {
    await pending.forgetDead(connection);
    state.forgetAt = now() + claimIdleMs;
  }
  if (now() >= state.claimAt) {
    const isMore = await pending.claim(connection, state.countMax);
    // Reading claims as well then, but leaves what was trimmed in the pending list.
    const everyMs = canClaim ? claimIdleMs : claimEveryMs;
    state.claimAt = isMore ? now() : now() + everyMs;
  }
  if (!intake.isFull() && !state.stopped) await read(state, connection, canClaim);
}

async function read(state: State, connection: RedisConnection, canClaim: boolean): Promise<void> {
  const { settings, consumer, intake, countMax } = state;
  const { topics, group, blockMs, times } = settings;
  const fitting = Math.floor(readBytesMax / Math.max(1, intake.valueSize()));
  const count = Math.max(1, Math.min(countMax, fitting));
  const claiming = canClaim ? ["CLAIM", String(times.claimIdleMs)] : [];
  const command: Command = [
    ...["XREADGROUP", "GROUP", group, consumer, "COUNT", String(count)],
    ...["BLOCK", String(blockMs), ...claiming],
    ...["STREAMS", ...topics, ...topics.map(() => ">")],
  ];
  for (const [topic, entries] of readEntries(await connection.call(command))) {
    // With CLAIM, what was pending comes before what is new.
    const fresh = entries.findIndex(({ attempt }) => attempt === 1);
    const split = fresh < 0 ? entries.length : fresh;
    const claimed = entries.slice(0, split);
    if (split > 0) await intake.take(connection, { topic, entries: claimed, isNew: false });
    const rest = split > 0 ? entries.slice(split) : entries;
    await intake.take(connection, { topic, entries: rest, isNew: true });
  }
}
