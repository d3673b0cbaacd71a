/** What the benchmarks of real brokers send, how they take it, and recording it into a file. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Driver, Envelope } from "@reprise/msg-core";
import { openSession, recordingDriver, type SessionPolicy } from "@reprise/msg-rr";
import { openCassetteFile } from "@reprise/msg-rr/os";

export const value: Buffer = Buffer.from(
  JSON.stringify({ order: 7, note: "leave it at the door ".repeat(14) }),
);
export const key: Buffer = Buffer.from("customer-7");
export const headers = {
  "content-type": "application/json",
  "event-id": "0123456789abcdef",
  "event-type": "order.placed",
} as const;

export function batchOf(topic: string, size: number): readonly Envelope[] {
  const envelope: Envelope = { topic, key, value, headers };
  return Array.from({ length: size }, () => envelope);
}

/** Polls and acknowledges `total` messages, at most `together` at a time. Their bytes. */
export async function take(driver: Driver, total: number, together = total): Promise<number> {
  let size = 0;
  for (let count = 0; count < total; ) {
    const deliveries = await driver.poll({ maxItems: Math.min(together, total - count) });
    for (const { envelope } of deliveries) size += envelope.value.length;
    await driver.settle(deliveries.map((delivery) => ({ delivery, outcome: "ack" as const })));
    count += deliveries.length;
  }
  return size;
}

/** With room for whatever a benchmark records. */
export function policyOf(id: string): SessionPolicy {
  return {
    id,
    matchMode: "lookup",
    budgets: {
      maxCassetteBytes: 2 ** 31,
      maxEntries: 5_000_000,
      maxReqBytes: 2 ** 20,
      maxRespBytes: 2 ** 20,
      maxKeyBytes: 128,
    },
  };
}

export function recording(driver: Driver): Driver {
  const root = mkdtempSync(join(tmpdir(), "reprise-bench-"));
  process.on("exit", () => rmSync(root, { recursive: true, force: true }));
  const store = openCassetteFile(root, "bench");
  const policy = policyOf(driver.endpoint);
  return recordingDriver(driver, openSession({ policy, mode: "rewrite", store, checksum: crc32 }));
}
