/**
 * The driver's link to Kafka: the catalogue of topics, the sender, the reader, around one client.
 *
 * ```
 *  open   -> opening              learn, check      -> catalogue -> admins
 *  send   -> sender -> producers  subscribe, settle -> reader -> consumers
 * ```
 */
import { type Envelope, MsgError } from "@reprise/msg-core";
import {
  type BrokerLink,
  type LinkContext,
  type Unsettled,
  withDeadline,
} from "@reprise/msg-core/driver";
import { type Admins, createAdmins } from "./admins.js";
import { type Catalogue, createCatalogue } from "./catalogue.js";
import type { KafkaClient } from "./client.js";
import { createMapping } from "./mapping.js";
import type { Checksum } from "./message-mark.js";
import { openParts, type Persisting } from "./opening.js";
import { checkTopic, type KafkaSettings } from "./options.js";
import { createReader, type KafkaHandle, type Reader } from "./reader.js";
import { createSender, type Sender } from "./sender.js";
import { createSettling } from "./settling.js";
import { createDeferred, persist } from "./waiting.js";

export interface KafkaLinkOptions {
  readonly context: LinkContext<KafkaHandle>;
  readonly client: KafkaClient;
  readonly settings: KafkaSettings;
  readonly checksum: Checksum;
  /** Of this driver alone: letters, digits, `_`, `-`. */
  readonly driverId: string;
  /** For messages: where it connects to. */
  readonly brokers: string;
}

/** For what the end of all sockets sets off inside the client. */
const partingMsMax = 1000;

interface Machine extends KafkaLinkOptions {
  readonly admins: Admins;
  readonly catalogue: Catalogue;
  readonly sender: Sender;
  readonly reader: Reader;
  readonly learn: (wanted: Iterable<string>) => Promise<void>;
  readonly persisting: Persisting;
  /** Nothing is tried again. */
  readonly stop: () => void;
}

export function createKafkaLink(options: KafkaLinkOptions): BrokerLink<KafkaHandle> {
  const machine = assemble(options);
  const { catalogue, sender, reader } = machine;
  const { ports } = options.context.options;
  return {
    open: () => openParts({ ...machine, ports }),
    learn: (batch) => learnMissing(machine, batch),
    check(envelope) {
      if (catalogue.find(envelope.topic) === undefined) {
        throw new MsgError("TOPIC_UNKNOWN", `the brokers have no topic ${envelope.topic}`);
      }
      checkSize(envelope, options.settings.recordSizeMax);
    },
    send: sender.send,
    subscribe: reader.start,
    resume: reader.resume,
    settle: createSettling(reader, options.context).settle,
    close: (unsettled, deadlineMs) => close(machine, unsettled, deadlineMs),
  };
}

function assemble(options: KafkaLinkOptions): Machine {
  const { context, client, settings, driverId } = options;
  const { ports } = context.options;
  const closing = createDeferred();
  let isClosing = false;
  const persisting: Persisting = (doing, ms) => (attempt) =>
    persist(attempt, {
      ports,
      doing,
      ms,
      ended: closing.promise,
      isEnded: () => isClosing,
      codeOf: ({ kind }) => (kind === "connection" ? "BROKER_UNREACHABLE" : undefined),
    });
  const admins = createAdmins(client);
  const troubled = createTroubles(context);
  const mapping = createMapping(settings.wire, options.checksum);
  const catalogue = createCatalogue({
    leadersOf: (topic) => admins.use((admin) => admin.leadersOf(topic)),
    now: ports.now,
  });
  const learn = (wanted: Iterable<string>): Promise<void> =>
    persisting("asking for the topics", settings.requestTimeoutMs)(() => catalogue.learn(wanted));
  const sender = createSender({
    ...settings,
    client,
    catalogue,
    mapping,
    ports,
    driverId,
    trouble: troubled("sending"),
  });
  const reader = createReader({
    client,
    committedBy: (group, names) => admins.use((admin) => admin.committedBy(group, names)),
    mapping,
    sender,
    learn: (topic) => learn([topic]),
    context,
    settings,
    driverId,
    trouble: troubled("reading"),
  });
  const stop = (): void => {
    isClosing = true;
    closing.resolve();
  };
  return { ...options, admins, catalogue, sender, reader, learn, persisting, stop };
}

function learnMissing(
  { catalogue, learn }: Machine,
  batch: readonly Envelope[],
): Promise<void> | undefined {
  let missing: Set<string> | undefined;
  for (const { topic } of batch) {
    if (catalogue.find(topic) !== undefined) continue;
    checkTopic(topic);
    missing ??= new Set();
    missing.add(topic);
  }
  return missing === undefined ? undefined : learn(missing);
}

async function close(
  machine: Machine,
  unsettled: Unsettled<KafkaHandle>,
  deadlineMs: number,
): Promise<void> {
  const { context, client, reader, sender, admins } = machine;
  machine.stop();
  // Where there is no broker to say goodbye to, little need be waited for.
  const isAlone = context.health.report().state === "connecting";
  if (isAlone) client.destroy();
  const closed = new MsgError("CLOSED", "the driver is closed");
  const ends = Promise.all([
    reader.end(unsettled.handedOut),
    sender.end(closed),
    admins.end(),
  ]).then(() => undefined);
  const late = (): MsgError =>
    new MsgError("BROKER_TIMEOUT", `the brokers did not part within ${deadlineMs} ms`);
  // The rest of the time is for what the sockets' end sets off.
  const ms = Math.max(
    1,
    Math.floor(Math.min(deadlineMs * 0.9, isAlone ? partingMsMax : deadlineMs)),
  );
  try {
    await withDeadline(ends, { timer: context.options.ports.timer, ms, late });
  } finally {
    client.destroy();
  }
}

/** The driver is connecting as long as any part of it has trouble. */
function createTroubles({
  health,
}: Pick<LinkContext<KafkaHandle>, "health">): (
  part: string,
) => (cause: MsgError | undefined) => void {
  const causes = new Map<string, MsgError>();
  return (part) => (cause) => {
    if (cause === undefined) {
      if (!causes.delete(part)) return;
    } else {
      causes.set(part, cause);
    }
    const [first] = causes.values();
    if (first === undefined) health.ready();
    else health.connecting(first);
  };
}

/** Of what a batch of records needs besides: headers count three bytes for a character at most. */
function checkSize({ topic, key, value, headers }: Envelope, max: number): void {
  let size = key.length + value.length + 256;
  for (const name of Object.keys(headers))
    size += name.length + (headers[name]?.length ?? 0) * 3 + 8;
  if (size <= max) return;
  const message = `a message to ${topic} of up to ${size} bytes with its headers, at most ${max} (max_message_bytes)`;
  throw new MsgError("LIMIT_EXCEEDED", message, { limit: max, actual: size });
}
