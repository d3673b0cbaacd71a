/**
 * The consuming connection: one channel, a consumer for each queue. An acknowledgement is bound to the
 * session of its delivery: after a reconnect the broker delivers again, and the old one is stale.
 *
 * A queue that was deleted cancels its consumer (amqplib hands over null): the topology is declared
 * again and the queue consumed again. The driver itself never cancels a consumer: a delivery that
 * crosses the cancellation would end the channel.
 */
import { createHash } from "node:crypto";
import { encodeEnvelope, MsgError } from "@reprise/msg-core";
import type { Incoming, LinkContext, SettleStep } from "@reprise/msg-core/driver";
import { type AmqpMessage, envelopeOf, type Wire } from "../mapping.js";
import type { QueueType } from "../options.js";
import type { Subscription } from "../routes.js";
import { createTagWindow, type TagWindow } from "../tag-window.js";
import type { ClientChannel, ClientMessage } from "./client.js";
import type { Session } from "./line.js";

export interface AmqpHandle {
  readonly session: Session;
  readonly tag: number;
}

export interface ConsumerParts {
  readonly subscriptions: readonly Subscription[];
  readonly prefetch: number;
  readonly wire: Wire;
  readonly queueType: QueueType;
  readonly context: LinkContext<AmqpHandle>;
  readonly lost: (cause: unknown) => MsgError;
  readonly declare: (session: Session) => Promise<void>;
  /** Stores what is no envelope as a dead letter. Rejects where it is not safe there. */
  readonly putAside: (unmappable: Unmappable) => Promise<void>;
}

export interface Unmappable {
  readonly message: AmqpMessage;
  readonly position: string;
  readonly attempt: number;
  readonly error: MsgError;
}

export interface Consumer {
  setUp(session: Session): Promise<void>;
  ended(session: Session): void;
  settle(steps: readonly SettleStep<AmqpHandle>[]): readonly Incoming<AmqpHandle>[];
  hangUp(): Promise<void>;
}

interface Post {
  readonly session: Session;
  readonly channel: ClientChannel;
  readonly tags: TagWindow;
  /** The channel is being closed by us. */
  isLeaving: boolean;
}

export function createConsumer(parts: ConsumerParts): Consumer {
  const { subscriptions, context } = parts;
  let post: Post | undefined;

  const start = async (at: Post, subscription: Subscription): Promise<void> => {
    const { session, channel } = at;
    const receive = (message: ClientMessage | null): void => {
      if (session.isOver()) return;
      if (message === null) startAgain(at, subscription);
      else take(at, { subscription, message }, parts);
    };
    await session.whileUp(channel.consume(subscription.queue, receive));
  };
  const startAgain = (at: Post, subscription: Subscription): void => {
    context.tell("consumer.cancelled", `queue ${subscription.queue}: declared and consumed again`);
    const again = async (): Promise<void> => {
      await parts.declare(at.session);
      await start(at, subscription);
    };
    again().catch((cause: unknown) => at.session.end(parts.lost(cause)));
  };

  return {
    async setUp(session) {
      const channel = await session.whileUp(session.connection.createChannel());
      channel.on("error", (error) => session.end(parts.lost(error)));
      const opened: Post = { session, channel, tags: createTagWindow(), isLeaving: false };
      channel.on("close", () => {
        if (!opened.isLeaving) session.end(parts.lost(undefined));
      });
      // A delivery for a consumer that is gone: it would stay unsettled as long as the channel lives.
      channel.on("handler-error", (error) => session.end(parts.lost(error)));
      // Each consumer has its own.
      const share = Math.max(1, Math.floor(parts.prefetch / subscriptions.length));
      await session.whileUp(channel.prefetch(share));
      await parts.declare(session);
      post = opened;
      for (const subscription of subscriptions) await start(opened, subscription);
    },
    ended(session) {
      if (post?.session === session) post = undefined;
      context.revoke(({ handle }) => handle.session === session);
    },
    settle(steps) {
      const stale: Incoming<AmqpHandle>[] = [];
      const live: SettleStep<AmqpHandle>[] = [];
      for (const step of steps) {
        if (step.incoming.handle.session === post?.session) live.push(step);
        else stale.push(step.incoming);
      }
      if (post === undefined || settleOn(post, live, parts.lost)) return stale;
      return steps.map(({ incoming }) => incoming);
    },
    async hangUp() {
      if (post === undefined) return;
      post.isLeaving = true;
      await post.channel.close();
    },
  };
}

