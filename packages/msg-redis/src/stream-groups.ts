/** Reading for groups: the places of a bus, one read of several of them, and keeping what they hold. */
import {
  MsgError,
  type RawEntry,
  type StreamGroupRequest,
  type StreamLog,
} from "@reprise/msg-core";
import type { Timer } from "@reprise/msg-core/driver";
import { type Command, CommandError, type RedisConnection, type Reply } from "./connection.js";
import type { RedisSettings } from "./options.js";
import { readEntries } from "./replies.js";
import type { StreamLine } from "./stream-line.js";
import { createStreamPlace, type StreamPlace } from "./stream-place.js";
import type { StreamWaiting } from "./stream-waiting.js";

export interface StreamGroups {
  read(request: StreamGroupRequest): Promise<readonly RawEntry[]>;
  acknowledge(stream: string, group: string, ids: readonly string[]): Promise<number>;
  putBack(place: PlaceName, entries: readonly RawEntry[]): Promise<void>;
  /** Waits for what reads, and gives back what is held. */
  close(): Promise<void>;
}

export interface PlaceName {
  readonly stream: string;
  readonly group: string;
  readonly consumer: string;
}

export interface StreamGroupsParts {
  readonly settings: RedisSettings;
  readonly commands: StreamLine;
  readonly waiting: StreamWaiting;
  readonly timer: Timer;
  readonly now: () => number;
  readonly log: StreamLog | undefined;
  readonly isStopped: () => boolean;
}

interface State extends StreamGroupsParts {
  readonly places: Map<string, StreamPlace>;
  /** By stream and group. */
  readonly byGroup: Map<string, Set<StreamPlace>>;
  stopKeeping: (() => void) | undefined;
}

/** Streams, groups and consumers that one bus reads together. */
const placesMax = 10_000;

export function createStreamGroups(parts: StreamGroupsParts): StreamGroups {
  const state: State = {
    ...parts,
    places: new Map(),
    byGroup: new Map(),
    stopKeeping: undefined,
  };
  const { commands } = parts;
  return {
    read(request) {
      const { streams, group, consumer } = request;
      const places = streams.map((stream) => placeOf(state, { stream, group, consumer }));
      return inTurn(places, () => read(state, places, request));
    },
    async acknowledge(stream, group, ids) {
      const command: Command = ["XACK", stream, group, ...ids];
      const call = `acknowledging in ${stream}`;
      const count = await commands.calls.run(call, (connection) => connection.call(command));
      for (const place of state.byGroup.get(groupName(stream, group)) ?? []) place.done(ids);
      return Number(count);
    },
    async putBack(name, entries) {
      const place = placeOf(state, name);
      await commands.calls.run(`giving back to ${name.stream}`, (connection) =>
        place.putBack(connection, entries),
      );
    },
    async close() {
      state.stopKeeping?.();
      await Promise.all([...state.places.values()].map(({ busy }) => busy));
      await giveAllBack(state);
    },
  };
}

function groupName(stream: string, group: string): string {
  return JSON.stringify([stream, group]);
}

function placeOf(state: State, name: PlaceName): StreamPlace {
  const { stream, group, consumer } = name;
  const key = JSON.stringify([stream, group, consumer]);
  const known = state.places.get(key);
  if (known !== undefined) return known;
  if (state.places.size >= placesMax) {
    const message = `one bus reads ${placesMax} streams for groups and consumers, no more`;
    throw new MsgError("LIMIT_EXCEEDED", message, { limit: placesMax, actual: placesMax + 1 });
  }
  const { settings, now, log } = state;
  const place = createStreamPlace({ ...name, ...settings.times, now, log });
  state.places.set(key, place);
  const siblings = state.byGroup.get(groupName(stream, group)) ?? new Set();
  state.byGroup.set(groupName(stream, group), siblings.add(place));
  if (state.stopKeeping === undefined) keep(state);
  return place;
}

/** One read at a time in each place, in the order of the calls. */
async function inTurn<Value>(
  places: readonly StreamPlace[],
  work: () => Promise<Value>,
): Promise<Value> {
  const before = Promise.all(places.map(({ busy }) => busy));
  let release: () => void = () => undefined;
  const mine = new Promise<void>((resolve) => {
    release = resolve;
  });
  for (const place of places) place.busy = mine;
  await before;
  try {
    return await work();
  } finally {
    release();
  }
}

