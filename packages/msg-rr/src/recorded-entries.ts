/** From recorded entries back to what a driver gives its program. */
import { type JsonValue, parseJson } from "@reprise/canonical-json";
import {
  type Delivery,
  type DriverCapabilities,
  decodeEnvelope,
  decodeRrEntry,
  MsgError,
  type Receipt,
  type RrEntry,
  rrAck,
  rrDriverKind,
  rrOp,
} from "@reprise/msg-core";
import type { CassetteEntry } from "./cassette-entry.js";
import type { ReplayOptions } from "./driver-options.js";
import { openedEvent, operationsOf, rrKind } from "./operations.js";
import {
  decodeEvent,
  decodeFailure,
  decodeHandover,
  decodeReceipt,
  type Failure,
  type Handover,
} from "./records.js";
import type { Session } from "./session.js";

export type Recorded = Pick<CassetteEntry, "resp" | "err">;

/**
 * Whether the endpoint was recorded by another tool: such a recording has no settlements or events,
 * and receipts of its own form.
 */
export function isForeign({ recorded }: Session, { kind, endpoint }: ReplayOptions): boolean {
  const has = (op: string): boolean => recorded.bucket(rrKind, op, endpoint) !== undefined;
  const { publish, deliver, settle, event } = operationsOf(kind);
  return (has(publish) || has(deliver)) && !has(settle) && !has(event);
}

/** The X7MR entry in `resp`. Throws RECORDED_MISMATCH where it is not this operation of this driver. */
function exchangeOf(
  { resp }: Recorded,
  op: keyof typeof rrOp,
  { kind, endpoint }: ReplayOptions,
): RrEntry {
  const entry = decodeRrEntry(resp);
  if (entry.op !== rrOp[op] || entry.driverKind !== rrDriverKind[kind]) {
    const got = `op_tag ${entry.op}, driver_kind ${entry.driverKind}`;
    const expected = `${rrOp[op]} and ${rrDriverKind[kind]}`;
    throw new MsgError("RECORDED_MISMATCH", `recorded ${op}: ${got}; expected ${expected}`);
  }
  if (entry.endpoint !== endpoint) {
    const message = `recorded ${op} is of endpoint ${entry.endpoint}; expected ${endpoint}`;
    throw new MsgError("RECORDED_MISMATCH", message);
  }
  return entry;
}

export type PublishOutcome =
  | { readonly receipt: Receipt }
  | { readonly error: MsgError; readonly scope: Failure["scope"] };

/**
 * The number comes first: what another tool keeps of a failure may be anything. `foreign`: what
 * `isForeign` says.
 */
export function publishOutcomeOf(
  recorded: Recorded,
  options: ReplayOptions,
  foreign: boolean,
): PublishOutcome {
  if (recorded.err !== 0) return refusalOf(recorded, options);
  const { ack, ackTag } = exchangeOf(recorded, "publish", options);
  if (ackTag !== rrAck.ack) return refusalOf(recorded, options);
  return { receipt: receiptOf(ack, foreign) };
}

function refusalOf(recorded: Recorded, options: ReplayOptions): PublishOutcome {
  try {
    const { code, message, scope } = decodeFailure(exchangeOf(recorded, "publish", options).ack);
    return { error: new MsgError(code, message), scope };
  } catch (error) {
    if (!MsgError.is(error)) throw error;
    return { error: numberedError("publish", recorded.err), scope: "message" };
  }
}

/** An error of which only the X07 number is known. */
export function numberedError(what: string, err: number): MsgError {
  const details = err === 0 ? {} : { x07: err };
  return new MsgError("BROKER_REFUSED", `recorded ${what} was refused, error ${err}`, details);
}

/** Another tool's receipt is in a form of its own: it is then a position we cannot name. */
function receiptOf(ack: Uint8Array, foreign: boolean): Receipt {
  try {
    return decodeReceipt(ack);
  } catch (error) {
    if (foreign && MsgError.is(error)) return { partition: 0, position: "" };
    throw error;
  }
}

export interface RecordedDelivery {
  readonly delivery: Delivery;
  readonly batchIndex: number;
  readonly batchSize: number;
}

export function deliveryOf(
  recorded: Recorded,
  options: ReplayOptions,
  foreign: boolean,
): RecordedDelivery {
  const { ack, envelope } = exchangeOf(recorded, "deliver", options);
  const { batchIndex, batchSize, attempt, redelivered, partition, position } = handoverOf(
    ack,
    foreign,
  );
  return {
    delivery: {
      // A copy: what a handler does to the bytes must not reach the cassette.
      envelope: decodeEnvelope(envelope.slice()),
      partition,
      position,
      attempt,
      redelivered,
    },
    batchIndex,
    batchSize,
  };
}

/** What another tool's deliveries are taken for. */
const foreignHandover: Handover = {
  batchIndex: 0,
  batchSize: 1,
  attempt: 1,
  redelivered: false,
  partition: 0,
  position: "",
};

function handoverOf(ack: Uint8Array, foreign: boolean): Handover {
  try {
    return decodeHandover(ack);
  } catch (error) {
    if (foreign && MsgError.is(error)) return foreignHandover;
    throw error;
  }
}

const unknownCapabilities: DriverCapabilities = {
  orderPerKey: false,
  orderAfterRetry: false,
  countsAttempts: false,
  durable: false,
};

/** What the recorded driver could do: the recording begins with it. */
export function recordedCapabilities(session: Session, options: ReplayOptions): DriverCapabilities {
  const { recorded } = session;
  const bucket = recorded.bucket(rrKind, operationsOf(options.kind).event, options.endpoint);
  const opened = bucket === undefined ? undefined : openedOf(recorded.req(bucket.first));
  if (opened === undefined) return unknownCapabilities;
  return {
    orderPerKey: opened.orderPerKey === true,
    orderAfterRetry: opened.orderAfterRetry === true,
    countsAttempts: opened.countsAttempts === true,
    durable: opened.durable === true,
  };
}

/** What a `driver.opened` event says; undefined where `req` is no such event. Throws RECORDED_MISMATCH. */
export function openedOf(req: Uint8Array): Readonly<Record<string, JsonValue>> | undefined {
  const { name, detail } = decodeEvent(req);
  if (name !== openedEvent) return undefined;
  try {
    const opened = parseJson(detail);
    // An array has none of the members that are asked for.
    if (typeof opened === "object" && opened !== null) return opened as Record<string, JsonValue>;
  } catch (cause) {
    throw new MsgError("RECORDED_MISMATCH", `recorded ${openedEvent}: no JSON`, { cause });
  }
  return {};
}
