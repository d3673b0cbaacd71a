/**
 * The driver contract: what a broker, a recording and a replay have in common. The comments are the
 * specification; `@reprise/msg-conformance` holds every driver to each sentence.
 *
 * Delivery is at least once. A message is the broker's until `publish` resolves or after `settle`
 * rejects, and the program's in between; every call gives a value or a `MsgError`.
 */
import type { Envelope } from "./envelope.js";
import type { Observer } from "./observer.js";

export type DriverKind = "kafka" | "amqp" | "redis" | "memory";

export interface Driver {
  readonly kind: DriverKind;
  /** The id of the profile it was opened with: 1 to 128 characters. The cassette's key. */
  readonly endpoint: string;
  readonly capabilities: DriverCapabilities;

  /**
   * Resolves when the broker has every envelope safe: a receipt for each, in order. Limits are
   * checked before anything is sent (LIMIT_EXCEEDED, VALUE_TOO_LONG, TOPIC_UNKNOWN). Waits while
   * the broker's bounds are met, until `signal` (ABORTED). Rejects with PUBLISH_INCOMPLETE when
   * only some are safe: `details.outcomes` has a receipt or a MsgError for each, in order.
   */
  publish(batch: readonly Envelope[], options?: PublishOptions): Promise<readonly Receipt[]>;

  /**
   * Up to `maxItems` messages, in order within each partition. Waits for the first of them, at most
   * `waitMs`, or until `signal` or `close`; then resolves to none. Each message handed out must be
   * settled; until then no other consumer of the group gets it, unless this one is lost.
   */
  poll(request: PollRequest): Promise<readonly Delivery[]>;

  /**
   * Resolves when the broker has accepted all. `ack`: done, never delivered to the group again.
   * `retry`: delivered again, `attempt` one higher. `reject`: copied to the dead-letter topic with
   * its reason, then done. A delivery that was taken back meanwhile (the group was rebalanced, an
   * earlier message of its partition is retried) is passed over, and observed as `stale`. One that
   * this driver never delivered, or that is settled already, is DELIVERY_UNKNOWN.
   */
  settle(settlements: readonly Settlement[]): Promise<void>;

  /**
   * Ends waiting calls (publish: CLOSED; poll: none), gives unsettled deliveries back, and resolves
   * within `deadlineMs`. May be called again, and inside a handler. Afterwards every call but
   * `close` rejects with CLOSED.
   */
  close(options?: CloseOptions): Promise<void>;

  /** Calls `observer` for every event from now on; returns the way to stop that. */
  observe(observer: Observer): () => void;
}

export interface DriverCapabilities {
  /** Messages of one key keep their order, in one partition. */
  readonly orderPerKey: boolean;
  /** After `retry`, later messages of the partition come again, behind the retried one. */
  readonly orderAfterRetry: boolean;
  /** `attempt` counts every delivery; otherwise it is 1, or 2 for any later one. */
  readonly countsAttempts: boolean;
  /** Messages outlive the process that published them. */
  readonly durable: boolean;
}

export interface PublishOptions {
  readonly signal?: AbortSignal;
}

/** Where the broker put a message. */
export interface Receipt {
  readonly partition: number;
  /** In the broker's own spelling, at most 256 characters: an offset, a stream id; "" for none. */
  readonly position: string;
}

export interface PollRequest {
  /** At least 1. */
  readonly maxItems: number;
  /** Absent: wait without a limit. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

export interface Delivery {
  readonly envelope: Envelope;
  readonly partition: number;
  /**
   * As in the receipt: one message's own in its partition, and the same whenever it is delivered.
   * With topic, partition and attempt it names the delivery.
   */
  readonly position: string;
  /** From 1. */
  readonly attempt: number;
  /** It may have been handled before. */
  readonly redelivered: boolean;
}

export type Outcome = "ack" | "retry" | "reject";

export interface Settlement {
  readonly delivery: Delivery;
  readonly outcome: Outcome;
  /** Why, for `retry` and `reject`: at most `reasonLengthMax` characters are kept. */
  readonly reason?: string;
  /** What the handler took, in microseconds, if the caller measured it. */
  readonly latencyTicks?: number;
  /**
   * An `ack` without the handler: it has been through this message. Observed, and of no meaning to the
   * broker; no recording keeps it, because the program says it again.
   */
  readonly duplicate?: true;
}

export interface CloseOptions {
  /** Default 5,000. */
  readonly deadlineMs?: number;
}

export const reasonLengthMax: number = 1024;
