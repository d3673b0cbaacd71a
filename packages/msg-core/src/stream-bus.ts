/**
 * The stream bus: what agents talk over. Streams are logs by name; whoever reads one alone keeps its own
 * place in it, a group shares one out among its consumers. `@reprise/msg-redis` and `@reprise/msg-memory`
 * are two of the same; what a message is, a codec says.
 *
 * ```
 *  streamAdd -> stream: ... 7-0  8-0  9-0 -> streamRead        everything, in order
 *                 | trimmed                -> streamReadGroup   each entry to one consumer
 *                                                |                until it is acknowledged
 *                malformed -> dead letter        +- of a dead consumer: another one's
 * ```
 *
 * It stands beside the driver contract (`driver.ts`), for programs that want streams as they are. Delivery
 * to a group is at least once, and so is adding: one whose confirmation is lost is added again. Every call
 * gives a value or a `MsgError`.
 */

export interface StreamCodec<Message> {
  /** The one field of an entry: 1 to 64 ASCII characters. */
  readonly field: string;
  /** What it throws, `streamAdd` rejects with. */
  encode(message: Message): Uint8Array;
  /** What it throws makes the entry malformed; the error's message is the reason. */
  decode(bytes: Uint8Array): Message;
}

export interface StreamBus<Message> {
  readonly capabilities: StreamCapabilities;

  /**
   * Resolves with the entry's id when the stream has it. Entries of one bus keep their order in each
   * stream. Rejects with what the codec threw, LIMIT_EXCEEDED, QUEUE_FULL (too many wait), CLOSED, and
   * what the broker says.
   */
  streamAdd(stream: string, message: Message, options?: StreamAddOptions): Promise<string>;

  /**
   * What comes next in these streams, in order within each. The bus keeps the place: it begins where
   * `start` says when it was opened, and goes on behind what was read. One call at a time: a second one
   * waits for the first.
   */
  streamRead(
    streams: readonly string[],
    options?: StreamReadOptions,
  ): Promise<readonly StreamEntry<Message>[]>;

  /**
   * What is next for the group, which is made if need be, at the beginning of the stream. First what a
   * dead consumer left, or a closed bus gave back; then what is new. Each entry is this consumer's
   * until it is acknowledged, or the bus is closed, or dead. Rejects with LIMIT_EXCEEDED where
   * `heldEntriesMax` are not acknowledged.
   */
  streamReadGroup(
    streams: readonly string[],
    options: StreamGroupOptions,
  ): Promise<readonly StreamEntry<Message>[]>;

  /**
   * Every entry, as they come, with a place of its own: from `start`, or as the consumer of a group. It
   * reads on when it is asked for more. Ends with `close` and with `signal`. An entry of a group is to
   * be acknowledged when it is dealt with; those that were read and never handed out go back.
   */
  streamIterate(
    streams: readonly string[],
    options?: StreamIterateOptions,
  ): AsyncIterableIterator<StreamEntry<Message>>;

  /**
   * The group is done with these. Resolves with how many it was not done with before. Rejects with
   * DELIVERY_UNKNOWN for an entry that was not read in a group; then none is acknowledged.
   */
  acknowledge(entries: readonly StreamEntry<Message>[]): Promise<number>;

  /** Calls `observer` for each message added or read from now on; returns the way to stop that. */
  observe(observer: StreamObserver<Message>): () => void;

  /**
   * Ends waiting calls (adding: CLOSED; reading: none) and iterators, and gives back what is not
   * acknowledged. Idempotent. Afterwards every call rejects with CLOSED. Rejects with OBSERVER_FAILED
   * where an observer threw.
   */
  close(): Promise<void>;
}

export interface StreamCapabilities {
  /** It runs in this process: nobody else is on it, and it ends with the process. */
  readonly embedded: boolean;
  /** Entries outlive the process that added them. */
  readonly durable: boolean;
}

export interface StreamAddOptions {
  /** The stream keeps so many of its newest entries, and some hundred more. Default 1,000. */
  readonly maxLength?: number;
}

export interface StreamReadOptions {
  /** At most so many entries, of each stream: 1 to 1,000. Default 100. */
  readonly count?: number;
  /** Waits so long for the first one. Default 0: it does not. A malformed entry begins it anew. */
  readonly blockMs?: number;
  /** Ends the waiting: with none. */
  readonly signal?: AbortSignal;
}

export interface StreamGroupOptions extends StreamReadOptions {
  readonly group: string;
  /** Its name in the group. */
  readonly consumer: string;
}

export interface StreamIterateOptions extends Pick<StreamReadOptions, "count" | "signal"> {
  /** Both or neither. */
  readonly group?: string;
  readonly consumer?: string;
}

export interface StreamEntry<Message> {
  readonly stream: string;
  /** `<milliseconds>-<sequence>`: rises within a stream. */
  readonly id: string;
  readonly message: Message;
  /** undefined: read outside of a group. */
  readonly delivery: StreamDelivery | undefined;
}

export interface StreamDelivery {
  readonly group: string;
  readonly consumer: string;
  /** From 1: higher when a consumer was given it before. */
  readonly attempt: number;
}

/** A message that went by. Observers look on: one that throws is dropped, and `close` tells of it. */
export interface StreamEvent<Message> {
  readonly direction: "added" | "read";
  readonly stream: string;
  readonly id: string;
  readonly message: Message;
}

export type StreamObserver<Message> = (event: StreamEvent<Message>) => void;

/** What an operator may want to know. */
export interface StreamNotice {
  /**
   * `embedded`: no broker is configured; `malformed`: an entry was put aside; `claimed`: entries of a
   * dead consumer were taken over; `connection`: it was lost, or has come again; others by the broker.
   */
  readonly name: string;
  readonly detail: string;
}

export type StreamLog = (notice: StreamNotice) => void;
