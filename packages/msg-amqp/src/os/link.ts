/**
 * The driver's two connections as a `BrokerLink`. Publishing and consuming are apart because a broker
 * short of memory or disk stops reading from connections that publish: acknowledgements on the same
 * one would not arrive either, and so nothing would ever leave the broker.
 */
import { randomBytes } from "node:crypto";
import { MsgError } from "@reprise/msg-core";
import type { BrokerLink, LinkContext } from "@reprise/msg-core/driver";
import { type BrokerAddress, lostConnection } from "../failures.js";
import { messageOf } from "../mapping.js";
import type { AmqpSettings } from "../options.js";
import { rawLetterOf } from "../raw-letter.js";
import type { Routes } from "../routes.js";
import type { Dial } from "./client.js";
import { type AmqpHandle, createConsumer, type Unmappable } from "./consumer.js";
import { declareTopology } from "./declare.js";
import { createLine, type Line, type LineChange, type LineOptions, type Session } from "./line.js";
import { createPublisher, type Publisher } from "./publisher.js";

export interface LinkParts {
  readonly dial: Dial;
  readonly address: BrokerAddress;
  readonly settings: AmqpSettings;
  readonly routes: Routes;
}

type Context = LinkContext<AmqpHandle>;

/** Of the deadline, so that the driver's own is not missed. */
const closeShare = 0.8;

export function createAmqpLink(parts: LinkParts, context: Context): BrokerLink<AmqpHandle> {
  const { settings, routes } = parts;
  const nextId = createMessageIds();
  const common = commonOf(parts, context);
  const watch = createWatch(context);
  const publisher = publisherOf(parts, context);
  const publishing = publishingLine(publisher, common, watch("publishing"));
  const consumer = createConsumer({
    subscriptions: routes.subscriptions,
    prefetch: settings.prefetch,
    wire: settings.wire,
    queueType: settings.queueType,
    context,
    lost: common.lost,
    declare: common.declare,
    putAside: (unmappable) => putAside(unmappable, { parts, publisher, nextId }),
  });
  const consuming: Line = createLine({
    ...common,
    setUp: consumer.setUp,
    hangUp: consumer.hangUp,
    ended: consumer.ended,
    changed: watch("consuming"),
  });

  return {
    open: publishing.open,
    check({ topic }) {
      routes.exchangeOf(topic);
    },
    send: (batch) =>
      publisher.send(
        batch.map((envelope) => {
          const messageId = nextId();
          const exchange = routes.exchangeOf(envelope.topic);
          return { message: messageOf(envelope, settings.wire, messageId), exchange, messageId };
        }),
      ),
    subscribe: consuming.keepTrying,
    // The broker keeps to the prefetch.
    resume: () => undefined,
    settle: async (steps) => consumer.settle(steps),
    async close(_unsettled, deadlineMs) {
      publisher.end(new MsgError("CLOSED", "the driver is closed"));
      const ms = Math.max(1, deadlineMs * closeShare);
      // The end of its channel gives the broker back what is unsettled.
      await Promise.all([consuming.close(ms), publishing.close(ms)]);
    },
  };
}

type Common = Pick<LineOptions, "dial" | "timer" | "connectTimeoutMs" | "lost"> & {
  readonly declare: (session: Session) => Promise<void>;
};

function commonOf({ dial, address, settings, routes }: LinkParts, context: Context): Common {
  const { connectTimeoutMs, queueType } = settings;
  return {
    dial,
    timer: context.options.ports.timer,
    connectTimeoutMs,
    lost: (cause) => lostConnection(cause, address),
    declare: (session) =>
      declareTopology(session, { topology: routes.declared, queueType, address }),
  };
}

function publisherOf({ settings, address }: LinkParts, { options, tell }: Context): Publisher {
  return createPublisher({
    ...options.ports,
    publishTimeoutMs: settings.publishTimeoutMs,
    // As many again may be overdue.
    unconfirmedMax: settings.limits.inFlightMax * 2,
    tell,
    lost: (cause) => lostConnection(cause, address),
  });
}

function publishingLine(
  publisher: Publisher,
  common: Common,
  changed: (change: LineChange) => void,
): Line {
  return createLine({
    ...common,
    setUp: async (session) => {
      await publisher.setUp(session);
      await common.declare(session);
    },
    hangUp: publisher.hangUp,
    ended: publisher.ended,
    changed(change) {
      changed(change);
      if (change.to === "up") publisher.start();
    },
  });
}

interface Aside {
  readonly parts: LinkParts;
  readonly publisher: Publisher;
  readonly nextId: () => string;
}

/** Rejects where the dead letter does not take it. */
async function putAside(
  unmappable: Unmappable,
  { parts: { settings, routes }, publisher, nextId }: Aside,
): Promise<void> {
  const topic = unmappable.message.topic + settings.deadLetterSuffix;
  const exchange = routes.exchangeOf(topic);
  for (const whole of [true, false]) {
    const messageId = nextId();
    const message = rawLetterOf({ ...unmappable, topic, messageId, whole });
    const [outcome] = await publisher.send([{ message, exchange, messageId }]);
    if (!MsgError.is(outcome)) return;
    // Tables that came in cannot always go out: then the body goes without them.
    if (!whole || outcome.code !== "MESSAGE_UNMAPPABLE") throw outcome;
  }
}

/** Tells what becomes of the connections, and keeps the driver's health. */
function createWatch({ tell, health }: Context) {
  const down = new Set<string>();
  return (name: string) =>
    (change: LineChange): void => {
      switch (change.to) {
        case "up":
          if (!down.delete(name)) return;
          tell("connection.restored", `${name}, connection ${change.generation}`);
          if (down.size === 0) health.ready();
          return;
        case "waiting":
          if (!down.has(name)) tell("connection.lost", `${name}: ${change.cause.message}`);
          down.add(name);
          health.connecting(change.cause);
          return;
        case "failed":
          health.failed(change.cause);
      }
    };
}

/** Short, and nobody else's: 72 random bits and a count. */
function createMessageIds(): () => string {
  const prefix = randomBytes(9).toString("base64url");
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}
