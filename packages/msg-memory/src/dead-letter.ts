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
import { decodeEnvelope, encodeEnvelope, reasonLengthMax } from "@reprise/msg-core";
import { type PartitionLog, read } from "./partition-log.js";

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

export interface Rejected {
  readonly log: PartitionLog;
  readonly offset: number;
  readonly attempt: number;
  readonly reason: string | undefined;
}

/** The copy for the topic called `name`. Throws ENVELOPE_TOO_LARGE. */
export function deadLetterOf({ log, offset, attempt, reason }: Rejected, name: string): Uint8Array {
  const { key, value, headers } = decodeEnvelope(read(log, offset));
  const named: Record<string, string> = {
    ...headers,
    [deadLetterHeaders.topic]: log.topic,
    [deadLetterHeaders.partition]: String(log.partition),
    [deadLetterHeaders.position]: String(offset),
    [deadLetterHeaders.attempt]: String(attempt),
  };
  if (reason === undefined) delete named[deadLetterHeaders.reason];
  else named[deadLetterHeaders.reason] = keptReason(reason);
  return encodeEnvelope({ topic: name, key, value, headers: named });
}

/** A header holds well-formed text; an error's message, or the cut, may leave half a character. */
function keptReason(reason: string): string {
  return reason.slice(0, reasonLengthMax).toWellFormed();
}
