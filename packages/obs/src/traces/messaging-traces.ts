/**
 * Spans of a messaging client, as OpenTelemetry names them.
 *
 * ```
 * operation  kind      parent                         links
 * create     PRODUCER  the caller's                   -             one for each message of a batch
 * send       PRODUCER  the caller's                   -             a single message: it is the creation
 *            CLIENT    the caller's                   creations     a batch
 * receive    CLIENT    the caller's                   creations     one for each poll that brought any
 * process    CONSUMER  the message's, or the caller's creation      one for each message handled
 * settle     CLIENT    the caller's                   creations     one for each call
 * ```
 *
 * The creation context travels in the message's headers. No span is made for what was fetched and
 * not yet handed over.
 *
 * Source: OpenTelemetry semantic conventions 1.44.0, "Messaging spans".
 */
import type { ObservedDelivery, ObservedEnvelope } from "../messaging/observed-event.js";
import { extractTrace, injectTrace } from "./propagation.js";
import type { SpanLink } from "./span.js";
import type { TraceContext } from "./trace-context.js";
import type { OpenSpan, SpanStart, Tracer } from "./tracer.js";

export interface MessagingTracesOptions {
  readonly tracer: Tracer;
  /** messaging.system, as for metrics. */
  readonly system: string;
  readonly consumerGroup?: string;
  readonly clientId?: string;
  readonly serverAddress?: string;
  readonly serverPort?: number;
}

/** An operation that is going on. It has to be ended, and may fail first. */
export interface TracedOperation {
  readonly context: TraceContext;
  /** `errorType` is a code, of few values; `message` is for people. */
  fail(errorType: string, message?: string): void;
  end(): void;
}

export interface TracedSend<Envelope> extends TracedOperation {
  /** The batch, each with its creation context in its headers: publish these. */
  readonly batch: readonly Envelope[];
}

/** `parent` is the span in which the program calls; absent: none, and a trace begins. */
export interface MessagingTraces {
  /** Before `publish`. A batch of one has no span of its own for creating it. */
  send<Envelope extends ObservedEnvelope>(
    batch: readonly Envelope[],
    parent?: TraceContext,
  ): TracedSend<Envelope>;
  /** After `poll`, if it brought any; the span begins at `startUnixNano`, if that is given. */
  receive(
    deliveries: readonly ObservedDelivery[],
    options?: { readonly parent?: TraceContext; readonly startUnixNano?: bigint },
  ): TracedOperation;
  /** Around the handler. Without a parent the message's own trace goes on. */
  process(delivery: ObservedDelivery, parent?: TraceContext): TracedOperation;
  /** Around `settle`. */
  settle(deliveries: readonly ObservedDelivery[], parent?: TraceContext): TracedOperation;
}

/** What not every operation has. */
interface OperationAttributes {
  readonly consumerGroup?: string | undefined;
  readonly partition?: string;
  readonly offset?: number | undefined;
}

export function createMessagingTraces(options: MessagingTracesOptions): MessagingTraces {
  const { tracer, consumerGroup } = options;
  const begin: Begin = (operation) => tracer.start(spanStart(operation, options));
  const consumer = { consumerGroup };
  return {
    send: (batch, parent) => sending(begin, batch, parent),
    receive: (deliveries, { parent, startUnixNano } = {}) =>
      consuming(begin, {
        name: "poll",
        type: "receive",
        parent,
        messages: deliveries.map(({ envelope }) => envelope),
        attributes: consumer,
        startUnixNano,
      }),
    process(delivery, parent) {
      const link = linkOf(delivery.envelope);
      const span = begin({
        name: "process",
        type: "process",
        kind: "consumer",
        // One trace where nobody says otherwise; a link where somebody does.
        parent: parent ?? link?.context,
        messages: [delivery.envelope],
        links: parent === undefined || link === undefined ? [] : [link],
        attributes: {
          consumerGroup,
          partition: `${delivery.partition}`,
          offset: options.system === "kafka" ? offsetOf(delivery) : undefined,
        },
      });
      return operationOf(span, "process");
    },
    settle: (deliveries, parent) =>
      consuming(begin, {
        name: "settle",
        type: "settle",
        parent,
        messages: deliveries.map(({ envelope }) => envelope),
        attributes: consumer,
      }),
  };
}

