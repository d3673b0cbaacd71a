/**
 * The publishing connection: one confirm channel, and the outbox. Writing stops while amqplib's buffer
 * is full (until `drain`, or the session's end: `drain` never comes on a dying channel), while the
 * broker says that it is blocked, and while there is no session. What waits is bounded by the room
 * that the driver gives, and by `publishTimeoutMs`.
 *
 * The broker says of a message that no queue takes it before it confirms it.
 */
import { Buffer } from "node:buffer";
import { MsgError } from "@reprise/msg-core";
import type { SendOutcome, Timer } from "@reprise/msg-core/driver";
import { replyCodeOf } from "../failures.js";
import type { AmqpTable } from "../fields.js";
import { type AmqpMessage, type AmqpProperties, keyHeader } from "../mapping.js";
import { createOutbox, type Parcel } from "../outbox.js";
import type { ClientChannel } from "./client.js";
import type { Session } from "./line.js";

export interface PublisherParts {
  readonly timer: Timer;
  readonly now: () => number;
  readonly publishTimeoutMs: number;
  readonly unconfirmedMax: number;
  readonly tell: (name: string, detail: string) => void;
  readonly lost: (cause: unknown) => MsgError;
}

export interface Shipment {
  readonly message: AmqpMessage;
  readonly exchange: string;
  readonly messageId: string;
}

export interface Publisher {
  /** One outcome for each, in order. Never rejects. */
  send(shipments: readonly Shipment[]): Promise<readonly SendOutcome[]>;
  /** Opens the channel. */
  setUp(session: Session): Promise<void>;
  /** The set-up is complete: what waits is written, what was unconfirmed first. */
  start(): void;
  ended(session: Session): void;
  hangUp(): Promise<void>;
  /** Answers all that wait. */
  end(error: MsgError): void;
}

/** What can be written to now. */
interface Desk {
  readonly session: Session;
  readonly channel: ClientChannel;
  isStarted: boolean;
  isBlocked: boolean;
  isFull: boolean;
  /** The channel is being closed by us. */
  isLeaving: boolean;
  /** The broker closed the channel for what was published on it. */
  fault: MsgError | undefined;
}

/** AMQP's class and method of a publish. */
const publishMethod = { classId: 60, methodId: 40 };

export function createPublisher(parts: PublisherParts): Publisher {
  const { timer, now, publishTimeoutMs, tell } = parts;
  const outbox = createOutbox(parts.unconfirmedMax);
  let desk: Desk | undefined;
  let stopTimer: (() => void) | undefined;

  const flush = (): void => {
    while (desk !== undefined && canWrite(desk)) {
      const parcel = outbox.next();
      if (parcel === undefined) return;
      desk.session.connection.gather?.();
      write(desk, parcel);
    }
  };
  const write = (at: Desk, { message, exchange }: Parcel): void => {
    try {
      at.isFull = !publishOn(at.channel, exchange, message);
      outbox.sent();
    } catch (cause) {
      // A channel that has ended takes nothing; otherwise the client cannot encode the message.
      if (isIllegalOperation(cause)) at.session.end(parts.lost(cause));
      else outbox.refused(unencodable(cause));
    }
  };
  const expire = (): void => {
    stopTimer = undefined;
    const next = outbox.expire(now());
    if (next !== undefined) stopTimer = timer(Math.max(1, next - now()), expire);
    // Where too much was unconfirmed.
    flush();
  };

  return {
    send(shipments) {
      if (shipments.length === 0) return Promise.resolve([]);
      const deadline = now() + publishTimeoutMs;
      const outcomes = collected(shipments, (shipment, settle) =>
        outbox.add({ ...shipment, deadline, settle }),
      );
      stopTimer ??= timer(publishTimeoutMs, expire);
      flush();
      return outcomes;
    },
    async setUp(session) {
      const channel = await session.whileUp(session.connection.createConfirmChannel());
      desk = deskOf(session, channel);
      attend(desk, { outbox, flush, tell, lost: parts.lost });
    },
    start() {
      if (desk !== undefined) desk.isStarted = true;
      flush();
    },
    ended(session) {
      if (desk?.session !== session) return;
      const { fault } = desk;
      desk = undefined;
      const again = outbox.lost(fault);
      if (again > 0) tell("publish.unconfirmed", `${again} messages will be sent again`);
    },
    hangUp: () => leave(desk),
    end(error) {
      stopTimer?.();
      stopTimer = undefined;
      outbox.end(error);
    },
  };
}

