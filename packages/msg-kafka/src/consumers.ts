/**
 * The consumer in use, and another one when it has crashed: after a while, and not at all where trying
 * again is of no use. What a consumer says that is no longer in use is nobody's.
 */
import type { MsgError } from "@reprise/msg-core";
import type { LinkContext } from "@reprise/msg-core/driver";
import type {
  BatchTools,
  ConsumerClient,
  ConsumerHandlers,
  FetchedBatch,
  KafkaClient,
  TopicPartition,
} from "./client.js";
import { errorOf, type Failure, failureOf, isPassing } from "./failure.js";
import type { KafkaSettings } from "./options.js";
import type { KafkaHandle } from "./reader.js";
import { createSignsOfLife, type SignsOfLife } from "./signs-of-life.js";
import { backoffMs, pause } from "./waiting.js";

export interface Consumers {
  /** Resolves when the first one has joined, or has crashed. */
  start(): Promise<void>;
  seek(place: TopicPartition, offset: number): void;
  /**
   * Leaves the group, behind a farewell in which its name is still good. To be called when closing has
   * begun: no other one comes. May hang or reject: the caller has a deadline.
   */
  end(farewell: () => Promise<void>): Promise<void>;
}

export interface ConsumersOptions {
  readonly client: Pick<KafkaClient, "createConsumer">;
  readonly context: LinkContext<KafkaHandle>;
  readonly settings: KafkaSettings;
  readonly trouble: (cause: MsgError | undefined) => void;
  readonly isClosing: () => boolean;
  readonly closing: Promise<unknown>;
  /** These partitions are the consumer's from now on, and no others. */
  readonly joined: (partitions: readonly TopicPartition[]) => void;
  readonly batch: (batch: FetchedBatch, tools: BatchTools) => Promise<void>;
  /** It has no partitions any more. */
  readonly crashed: () => void;
}

interface Session {
  readonly consumer: ConsumerClient;
  readonly signs: SignsOfLife;
}

interface State extends ConsumersOptions {
  /** For messages. */
  readonly doing: string;
  session: Session | undefined;
  /** In a row, without a batch in between. */
  crashes: number;
  running: Promise<void>;
}

/** After so many, trying again is of no use. */
const crashesMax = 5;

export function createConsumers(options: ConsumersOptions): Consumers {
  const state: State = {
    ...options,
    doing: `consuming ${options.settings.topics.join(", ")}`,
    session: undefined,
    crashes: 0,
    running: Promise.resolve(),
  };
  return {
    async start() {
      state.running = connect(state);
      await state.running;
    },
    seek(place, offset) {
      state.session?.consumer.seek(place, offset);
    },
    async end(farewell) {
      const { session } = state;
      session?.signs.stop();
      await farewell();
      // kafkajs leaves a consumer running that is stopped while it joins (issue 1639).
      await state.running;
      await session?.consumer.disconnect();
    },
  };
}

async function connect(state: State): Promise<void> {
  const { client, context, settings } = state;
  const { ports } = context.options;
  const consumer = client.createConsumer(handlersOf(state, () => of));
  const onSilence = (error: MsgError): void => onCrash(state, of, error);
  const of: Session = { consumer, signs: createSignsOfLife({ ...settings, ports, onSilence }) };
  state.session = of;
  try {
    await consumer.run();
  } catch (error) {
    if (state.session === of) onCrash(state, of, error);
  }
}

/** `of`: the session of the consumer that calls them. */
function handlersOf(state: State, of: () => Session): ConsumerHandlers {
  const { context, trouble, isClosing } = state;
  const isInUse = (): boolean => state.session === of();
  return {
    joined(partitions) {
      if (!isInUse() || isClosing()) return;
      of().signs.heartbeat();
      state.joined(partitions);
      trouble(undefined);
      context.tell("rebalanced", partitions.map(placeText).join(", ") || "no partition");
    },
    async batch(batch, tools) {
      if (!isInUse() || isClosing()) return;
      state.crashes = 0;
      await state.batch(batch, tools);
    },
    fetched() {
      if (!isInUse()) return;
      of().signs.fetched();
      trouble(undefined);
    },
    heartbeat: () => of().signs.heartbeat(),
    mustRejoin: () => of().signs.mustRejoin() && !isClosing(),
    lost(error) {
      if (!isInUse() || isClosing() || !of().signs.lost()) return;
      trouble(errorOf(failureOf(error), state.doing, "CONNECTION_LOST"));
    },
    crashed(error) {
      if (isInUse()) onCrash(state, of(), error);
    },
  };
}

function onCrash(state: State, { consumer, signs }: Session, error: unknown): void {
  const { context, doing, crashes } = state;
  state.crashed();
  signs.stop();
  state.session = undefined;
  // It has ended by itself; what is left of it is nobody's, and must not come back.
  consumer.disconnect().catch(() => undefined);
  consumer.destroy();
  if (state.isClosing()) return;
  const failure = failureOf(error);
  const cause = errorOf(failure, doing);
  context.tell("consumer.crashed", cause.message);
  if (isHopeless(failure, crashes)) {
    context.health.failed(cause);
    return;
  }
  if (!isPassing(failure)) state.crashes += 1;
  state.trouble(cause);
  state.running = connectLater(state);
}

async function connectLater(state: State): Promise<void> {
  const { context, crashes, closing } = state;
  await pause(context.options.ports, backoffMs(crashes + 2), closing);
  if (!state.isClosing()) await connect(state);
}

function isHopeless(failure: Failure, crashes: number): boolean {
  const { kind } = failure;
  if (isPassing(failure)) return false;
  return kind === "codec" || kind === "login" || kind === "denied" || crashes + 1 >= crashesMax;
}

function placeText({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
