/**
 * Publishing: each batch is written at once, and its fate is known reply by reply.
 *
 * ```
 *  send -> written -> replies: stored (receipt), refused (error)
 *            ^          |
 *            |          +- lost with the connection: may be stored or not
 *            +- the next connection: what is left of every batch, in the order of sending
 * ```
 *
 * XADD cannot be made idempotent by choosing the entry's id: an id that is not above the stream's last
 * one is refused, whoever stored that, so two publishers would refuse each other. What was lost is
 * sent again under the same message id, marked as sent again; a reader flags it.
 */
import type { Envelope, MsgError } from "@reprise/msg-core";
import type { SendOutcome, Timer } from "@reprise/msg-core/driver";
import { timeoutOf } from "./calls.js";
import {
  type Command,
  CommandError,
  isPassing,
  lost,
  type RedisConnection,
  type Reply,
} from "./connection.js";
import { encodeEntry, type Wire } from "./mapping.js";
import { refusalOf } from "./refusals.js";
import { textOf } from "./replies.js";
import type { Trimming } from "./trimming.js";

export interface Publisher {
  /** `BrokerLink.send`. */
  send(batch: readonly Envelope[]): Promise<readonly SendOutcome[]>;
  up(connection: RedisConnection): void;
  down(error: unknown): void;
  /** What has no outcome gets this one, and all that comes. */
  close(error: MsgError): void;
}

export interface PublisherParts {
  readonly timer: Timer;
  readonly callMs: number;
  readonly wire: Wire;
  readonly trimming: Trimming;
  /** Unique among all publishers: message ids begin with it. */
  readonly instanceId: string;
}

interface State extends PublisherParts {
  /** Those with messages left, in the order of sending. */
  readonly batches: Set<Batch>;
  current: RedisConnection | undefined;
  /** Why there is none. */
  cause: unknown;
  closed: MsgError | undefined;
  /** Messages sent so far. */
  count: number;
}

interface Batch {
  readonly envelopes: readonly Envelope[];
  /** The number of its first message. */
  readonly first: number;
  readonly outcomes: (SendOutcome | undefined)[];
  /** Of each message whether it may be stored already. */
  readonly again: boolean[];
  left: number;
  isWritten: boolean;
  readonly end: () => void;
}

export function createPublisher(parts: PublisherParts): Publisher {
  const state: State = {
    ...parts,
    batches: new Set(),
    current: undefined,
    cause: undefined,
    closed: undefined,
    count: 0,
  };
  return {
    send: (envelopes) => send(state, envelopes),
    up(connection) {
      state.current = connection;
      for (const batch of state.batches) if (!batch.isWritten) write(state, batch, connection);
    },
    down(error) {
      state.current = undefined;
      state.cause = error;
    },
    close(error) {
      state.closed ??= error;
      for (const batch of state.batches) giveUp(batch, error);
    },
  };
}

function send(state: State, envelopes: readonly Envelope[]): Promise<readonly SendOutcome[]> {
  const { batches, timer, callMs, closed } = state;
  if (closed !== undefined) return Promise.resolve(envelopes.map(() => closed));
  return new Promise((resolve) => {
    const late = (): void => giveUp(batch, timeoutOf("publishing", callMs, state.cause));
    const stop = timer(callMs, late);
    const batch: Batch = {
      envelopes,
      first: state.count,
      outcomes: new Array(envelopes.length).fill(undefined),
      again: [],
      left: envelopes.length,
      isWritten: false,
      end() {
        if (!batches.delete(batch)) return;
        stop();
        // None is left: each has one.
        resolve(batch.outcomes as readonly SendOutcome[]);
      },
    };
    state.count += envelopes.length;
    batches.add(batch);
    if (state.current !== undefined) write(state, batch, state.current);
  });
}

function giveUp(batch: Batch, error: MsgError): void {
  for (let index = 0; index < batch.outcomes.length; index++) batch.outcomes[index] ??= error;
  batch.left = 0;
  batch.end();
}

function write(state: State, batch: Batch, connection: RedisConnection): void {
  const { wire, trimming, instanceId } = state;
  const commands: Command[] = [];
  const indices: number[] = [];
  for (const [index, envelope] of batch.envelopes.entries()) {
    if (batch.outcomes[index] !== undefined) continue;
    const messageId = `${instanceId}-${batch.first + index}`;
    const fields = encodeEntry(envelope, wire, { messageId, again: batch.again[index] === true });
    const { topic } = envelope;
    fields.unshift("XADD", topic, ...trimming.argumentsFor(topic), "*");
    commands.push(fields);
    indices.push(index);
    // A look that fails is made up for by the next.
    if (trimming.published(topic)) trimming.look(connection, topic).catch(() => undefined);
  }
  batch.isWritten = true;
  connection.callAll(commands).then((replies) => {
    batch.isWritten = false;
    for (const [at, index] of indices.entries()) take(state, batch, { index, reply: replies[at] });
    if (batch.left === 0) batch.end();
    // It is written on another, after a wait that grows.
    else connection.close();
  });
}

interface Replied {
  /** Of the message, in its batch. */
  readonly index: number;
  readonly reply: Reply | CommandError | undefined;
}

function take(state: State, batch: Batch, { index, reply }: Replied): void {
  // Its time was up meanwhile, or nobody waits any more.
  if (batch.outcomes[index] !== undefined) return;
  if (isPassing(reply)) {
    state.cause = reply;
    if (reply.prefix === lost) batch.again[index] = true;
    return;
  }
  batch.left -= 1;
  const topic = batch.envelopes[index]?.topic;
  batch.outcomes[index] =
    reply instanceof CommandError
      ? refusalOf(`publishing to ${topic}`, reply)
      : { partition: 0, position: textOf(reply) };
}
