/**
 * What a rejected message looks like in its dead-letter topic: key, value and headers as they were,
 * and these headers, which replace any of the same names.
 *
 * ```
 * reprise-dead-letter-reason      as settled; left out where none was given
 * reprise-dead-letter-topic       where it was
 * reprise-dead-letter-partition
 * reprise-dead-letter-position
 * reprise-dead-letter-attempt     of the delivery that was rejected
 * ```
 */
import { type Delivery, reasonLengthMax } from "../driver.js";
import type { Envelope } from "../envelope.js";

const prefix = "reprise-dead-letter-";

export const deadLetterHeaders: {
  readonly reason: string;
  readonly topic: string;
  readonly partition: string;
  readonly position: string;
  readonly attempt: string;
} = {
  reason: `${prefix}reason`,
  topic: `${prefix}topic`,
  partition: `${prefix}partition`,
  position: `${prefix}position`,
  attempt: `${prefix}attempt`,
};

export interface Rejection {
  readonly delivery: Delivery;
  readonly reason: string | undefined;
  /** Of the dead letters. */
  readonly topic: string;
}

/** The copy for the dead-letter topic. It may be too large to be an envelope: who sends it checks. */
export function deadLetterOf({ delivery, reason, topic }: Rejection): Envelope {
  const { envelope, partition, position, attempt } = delivery;
  const headers: Record<string, string> = {
    ...envelope.headers,
    [deadLetterHeaders.topic]: envelope.topic,
    [deadLetterHeaders.partition]: String(partition),
    [deadLetterHeaders.position]: position,
    [deadLetterHeaders.attempt]: String(attempt),
  };
  if (reason === undefined) delete headers[deadLetterHeaders.reason];
  else headers[deadLetterHeaders.reason] = keptReason(reason);
  return { topic, key: envelope.key, value: envelope.value, headers };
}

/** A header holds well-formed text; an error's message, or the cut, may leave half a character. */
export function keptReason(reason: string): string {
  return reason.slice(0, reasonLengthMax).toWellFormed();
}
