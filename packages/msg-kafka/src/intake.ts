/**
 * One fetched record on its way into the inbox. kafkajs does not look at checksums: a message whose
 * bytes are not those that were published is fetched once more, and then put aside. So is, at once,
 * what no envelope can carry.
 */
import { MsgError } from "@reprise/msg-core";
import { deadLetterOf, type Incoming, type LinkContext } from "@reprise/msg-core/driver";
import type { FetchedRecord } from "./client.js";
import type { Held, Lease } from "./lease.js";
import type { Mapped, Mapping, Unmappable } from "./mapping.js";
import type { KafkaSettings } from "./options.js";
import type { Progress } from "./progress.js";
import type { KafkaHandle } from "./reader.js";
import type { Sender } from "./sender.js";
import { pause } from "./waiting.js";

export interface Intake {
  /** At once for every message that is as it should be. Never rejects. */
  take(found: Found): Step | Promise<Step>;
}

export interface IntakeOptions {
  readonly mapping: Mapping;
  readonly sender: Pick<Sender, "send">;
  readonly learn: (topic: string) => Promise<void>;
  readonly context: LinkContext<KafkaHandle>;
  readonly settings: KafkaSettings;
  readonly commit: (lease: Lease) => void;
  readonly closing: Promise<unknown>;
}

/** A record, and where it is. */
export interface Found {
  readonly lease: Lease;
  readonly held: Held;
  readonly progress: Progress;
  readonly record: FetchedRecord;
  readonly offset: number;
}

/** "full": it is in, and nothing more fits. "gone": the batch is not to be read any further. */
export type Step = "next" | "full" | "gone";

export function createIntake(options: IntakeOptions): Intake {
  return { take: (found) => take(options, found) };
}

function take(options: IntakeOptions, found: Found): Step | Promise<Step> {
  const { mapping, context } = options;
  const { held, progress, record, offset } = found;
  const reading = mapping.readingOf(record, held.topic);
  if ("problem" in reading) return putAside(options, found, reading);
  if (reading.intact) return context.deliver(incomingOf(found, reading)) ? "next" : "full";
  const problem = "key, value or headers are not those that were published: the checksum differs";
  context.tell("message.damaged", `${whereOf(found)}: ${problem}`);
  if (held.suspect === offset) {
    return putAside(options, found, { problem, envelope: reading.envelope });
  }
  held.suspect = offset;
  progress.rewind(offset);
  return "gone";
}

function incomingOf(found: Found, { envelope, messageId }: Mapped): Incoming<KafkaHandle> {
  const { lease, held, progress, offset, record } = found;
  const again = progress.isAgain(offset);
  return {
    envelope,
    partition: held.partition,
    position: record.offset,
    attempt: again ? 2 : 1,
    redelivered: again,
    messageId,
    handle: { lease, held, offset },
  };
}

/** Into the dead letter; only then it is done. */
async function putAside(options: IntakeOptions, found: Found, unfit: Unmappable): Promise<Step> {
  const { context, settings, closing } = options;
  const { held, progress, offset } = found;
  const where = whereOf(found);
  const topic = held.topic + settings.deadLetterSuffix;
  try {
    await sendAside(options, found, { ...unfit, topic });
  } catch (error) {
    // Neither dropped nor in the way for ever: it is read again, or the driver ends.
    progress.rewind(offset);
    if (MsgError.is(error) && isFinal(error)) context.health.failed(asideError(where, error));
    else await pause(context.options.ports, 1000, closing);
    return "gone";
  }
  context.tell("message.unmappable", `${where} is in ${topic}: ${unfit.problem}`);
  progress.settle(offset);
  held.isDirty = true;
  options.commit(found.lease);
  return "next";
}

async function sendAside(
  { learn, sender }: IntakeOptions,
  { held, record }: Found,
  { problem, envelope, topic }: Unmappable & { readonly topic: string },
): Promise<void> {
  const delivery = {
    envelope,
    partition: held.partition,
    position: record.offset,
    attempt: 1,
    redelivered: false,
  };
  const reason = `MESSAGE_UNMAPPABLE: ${problem}`;
  await learn(topic);
  const [outcome] = await sender.send([deadLetterOf({ delivery, reason, topic })]);
  if (MsgError.is(outcome)) throw outcome;
}

function whereOf({ held, record }: Found): string {
  return `${held.topic} partition ${held.partition} offset ${record.offset}`;
}

function isFinal({ code }: MsgError): boolean {
  return code === "TOPIC_UNKNOWN" || code === "BROKER_REFUSED";
}

function asideError(where: string, cause: MsgError): MsgError {
  const message = `${where} cannot be put aside: ${cause.message}`;
  return new MsgError(cause.code, message, { cause });
}
