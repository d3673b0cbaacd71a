/**
 * What the run's aggregate says: how many messages of each type and actor, what their signatures were
 * worth, whether all of them follow from something, how the rounds ended, and a hash chained over every
 * envelope in the order in which it was handled.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { type AmpMessage, causalityTree } from "@reprise/msg-amp";
import { type Envelope, encodeEnvelope } from "@reprise/msg-core";
import { chained, chainStart, hexOf } from "../digests.js";
import type { SignatureState } from "./post.js";

export interface Chronicle {
  /** An envelope that was handled, whatever came of it. */
  handled(envelope: Envelope, state: SignatureState): void;
  /** A message that was applied: for each op_id once. */
  applied(envelope: Envelope, message: AmpMessage): void;
  /** A message whose op_id had been applied. */
  repeated(): void;
  counts(): ChronicleCounts;
  result(): JsonValue;
}

export interface ChronicleCounts {
  readonly handled: number;
  readonly valid: number;
  readonly refused: number;
  readonly repeated: number;
  readonly ended: number;
}

interface Sums {
  count: number;
  bytes: number;
}

export function createChronicle(): Chronicle {
  const signatures: Record<SignatureState, number> = {
    valid: 0,
    unsigned: 0,
    "unknown key": 0,
    "bad signature": 0,
    malformed: 0,
  };
  const byType = new Map<string, Sums>();
  const byActor = new Map<string, Sums>();
  const snapshots = new Set<string>();
  const messages: AmpMessage[] = [];
  let chain = chainStart;
  let handled = 0;
  let repeated = 0;
  let last = "";
  const countOf = (type: string): number => byType.get(type)?.count ?? 0;

  return {
    handled(envelope, state) {
      handled += 1;
      signatures[state] += 1;
      chain = chained(chain, encodeEnvelope(envelope));
    },
    applied({ value }, message) {
      for (const sums of [sumsOf(byType, message.type), sumsOf(byActor, message.actor)]) {
        sums.count += 1;
        sums.bytes += value.length;
      }
      snapshots.add(message.snap_sha);
      last = message.at > last ? message.at : last;
      // What is asked of them at the end is where they come from.
      messages.push({ ...message, payload: {} });
    },
    repeated() {
      repeated += 1;
    },
    counts: () => ({
      handled,
      valid: signatures.valid,
      refused: handled - signatures.valid,
      repeated,
      ended: countOf("RELEASE.PUBLISHED") + countOf("FIX.GIVEN_UP"),
    }),
    result: () => ({
      by_actor: shownAll(byActor),
      by_type: shownAll(byType),
      causality: causalityOf(messages),
      chain_sha256: hexOf(chain),
      last_at: last,
      messages: { applied: messages.length, handled, repeated },
      rounds: { given_up: countOf("FIX.GIVEN_UP"), released: countOf("RELEASE.PUBLISHED") },
      signatures: { ...signatures },
      snapshots: snapshots.size,
    }),
  };
}

function causalityOf(messages: readonly AmpMessage[]): JsonValue {
  const tree = causalityTree(messages);
  const lengths = messages.map(({ op_id }) => tree.chain(op_id)?.messages.length ?? 0);
  return {
    chains: tree.roots.length,
    cycles: tree.cycles.length,
    longest: lengths.reduce((most, length) => Math.max(most, length), 0),
    missing_parents: tree.orphans.length,
  };
}

function sumsOf(all: Map<string, Sums>, name: string): Sums {
  const known = all.get(name);
  if (known !== undefined) return known;
  const sums = { count: 0, bytes: 0 };
  all.set(name, sums);
  return sums;
}

function shownAll(all: ReadonlyMap<string, Sums>): JsonValue {
  return Object.fromEntries(
    [...all].map(([name, { count, bytes }]) => [name, { count, value_bytes: bytes }]),
  );
}
