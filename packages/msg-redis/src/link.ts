/**
 * The Redis part of a broker driver: two lines to the server, one for commands, one for reading, and
 * the parts that use them.
 *
 * ```
 *            +- publisher ---- trimming
 *  commands -+- calls -------- settling, confirming what is held
 *  reading --- reader -------- pending, groups -> intake -> the program
 * ```
 */
import { type Envelope, MsgError } from "@reprise/msg-core";
import type { BrokerLink, Incoming, LinkContext, Unsettled } from "@reprise/msg-core/driver";
import { type Calls, createCalls } from "./calls.js";
import type { Connect, RedisConnection } from "./connection.js";
import { type Custody, createCustody } from "./custody.js";
import { createGroups } from "./groups.js";
import { createIntake, type Handle } from "./intake.js";
import { createKeeping, type Keeping } from "./keeping.js";
import { createLines, type Lines } from "./lines.js";
import { entrySize } from "./mapping.js";
import type { RedisSettings } from "./options.js";
import { consumerPrefix, createPending, heir } from "./pending.js";
import { createPublisher, type Publisher } from "./publisher.js";
import { createReader, type Reader } from "./reader.js";
import { refusalOf } from "./refusals.js";
import { numberOf } from "./replies.js";
import { giveBackCommand, undeliverCommand } from "./scripts.js";
import { isAtLeast } from "./server-info.js";
import { createSettler, type Settler } from "./settling.js";
import { createTrimming } from "./trimming.js";

export interface RedisLinkParts {
  readonly settings: RedisSettings;
  readonly connect: Connect;
  /** Unique among all drivers: letters and digits. */
  readonly instanceId: string;
}

interface Machine extends RedisLinkParts {
  readonly context: LinkContext<Handle>;
  readonly consumer: string;
  readonly publisher: Publisher;
  readonly calls: Calls;
  readonly lines: Lines;
  readonly reader: Reader;
  readonly keeping: Keeping;
  readonly custody: Custody;
  readonly settler: Settler;
  subscribed: boolean;
}

export function createRedisLink(
  parts: RedisLinkParts,
  context: LinkContext<Handle>,
): BrokerLink<Handle> {
  const machine = assemble(parts, context);
  const { lines, publisher, reader, keeping, settler } = machine;
  return {
    open: lines.open,
    check: (envelope) => check(parts.settings, envelope),
    send: publisher.send,
    async subscribe() {
      machine.subscribed = true;
      lines.subscribe();
      keeping.start();
    },
    resume: reader.resume,
    settle: settler.settle,
    close: (unsettled) => close(machine, unsettled),
  };
}

function assemble(parts: RedisLinkParts, context: LinkContext<Handle>): Machine {
  const { settings, connect, instanceId } = parts;
  const { topics, group, times, wire } = settings;
  const { tell, deliver, health, options } = context;
  const { timer, now } = options.ports;
  const consumer = consumerPrefix + instanceId;
  const trimming = createTrimming(settings.trim, tell);
  const publisher = createPublisher({ timer, callMs: times.callMs, wire, trimming, instanceId });
  const calls = createCalls({ timer, callMs: times.callMs });
  const custody = createCustody({ topics, group, consumer, claimIdleMs: times.claimIdleMs, now });
  const groups = createGroups({
    settings,
    oldestHeld: custody.oldest,
    lag: (topic, count) => context.lag({ topic, partition: 0 }, count),
    restored(topic, start) {
      intake.startAgain(topic);
      tell("group.created", `${topic}: group ${group} was gone; it begins again behind ${start}`);
    },
  });
  const intake = createIntake({ settings, custody, seen: groups.seen, deliver, tell });
  const pending = createPending({ settings, consumer, custody, intake, tell });
  const reader = createReader({ settings, consumer, intake, pending, groups, now, health });
  const lines = createLines({
    settings,
    connect,
    ports: options.ports,
    health,
    tell,
    first: groups.create,
    commandsUp(connection) {
      publisher.up(connection);
      calls.up(connection);
    },
    commandsDown(error) {
      publisher.down(error);
      calls.down(error);
    },
    readingUp: (connection, { info }) => reader.up(connection, isAtLeast(info, 8, 4)),
  });
  const { claimIdleMs } = times;
  const { commands } = lines;
  const keeping = createKeeping({ timer, claimIdleMs, custody, groups, intake, context, commands });
  const later = (work: () => void): void => void timer(0, work);
  const { confirm } = keeping;
  const failed = reader.recover;
  const settler = createSettler({
    group,
    consumer,
    calls,
    custody,
    intake,
    confirm,
    later,
    failed,
  });
  return {
    ...parts,
    context,
    consumer,
    publisher,
    calls,
    lines,
    reader,
    keeping,
    custody,
    settler,
    subscribed: false,
  };
}

