/**
 * The driver's link to Kafka: the catalogue of topics, the sender, the reader, around one client.
 *
 * ```
 *  open:  admin -> topics -> codecs -> producer -> the group's offsets
 *  send   -> sender -> producers         subscribe, settle -> reader -> consumer
 * ```
 */
import { type Envelope, MsgError } from "@reprise/msg-core";
import { type BrokerLink, type LinkContext, withDeadline } from "@reprise/msg-core/driver";
import { createAdmins } from "./admins.js";
import { createCatalogue } from "./catalogue.js";
import type { AdminClient, KafkaClient } from "./client.js";
import { failureOf } from "./failure.js";
import { ensureGroup } from "./group-start.js";
import { createMapping } from "./mapping.js";
import type { Checksum } from "./message-mark.js";
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

export function createKafkaLink(options: KafkaLinkOptions): BrokerLink<KafkaHandle> {
  const { context, client, settings, driverId } = options;
  const { ports, topics } = context.options;
  const closing = createDeferred();
  let isClosing = false;
  const admins = createAdmins(client);
  const troubled = createTroubles(context);
  const mapping = createMapping(settings.wire, options.checksum);
  const catalogue = createCatalogue({
    leadersOf: (topic) => admins.use((admin) => admin.leadersOf(topic)),
    now: ports.now,
  });
  const learn = (wanted: Iterable<string>): Promise<void> =>
    persisting("asking for the topics", settings.requestTimeoutMs)(() => catalogue.learn(wanted));
  const sender: Sender = createSender({
    ...settings,
    client,
    catalogue,
    mapping,
    ports,
    driverId,
    trouble: troubled("sending"),
  });
  const reader: Reader = createReader({
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
  const settling = createSettling(reader, context);

  const persisting =
    (doing: string, ms: number) =>
    <Value>(attempt: () => Promise<Value>): Promise<Value> =>
      persist(attempt, {
        ports,
        doing,
        ms,
        ended: closing.promise,
        isEnded: () => isClosing,
        codeOf: ({ kind }) => (kind === "connection" ? "BROKER_UNREACHABLE" : undefined),
      });

  return {
    async open() {
      const started = ports.now();
      const step = <Value>(doing: string, attempt: () => Promise<Value>): Promise<Value> => {
        const left = settings.connectTimeoutMs - (ports.now() - started);
        return persisting(`${doing} (${options.brokers})`, Math.max(1, left))(attempt);
      };
      await step("connecting", () => admins.use(async () => undefined));
      const { createTopics, deadLetterSuffix } = settings;
      if (createTopics !== undefined && topics.length > 0) {
        const wanted = topics.flatMap((topic) => [topic, topic + deadLetterSuffix]);
        await step("creating the topics", () =>
          admins.use((admin) => admin.createTopics(wanted, createTopics)),
        );
      }
      await step("asking for the topics", () => catalogue.learn(topics));
      if (topics.length > 0) {
        await step("asking for the topics' compression", () =>
          admins.use((admin) => checkCodecs(admin, topics)),
        );
      }
      await step("connecting a producer", () => sender.connect());
      if (topics.length > 0) {
        const { group } = settings;
        await step(`beginning the group ${group}`, () =>
          admins.use((admin) => ensureGroup(client, admin, { ...settings, driverId })),
        );
      }
    },
    learn(batch) {
      let missing: Set<string> | undefined;
      for (const { topic } of batch) {
        if (catalogue.find(topic) !== undefined) continue;
        checkTopic(topic);
        missing ??= new Set();
        missing.add(topic);
      }
      return missing === undefined ? undefined : learn(missing);
    },
    check(envelope) {
      if (catalogue.find(envelope.topic) === undefined) {
        throw new MsgError("TOPIC_UNKNOWN", `the brokers have no topic ${envelope.topic}`);
      }
      checkSize(envelope, settings.recordSizeMax);
    },
    send: sender.send,
    subscribe: reader.start,
    resume: reader.resume,
    settle: settling.settle,
    async close(unsettled, deadlineMs) {
      isClosing = true;
      closing.resolve();
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
        await withDeadline(ends, { timer: ports.timer, ms, late });
      } finally {
        client.destroy();
      }
    },
  };
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

/** Where the brokers tell. What a publisher compresses is met when it comes. */
async function checkCodecs(admin: AdminClient, topics: readonly string[]): Promise<void> {
  try {
    for (const { topic, codec, isRegistered } of await admin.compressionOf(topics)) {
      if (isRegistered) continue;
      const message = `topic ${topic} is compressed with ${codec}, of which kafkajs has no codec: register one in its CompressionCodecs before opening`;
      throw new MsgError("CODEC_MISSING", message);
    }
  } catch (error) {
    if (!MsgError.is(error) && failureOf(error).kind === "denied") return;
    throw error;
  }
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
