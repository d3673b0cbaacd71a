/** From what a driver did to the entries that keep it: one run of appended bytes for each call. */
import { canonicalize } from "@reprise/canonical-json";
import {
  type Delivery,
  type Driver,
  type Envelope,
  encodeEnvelope,
  encodeRrEntry,
  MsgError,
  type Receipt,
  rrAck,
  rrDriverKind,
  rrOp,
  type Settlement,
} from "@reprise/msg-core";
import type { CassetteEntry } from "./cassette-entry.js";
import {
  type Operations,
  openedEvent,
  operationsOf,
  pollEvents,
  rrKind,
  waitedEvents,
} from "./operations.js";
import {
  type BrokerEvent,
  encodeEvent,
  encodeFailure,
  encodeHandover,
  encodeReceipt,
  encodeSettlement,
  encodeWaited,
  type Failure,
  settlementRecordOf,
  type Waited,
} from "./records.js";
import type { Session } from "./session.js";

/** What a call has to say of its turn; undefined: nothing. */
export type Turn = Omit<Waited, "size"> | undefined;

/** Each throws what `session.append` does. */
export interface EntryWriter {
  /** The envelope's bytes as they may be written. Throws SECRET_FOUND, and as `encodeEnvelope`. */
  written(envelope: Envelope): Uint8Array;
  published(written: readonly Uint8Array[], receipts: readonly Receipt[], turn: Turn): void;
  refused(written: readonly Uint8Array[], error: unknown, turn: Turn): void;
  /** Throws SECRET_FOUND too. */
  delivered(deliveries: readonly Delivery[], turn: Turn): void;
  pollEnded(how: "empty" | "aborted" | "closed", turn: Turn): void;
  pollFailed(error: unknown, turn: Turn): void;
  settled(settlements: readonly Settlement[], isStale: (delivery: Delivery) => boolean): void;
  settleRefused(settlements: readonly Settlement[], error: unknown): void;
  event(event: BrokerEvent): void;
}

/** What the first entry says of the driver; `addition`: what follows adds to an earlier recording. */
export type Opened = Pick<Driver, "kind" | "endpoint" | "capabilities"> & {
  readonly addition?: boolean;
};

const nothing = new Uint8Array(0);
const noExtra: CassetteEntry["extra"] = [];
/** What the settlement of a delivery that had been taken back holds in `resp`. */
const staleMark: Uint8Array = new TextEncoder().encode("stale");
const latencyTicksMax = 2 ** 32 - 1;
/** `err` of a failure that X07 has no number for. */
const otherFailure = 1;

/** How entries are made and appended: what the writers of each operation share. */
interface Writing {
  readonly operations: Operations;
  readonly safe: SafeText;
  entryOf(op: string, parts: Parts): CassetteEntry;
  event(name: string, detail: string, err?: number): CassetteEntry;
  /** The entries of one call, and before them what is to be said of its turn. */
  append(entries: readonly CassetteEntry[], turn?: readonly CassetteEntry[]): void;
  waited(call: keyof typeof waitedEvents, turn: Turn, size: number): readonly CassetteEntry[];
  written(envelope: Envelope): Uint8Array;
  exchange(op: "publish" | "deliver", envelope: Uint8Array, outcome: RecordedOutcome): Parts;
}

/** What the broker made of one message; `err`: 0 if it took it. */
interface RecordedOutcome {
  readonly ack: Uint8Array;
  readonly err: number;
}

/** Of an entry, what differs from call to call. */
interface Parts {
  readonly req: Uint8Array;
  readonly resp?: Uint8Array;
  readonly err?: number;
  readonly latencyTicks?: number | undefined;
}

export function createEntryWriter(driver: Opened, session: Session): EntryWriter {
  const writing = createWriting(driver, session);
  const { append, event, safe, written } = writing;
  return {
    written,
    ...publishWriter(writing),
    ...pollWriter(writing),
    ...settlementWriter(writing),
    event({ name, detail }) {
      append([event(name, safe(detail, "/event/detail"))]);
    },
  };
}

function createWriting(driver: Opened, session: Session): Writing {
  const { kind, endpoint } = driver;
  const operations = operationsOf(kind);
  let opened = false;
  // Here and below field by field: for each message, a spread costs more than all the rest.
  const entryOf = (op: string, parts: Parts): CassetteEntry => {
    const { req, resp = nothing, err = 0, latencyTicks } = parts;
    const [kind, key] = [rrKind, endpoint];
    return latencyTicks === undefined
      ? { kind, op, key, req, resp, err, extra: noExtra }
      : { kind, op, key, req, resp, err, latencyTicks, extra: noExtra };
  };
  const event = (name: string, detail: string, err = 0): CassetteEntry =>
    entryOf(operations.event, { req: encodeEvent({ name, detail }), err });
  return {
    operations,
    safe: createSafeText(session),
    entryOf,
    event,
    append(entries, turn = []) {
      if (entries.length === 0) return;
      // With the first entry, so that a session that records nothing leaves its cassette alone.
      const first = opened ? [] : [event(openedEvent, openedDetail(driver))];
      session.append(...first, ...turn, ...entries);
      opened = true;
    },
    waited: (call, turn, size) =>
      turn === undefined ? [] : [event(waitedEvents[call], encodeWaited({ ...turn, size }))],
    written(envelope) {
      const redacted = session.sanitizer?.apply(envelope) ?? envelope;
      session.sanitizer?.inspect(redacted);
      return encodeEnvelope(redacted);
    },
    exchange(op, envelope, { ack, err }) {
      const ackTag = err === 0 ? rrAck.ack : rrAck.nack;
      const driverKind = rrDriverKind[kind];
      const entry = { op: rrOp[op], driverKind, endpoint, envelope, ackTag, ack };
      return { req: envelope, resp: encodeRrEntry(entry), err };
    },
  };
}

