/**
 * All that one entry of a cassette says, decoded. Nothing here fails: what cannot be decoded, because
 * another tool wrote it or because it is damaged, stays bytes, and a note says so.
 */
import {
  type DriverKind,
  decodeEnvelope,
  decodeRrEntry,
  type Envelope,
  MsgError,
  type Receipt,
  type RrEntry,
  rrAck,
  rrDriverKind,
  rrOp,
} from "@reprise/msg-core";
import {
  type BrokerEvent,
  type CassetteEntry,
  type Draw,
  decodeDraw,
  decodeEvent,
  decodeFailure,
  decodeHandover,
  decodeReceipt,
  decodeSettlement,
  type ExtraField,
  type Failure,
  type Handover,
  type SettlementRecord,
} from "@reprise/msg-rr";
import { rawText, utf8Of } from "./byte-view.js";
import { type KnownOperation, type Operation, operationOf } from "./entry-operation.js";

/** An entry with its place in the file. */
export interface PlacedEntry {
  /** From 0. */
  readonly index: number;
  /** The byte at which its frame begins. */
  readonly offset: number;
  /** Bytes of its frame, length prefix included. */
  readonly size: number;
  readonly entry: CassetteEntry;
}

export interface EntryFacts extends PlacedEntry {
  readonly operation: Operation;
  readonly driver: DriverKind | undefined;
  /** The message of a publish or a delivery. */
  readonly envelope: Envelope | undefined;
  /** What `resp` of a publish or a delivery holds. */
  readonly exchange: RrEntry | undefined;
  readonly receipt: Receipt | undefined;
  readonly handover: Handover | undefined;
  readonly settlement: SettlementRecord | undefined;
  readonly event: BrokerEvent | undefined;
  /** A reading of the clock, or random bytes. */
  readonly draw: Draw | undefined;
  readonly failure: Failure | undefined;
  /** The delivery had been taken back when it was settled. */
  readonly stale: boolean;
  /** CRC-32, 8 hexadecimal digits; undefined where the entry has none. */
  readonly checksum: string | undefined;
  /** The keys of the map that are not the format's, the checksum apart. */
  readonly extra: readonly ExtraField[];
  /** What could not be decoded, and why. */
  readonly notes: readonly string[];
}

type Decoded = Partial<
  Pick<
    EntryFacts,
    | "envelope"
    | "exchange"
    | "receipt"
    | "handover"
    | "settlement"
    | "event"
    | "draw"
    | "failure"
    | "stale"
  >
>;

export function factsOf(placed: PlacedEntry): EntryFacts {
  const { entry } = placed;
  const known = operationOf(entry.op);
  const notes: string[] = [];
  const attempt: Attempt = (what, decode) => {
    try {
      return decode();
    } catch (error) {
      if (!MsgError.is(error)) throw error;
      notes.push(`${what}: ${error.message}`);
      return undefined;
    }
  };
  const sum = entry.extra.find(isChecksum);
  const decoded = decodedOf(entry, known, attempt);
  // Field by field: two hundred thousand spreads take seconds.
  return {
    index: placed.index,
    offset: placed.offset,
    size: placed.size,
    entry,
    operation: known.operation,
    driver: known.driver,
    envelope: decoded.envelope,
    exchange: decoded.exchange,
    receipt: decoded.receipt,
    handover: decoded.handover,
    settlement: decoded.settlement,
    event: decoded.event,
    draw: decoded.draw,
    failure: decoded.failure,
    stale: decoded.stale === true,
    checksum: sum === undefined ? undefined : checksumText(sum),
    extra: sum === undefined ? entry.extra : entry.extra.filter((field) => field !== sum),
    notes,
  };
}

type Attempt = <Value>(what: string, decode: () => Value) => Value | undefined;

function decodedOf(entry: CassetteEntry, known: KnownOperation, attempt: Attempt): Decoded {
  switch (known.operation) {
    case "publish":
    case "deliver":
      return exchanged(entry, known, attempt);
    case "settle":
      return {
        settlement: attempt("req", () => decodeSettlement(entry.req)),
        // As a broker's refusal of it is kept.
        failure: entry.err === 0 ? undefined : failureIn(entry.resp),
        stale: utf8Of(entry.resp) === "stale",
      };
    case "event":
      return { event: attempt("req", () => decodeEvent(entry.req)) };
    case "clock":
    case "entropy":
      return { draw: attempt("draw", () => decodeDraw(entry)) };
    default:
      return {};
  }
}

function exchanged(entry: CassetteEntry, { operation }: KnownOperation, attempt: Attempt): Decoded {
  // What failed may have been recorded with no answer at all.
  const answered = entry.resp.length > 0 || entry.err === 0;
  const exchange = answered ? attempt("resp", () => decodeRrEntry(entry.resp)) : undefined;
  if (exchange !== undefined) attempt("resp", () => checkExchange(exchange, entry));
  const envelope = attempt("req", () => decodeEnvelope(entry.req));
  if (exchange === undefined) return { envelope };
  const { ack, ackTag } = exchange;
  if (entry.err !== 0 || ackTag !== rrAck.ack) {
    return { envelope, exchange, failure: failureIn(ack) };
  }
  return operation === "publish"
    ? { envelope, exchange, receipt: receiptIn(ack) }
    : { envelope, exchange, handover: handoverIn(ack) };
}

