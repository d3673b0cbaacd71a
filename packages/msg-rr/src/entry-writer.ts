/** From what a driver did to the entries that keep it: one run of appended bytes for each call. */
import { canonicalize } from "@reprise/canonical-json";
import {
  type Delivery,
  type Driver,
  type DriverCapabilities,
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
import { openedEvent, operationsOf, pollEvents, rrKind } from "./operations.js";
import {
  type BrokerEvent,
  encodeEvent,
  encodeFailure,
  encodeHandover,
  encodeReceipt,
  encodeSettlement,
  type Failure,
} from "./records.js";
import type { Session } from "./session.js";

export interface EntryWriter {
  /** The envelope's bytes as they may be written. Throws SECRET_FOUND. */
  written(envelope: Envelope): Uint8Array;
  published(written: readonly Uint8Array[], receipts: readonly Receipt[]): void;
  refused(written: readonly Uint8Array[], error: unknown): void;
  delivered(deliveries: readonly Delivery[]): void;
  settled(settlements: readonly Settlement[], isStale: (delivery: Delivery) => boolean): void;
  event(event: BrokerEvent): void;
  pollFailed(error: unknown): void;
}

const nothing = new Uint8Array(0);
/** What the settlement of a delivery that had been taken back holds in `resp`. */
export const staleMark: Uint8Array = new TextEncoder().encode("stale");
/** `err` of a failure that X07 has no number for. */
const otherFailure = 1;

export function createEntryWriter(driver: Driver, session: Session): EntryWriter {
  const { kind, endpoint } = driver;
  const operations = operationsOf(kind);
  let opened = false;

  const entry = (op: string, rest: Partial<CassetteEntry>): CassetteEntry => ({
    kind: rrKind,
    op,
    key: endpoint,
    req: nothing,
    resp: nothing,
    err: 0,
    extra: [],
    ...rest,
  });
  const append = (entries: readonly CassetteEntry[]): void => {
    // With the first entry, so that a session that records nothing leaves its cassette alone.
    if (!opened)
      session.append(entry(operations.event, { req: openedRequest(driver) }), ...entries);
    else session.append(...entries);
    opened = true;
  };
  const written = (envelope: Envelope): Uint8Array => {
    const safe = session.sanitizer?.apply(envelope) ?? envelope;
    session.sanitizer?.inspect(safe);
    return encodeEnvelope(safe);
  };
  const exchange = (
    op: "publish" | "deliver",
    envelope: Uint8Array,
    { ackTag, ack }: { ackTag: number; ack: Uint8Array },
  ): Pick<CassetteEntry, "req" | "resp"> => ({
    req: envelope,
    resp: encodeRrEntry({
      op: rrOp[op],
      driverKind: rrDriverKind[kind],
      endpoint,
      envelope,
      ackTag,
      ack,
    }),
  });

  return {
    written,
    published(envelopes, receipts) {
      append(
        envelopes.map((envelope, index) => {
          const receipt = receipts[index];
          if (receipt === undefined) throw new MsgError("RESULT_INVALID", "a receipt is missing");
          const ack = encodeReceipt(receipt);
          return entry(
            operations.publish,
            exchange("publish", envelope, { ackTag: rrAck.ack, ack }),
          );
        }),
      );
    },
    refused(envelopes, error) {
      append(
        envelopes.map((envelope, index) => {
          const { outcome, err } = outcomeAt(error, index);
          const ackTag = err === 0 ? rrAck.ack : rrAck.nack;
          return entry(operations.publish, {
            ...exchange("publish", envelope, { ackTag, ack: outcome }),
            err,
          });
        }),
      );
    },
    delivered(deliveries) {
      append(
        deliveries.map((delivery, batchIndex) => {
          const ack = encodeHandover({ ...delivery, batchIndex, batchSize: deliveries.length });
          return entry(
            operations.deliver,
            exchange("deliver", written(delivery.envelope), { ackTag: rrAck.ack, ack }),
          );
        }),
      );
    },
    settled(settlements, isStale) {
      append(
        settlements.map(({ delivery, outcome, reason = "", latencyTicks }) =>
          entry(operations.settle, {
            req: encodeSettlement({ ...delivery, topic: delivery.envelope.topic, outcome, reason }),
            resp: isStale(delivery) ? staleMark : nothing,
            ...(latencyTicks === undefined ? {} : { latencyTicks }),
          }),
        ),
      );
    },
    event(event) {
      append([entry(operations.event, { req: encodeEvent(event) })]);
    },
    pollFailed(error) {
      const failure = failureOf(error, "batch");
      const event = { name: pollEvents.failed, detail: canonicalize({ ...failure }) };
      append([entry(operations.event, { req: encodeEvent(event), err: errOf(error) })]);
    },
  };
}

function openedRequest({ capabilities }: Driver): Uint8Array {
  const detail: Record<keyof DriverCapabilities, boolean> = { ...capabilities };
  return encodeEvent({ name: openedEvent, detail: canonicalize(detail) });
}

/** What became of the envelope at `index` of a batch that was not published as a whole. */
function outcomeAt(error: unknown, index: number): { outcome: Uint8Array; err: number } {
  if (MsgError.is(error) && error.code === "PUBLISH_INCOMPLETE") {
    const outcome = error.details.outcomes?.[index];
    if (outcome !== undefined && !MsgError.is(outcome)) {
      // By the contract of `publish`, an outcome that is no error is a receipt.
      return { outcome: encodeReceipt(outcome as Receipt), err: 0 };
    }
    return { outcome: encodeFailure(failureOf(outcome ?? error, "message")), err: errOf(outcome) };
  }
  return { outcome: encodeFailure(failureOf(error, "batch")), err: errOf(error) };
}

function failureOf(error: unknown, scope: Failure["scope"]): Failure {
  if (MsgError.is(error)) return { code: error.code, message: error.message, scope };
  return { code: "BROKER_REFUSED", message: String(error), scope };
}

function errOf(error: unknown): number {
  return (MsgError.is(error) ? error.x07 : undefined) ?? otherFailure;
}
