/** What an entry is about: the short name of its `op`, and the driver in it. */
import type { DriverKind } from "@reprise/msg-core";
import { operationsOf } from "@reprise/msg-rr";

export type Operation = "publish" | "deliver" | "settle" | "event" | "clock" | "entropy" | "other";

/** In the order in which a summary counts them. */
export const operations: readonly Operation[] = [
  "publish",
  "deliver",
  "settle",
  "event",
  "clock",
  "entropy",
  "other",
];

export interface KnownOperation {
  readonly operation: Operation;
  /** undefined for what no driver did. */
  readonly driver: DriverKind | undefined;
}

const kinds: readonly DriverKind[] = ["kafka", "amqp", "redis", "memory"];

const known: ReadonlyMap<string, KnownOperation> = new Map<string, KnownOperation>([
  ...kinds.flatMap((driver): [string, KnownOperation][] => {
    const { publish, deliver, settle, event } = operationsOf(driver);
    return [
      [publish, { operation: "publish", driver }],
      [deliver, { operation: "deliver", driver }],
      [settle, { operation: "settle", driver }],
      [event, { operation: "event", driver }],
    ];
  }),
  ["std.rr.clock_v1", { operation: "clock", driver: undefined }],
  ["std.rr.entropy_v1", { operation: "entropy", driver: undefined }],
]);

const other: KnownOperation = { operation: "other", driver: undefined };

export function operationOf(op: string): KnownOperation {
  return known.get(op) ?? other;
}