/** What a dead letter's headers may add. */
const deadLetterExtra = 16 * 1024;

function check(settings: RedisSettings, envelope: Envelope): void {
  const { publishTopics, profile, deadLetterSuffix } = settings;
  const { topic } = envelope;
  if (publishTopics !== undefined && !publishTopics.has(topic)) {
    const message = `topic ${JSON.stringify(topic)} is in neither topics nor publishTopics`;
    throw new MsgError("TOPIC_UNKNOWN", message);
  }
  const extra = topic.endsWith(deadLetterSuffix) ? deadLetterExtra : 0;
  const limit = profile.limits.max_entry_bytes + extra;
  const actual = entrySize(envelope);
  if (actual <= limit) return;
  const message = `entry is ${actual} bytes, at most ${limit} (max_entry_bytes in the profile)`;
  throw new MsgError("ENVELOPE_TOO_LARGE", message, { limit, actual });
}

/**
 * The read that waits is called off first and its reply awaited: an entry that it brings meanwhile is
 * pending for us, and must be given back with the rest.
 */
async function close(machine: Machine, { fetched }: Unsettled<Handle>): Promise<void> {
  const { lines, publisher, calls, keeping, reader, subscribed, context } = machine;
  const closed = new MsgError("CLOSED", `driver ${context.options.endpoint} is closed`);
  lines.retire();
  keeping.stop();
  publisher.close(closed);
  calls.close(closed);
  try {
    if (!subscribed) return;
    const stopped = reader.stop();
    const connection = lines.commands();
    await callOff(lines, connection);
    await stopped;
    if (connection === undefined) throw notGivenBack(machine, undefined);
    await giveBack(machine, connection, fetched);
  } finally {
    await lines.close();
  }
}

async function callOff(lines: Lines, connection: RedisConnection | undefined): Promise<void> {
  const reading = lines.reading();
  if (reading === undefined) return;
  try {
    if (connection !== undefined && reading.id !== undefined) {
      await connection.call(["CLIENT", "UNBLOCK", String(reading.id)]);
      return;
    }
  } catch {
    // The ACL forbids it, or the connection has gone: the reading one is ended then.
  }
  reading.connection.close();
}

/** What nobody has seen is given back as if it had not been delivered. */
async function giveBack(
  machine: Machine,
  connection: RedisConnection,
  fetched: readonly Incoming<Handle>[],
): Promise<void> {
  const { settings, consumer, custody } = machine;
  const { topics, group } = settings;
  try {
    if (!custody.isFresh()) await machine.keeping.confirm(connection);
    for (const { envelope, position, attempt } of fetched) {
      const { topic } = envelope;
      if (!custody.has(topic, position)) continue;
      const undo = undeliverCommand({ topic, group }, { id: position, attempt, heir });
      await connection.call(undo);
    }
    for (const topic of topics) {
      const command = giveBackCommand({ topic, group }, consumer, heir);
      while (numberOf(await connection.call(command)) > 0);
    }
  } catch (error) {
    throw notGivenBack(machine, error);
  }
}

function notGivenBack({ settings }: Machine, cause: unknown): MsgError {
  const { claimIdleMs } = settings.times;
  const message = `unsettled deliveries were not given back: others claim them after ${claimIdleMs} ms`;
  return refusalOf(message, cause ?? new MsgError("CONNECTION_LOST", message));
}
