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
import { createLine, type Line, type LineChange, type Session } from "./line.js";
import { createPublisher, type Publisher } from "./publisher.js";

export interface LinkParts {
  readonly dial: Dial;
  readonly address: BrokerAddress;
  readonly settings: AmqpSettings;
  readonly routes: Routes;
}

/** Of the deadline, so that the driver's own is not missed. */
const closeShare = 0.8;

export function createAmqpLink(
  { dial, address, settings, routes }: LinkParts,
  context: LinkContext<AmqpHandle>,
): BrokerLink<AmqpHandle> {
  const { timer, now } = context.options.ports;
  const { wire, queueType, connectTimeoutMs, publishTimeoutMs } = settings;
  const lost = (cause: unknown): MsgError => lostConnection(cause, address);
  const nextId = createMessageIds();
  const declare = (session: Session): Promise<void> =>
    declareTopology(session, { topology: routes.declared, queueType, address });
  const watch = createWatch(context);
  const common = { dial, timer, connectTimeoutMs, lost };

  const publisher: Publisher = createPublisher({
    timer,
    now,
    publishTimeoutMs,
    // As many again may be overdue.
    unconfirmedMax: settings.limits.inFlightMax * 2,
    tell: context.tell,
    lost,
  });
  const changed = watch("publishing");
  const publishing: Line = createLine({
    ...common,
    setUp: async (session) => {
      await publisher.setUp(session);
      await declare(session);
    },
    hangUp: publisher.hangUp,
    ended: publisher.ended,
    changed(change) {
      changed(change);
      if (change.to === "up") publisher.start();
    },
  });

  const putAside = async (unmappable: Unmappable): Promise<void> => {
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
  };
  const consumer = createConsumer({
    subscriptions: routes.subscriptions,
    prefetch: settings.prefetch,
    wire,
    queueType,
    context,
    lost,
    declare,
    putAside,
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
          return { message: messageOf(envelope, wire, messageId), exchange, messageId };
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

/** Tells what becomes of the connections, and keeps the driver's health. */
function createWatch({ tell, health }: LinkContext<AmqpHandle>) {
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
