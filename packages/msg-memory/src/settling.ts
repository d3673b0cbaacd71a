/**
 * Settling: a batch is accepted as a whole or refused as a whole, so that after a refusal every
 * delivery in it is still unsettled. It is therefore gone through twice: once to judge each
 * settlement as if those before it had been carried out, once to carry them out.
 */
import {
  type Delivery,
  decodeEnvelope,
  encodeEnvelope,
  MsgError,
  type Settlement,
} from "@reprise/msg-core";
import { deadLetterOf } from "@reprise/msg-core/driver";
import { type Cursor, complete, isLive, rewind } from "./cursor.js";
import type { Group, Member } from "./group.js";
import type { BrokerSettings } from "./options.js";
import {
  type Amount,
  addAmount,
  append,
  hasRoom,
  type PartitionLog,
  read,
} from "./partition-log.js";
import type { Topics } from "./topics.js";

/** A settlement that can be carried out; `live` is absent where it came too late. */
export interface Step {
  readonly settlement: Settlement;
  readonly live?: Live;
}

interface Live {
  readonly cursor: Cursor;
  readonly offset: number;
  /** For `reject`. */
  readonly deadLetter?: { readonly log: PartitionLog; readonly bytes: Uint8Array };
}

export interface SettlePlan {
  readonly steps: readonly Step[];
  readonly cursors: Iterable<Cursor>;
  readonly deadLetterLogs: Iterable<PartitionLog>;
}

/** What the batch has done so far to one partition. */
interface Touched {
  readonly settled: Set<number>;
  /** The lowest offset that is retried: live deliveries behind it are taken back. */
  retried: number;
}

export interface SettleContext {
  readonly group: Group;
  readonly member: Member;
  readonly settings: BrokerSettings;
  readonly topics: Topics;
}

/** Changes nothing. Throws DELIVERY_UNKNOWN, QUEUE_FULL, LIMIT_EXCEEDED, ENVELOPE_TOO_LARGE. */
export function planSettle(context: SettleContext, settlements: readonly Settlement[]): SettlePlan {
  const touched = new Map<Cursor, Touched>();
  const deadLetters = new Map<PartitionLog, Amount>();
  const steps = settlements.map((settlement): Step => {
    const { delivery, outcome } = settlement;
    const cursor = cursorOf(context, delivery);
    const offset = offsetOf(delivery.position);
    if (cursor?.owner !== context.member || !isLive(cursor, offset, delivery.attempt)) {
      if (context.member.revoked.has(placeOf(delivery), offset, delivery.attempt)) {
        return { settlement };
      }
      throw unknownDelivery(delivery, "was not delivered by this driver, or is settled");
    }
    const { settled, retried } = touchedOf(touched, cursor);
    if (settled.has(offset)) throw unknownDelivery(delivery, "is settled twice in one call");
    if (offset > retried) return { settlement };
    settled.add(offset);
    if (outcome === "retry") touchedOf(touched, cursor).retried = offset;
    if (outcome !== "reject") return { settlement, live: { cursor, offset } };
    const deadLetter = planDeadLetter(context, { cursor, offset, settlement }, deadLetters);
    return { settlement, live: { cursor, offset, deadLetter } };
  });
  return { steps, cursors: touched.keys(), deadLetterLogs: deadLetters.keys() };
}

function cursorOf({ group }: SettleContext, delivery: Delivery): Cursor | undefined {
  return group.cursors.get(delivery.envelope.topic)?.[delivery.partition];
}

/** NaN, which is no offset, for a position in another spelling than ours. */
function offsetOf(position: string): number {
  const offset = Number(position);
  return Number.isInteger(offset) && String(offset) === position ? offset : Number.NaN;
}

function placeOf({ envelope, partition }: Delivery): { topic: string; partition: number } {
  return { topic: envelope.topic, partition };
}

function touchedOf(touched: Map<Cursor, Touched>, cursor: Cursor): Touched {
  let known = touched.get(cursor);
  if (known === undefined) {
    known = { settled: new Set(), retried: Number.POSITIVE_INFINITY };
    touched.set(cursor, known);
  }
  return known;
}

function unknownDelivery({ envelope, partition, position, attempt }: Delivery, problem: string) {
  const name = `${JSON.stringify(envelope.topic)} partition ${partition} position ${position}`;
  return new MsgError("DELIVERY_UNKNOWN", `delivery ${name} attempt ${attempt} ${problem}`);
}

interface Rejection {
  readonly cursor: Cursor;
  readonly offset: number;
  readonly settlement: Settlement;
}

function planDeadLetter(
  { settings, topics }: SettleContext,
  { cursor, offset, settlement }: Rejection,
  amounts: Map<PartitionLog, Amount>,
): { readonly log: PartitionLog; readonly bytes: Uint8Array } {
  const name = cursor.log.topic + settings.deadLetterSuffix;
  // A dead-letter topic has the partitions of its topic: the copy keeps its number.
  const log = topics(name).logs[cursor.log.partition] as PartitionLog;
  const { reason, delivery } = settlement;
  // As it is stored: the handler may have written over what it was given.
  const envelope = decodeEnvelope(read(cursor.log, offset));
  const bytes = encodeEnvelope(
    deadLetterOf({ delivery: { ...delivery, envelope }, reason, topic: name }),
  );
  if (!hasRoom(log, addAmount(amounts, log, bytes.length), settings.limits)) {
    const message = `dead-letter topic ${JSON.stringify(name)} is full: ${log.end - log.start} messages, ${log.bytes} bytes in partition ${log.partition}`;
    throw new MsgError("QUEUE_FULL", message);
  }
  return { log, bytes };
}

/** Carries the plan out. */
export function applySettle({ steps }: SettlePlan, member: Member): void {
  for (const { settlement, live } of steps) {
    if (live === undefined) continue;
    const { cursor, offset, deadLetter } = live;
    if (deadLetter !== undefined) append(deadLetter.log, deadLetter.bytes);
    if (settlement.outcome !== "retry") {
      complete(cursor, offset);
      continue;
    }
    rewind(cursor, offset, (taken, attempt) => {
      if (taken !== offset) member.revoked.add(cursor.log, taken, attempt);
    });
  }
}
