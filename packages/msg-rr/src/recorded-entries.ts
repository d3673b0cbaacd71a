/** From recorded entries back to what a driver gives its program. */

import { parseJson } from "@reprise/canonical-json";
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
import { openedEvent, operationsOf, rrKind } from "./operations.js";
import { decodeEvent, decodeFailure, decodeHandover, decodeReceipt } from "./records.js";
import type { ReplayOptions } from "./replay-driver.js";
import type { Session } from "./session.js";

export type Recorded = Pick<CassetteEntry, "resp" | "err">;

/** The X7MR entry in `resp`. Throws RECORDED_MISMATCH where it is not this operation of this driver. */
export function exchangeOf(
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
  | { readonly error: MsgError; readonly scope: "batch" | "message" };

export function publishOutcomeOf(recorded: Recorded, options: ReplayOptions): PublishOutcome {
  const { ack, ackTag } = exchangeOf(recorded, "publish", options);
  if (recorded.err === 0 && ackTag === rrAck.ack) return { receipt: receiptOf(ack) };
  if (ack.length === 0 || ack[0] !== 0x7b) {
    const message = `recorded as refused, error ${recorded.err}`;
    const details = recorded.err === 0 ? {} : { x07: recorded.err };
    return { error: new MsgError("BROKER_REFUSED", message, details), scope: "message" };
  }
  const { code, message, scope } = decodeFailure(ack);
  return { error: new MsgError(code, message), scope };
}

/** Another tool's receipt is not in our form: it is then a position we cannot name. */
function receiptOf(ack: Uint8Array): Receipt {
  try {
    return decodeReceipt(ack);
  } catch (error) {
    if (MsgError.is(error)) return { partition: 0, position: "" };
    throw error;
  }
}

export interface RecordedDelivery {
  readonly delivery: Delivery;
  readonly batchIndex: number;
  readonly batchSize: number;
}

export function deliveryOf(recorded: Recorded, options: ReplayOptions): RecordedDelivery {
  const { ack, envelope } = exchangeOf(recorded, "deliver", options);
  const { batchIndex, batchSize, attempt, redelivered, partition, position } =
    ack.length === 0 ? foreignHandover : decodeHandover(ack);
  return {
    delivery: {
      envelope: decodeEnvelope(envelope),
      partition,
      position,
      attempt,
      redelivered,
    },
    batchIndex,
    batchSize,
  };
}

/** What another tool's deliveries are taken for: they carry an empty receipt. */
const foreignHandover = {
  batchIndex: 0,
  batchSize: 1,
  attempt: 1,
  redelivered: false,
  partition: 0,
  position: "",
};

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
  if (bucket === undefined) return unknownCapabilities;
  const event = decodeEvent(recorded.req(bucket.first));
  if (event.name !== openedEvent) return unknownCapabilities;
  const capabilities = parseJson(event.detail);
  if (typeof capabilities !== "object" || capabilities === null) return unknownCapabilities;
  const names = Object.keys(unknownCapabilities) as (keyof DriverCapabilities)[];
  // An array has none of these members; what is not `true` is no.
  const found = capabilities as Readonly<Record<string, unknown>>;
  return Object.fromEntries(names.map((name) => [name, found[name] === true])) as Record<
    keyof DriverCapabilities,
    boolean
  >;
}
