/**
 * What a messaging driver tells its observers, as far as it is measured. The events of
 * `@reprise/msg-core` are assignable to these (`test/messaging-metrics.test.ts` compiles only if they
 * are), but neither package knows the other: whoever has both connects them.
 *
 * Every property that is optional here fills a metric; where it is absent, nothing is recorded.
 * Times are whole microseconds.
 */

/** A message, as far as it is measured. */
export interface ObservedEnvelope {
  readonly topic: string;
  readonly value: { readonly length: number };
  readonly headers: Readonly<Record<string, string>>;
}

export interface ObservedDelivery {
  readonly envelope: ObservedEnvelope;
  readonly partition: number;
  readonly position: string;
  readonly attempt: number;
  readonly redelivered: boolean;
}

export interface ObservedError {
  readonly code: string;
}

export type ObservedOutcome = "ack" | "retry" | "reject";

export type ObservedEvent =
  | {
      readonly type: "published";
      readonly envelope: ObservedEnvelope;
      readonly receipt: { readonly partition: number; readonly position: string };
    }
  | {
      readonly type: "refused";
      readonly envelope: ObservedEnvelope;
      readonly error: ObservedError;
      /** False: it never left. Absent: the code tells (`neverSent`). */
      readonly attempted?: boolean | undefined;
    }
  | { readonly type: "delivered"; readonly delivery: ObservedDelivery }
  | {
      readonly type: "settled";
      readonly delivery: ObservedDelivery;
      readonly outcome: ObservedOutcome;
      readonly reason?: string | undefined;
      readonly latencyTicks?: number | undefined;
      /** Acked without the handler: it had been through it. */
      readonly duplicate?: boolean | undefined;
    }
  | { readonly type: "stale"; readonly delivery: ObservedDelivery }
  /** An unsettled delivery was taken back. */
  | { readonly type: "revoked"; readonly delivery: ObservedDelivery }
  | {
      readonly type: "broker";
      readonly name: string;
      readonly detail: string;
      /** What it took. */
      readonly value?: number | undefined;
    }
  /** One call of the driver, after the events of its messages. */
  | {
      readonly type: "operation";
      readonly name: "publish" | "poll" | "settle";
      /** Messages of the batch. */
      readonly count: number;
      readonly durationTicks?: number | undefined;
      /** How much of that it waited for room. */
      readonly blockedTicks?: number | undefined;
      readonly error?: ObservedError | undefined;
    }
  /** Messages of a partition that wait behind what was read of it. */
  | {
      readonly type: "lag";
      readonly topic: string;
      readonly partition: number;
      readonly messages: number;
    }
  /** What a buffer of the driver holds now. */
  | {
      readonly type: "buffer";
      readonly name: string;
      readonly messages: number;
      readonly bytes?: number | undefined;
    };

/** Codes of refusals that come before a message is sent. OpenTelemetry counts attempts only. */
export const neverSent: ReadonlySet<string> = new Set([
  "ABORTED",
  "CLOSED",
  "CODEC_MISSING",
  "ENVELOPE_TOO_LARGE",
  "HEADERS_INVALID",
  "HEADER_NAME_INVALID",
  "HEADER_VALUE_INVALID",
  "LIMIT_EXCEEDED",
  "QUEUE_FULL",
  "SECRET_MISSING",
  "TOPIC_UNKNOWN",
  "VALUE_TOO_LONG",
]);
