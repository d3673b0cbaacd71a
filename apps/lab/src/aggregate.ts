/**
 * What the lab's consumer makes of the messages: counts, sums by key and by type, the least and the
 * greatest amount, and a hash chained over every envelope, so that a single byte anywhere, or two
 * messages in another order, gives another aggregate.
 */
import { type JsonValue, parseJson } from "@reprise/canonical-json";
import { type Envelope, encodeEnvelope } from "@reprise/msg-core";
import { chained, chainStart, hexOf } from "./digests.js";

export interface Aggregate {
  /**
   * Takes a message in, and what its handler asked of its surroundings, if it did. Throws if the value
   * is not JSON of the form that its type has.
   */
  fold(envelope: Envelope, stamp?: string): void;
  /** What was taken in so far, as canonical JSON data. */
  result(): JsonValue;
}

interface Sums {
  count: number;
  bytes: number;
  amount: number;
  amountMin: number;
  amountMax: number;
}

const text = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { fatal: true });
const printableKey = new TextDecoder("utf-8");

export function createAggregate(): Aggregate {
  const total = newSums();
  const byKey = new Map<string, Sums>();
  const byType = new Map<string, Sums>();
  let chain = chainStart;
  let stamps: Uint8Array | undefined;

  return {
    fold(envelope, stamp) {
      const amount = amountOf(envelope);
      const key = printableKey.decode(envelope.key);
      const type = envelope.headers["event-type"] ?? "";
      for (const sums of [total, sumsOf(byKey, key), sumsOf(byType, type)]) {
        add(sums, { amount, bytes: envelope.value.length });
      }
      chain = chained(chain, encodeEnvelope(envelope));
      if (stamp !== undefined) stamps = chained(stamps ?? chainStart, text.encode(stamp));
    },
    result: () => ({
      by_key: shownAll(byKey),
      by_type: shownAll(byType),
      chain_sha256: hexOf(chain),
      ...(stamps === undefined ? {} : { stamps_sha256: hexOf(stamps) }),
      total: shown(total),
    }),
  };
}

/** The amount of the order, or undefined where the message is about none. */
function amountOf({ value }: Envelope): number | undefined {
  const order = parseJson(utf8.decode(value));
  if (typeof order !== "object" || order === null || Array.isArray(order)) {
    throw new Error("value is not a JSON object");
  }
  // A plain object, by the line above: its members are JSON values.
  const { amount } = order as Readonly<Record<string, JsonValue>>;
  if (amount === undefined) return undefined;
  if (typeof amount !== "number" || !Number.isSafeInteger(amount)) {
    throw new Error("amount is not a whole number");
  }
  return amount;
}

function newSums(): Sums {
  return {
    count: 0,
    bytes: 0,
    amount: 0,
    amountMin: Number.POSITIVE_INFINITY,
    amountMax: Number.NEGATIVE_INFINITY,
  };
}

function sumsOf(all: Map<string, Sums>, name: string): Sums {
  const known = all.get(name);
  if (known !== undefined) return known;
  const sums = newSums();
  all.set(name, sums);
  return sums;
}

function add(sums: Sums, { amount, bytes }: { amount: number | undefined; bytes: number }): void {
  sums.count += 1;
  sums.bytes += bytes;
  if (amount === undefined) return;
  sums.amount += amount;
  sums.amountMin = Math.min(sums.amountMin, amount);
  sums.amountMax = Math.max(sums.amountMax, amount);
}

function shown({ count, bytes, amount, amountMin, amountMax }: Sums): JsonValue {
  const range = Number.isFinite(amountMin) ? { amount_max: amountMax, amount_min: amountMin } : {};
  return { amount_sum: amount, count, value_bytes: bytes, ...range };
}

function shownAll(all: ReadonlyMap<string, Sums>): JsonValue {
  return Object.fromEntries([...all].map(([name, sums]) => [name, shown(sums)]));
}