/*
 * An ack is whatever its writer keeps there: another tool's is no fault, and no note. Its look is
 * asked first, since an error for each of a million entries takes seconds.
 */

function receiptIn(ack: Uint8Array): Receipt | undefined {
  return endsInText(ack, 4) ? orUndefined(() => decodeReceipt(ack)) : undefined;
}

function handoverIn(ack: Uint8Array): Handover | undefined {
  return endsInText(ack, 20) ? orUndefined(() => decodeHandover(ack)) : undefined;
}

const openingBrace = 0x7b;

function failureIn(ack: Uint8Array): Failure | undefined {
  return ack[0] === openingBrace ? orUndefined(() => decodeFailure(ack)) : undefined;
}

/** Whether the bytes end in a `len+X` that begins at `at`. */
function endsInText(bytes: Uint8Array, at: number): boolean {
  const left = bytes.length - at - 4;
  if (left < 0) return false;
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true) === left;
}

/** A replay refuses an answer that is not this operation's, of this driver and endpoint. */
function checkExchange({ op, driverKind, endpoint }: RrEntry, entry: CassetteEntry): void {
  const { operation, driver } = operationOf(entry.op);
  if (operation !== "publish" && operation !== "deliver") return;
  const problems = [
    ...(op === rrOp[operation] ? [] : [`op_tag is ${op}, expected ${rrOp[operation]}`]),
    ...(driver === undefined || driverKind === rrDriverKind[driver]
      ? []
      : [`driver_kind is ${driverKind}, expected ${rrDriverKind[driver]}`]),
    ...(endpoint === entry.key ? [] : [`endpoint is ${endpoint}, expected ${entry.key}`]),
  ];
  if (problems.length > 0) throw new MsgError("RECORDED_MISMATCH", problems.join("; "));
}

function orUndefined<Value>(decode: () => Value): Value | undefined {
  try {
    return decode();
  } catch (error) {
    if (MsgError.is(error)) return undefined;
    throw error;
  }
}

function isChecksum([key, value]: ExtraField): boolean {
  return utf8Of(key) === "crc" && value instanceof Uint8Array && value.length === 4;
}

function checksumText([, value]: ExtraField): string {
  // Found by `isChecksum`: it is four bytes.
  const bytes = value as Uint8Array;
  const number = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  return number.toString(16).padStart(8, "0");
}

/** The topic of the message or of the settlement. */
export function topicOf({ envelope, settlement }: EntryFacts): string | undefined {
  return envelope?.topic ?? settlement?.topic;
}

/** The key as text, or as `0x` and hexadecimal; undefined where there is no message. */
export function keyOf({ envelope }: EntryFacts): string | undefined {
  return envelope === undefined ? undefined : rawText(envelope.key);
}

/** Where the broker put the message, or had it. */
export function receiptOf({ receipt, handover, settlement }: EntryFacts): Receipt | undefined {
  return receipt ?? handover ?? settlement;
}

/** From 1: of a delivery, or of the delivery that was settled. */
export function attemptOf({ handover, settlement }: EntryFacts): number | undefined {
  return (handover ?? settlement)?.attempt;
}

/** The delivery that a delivery or a settlement is about, as one text: equal for the same one. */
export function deliveryNameOf(facts: EntryFacts): string | undefined {
  const place = facts.handover ?? facts.settlement;
  const topic = topicOf(facts);
  if (place === undefined || topic === undefined) return undefined;
  const { partition, attempt, position } = place;
  return JSON.stringify([facts.entry.key, topic, partition, attempt, position]);
}

/** What came of it, in a word; "" where that says nothing. */
export function resultOf(facts: EntryFacts): string {
  const { entry, operation, exchange, failure, settlement, stale, handover } = facts;
  if (failure !== undefined) return failure.code;
  if (entry.err !== 0) return `error ${entry.err}`;
  if (stale) return "stale";
  if (settlement !== undefined) return settlement.outcome;
  if (exchange !== undefined && exchange.ackTag !== rrAck.ack) return "nack";
  if (operation === "publish" && exchange !== undefined) return "ok";
  return handover?.redelivered === true ? "again" : "";
}

/** What an entry holds that was not decoded: it is to be shown as bytes. */
export interface UnreadParts {
  readonly req: boolean;
  readonly resp: boolean;
  /** Of the X7MR entry in `resp`. */
  readonly ack: boolean;
}

export function unreadPartsOf(facts: EntryFacts): UnreadParts {
  const { entry, envelope, exchange, settlement, event, draw, failure } = facts;
  const readRequest = envelope ?? settlement ?? event ?? draw;
  const readAck = facts.receipt ?? facts.handover ?? failure;
  // The failure of a settlement is in `resp` itself.
  const readResponse = (exchange ?? draw ?? failure) !== undefined || facts.stale;
  return {
    req: readRequest === undefined && entry.req.length > 0,
    resp: !readResponse && entry.resp.length > 0,
    ack: exchange !== undefined && readAck === undefined && exchange.ack.length > 0,
  };
}