async function read(
  state: State,
  places: readonly StreamPlace[],
  request: StreamGroupRequest,
): Promise<readonly RawEntry[]> {
  const { commands, now, settings, isStopped } = state;
  const until = now() + request.blockMs;
  for (;;) {
    if (isStopped() || request.signal?.aborted === true) return [];
    const old = await unlessGroupGone(places, () => readOld(commands, places, request.count));
    if (old.length > 0) return old;
    if (isStopped()) return [];
    const waitMs = Math.min(settings.blockMs, Math.ceil(until - now()));
    const fresh = await unlessGroupGone(places, () =>
      readNew(state, places, { ...request, blockMs: waitMs }),
    );
    if (fresh.length > 0) return fresh;
    if (now() >= until) return [];
  }
}

/** What the first place that has any has besides new entries: the others' turn comes. */
async function readOld(
  { calls }: StreamLine,
  places: readonly StreamPlace[],
  count: number,
): Promise<readonly RawEntry[]> {
  for (const place of places) {
    const work = (connection: RedisConnection) => place.old(connection, count);
    const old = await calls.run(`reading ${place.stream}`, work);
    if (old.length > 0) return old;
  }
  return [];
}

async function readNew(
  state: State,
  places: readonly StreamPlace[],
  request: StreamGroupRequest,
): Promise<readonly RawEntry[]> {
  const reply = await callRead(state, request);
  const byName = new Map(places.map((place) => [place.stream, place]));
  return readEntries(reply).flatMap(([name, entries]) => byName.get(name)?.took(entries) ?? []);
}

/** A group that has gone is made again before the next look. */
async function unlessGroupGone(
  places: readonly StreamPlace[],
  work: () => Promise<readonly RawEntry[]>,
): Promise<readonly RawEntry[]> {
  try {
    return await work();
  } catch (error) {
    // Entries of a reply that was lost are pending under our name.
    for (const place of places) place.mustRecover = true;
    if (!isGroupGone(error)) throw error;
    for (const place of places) place.mustRestore = true;
    return [];
  }
}

async function callRead(
  { commands, waiting, places }: State,
  { streams, group, consumer, count, blockMs, signal }: StreamGroupRequest,
): Promise<Reply> {
  const block = blockMs > 0 ? ["BLOCK", String(blockMs)] : [];
  const command: Command = [
    ...["XREADGROUP", "GROUP", group, consumer, "COUNT", String(count), ...block],
    ...["STREAMS", ...streams, ...streams.map(() => ">")],
  ];
  const what = `reading ${streams.join(", ")}`;
  if (blockMs <= 0) {
    return commands.calls.run(what, (connection) => connection.call(command));
  }
  // Called again on another connection: what the first one brought must be looked for.
  let attempts = 0;
  const reply = await waiting.call(what, { command, signal, attempted: () => (attempts += 1) });
  if (attempts > 1) for (const place of places.values()) place.mustRecover = true;
  return reply;
}

/** The key or the group is not there: it was flushed, evicted, or destroyed. */
function isGroupGone(error: unknown): boolean {
  const cause = MsgError.is(error) ? error.details.cause : error;
  return (
    cause instanceof CommandError && (cause.prefix === "NOGROUP" || cause.prefix === "UNBLOCKED")
  );
}

/** Three times in the time after which they would be anybody's. */
function keep(state: State): void {
  const { timer, settings, commands, places, isStopped } = state;
  const again = (): void => {
    // It may have been closed while the server was asked.
    if (isStopped()) return;
    state.stopKeeping = timer(settings.times.claimIdleMs / 3, () => {
      confirmAll().then(again, again);
    });
  };
  const confirmAll = async (): Promise<void> => {
    const connection = commands.current();
    if (connection === undefined) return;
    for (const place of places.values()) await place.confirm(connection);
  };
  again();
}

async function giveAllBack({ commands, places, log, settings }: State): Promise<void> {
  const connection = commands.current();
  try {
    if (connection === undefined && places.size > 0) throw new Error("there is no connection");
    if (connection === undefined) return;
    for (const place of places.values()) await place.giveAllBack(connection);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const detail = `not given back: ${said}; others claim it after ${settings.times.claimIdleMs} ms`;
    log?.({ name: "close.late", detail });
  }
}
