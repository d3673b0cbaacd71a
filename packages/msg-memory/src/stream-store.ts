/**
 * Streams in memory: logs by name, and what each group has been given and is not done with.
 *
 * ```
 *  entries   [ 41 42 43 44 45 46 ]          ids `41-0`, ...; trimmed from the left
 *  group       given up to 44; pending 42 (of a bus that is open), 43 (given back: anybody's)
 * ```
 *
 * It keeps the rules of Redis, down to its looseness: a stream is trimmed once it is a hundred entries
 * longer than it should be, whoever still needs them, and a pending entry that was trimmed is gone. There
 * is no clock here: a consumer is dead when its bus is closed.
 */
import { MsgError, type RawEntry, type StreamAddRequest } from "@reprise/msg-core";
import { inRange } from "@reprise/msg-core/driver";

export interface StreamStoreLimits {
  /** Default 10,000. Dead letters count. */
  readonly streamsMax: number;
  /** Groups of one stream. Default 1,000. */
  readonly groupsMax: number;
  /** Bytes of one message. Default 1 MiB. */
  readonly messageSizeMax: number;
  /** Bytes of all entries. Default 256 MiB. */
  readonly bytesMax: number;
}

/** Whoever holds a pending entry: a bus. */
export type Owner = object;

interface Pending {
  /** Of one that was given back: whoever had it last. */
  owner: Owner;
  attempt: number;
}

interface Group {
  given: number;
  /** By number, in the order of giving. */
  readonly pending: Map<number, Pending>;
  /** Those that were given back. */
  readonly free: Set<number>;
}

interface Log {
  readonly name: string;
  readonly entries: { readonly number: number; readonly fields: readonly Uint8Array[] }[];
  last: number;
  readonly groups: Map<string, Group>;
}

export interface StreamStore {
  add(request: StreamAddRequest): string;
  /** The newest id, "0-0" where there is none. */
  lastId(stream: string): string;
  readBehind(stream: string, id: string, count: number): readonly RawEntry[];
  readFor(stream: string, reader: StoreReader, count: number): readonly RawEntry[];
  acknowledge(stream: string, group: string, ids: readonly string[]): number;
  /** `counted`: the delivery was seen by somebody. */
  giveBack(stream: string, group: string, entry: { id: string; counted: boolean }): void;
  /** All that this one holds. */
  abandon(owner: Owner): void;
  /** Calls `wake` at each change of any stream, until the result is called. */
  watch(wake: () => void): () => void;
}

export interface StoreReader {
  readonly group: string;
  readonly owner: Owner;
}

const encoder = new TextEncoder();
/** Entries that a stream may be longer than it should. Redis drops nodes of as many. */
const slack = 100;

interface State {
  readonly limits: StreamStoreLimits;
  readonly logs: Map<string, Log>;
  /** Of all entries. */
  bytes: number;
}

export function createStreamStore(limits: StreamStoreLimits): StreamStore {
  const logs = new Map<string, Log>();
  const state: State = { limits, logs, bytes: 0 };
  const watchers = new Set<() => void>();
  const changed = (): void => {
    for (const wake of [...watchers]) wake();
  };

  return {
    add(request) {
      const id = add(state, request);
      changed();
      return id;
    },
    lastId: (stream) => idOf(logs.get(stream)?.last ?? 0),
    readBehind(stream, id, count) {
      const log = logs.get(stream);
      if (log === undefined) return [];
      return entriesBehind(log, numberOf(id), count).map((entry) => rawOf(log, entry, 1));
    },
    readFor(stream, { group: name, owner }, count) {
      const log = logOf(state, stream);
      const group = groupOf(log, name, limits.groupsMax);
      const claimed = claim(log, group, { owner, count });
      const fresh = entriesBehind(log, group.given, count - claimed.length);
      for (const { number } of fresh) {
        group.given = number;
        group.pending.set(number, { owner, attempt: 1 });
      }
      return [...claimed, ...fresh.map((entry) => rawOf(log, entry, 1))];
    },
    acknowledge(stream, name, ids) {
      const group = logs.get(stream)?.groups.get(name);
      return ids.filter((id) => {
        group?.free.delete(numberOf(id));
        return group?.pending.delete(numberOf(id)) === true;
      }).length;
    },
    giveBack(stream, name, { id, counted }) {
      const group = logs.get(stream)?.groups.get(name);
      const pending = group?.pending.get(numberOf(id));
      if (group === undefined || pending === undefined) return;
      group.free.add(numberOf(id));
      if (!counted) pending.attempt -= 1;
      changed();
    },
    abandon(owner) {
      for (const { groups } of logs.values()) {
        for (const { pending, free } of groups.values()) {
          for (const [number, held] of pending) if (held.owner === owner) free.add(number);
        }
      }
      changed();
    },
    watch(wake) {
      watchers.add(wake);
      return () => {
        watchers.delete(wake);
      };
    },
  };
}

