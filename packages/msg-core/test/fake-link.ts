/**
 * A broker in an array, behind a link: what the shell of the real drivers is put to the laws with.
 * One partition per topic; a group is a list of what is not acked; retry puts a message at the end.
 */
import type { DriverCapabilities, Envelope, MsgError, Receipt } from "@reprise/msg-core";
import { decodeEnvelope, encodeEnvelope, MsgError as MsgErrorClass } from "@reprise/msg-core";
import type {
  BrokerDriver,
  BrokerLink,
  Incoming,
  LinkContext,
  LinkOptions,
} from "@reprise/msg-core/driver";
import { openBrokerDriver } from "@reprise/msg-core/driver";

export interface Stored {
  readonly bytes: Uint8Array;
  readonly position: string;
  readonly messageId: string | undefined;
  deliveries: number;
}

type Handle = Stored;

export interface FakeBroker {
  /** Topic and group -> what it still has to get. */
  readonly queues: Map<string, Stored[]>;
  readonly members: Set<() => void>;
  readonly topics: ReadonlySet<string>;
  position: number;
}

export function createFakeBroker(topics: readonly string[]): FakeBroker {
  return { queues: new Map(), members: new Set(), topics: new Set(topics), position: 0 };
}

/** Faults of the broker, and calls to break into. */
export interface LinkFaults {
  readonly open?: () => Promise<void>;
  readonly subscribe?: () => Promise<void>;
  readonly learn?: () => Promise<void> | undefined;
  readonly send?: (batch: readonly Envelope[]) => Promise<readonly (Receipt | MsgError)[]>;
  /** Whether what is settled is somebody else's by now. */
  readonly settle?: () => Promise<"stale" | undefined>;
  readonly close?: () => Promise<void>;
  readonly onContext?: (context: LinkContext<Handle>) => void;
  readonly onResume?: () => void;
}

export const fakeCapabilities: DriverCapabilities = {
  orderPerKey: true,
  orderAfterRetry: false,
  countsAttempts: true,
  durable: true,
};

export function fakeOptions(overrides: Partial<LinkOptions> = {}): LinkOptions {
  return {
    kind: "redis",
    endpoint: "fake",
    capabilities: fakeCapabilities,
    topics: ["orders"],
    limits: {
      batchSizeMax: 1000,
      valueSizeMax: 70_000,
      inFlightMax: 2000,
      inFlightBytesMax: 2 ** 24,
      waitingPublishesMax: 2,
      pollItemsMax: 10_000,
      inboxMax: 100,
    },
    deadLetterSuffix: ".dead-letter",
    stallMs: 60_000,
    ports: {
      timer: (ms, elapsed) => {
        const id = setTimeout(elapsed, ms);
        return () => clearTimeout(id);
      },
      now: () => performance.now(),
    },
    ...overrides,
  };
}

export interface FakeOpening {
  readonly group?: string;
  readonly options?: Partial<LinkOptions>;
  readonly faults?: LinkFaults;
}

export function openFakeDriver(
  broker: FakeBroker,
  opening: FakeOpening = {},
): Promise<BrokerDriver> {
  const { group = "first", faults = {} } = opening;
  return openBrokerDriver<Handle>(fakeOptions(opening.options), (context) => {
    faults.onContext?.(context);
    return createFakeLink(broker, { group, faults, context });
  });
}

function createFakeLink(
  broker: FakeBroker,
  parts: { group: string; faults: LinkFaults; context: LinkContext<Handle> },
): BrokerLink<Handle> {
  const { group, faults, context } = parts;
  const mine = context.options.topics.map((topic) => `${group} ${topic}`);
  let reading = false;
  const wake = (): void => {
    for (const name of reading ? mine : []) {
      const queue = broker.queues.get(name) ?? [];
      while (reading && queue.length > 0) {
        const stored = queue.shift() as Stored;
        stored.deliveries += 1;
        if (!context.deliver(incomingOf(stored))) reading = false;
      }
    }
  };
  return {
    async open() {
      await faults.open?.();
      for (const name of mine) if (!broker.queues.has(name)) broker.queues.set(name, []);
      broker.members.add(wake);
    },
    learn: () => faults.learn?.(),
    check({ topic }) {
      if (broker.topics.has(topic)) return;
      throw new MsgErrorClass("TOPIC_UNKNOWN", `topic ${topic} is not there`);
    },
    async send(batch) {
      if (faults.send !== undefined) return faults.send(batch);
      const receipts = batch.map((envelope) => store(broker, envelope));
      await Promise.resolve();
      for (const member of broker.members) member();
      return receipts;
    },
    async subscribe() {
      await faults.subscribe?.();
      reading = true;
      wake();
    },
    resume() {
      faults.onResume?.();
      reading = true;
      wake();
    },
    async settle(steps) {
      if ((await faults.settle?.()) === "stale") return steps.map(({ incoming }) => incoming);
      for (const { incoming, outcome } of steps) {
        if (outcome === "ack") continue;
        broker.queues.get(`${group} ${incoming.envelope.topic}`)?.push(incoming.handle);
      }
      for (const member of broker.members) member();
      return [];
    },
    async close({ handedOut, fetched }) {
      reading = false;
      broker.members.delete(wake);
      for (const { envelope, handle } of [...handedOut, ...fetched]) {
        broker.queues.get(`${group} ${envelope.topic}`)?.unshift(handle);
      }
      for (const member of broker.members) member();
      await faults.close?.();
    },
  };
}

/** Puts a message into the queue of each group that reads its topic. */
function store(broker: FakeBroker, envelope: Envelope): Receipt {
  broker.position += 1;
  const position = String(broker.position);
  for (const [name, queue] of broker.queues) {
    if (!name.endsWith(` ${envelope.topic}`)) continue;
    const bytes = encodeEnvelope(envelope);
    queue.push({ bytes, position, messageId: position, deliveries: 0 });
  }
  return { partition: 0, position };
}

function incomingOf(stored: Stored): Incoming<Handle> {
  return {
    envelope: decodeEnvelope(stored.bytes.slice()),
    partition: 0,
    position: stored.position,
    attempt: stored.deliveries,
    redelivered: stored.deliveries > 1,
    handle: stored,
    messageId: stored.messageId,
  };
}
