/**
 * Where the laws of stream buses are tried: a bus of notes, and what the laws share. The types are those
 * of msg-core's `StreamBus`, as far as the laws use them: what is here depends on no package.
 */

export interface NoteEntry {
  readonly stream: string;
  readonly id: string;
  readonly message: Note;
  readonly delivery:
    | { readonly group: string; readonly consumer: string; readonly attempt: number }
    | undefined;
}

export interface NoteEvent {
  readonly direction: "added" | "read";
  readonly stream: string;
  readonly id: string;
  readonly message: Note;
}

export interface Notice {
  readonly name: string;
  readonly detail: string;
}

interface Reading {
  readonly count?: number;
  readonly blockMs?: number;
  readonly signal?: AbortSignal;
}

interface Reader {
  readonly group: string;
  readonly consumer: string;
}

export interface NoteBus {
  streamAdd(stream: string, note: Note, options?: { maxLength?: number }): Promise<string>;
  streamRead(streams: readonly string[], options?: Reading): Promise<readonly NoteEntry[]>;
  streamReadGroup(
    streams: readonly string[],
    options: Reading & Reader,
  ): Promise<readonly NoteEntry[]>;
  streamIterate(
    streams: readonly string[],
    options?: Omit<Reading, "blockMs"> & Partial<Reader>,
  ): AsyncIterableIterator<NoteEntry>;
  acknowledge(entries: readonly NoteEntry[]): Promise<number>;
  observe(observer: (event: NoteEvent) => void): () => void;
  close(): Promise<void>;
}

export interface Note {
  readonly text: string;
}

export const noteCodec = {
  field: "note",
  encode({ text }: Note): Uint8Array {
    if (text === "unspeakable") throw new Error("cannot be written");
    return new TextEncoder().encode(`note:${text}`);
  },
  decode(bytes: Uint8Array): Note {
    const text = new TextDecoder().decode(bytes);
    if (!text.startsWith("note:")) throw new Error(`expected note:, got ${text.slice(0, 20)}`);
    return { text: text.slice(5) };
  },
};

export interface StreamOpening {
  readonly start?: "beginning" | "end";
  readonly log?: (notice: Notice) => void;
}

export interface DeadLetter {
  readonly stream: string;
  readonly reason: string;
  readonly fields: readonly (readonly [string, string])[];
}

export interface StreamStage {
  /** A name that no other law uses. */
  readonly stream: string;
  readonly other: string;
  open(opening?: StreamOpening): Promise<NoteBus>;
  /** Adds an entry of one field, as anybody else may. */
  addRaw(stream: string, field: string, value: string): Promise<void>;
  deadLetters(stream: string): Promise<readonly DeadLetter[]>;
  end(): Promise<void>;
}

export interface StreamLaw {
  readonly says: string;
  holds(stage: StreamStage, expect: Expect): Promise<void>;
}

/** `expect` of the test runner, as far as it is used here. */
export type Expect = (value: unknown) => {
  toEqual(expected: unknown): void;
  toBe(expected: unknown): void;
};

type Bus = NoteBus;
type Entries = readonly NoteEntry[];

/** Long enough for a busy machine; nothing waits it out. */
export const blockMs = 10_000;

export const textsOf = (entries: Entries): readonly string[] =>
  entries.map(({ message }) => message.text);
export const numbers = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index));
export async function addAll(bus: Bus, stream: string, texts: readonly string[]): Promise<void> {
  await Promise.all(texts.map((text) => bus.streamAdd(stream, { text })));
}
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    return `it gave ${JSON.stringify(await call)}`;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}
export const reader = (consumer: string, group = "g") => ({ group, consumer, blockMs });

/** Entries of a group, until there are so many. */
export async function gather(bus: Bus, stream: string, want: { count: number; consumer: string }) {
  const entries: NoteEntry[] = [];
  while (entries.length < want.count) {
    const more = await bus.streamReadGroup([stream], reader(want.consumer));
    if (more.length === 0) break;
    entries.push(...more);
  }
  return entries;
}
