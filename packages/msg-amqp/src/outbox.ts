/**
 * Messages on their way to the broker. Each stands in one of two lines, in the order of publishing:
 *
 * ```
 *  add -> waiting -> next, sent -> unconfirmed -> acked, nacked
 *            ^                         |
 *            +--------- lost ----------+     the connection ended: all go again, same message id
 * ```
 *
 * A message that is done (answered, refused, overdue, ended) lets go of its bytes, and is passed over
 * where it still stands in a line.
 */
import { MsgError, type Receipt } from "@reprise/msg-core";
import { type Answer, type Confirms, createConfirms } from "./confirms.js";
import type { AmqpMessage } from "./mapping.js";

/** A message to send. `settle` is called once. */
export interface Parcel {
  readonly message: AmqpMessage;
  readonly exchange: string;
  readonly messageId: string;
  /** When it is overdue, in milliseconds of the driver's clock: never before an earlier parcel's. */
  readonly deadline: number;
  readonly settle: (outcome: Receipt | MsgError) => void;
}

interface Entry {
  /** Undefined when it is done. */
  parcel: Parcel | undefined;
  /** How often it was written to a connection. */
  sent: number;
  /** The broker has said that no queue takes it; its confirm is still to come. */
  returned: string | undefined;
  /** How often the broker closed a channel for what was published on it, this among it. */
  suspected: number;
}

export interface Outbox {
  add(parcel: Parcel): void;
  /** The next to write; undefined: none, or too much is unconfirmed. */
  next(): Parcel | undefined;
  /** The next was written. */
  sent(): void;
  /** The next cannot be written. */
  refused(error: MsgError): void;
  acked(answer: Answer): void;
  nacked(answer: Answer): void;
  returned(messageId: string, why: string): void;
  /**
   * All that is unconfirmed goes again, in front; says how much that is. `fault`: the broker closed
   * the channel for what was published. A message that was there `suspectedMax` times ends with it.
   */
  lost(fault: MsgError | undefined): number;
  /** Ends what is overdue; gives the next deadline. */
  expire(now: number): number | undefined;
  /** Ends all. */
  end(error: MsgError): void;
}

export const suspectedMax = 3;
/** What is done at the front is given back to memory when it is so many. */
const compactAt = 1024;

/** With `unconfirmedMax` messages unconfirmed, overdue ones included, none is next. */
export function createOutbox(unconfirmedMax: number): Outbox {
  const waiting = createWaiting();
  let confirms: Confirms<Entry> = createConfirms();
  const open = (): readonly Entry[] => [...confirms.waiting(), ...waiting.rest()].filter(isOpen);

  return {
    add: waiting.add,
    next: () => (confirms.size >= unconfirmedMax ? undefined : waiting.first()?.parcel),
    sent() {
      const entry = waiting.take();
      if (entry === undefined) return;
      entry.sent += 1;
      confirms.sent(entry);
    },
    refused(error) {
      const entry = waiting.take();
      if (entry !== undefined) finish(entry, () => error);
    },
    acked(answer) {
      for (const entry of confirms.answered(answer)) {
        const { returned } = entry;
        finish(
          entry,
          returned === undefined ? receiptOf : (parcel) => unroutable(parcel, returned),
        );
      }
    },
    nacked(answer) {
      for (const entry of confirms.answered(answer)) finish(entry, nackOf);
    },
    returned(messageId, why) {
      for (const entry of confirms.waiting()) {
        if (entry.parcel?.messageId === messageId) entry.returned = why;
      }
    },
    lost(fault) {
      const again = confirms.waiting().filter(isOpen);
      confirms = createConfirms();
      for (const entry of again) suspect(entry, fault);
      waiting.putInFront(again);
      return again.length;
    },
    expire(now) {
      for (const entry of open()) {
        const { parcel, sent } = entry;
        if (parcel !== undefined && parcel.deadline > now) return parcel.deadline;
        finish(entry, ({ messageId }) => overdue(messageId, sent));
      }
      return undefined;
    },
    end(error) {
      for (const entry of open()) finish(entry, () => error);
    },
  };
}

/** The line of those that are to be written. */
function createWaiting() {
  let entries: Entry[] = [];
  let head = 0;
  const goOn = (): void => {
    head += 1;
    if (head < entries.length && head < compactAt) return;
    entries = entries.slice(head);
    head = 0;
  };
  /** The first that is not done. */
  const first = (): Entry | undefined => {
    let entry = entries[head];
    while (entry !== undefined && !isOpen(entry)) {
      goOn();
      entry = entries[head];
    }
    return entry;
  };
  return {
    add(parcel: Parcel): void {
      entries.push({ parcel, sent: 0, returned: undefined, suspected: 0 });
    },
    first,
    take(): Entry | undefined {
      const entry = first();
      if (entry !== undefined) goOn();
      return entry;
    },
    rest: (): readonly Entry[] => entries.slice(head),
    putInFront(before: readonly Entry[]): void {
      entries = [...before, ...entries.slice(head)];
      head = 0;
    },
  };
}

function isOpen({ parcel }: Entry): boolean {
  return parcel !== undefined;
}

/** What the broker said of it counts no more on the next connection, but for the channel it closed. */
function suspect(entry: Entry, fault: MsgError | undefined): void {
  entry.returned = undefined;
  if (fault === undefined) return;
  entry.suspected += 1;
  if (entry.suspected >= suspectedMax) finish(entry, () => fault);
}

function finish(entry: Entry, outcomeOf: (parcel: Parcel) => Receipt | MsgError): void {
  const { parcel } = entry;
  if (parcel === undefined) return;
  entry.parcel = undefined;
  parcel.settle(outcomeOf(parcel));
}

function receiptOf({ messageId }: Parcel): Receipt {
  return { partition: 0, position: messageId };
}

function unroutable({ message, exchange }: Parcel, why: string): MsgError {
  const where = `exchange ${JSON.stringify(exchange)}, routing key ${JSON.stringify(message.topic)}`;
  return new MsgError("UNROUTABLE", `no queue takes it: ${where} (${why}): bind one`);
}

function nackOf({ message }: Parcel): MsgError {
  const why = "its queue may be full, or the broker in trouble: look at the broker's log";
  return new MsgError("BROKER_REFUSED", `the broker refused a message of ${message.topic}: ${why}`);
}

function overdue(messageId: string, sent: number): MsgError {
  const fate =
    sent === 0
      ? "was not sent: the broker could not be reached, or took nothing"
      : `was sent and not confirmed: it may be stored, under message id ${messageId}`;
  return new MsgError("BROKER_TIMEOUT", `the message ${fate}`);
}
