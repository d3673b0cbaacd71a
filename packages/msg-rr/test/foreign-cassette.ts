/** Cassettes as another X07 tool writes them: publishes and deliveries only, receipts of its own. */
import {
  type Envelope,
  encodeEnvelope,
  encodeRrEntry,
  rrDriverKind,
  rrOp,
} from "@reprise/msg-core";
import {
  type CassetteEntry,
  createMemoryStore,
  encodeCassetteEntry,
  type MemoryStore,
  operationsOf,
  rrKind,
} from "@reprise/msg-rr";

export interface ForeignEntry {
  readonly op: "publish" | "deliver";
  readonly envelope: Envelope;
  readonly err?: number;
  /** Of the X7MR entry, where they are not those of the cassette's key. */
  readonly inner?: Partial<{ op: number; driverKind: number; endpoint: string; ack: string }>;
  /** Instead of an X7MR entry. */
  readonly resp?: Uint8Array;
}

export function foreignCassette(entries: readonly ForeignEntry[]): MemoryStore {
  const frames = entries.map((entry) => encodeCassetteEntry(foreignEntry(entry)));
  return createMemoryStore(Uint8Array.from(frames.flatMap((frame) => [...frame])));
}

function foreignEntry({ op, envelope, err = 0, inner = {}, resp }: ForeignEntry): CassetteEntry {
  const bytes = encodeEnvelope(envelope);
  const { ack = "OK", ...tags } = inner;
  const exchange = encodeRrEntry({
    op: rrOp[op],
    driverKind: rrDriverKind.kafka,
    endpoint: "local_dev_v1",
    envelope: bytes,
    ackTag: 1,
    ack: new TextEncoder().encode(ack),
    ...tags,
  });
  return {
    kind: rrKind,
    op: operationsOf("kafka")[op],
    key: "local_dev_v1",
    req: bytes,
    resp: resp ?? exchange,
    err,
    extra: [],
  };
}
