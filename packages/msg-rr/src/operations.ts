/** The names of what is recorded: `kind` and `op` of an entry. X07's for Kafka and AMQP; ours in the same form. */
import type { DriverKind } from "@reprise/msg-core";

/** The kind that all messaging entries have. */
export const rrKind = "rr";

export interface Operations {
  readonly publish: string;
  readonly deliver: string;
  readonly settle: string;
  readonly event: string;
}

const deliverNames: Readonly<Record<DriverKind, string>> = {
  kafka: "poll_env_v1",
  amqp: "consume_env_v1",
  redis: "consume_env_v1",
  memory: "poll_env_v1",
};

export function operationsOf(kind: DriverKind): Operations {
  const prefix = `std.msg.${kind}`;
  return {
    publish: `${prefix}.publish_env_v1`,
    deliver: `${prefix}.${deliverNames[kind]}`,
    settle: `${prefix}.settle_v1`,
    event: `${prefix}.event_v1`,
  };
}

/**
 * Events that say how a poll ended that brought nothing. Replay ends it the same way: at once where
 * it was empty, with the program's own signal or close where those ended it.
 */
export const pollEvents = {
  empty: "poll.empty",
  aborted: "poll.aborted",
  closed: "poll.closed",
  failed: "poll.failed",
} as const;

/**
 * Events that say that the call whose entries follow did not end in its turn: it waited for others,
 * or older ones still wait. The detail is a `Waited`.
 */
export const waitedEvents = { poll: "poll.waited", publish: "publish.waited" } as const;

/** The event that a driver's recording begins with; its detail is the driver's capabilities. */
export const openedEvent = "driver.opened";

/** A reading of the clock, and a random draw, made inside a solve world: X07's names. */
export const drawOperations = { clock: "std.rr.clock_v1", entropy: "std.rr.entropy_v1" } as const;

const messagingPrefix = "std.msg.";
const eventSuffix = ".event_v1";

/** Whether `op` is an event of some driver. */
export function isEventOperation(op: string): boolean {
  return op.startsWith(messagingPrefix) && op.endsWith(eventSuffix);
}