/** False where the channel turns out to be gone: then the broker has all of it back. */
function settleOn(
  { session, channel, tags }: Post,
  steps: readonly SettleStep<AmqpHandle>[],
  lost: ConsumerParts["lost"],
): boolean {
  const acked: number[] = [];
  const retried: number[] = [];
  for (const { incoming, outcome } of steps) {
    (outcome === "ack" ? acked : retried).push(incoming.handle.tag);
  }
  try {
    for (const { outcome, tag, multiple } of tags.settle(acked, retried)) {
      // Of a message the client reads the tag.
      const message = { fields: { deliveryTag: tag } };
      if (outcome === "ack") channel.ack(message, multiple);
      else channel.nack(message, false, true);
    }
    return true;
  } catch (cause) {
    session.end(lost(cause));
    return false;
  }
}

interface Arrival {
  readonly subscription: Subscription;
  readonly message: ClientMessage;
}

function take(at: Post, { subscription, message }: Arrival, parts: ConsumerParts): void {
  const { fields, properties, content } = message;
  const { context } = parts;
  const received: AmqpMessage = {
    // What came through the nameless exchange has the queue's name for a routing key.
    topic: fields.exchange === "" ? subscription.topic : fields.routingKey,
    properties,
    // As plain bytes: a Buffer's `slice` is no copy.
    body: new Uint8Array(content.buffer, content.byteOffset, content.length),
  };
  const attempt = attemptOf(message, parts.queueType);
  const { messageId } = properties;
  const isNamed = messageId !== undefined && messageId !== "";
  try {
    const envelope = envelopeOf(received, parts.wire);
    context.deliver({
      envelope,
      partition: 0,
      position: isNamed ? messageId : digestOf(encodeEnvelope(envelope)),
      attempt,
      redelivered: attempt > 1,
      handle: { session: at.session, tag: fields.deliveryTag },
      messageId: isNamed ? messageId : undefined,
    });
  } catch (cause) {
    const error = MsgError.is(cause) ? cause : parts.lost(cause);
    const position = isNamed ? messageId : digestOf(received.body);
    setAside(at, message, { parts, unmappable: { message: received, position, attempt, error } });
  }
}

function setAside(
  at: Post,
  message: ClientMessage,
  { parts, unmappable }: { readonly parts: ConsumerParts; readonly unmappable: Unmappable },
): void {
  const { tell } = parts.context;
  const { error, position } = unmappable;
  const name = `${unmappable.message.topic} position ${position}: ${error.code}: ${error.message}`;
  const done = async (): Promise<void> => {
    await parts.putAside(unmappable);
    tell("message.unmappable", `${name}: it is in the dead letter`);
    if (at.session.isOver()) return;
    const { deliveryTag } = message.fields;
    for (const { multiple } of at.tags.settle([deliveryTag], [])) at.channel.ack(message, multiple);
  };
  // Delivered again at once it would fail again at once: it is kept, unsettled, until a reconnect.
  done().catch((cause: unknown) => tell("message.unmappable", `${name}: kept: ${String(cause)}`));
}

function attemptOf({ fields, properties }: ClientMessage, queueType: QueueType): number {
  const count = queueType === "quorum" ? properties.headers?.["x-delivery-count"] : undefined;
  if (typeof count === "number") return count + 1;
  return fields.redelivered ? 2 : 1;
}

/** Who publishes without a message id: equal messages have equal positions. */
function digestOf(bytes: Uint8Array): string {
  return `sha256-${createHash("sha256").update(bytes).digest("hex")}`;
}