type Begin = (operation: Operation) => OpenSpan;

function sending<Envelope extends ObservedEnvelope>(
  begin: Begin,
  batch: readonly Envelope[],
  parent: TraceContext | undefined,
): TracedSend<Envelope> {
  const isSingle = batch.length === 1;
  const creations = isSingle ? [] : batch.map((envelope) => created(begin, envelope, parent));
  const span = begin({
    name: "publish",
    type: "send",
    kind: isSingle ? "producer" : "client",
    parent,
    messages: batch,
    links: creations.map((context) => ({ context })),
    attributes: {},
  });
  const traced = batch.map((envelope, index) => ({
    ...envelope,
    headers: injectTrace(envelope.headers, creations[index] ?? span.context),
  }));
  return { ...operationOf(span, "send"), batch: traced };
}

function created(
  begin: Begin,
  envelope: ObservedEnvelope,
  parent: TraceContext | undefined,
): TraceContext {
  const span = begin({
    name: "create",
    type: "create",
    kind: "producer",
    parent,
    messages: [envelope],
    links: [],
    attributes: {},
  });
  span.end();
  return span.context;
}

function consuming(begin: Begin, operation: Omit<Operation, "kind" | "links">): TracedOperation {
  const links = operation.messages.map(linkOf).filter((link) => link !== undefined);
  return operationOf(begin({ ...operation, kind: "client", links }), operation.type);
}

interface Operation {
  readonly name: string;
  readonly type: "create" | "send" | "receive" | "process" | "settle";
  readonly kind: SpanStart["kind"];
  readonly parent: TraceContext | undefined;
  readonly messages: readonly ObservedEnvelope[];
  readonly links: readonly SpanLink[];
  readonly attributes: OperationAttributes;
  readonly startUnixNano?: bigint | undefined;
}

/** One object of one shape: to put it together of several took most of a span's time. */
function spanStart(operation: Operation, options: MessagingTracesOptions): SpanStart {
  const { name, type, kind, parent, messages, links, startUnixNano } = operation;
  const { consumerGroup, partition, offset } = operation.attributes;
  const destination = destinationOf(messages);
  const attributes = {
    "messaging.system": options.system,
    "messaging.operation.name": name,
    "messaging.operation.type": type,
    "messaging.destination.name": destination,
    "messaging.destination.partition.id": partition,
    "messaging.consumer.group.name": consumerGroup,
    "messaging.client.id": options.clientId,
    // Not on operations on one message.
    "messaging.batch.message_count": messages.length === 1 ? undefined : messages.length,
    "messaging.kafka.offset": offset,
    "server.address": options.serverAddress,
    "server.port": options.serverPort,
  };
  const shown = destination === undefined ? name : `${name} ${destination}`;
  const start = { name: shown, kind, parent, links, attributes };
  return startUnixNano === undefined ? start : { ...start, startUnixNano };
}

/** The topic of all of them, if it is one. */
function destinationOf(messages: readonly ObservedEnvelope[]): string | undefined {
  const [first] = messages;
  if (first === undefined) return undefined;
  return messages.every(({ topic }) => topic === first.topic) ? first.topic : undefined;
}

function linkOf({ headers }: ObservedEnvelope): SpanLink | undefined {
  const extracted = extractTrace(headers);
  return extracted.ok ? { context: extracted.context } : undefined;
}

function offsetOf({ position }: ObservedDelivery): number | undefined {
  const offset = Number(position);
  return Number.isSafeInteger(offset) ? offset : undefined;
}

function operationOf(span: OpenSpan, type: Operation["type"]): TracedOperation {
  return {
    context: span.context,
    fail(errorType, message = "") {
      span.addEvent(`messaging.${type}.exception`, {
        "exception.type": errorType,
        "exception.message": message,
      });
      span.fail(errorType);
    },
    end: () => span.end(),
  };
}
