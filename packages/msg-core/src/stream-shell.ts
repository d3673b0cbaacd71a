/**
 * The shell of a stream bus: what is the same on every broker. It checks what is asked, turns messages
 * into entries and back, puts aside what is malformed, tells observers, and keeps the places of readers.
 */
import { MsgError } from "./errors.js";
import { createObservers, type Observers } from "./observer.js";
import type { StreamBus, StreamEntry, StreamEvent, StreamIterateOptions } from "./stream-bus.js";
import { decodeAll, type StreamDecoding, type StreamReader } from "./stream-decoding.js";
import { createHeldEntries } from "./stream-held.js";
import {
  type CheckedRead,
  checkedAdd,
  checkedRead,
  checkField,
  checkGroup,
} from "./stream-limits.js";
import type { RawEntry } from "./stream-link.js";

export type StreamShellParts<Message> = Omit<StreamDecoding<Message>, "held">;

interface Shell<Message> extends StreamDecoding<Message> {
  readonly observers: Observers<StreamEvent<Message>>;
  isClosed: boolean;
}

type Places = Map<string, string | undefined>;

/** Throws LIMIT_EXCEEDED (the codec's field). */
export function createStreamBus<Message>(parts: StreamShellParts<Message>): StreamBus<Message> {
  const { link, codec } = parts;
  checkField(codec.field);
  const shell: Shell<Message> = {
    ...parts,
    held: createHeldEntries(),
    observers: createObservers(),
    isClosed: false,
  };
  const places: Places = new Map();
  let reading: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;
  return {
    capabilities: link.capabilities,
    async streamAdd(stream, message, options = {}) {
      checkOpen(shell);
      const maxLength = checkedAdd(stream, options);
      const value = codec.encode(message);
      const id = await link.add({
        ...{ stream, field: codec.field, value, maxLength },
        isDeadLetter: false,
      });
      shell.observers.notify({ direction: "added", stream, id, message });
      return id;
    },
    async streamRead(streams, options = {}) {
      checkOpen(shell);
      const asked = checkedRead(streams, options);
      const turn = reading.then(() => readAlone(shell, { streams, asked, places }));
      reading = turn.catch(() => undefined);
      return turn;
    },
    async streamReadGroup(streams, options) {
      checkOpen(shell);
      const asked = checkedRead(streams, options);
      checkGroup(options);
      const { group, consumer } = options;
      const reader = { group, consumer };
      return (await readGroup(shell, { streams, asked, reader })).entries;
    },
    streamIterate: (streams, options = {}) => iterate(shell, streams, options),
    async acknowledge(entries) {
      checkOpen(shell);
      return acknowledge(shell, entries);
    },
    observe: shell.observers.observe,
    close() {
      closing ??= close(shell);
      return closing;
    },
  };
}

async function close<Message>(shell: Shell<Message>): Promise<void> {
  shell.isClosed = true;
  await shell.link.close();
  shell.observers.check();
}

function checkOpen<Message>({ isClosed }: Shell<Message>): void {
  if (isClosed) throw new MsgError("CLOSED", "the stream bus is closed");
}

interface AloneRequest {
  readonly streams: readonly string[];
  readonly asked: CheckedRead;
  readonly places: Places;
}

async function readAlone<Message>(
  shell: Shell<Message>,
  { streams, asked, places }: AloneRequest,
): Promise<readonly StreamEntry<Message>[]> {
  for (;;) {
    if (isOver(shell, asked)) return [];
    const mine: Places = new Map(streams.map((stream) => [stream, places.get(stream)]));
    const raw = await unlessClosed(shell, () => shell.link.read({ ...asked, places: mine }));
    const entries = await unlessClosed(shell, () => decodeAll(shell, raw, undefined));
    if (shell.isClosed) return [];
    // Only now: what could not be put aside is read again.
    for (const [stream, id] of mine) places.set(stream, id);
    if (entries.length > 0 || raw.length === 0) return tell(shell, entries);
  }
}

interface GroupRequest {
  readonly streams: readonly string[];
  readonly asked: CheckedRead;
  readonly reader: StreamReader;
}

interface GroupRead<Message> {
  readonly entries: readonly StreamEntry<Message>[];
  readonly raw: readonly RawEntry[];
}

const nothing = { entries: [], raw: [] } as const;