function add(state: State, request: StreamAddRequest): string {
  const { stream, field, value, maxLength, isDeadLetter } = request;
  const { messageSizeMax, bytesMax } = state.limits;
  if (!isDeadLetter) checkSize(value.length, messageSizeMax);
  const fields = [encoder.encode(field), Uint8Array.from(value)];
  const size = sizeOf(fields);
  if (state.bytes + size > bytesMax) throw full(bytesMax);
  const log = logOf(state, stream);
  const { entries } = log;
  log.last += 1;
  entries.push({ number: log.last, fields });
  state.bytes += size;
  if (entries.length >= maxLength + slack) {
    const gone = entries.splice(0, entries.length - maxLength);
    for (const entry of gone) state.bytes -= sizeOf(entry.fields);
  }
  return idOf(log.last);
}

function logOf({ logs, limits }: State, name: string): Log {
  const known = logs.get(name);
  if (known !== undefined) return known;
  inRange("streams", logs.size + 1, { max: limits.streamsMax });
  const log: Log = { name, entries: [], last: 0, groups: new Map() };
  logs.set(name, log);
  return log;
}

function groupOf(log: Log, name: string, groupsMax: number): Group {
  const known = log.groups.get(name);
  if (known !== undefined) return known;
  inRange(`groups of ${log.name}`, log.groups.size + 1, { max: groupsMax });
  const group: Group = { given: 0, pending: new Map(), free: new Set() };
  log.groups.set(name, group);
  return group;
}

interface Claim {
  readonly owner: Owner;
  readonly count: number;
}

/** What was given back, the oldest first; what of it was trimmed is pending no more. */
function claim(log: Log, { pending, free }: Group, { owner, count }: Claim): readonly RawEntry[] {
  const claimed: RawEntry[] = [];
  for (const number of [...free].sort((left, right) => left - right)) {
    if (claimed.length >= count) break;
    free.delete(number);
    const held = pending.get(number);
    const [entry] = entriesBehind(log, number - 1, 1);
    if (held === undefined || entry?.number !== number) {
      pending.delete(number);
      continue;
    }
    held.owner = owner;
    held.attempt += 1;
    claimed.push(rawOf(log, entry, held.attempt));
  }
  return claimed;
}

type LogEntry = Log["entries"][number];

/** Numbers rise by one, so the place of each is known. */
function entriesBehind({ entries }: Log, number: number, count: number): readonly LogEntry[] {
  const [first] = entries;
  if (first === undefined || count <= 0) return [];
  const at = Math.max(0, number + 1 - first.number);
  return entries.slice(at, at + count);
}

/** A copy: what a reader does to it stays its own. */
function rawOf({ name }: Log, { number, fields }: LogEntry, attempt: number): RawEntry {
  return { stream: name, id: idOf(number), fields: fields.map((bytes) => bytes.slice()), attempt };
}

function idOf(number: number): string {
  return `${number}-0`;
}

function numberOf(id: string): number {
  return Number(id.slice(0, id.indexOf("-")));
}

function sizeOf(fields: readonly Uint8Array[]): number {
  return fields.reduce((size, { length }) => size + length, 0);
}

function checkSize(actual: number, limit: number): void {
  if (actual <= limit) return;
  const message = `the message is ${actual} bytes, at most ${limit}`;
  throw new MsgError("VALUE_TOO_LONG", message, { limit, actual });
}

function full(limit: number): MsgError {
  const message = `the embedded streams hold ${limit} bytes: let them be trimmed, or raise bytesMax`;
  return new MsgError("QUEUE_FULL", message, { limit });
}
