/** What the lab can record from. */
import type { DriverKind } from "@reprise/msg-core";

/** In the order of the help. */
export const driverKinds: readonly DriverKind[] = ["memory", "kafka", "amqp", "redis"];

/** The profile, and the rr policy, of a kind: one id names both. */
export function profileOf(kind: DriverKind): string {
  return `lab_${kind}_v1`;
}