async function readGroup<Message>(
  shell: Shell<Message>,
  { streams, asked, reader }: GroupRequest,
): Promise<GroupRead<Message>> {
  const { link, held } = shell;
  for (;;) {
    if (isOver(shell, asked)) return nothing;
    // A read brings so many of each stream.
    const count = Math.min(asked.count, Math.max(1, Math.floor(held.room() / streams.length)));
    const request = { ...asked, ...reader, count, streams };
    const raw = await unlessClosed(shell, () => link.readGroup(request));
    held.add(reader.group, raw);
    const entries = await unlessClosed(shell, () => decodeAll(shell, raw, reader));
    if (shell.isClosed) return nothing;
    if (entries.length > 0 || raw.length === 0) return { entries: tell(shell, entries), raw };
  }
}

function isOver<Message>({ isClosed }: Shell<Message>, { signal }: CheckedRead): boolean {
  return isClosed || signal?.aborted === true;
}

/** What was under way when the bus was closed gives nothing, however it ended. */
async function unlessClosed<Message, Item>(
  shell: Shell<Message>,
  work: () => Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  try {
    return await work();
  } catch (error) {
    if (shell.isClosed) return [];
    throw error;
  }
}

function tell<Message>(
  { observers }: Shell<Message>,
  entries: readonly StreamEntry<Message>[],
): readonly StreamEntry<Message>[] {
  for (const { stream, id, message } of entries) {
    observers.notify({ direction: "read", stream, id, message });
  }
  return entries;
}

async function* iterate<Message>(
  shell: Shell<Message>,
  streams: readonly string[],
  { group, consumer, ...rest }: StreamIterateOptions,
): AsyncGenerator<StreamEntry<Message>, void, undefined> {
  checkOpen(shell);
  // It waits until there is something, or until it is ended.
  const asked = { ...checkedRead(streams, rest), blockMs: Number.POSITIVE_INFINITY };
  const reader = readerOf(group, consumer);
  const places: Places = new Map();
  while (!isOver(shell, asked)) {
    const { entries, raw } =
      reader === undefined
        ? { ...nothing, entries: await readAlone(shell, { streams, asked, places }) }
        : await readGroup(shell, { streams, asked, reader });
    let handed = 0;
    try {
      for (const entry of entries) {
        if (isOver(shell, asked)) return;
        handed += 1;
        yield entry;
      }
    } finally {
      const left = entries.slice(handed);
      if (left.length > 0 && reader !== undefined && !shell.isClosed) {
        await putBack(shell, reader, raw.filter(isAmong(left)));
      }
    }
  }
}

function readerOf(
  group: string | undefined,
  consumer: string | undefined,
): StreamReader | undefined {
  if (group === undefined && consumer === undefined) return undefined;
  const reader = { group: group ?? "", consumer: consumer ?? "" };
  checkGroup(reader);
  return reader;
}

function isAmong<Message>(entries: readonly StreamEntry<Message>[]): (raw: RawEntry) => boolean {
  const names = new Set(entries.map(({ stream, id }) => `${id} ${stream}`));
  return ({ stream, id }) => names.has(`${id} ${stream}`);
}

async function putBack<Message>(
  { link, held }: Shell<Message>,
  reader: StreamReader,
  raw: readonly RawEntry[],
): Promise<void> {
  for (const stream of new Set(raw.map((entry) => entry.stream))) {
    const entries = raw.filter((entry) => entry.stream === stream);
    await link.putBack({ ...reader, stream }, entries);
    for (const entry of entries) held.delete(reader.group, entry);
  }
}

async function acknowledge<Message>(
  { link, held }: Shell<Message>,
  entries: readonly StreamEntry<Message>[],
): Promise<number> {
  const places = new Map<string, { stream: string; group: string; ids: string[] }>();
  for (const { stream, id, delivery } of entries) {
    if (delivery === undefined) {
      const message = `${stream} ${id} was not read in a group: there is nothing to acknowledge`;
      throw new MsgError("DELIVERY_UNKNOWN", message);
    }
    const { group } = delivery;
    const name = JSON.stringify([stream, group]);
    const place = places.get(name) ?? { stream, group, ids: [] };
    place.ids.push(id);
    places.set(name, place);
  }
  let count = 0;
  for (const { stream, group, ids } of places.values()) {
    count += await link.acknowledge({ stream, group }, ids);
    for (const id of ids) held.delete(group, { stream, id });
  }
  return count;
}
