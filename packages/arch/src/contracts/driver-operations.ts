/** The operations that a driver's recording consists of, and whether its policy allows them. */
import { locationAt } from "../documents/document-findings.js";
import type { ContractSession } from "./contract-session.js";
import type { Broker, DriverFile } from "./driver-contracts.js";
import type { RrContracts } from "./rr-contracts.js";

export interface DriverOperations {
  readonly publish: string;
  readonly deliver: string;
  readonly settle: string;
  readonly event: string;
}

/** Kafka is polled, the others deliver. X07 has the first two; settlements and events are Reprise's. */
export function operationsOf(broker: Broker): DriverOperations {
  const prefix = `std.msg.${broker}`;
  return {
    publish: `${prefix}.publish_env_v1`,
    deliver: `${prefix}.${broker === "kafka" ? "poll" : "consume"}_env_v1`,
    settle: `${prefix}.settle_v1`,
    event: `${prefix}.event_v1`,
  };
}

/**
 * An error where a profile's policy does not let it publish or deliver, for then nothing can be
 * recorded; a warning where only settlements or events are missing, which X07 does not have.
 */
export function checkDriverOperations(
  session: ContractSession,
  drivers: readonly DriverFile[],
  rr: RrContracts | undefined,
): void {
  for (const { broker, kind, reference, document, enforce } of drivers) {
    const entry = rr?.policies.get(reference.rr_policy_id)?.entry;
    if (kind !== "profile" || entry === undefined) continue;
    const { publish, deliver, settle, event } = operationsOf(broker);
    const missing = [publish, deliver, settle, event].filter(
      (op) => !entry.ops_allowed.includes(op),
    );
    if (missing.length === 0) continue;
    const isNeeded = missing.includes(publish) || missing.includes(deliver);
    session.report(
      {
        code: "E_ARCH_DRIVER_OPS_NOT_ALLOWED",
        severity: isNeeded ? "error" : "warning",
        message: "driver profile's rr policy does not allow its operations",
        loc: locationAt(document, "/id"),
        data: { profile_id: reference.id, policy_id: entry.id, ops: missing },
        notes: [`add to ops_allowed of ${entry.id}: ${missing.join(", ")}`],
      },
      enforce,
    );
  }
}
