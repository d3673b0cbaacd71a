/** Cassettes for the tests: one recorded over the embedded broker, others put together by hand. */
import { consume, encodeEnvelope, encodeRrEntry } from "@reprise/msg-core";
import { createMemoryBroker, openMemoryDriver } from "@reprise/msg-memory";
import {
  type CassetteEntry,
  cassetteBytesMax,
  createMemoryStore,
  encodeCassetteEntry,
  openSession,
  recordingDriver,
} from "@reprise/msg-rr";

const text = new TextEncoder();

const budgets = {
  maxCassetteBytes: cassetteBytesMax,
  maxEntries: 10_000_000,
  maxReqBytes: 2 ** 24,
  maxRespBytes: 2 ** 24,
  maxKeyBytes: 1024,
};

/** Three orders: the second fails once and is retried, the third is rejected to the dead letter. */
export async function recordedOrders(): Promise<Uint8Array> {
  const store = createMemoryStore();
  const policy = { id: "cli", matchMode: "lookup", budgets } as const;
  const session = openSession({ policy, mode: "record", store });
  const broker = createMemoryBroker({ topics: ["orders"], partitions: 1, seed: 1 });
  const profile = { endpoint: "shop_v1", topics: ["orders"], group: "billing", broker };
  const driver = recordingDriver(openMemoryDriver(profile), session);
  await driver.publish([order(1), order(2), order(3)]);
  let microseconds = 0;
  await consume(
    driver,
    ({ envelope, attempt }) => {
      const key = new TextDecoder().decode(envelope.key);
      if (key === "customer-2" && attempt === 1) throw new Error("card service is away");
      return key === "customer-3" ? { outcome: "reject", reason: "no such customer" } : undefined;
    },
    {
      limit: 3,
      clock: () => {
        microseconds += 750;
        return microseconds;
      },
    },
  );
  await driver.close();
  session.close();
  return store.bytes().slice();
}

function order(number: number) {
  return {
    topic: "orders",
    key: text.encode(`customer-${number}`),
    value: text.encode(`{"order":${number},"total":"${number}9.90","note":"Grüße"}`),
    headers: { trace: `t-${number}`, "content-type": "application/json" },
  };
}

export interface HandMade {
  readonly op?: string;
  readonly endpoint?: string;
  readonly topic?: string;
  readonly key?: string | Uint8Array;
  readonly value?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ack?: Uint8Array;
  readonly latencyTicks?: number;
  readonly extra?: CassetteEntry["extra"];
}

/** An entry as another tool writes it: X07's keys only, an ack of its own, no checksum. */
export function handMade(fields: HandMade): CassetteEntry {
  const { op = "std.msg.kafka.publish_env_v1", endpoint = "local_dev_v1", extra = [] } = fields;
  const envelope = encodeEnvelope({
    topic: fields.topic ?? "events",
    key: asBytes(fields.key ?? "k1"),
    value: asBytes(fields.value ?? "v1"),
    headers: fields.headers ?? {},
  });
  const resp = encodeRrEntry({
    op: op.includes("publish") ? 1 : 2,
    driverKind: op.includes("amqp") ? 2 : 1,
    endpoint,
    envelope,
    ackTag: 1,
    ack: fields.ack ?? text.encode("OK"),
  });
  return {
    kind: "rr",
    op,
    key: endpoint,
    req: envelope,
    resp,
    err: 0,
    extra,
    ...(fields.latencyTicks === undefined ? {} : { latencyTicks: fields.latencyTicks }),
  };
}

export function cassetteOf(...entries: readonly CassetteEntry[]): Uint8Array {
  return Buffer.concat(entries.map(encodeCassetteEntry));
}

function asBytes(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? text.encode(value) : value;
}