/** Resolves when each has its outcome. */
function collected(
  shipments: readonly Shipment[],
  add: (shipment: Shipment, settle: (outcome: SendOutcome) => void) => void,
): Promise<readonly SendOutcome[]> {
  return new Promise((resolve) => {
    const outcomes: SendOutcome[] = new Array(shipments.length);
    let left = shipments.length;
    for (const [index, shipment] of shipments.entries()) {
      add(shipment, (outcome) => {
        outcomes[index] = outcome;
        left -= 1;
        if (left === 0) resolve(outcomes);
      });
    }
  });
}

function deskOf(session: Session, channel: ClientChannel): Desk {
  return {
    session,
    channel,
    isStarted: false,
    isBlocked: false,
    isFull: false,
    isLeaving: false,
    fault: undefined,
  };
}

function publishOn(channel: ClientChannel, exchange: string, message: AmqpMessage): boolean {
  const { topic, body, properties } = message;
  return channel.publish(exchange, topic, bufferOf(body), optionsOf(properties));
}

async function leave(desk: Desk | undefined): Promise<void> {
  // A blocked broker reads nothing: it would not answer.
  if (desk === undefined || desk.isBlocked) return;
  desk.isLeaving = true;
  await desk.channel.close();
}

function canWrite({ session, isStarted, isBlocked, isFull }: Desk): boolean {
  return isStarted && !isBlocked && !isFull && !session.isOver();
}

interface Attendance {
  readonly outbox: ReturnType<typeof createOutbox>;
  readonly flush: () => void;
  readonly tell: PublisherParts["tell"];
  readonly lost: PublisherParts["lost"];
}

/** Listens to a channel and its connection. Of one that is over nothing is heard. */
function attend(desk: Desk, { outbox, flush, tell, lost }: Attendance): void {
  const { session, channel } = desk;
  const live = (listener: () => void): void => {
    if (!session.isOver()) listener();
  };
  channel.on("error", (error) => {
    if (isPublishFault(error)) desk.fault = refusedMessage(error);
    session.end(lost(error));
  });
  channel.on("close", () => {
    if (!desk.isLeaving) session.end(lost(undefined));
  });
  channel.on("handler-error", (error) => session.end(lost(error)));
  channel.on("ack", (answer) => live(() => outbox.acked(answer)));
  channel.on("nack", (answer) => live(() => outbox.nacked(answer)));
  channel.on("return", ({ properties, fields }) =>
    live(() => {
      // `fields` of a return has the broker's reason besides.
      const { replyText } = fields as { readonly replyText?: string };
      outbox.returned(properties.messageId ?? "", replyText ?? "NO_ROUTE");
    }),
  );
  channel.on("drain", () => {
    desk.isFull = false;
    live(flush);
  });
  session.connection.on("blocked", (reason) => {
    desk.isBlocked = true;
    live(() => tell("connection.blocked", reason));
  });
  session.connection.on("unblocked", () => {
    desk.isBlocked = false;
    live(() => tell("connection.unblocked", "the broker takes messages again"));
    live(flush);
  });
}

/** Of one shape, with all that is ever written: a spread takes the client longer to read. */
function optionsOf(properties: AmqpProperties) {
  return {
    mandatory: true,
    deliveryMode: properties.deliveryMode,
    messageId: properties.messageId,
    headers: encodable(properties.headers),
    contentType: properties.contentType,
    contentEncoding: properties.contentEncoding,
    correlationId: properties.correlationId,
    replyTo: properties.replyTo,
    type: properties.type,
    appId: properties.appId,
  };
}

/** The client takes a byte array for a table unless it is a Buffer. A key is the only one of ours. */
function encodable(headers: AmqpTable | undefined): AmqpTable | undefined {
  const key = headers?.[keyHeader];
  if (!(key instanceof Uint8Array)) return headers;
  return { ...headers, [keyHeader]: bufferOf(key) };
}

/** The same bytes, not copied. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function isPublishFault(error: Error): boolean {
  const { classId, methodId } = error as { readonly classId?: number; readonly methodId?: number };
  return (
    replyCodeOf(error) !== undefined &&
    classId === publishMethod.classId &&
    methodId === publishMethod.methodId
  );
}

function refusedMessage(cause: Error): MsgError {
  const message = "the broker closed the channel for this message, or one sent with it";
  return new MsgError("BROKER_REFUSED", `${message}: ${cause.message}`, { cause });
}

function isIllegalOperation(cause: unknown): boolean {
  return cause instanceof Error && cause.name === "IllegalOperationError";
}

function unencodable(cause: unknown): MsgError {
  const problem = cause instanceof Error ? cause.message : String(cause);
  return new MsgError("MESSAGE_UNMAPPABLE", `the client cannot encode it: ${problem}`, { cause });
}