function publishWriter({
  operations,
  safe,
  entryOf,
  append,
  waited,
  exchange,
}: Writing): Pick<EntryWriter, "published" | "refused"> {
  return {
    published(envelopes, receipts, turn) {
      if (receipts.length !== envelopes.length) {
        const message = `the driver gave ${receipts.length} receipts for ${envelopes.length} envelopes`;
        throw new MsgError("RESULT_INVALID", message);
      }
      const entries = receipts.map((receipt, index) => {
        // As many envelopes as receipts.
        const envelope = envelopes[index] as Uint8Array;
        const outcome = { ack: encodeReceipt(receipt), err: 0 };
        return entryOf(operations.publish, exchange("publish", envelope, outcome));
      });
      append(entries, waited("publish", turn, entries.length));
    },
    refused(envelopes, error, turn) {
      const entries = envelopes.map((envelope, index) => {
        const outcome = outcomeAt(error, index, safe);
        return entryOf(operations.publish, exchange("publish", envelope, outcome));
      });
      append(entries, waited("publish", turn, entries.length));
    },
  };
}

function pollWriter({
  operations,
  safe,
  entryOf,
  event,
  append,
  waited,
  written,
  exchange,
}: Writing): Pick<EntryWriter, "delivered" | "pollEnded" | "pollFailed"> {
  return {
    delivered(deliveries, turn) {
      const batchSize = deliveries.length;
      const entries = deliveries.map((delivery, batchIndex) => {
        const { attempt, redelivered, partition, position } = delivery;
        const ack = encodeHandover({
          batchIndex,
          batchSize,
          attempt,
          redelivered,
          partition,
          position,
        });
        const envelope = written(delivery.envelope);
        return entryOf(operations.deliver, exchange("deliver", envelope, { ack, err: 0 }));
      });
      append(entries, waited("poll", turn, entries.length));
    },
    pollEnded(how, turn) {
      append([event(pollEvents[how], "")], waited("poll", turn, 0));
    },
    pollFailed(error, turn) {
      const detail = canonicalize({ ...failureOf(error, "batch", safe) });
      append([event(pollEvents.failed, detail, errOf(error))], waited("poll", turn, 0));
    },
  };
}

function settlementWriter({
  operations,
  safe,
  entryOf,
  append,
}: Writing): Pick<EntryWriter, "settled" | "settleRefused"> {
  const entryFor = (settlement: Settlement, resp: Uint8Array, err: number): CassetteEntry =>
    entryOf(operations.settle, {
      req: encodeSettlement(settlementRecordOf(settlement)),
      resp,
      err,
      latencyTicks: keptTicks(settlement.latencyTicks),
    });
  return {
    settled(settlements, isStale) {
      append(
        settlements.map((settlement) =>
          entryFor(settlement, isStale(settlement.delivery) ? staleMark : nothing, 0),
        ),
      );
    },
    settleRefused(settlements, error) {
      const resp = encodeFailure(failureOf(error, "batch", safe));
      append(settlements.map((one) => entryFor(one, resp, errOf(error))));
    },
  };
}

function openedDetail({ capabilities, addition }: Opened): string {
  return canonicalize({ ...capabilities, ...(addition === true && { addition }) });
}

/** What a client says of a failure may hold the credentials it failed with. */
type SafeText = (text: string, pointer: string) => string;

function createSafeText({ sanitizer }: Session): SafeText {
  return (text, pointer) => {
    const kept = text.toWellFormed();
    try {
      sanitizer?.inspectText(kept, pointer);
      return kept;
    } catch (error) {
      if (MsgError.is(error) && error.code === "SECRET_FOUND") return "(withheld: holds a secret)";
      throw error;
    }
  };
}

/** Whole microseconds, as a cassette keeps them. */
export function keptTicks(latencyTicks: number | undefined): number | undefined {
  if (latencyTicks === undefined || Number.isNaN(latencyTicks)) return undefined;
  return Math.min(latencyTicksMax, Math.max(0, Math.round(latencyTicks)));
}

/** What became of the envelope at `index` of a batch that was not published as a whole. */
function outcomeAt(error: unknown, index: number, safe: SafeText): RecordedOutcome {
  if (!MsgError.is(error) || error.code !== "PUBLISH_INCOMPLETE") {
    return { ack: encodeFailure(failureOf(error, "batch", safe)), err: errOf(error) };
  }
  const outcome = error.details.outcomes?.[index];
  if (outcome !== undefined && !(outcome instanceof Error)) {
    // By the contract of `publish`, an outcome that is no error is a receipt.
    return { ack: encodeReceipt(outcome as Receipt), err: 0 };
  }
  const failure = failureOf(outcome ?? error, "message", safe);
  return { ack: encodeFailure(failure), err: errOf(outcome) };
}

function failureOf(error: unknown, scope: Failure["scope"], safe: SafeText): Failure {
  const message = safe(error instanceof Error ? error.message : String(error), "/error/message");
  return { code: MsgError.is(error) ? error.code : "BROKER_REFUSED", message, scope };
}

function errOf(error: unknown): number {
  return (MsgError.is(error) ? error.x07 : undefined) ?? otherFailure;
}
