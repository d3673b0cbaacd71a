/**
 * The stream bus in memory: what agents talk over in a test, in a replay, or where no Redis is configured.
 * It keeps the contract that `@reprise/msg-redis` keeps, and the same tests run on both.
 */
import {
  createStreamBus,
  MsgError,
  type RawEntry,
  type StreamBus,
  type StreamCodec,
  type StreamGroupRequest,
  type StreamLink,
  type StreamLog,
  type StreamReadRequest,
} from "@reprise/msg-core";
import {
  checkName,
  deadLetterSuffixLengthMax,
  inRange,
  type Timer,
  waitingPollsMax,
} from "@reprise/msg-core/driver";
import {
  createStreamStore,
  type Owner,
  type StreamStore,
  type StreamStoreLimits,
} from "./stream-store.js";

export interface MemoryStreamsOptions<Message> {
  readonly codec: StreamCodec<Message>;
  /** Shared with other buses. Default: one of its own. */
  readonly streams?: MemoryStreams;
  /** Where `streamRead` begins in a stream, and an iterator. Default "beginning". */
  readonly start?: "beginning" | "end";
  /** Default ".dead-letter". */
  readonly deadLetterSuffix?: string;
  /** Without one, a read with a `blockMs` that finds nothing has waited it out at once. */
  readonly timer?: Timer;
  readonly log?: StreamLog;
}

/** The streams of one process, for the buses that are opened with it. */
export interface MemoryStreams {
  readonly limits: StreamStoreLimits;
}

const stores = new WeakMap<MemoryStreams, StreamStore>();
const limitMax = 2 ** 40;

/** Throws LIMIT_EXCEEDED for a limit out of range. */
export function createMemoryStreams(limits: Partial<StreamStoreLimits> = {}): MemoryStreams {
  const all: StreamStoreLimits = {
    streamsMax: 10_000,
    groupsMax: 1_000,
    messageSizeMax: 2 ** 20,
    bytesMax: 256 * 2 ** 20,
    ...limits,
  };
  for (const [name, value] of Object.entries(all)) {
    inRange(`limits.${name}`, value, { max: limitMax });
  }
  const streams: MemoryStreams = { limits: all };
  stores.set(streams, createStreamStore(all));
  return streams;
}

/** Throws LIMIT_EXCEEDED, CONTRACT_INVALID (`streams` is something else). */
export function openMemoryStreams<Message>(
  options: MemoryStreamsOptions<Message>,
): StreamBus<Message> {
  const { codec, log, deadLetterSuffix = ".dead-letter", streams } = options;
  checkName("deadLetterSuffix", deadLetterSuffix, deadLetterSuffixLengthMax);
  const store = stores.get(streams ?? createMemoryStreams());
  if (store === undefined) {
    throw new MsgError("CONTRACT_INVALID", "streams is not from createMemoryStreams");
  }
  const { start = "beginning", timer } = options;
  return createStreamBus({
    link: createLink({ store, start, timer }),
    codec,
    log,
    deadLetterSuffix,
  });
}

interface LinkParts {
  readonly store: StreamStore;
  readonly start: "beginning" | "end";
  readonly timer: Timer | undefined;
}

interface Waiting {
  readonly blockMs: number;
  readonly signal: AbortSignal | undefined;
}

function createLink({ store, start, timer }: LinkParts): StreamLink {
  const owner: Owner = {};
  const waits = new Set<() => void>();
  let isClosed = false;

  /** What `take` gives, as soon as it gives anything. */
  const waitFor = (
    take: () => readonly RawEntry[],
    { blockMs, signal }: Waiting,
  ): Promise<readonly RawEntry[]> => {
    const first = take();
    const waitedOut = blockMs === 0 || (blockMs !== Number.POSITIVE_INFINITY && !timer);
    if (first.length > 0 || waitedOut || isClosed || signal?.aborted === true) {
      return Promise.resolve(first);
    }
    inRange("waiting reads", waits.size + 1, { max: waitingPollsMax });
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        waits.delete(giveUp);
        stopWatching();
        stopTimer?.();
        signal?.removeEventListener("abort", giveUp);
      };
      const giveUp = (): void => {
        leave();
        resolve([]);
      };
      const look = (): void => {
        try {
          const entries = take();
          if (entries.length === 0) return;
          leave();
          resolve(entries);
        } catch (error) {
          leave();
          reject(error);
        }
      };
      const stopWatching = store.watch(look);
      waits.add(giveUp);
      signal?.addEventListener("abort", giveUp, { once: true });
      const stopTimer = blockMs === Number.POSITIVE_INFINITY ? undefined : timer?.(blockMs, giveUp);
    });
  };

  return {
    capabilities: { embedded: true, durable: false },
    async add(request) {
      return store.add(request);
    },
    async read(request) {
      begin(store, start, request);
      return waitFor(() => takeBehind(store, request), request);
    },
    async readGroup(request) {
      return waitFor(() => takeFor(store, owner, request), request);
    },
    async acknowledge({ stream, group }, ids) {
      return store.acknowledge(stream, group, ids);
    },
    async putBack({ stream, group }, entries) {
      for (const { id } of entries) store.giveBack(stream, group, { id, counted: false });
    },
    async close() {
      isClosed = true;
      for (const giveUp of [...waits]) giveUp();
      store.abandon(owner);
    },
  };
}

function begin(
  store: StreamStore,
  start: "beginning" | "end",
  { places }: StreamReadRequest,
): void {
  for (const [stream, id] of places) {
    if (id === undefined) places.set(stream, start === "end" ? store.lastId(stream) : "0-0");
  }
}

function takeBehind(store: StreamStore, { places, count }: StreamReadRequest): RawEntry[] {
  return [...places].flatMap(([stream, id]) => {
    const entries = store.readBehind(stream, id ?? "0-0", count);
    const last = entries.at(-1);
    if (last !== undefined) places.set(stream, last.id);
    return entries;
  });
}

function takeFor(
  store: StreamStore,
  owner: Owner,
  { streams, group, count }: StreamGroupRequest,
): RawEntry[] {
  return streams.flatMap((stream) => store.readFor(stream, { group, owner }, count));
}
