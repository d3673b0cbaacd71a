/**
 * Envelopes and AMQP messages, both ways.
 *
 * `native`, for programs in any language:
 *
 * ```
 * envelope                     AMQP message
 * topic                        routing key
 * value                        body
 * key                          header reprise-key: a string where it is UTF-8, else a byte array; none: empty
 * header content-type          property content_type; likewise content-encoding, amqp-correlation-id,
 *                              amqp-reply-to, amqp-type, amqp-app-id
 * any other header             header of that name, a string
 * header of a reserved name    header reprise-escaped-<name>, a string
 * (message id)                 property message_id
 * ```
 *
 * `envelope`: the body is the whole msg.envelope_v1, and the header `reprise-wire` says so. A message
 * whose key and headers do not fit into an AMQP table (a name over 255 bytes, over 60,000 in all)
 * goes like this even where `native` is asked for, and is read whatever is asked for.
 *
 * Reading what others sent: typed values become text (`fields.ts`); the properties timestamp,
 * priority, expiration, user-id and cluster-id become headers `amqp-timestamp`, ...; delivery mode is
 * not content. What cannot be said in an envelope is MESSAGE_UNMAPPABLE.
 *
 * Reserved are the names of this table; `CC` and `BCC`, which RabbitMQ routes by; what it writes
 * itself (`x-death`, `x-delivery-count`, `x-acquired-count`); and `__proto__`, which amqplib's decoder
 * loses.
 */
import { decodeEnvelope, type Envelope, encodeEnvelope, MsgError } from "@reprise/msg-core";
import { type AmqpField, type AmqpTable, fieldText } from "./fields.js";
import { fitsShortText, shortTextSizeMax, sizeOf } from "./short-text.js";

export type Wire = "native" | "envelope";

/** Property by property as AMQP has them; what is absent is undefined. */
export interface AmqpProperties {
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly headers?: AmqpTable | undefined;
  readonly deliveryMode?: number | undefined;
  readonly priority?: number | undefined;
  readonly correlationId?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly expiration?: string | undefined;
  readonly messageId?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly type?: string | undefined;
  readonly userId?: string | undefined;
  readonly appId?: string | undefined;
  readonly clusterId?: string | undefined;
}

export interface AmqpMessage {
  /** The routing key, or what stands for it. */
  readonly topic: string;
  readonly properties: AmqpProperties;
  readonly body: Uint8Array;
}

export const keyHeader = "reprise-key";
export const wireHeader = "reprise-wire";
export const envelopeContentType = "application/vnd.reprise.envelope-v1";
const escapePrefix = "reprise-escaped-";
const persistent = 2;
/** The bytes of a table. The client has room for 65,536; a dead letter adds some. */
const tableSizeMax = 60_000;

const reservedNames: ReadonlySet<string> = new Set([
  keyHeader,
  wireHeader,
  "CC",
  "BCC",
  "x-death",
  "x-delivery-count",
  "x-acquired-count",
  "__proto__",
]);

/** Headers that are no content: ours, and what RabbitMQ counts in (a published one is escaped). */
const bookkeeping: ReadonlySet<string> = new Set([
  keyHeader,
  wireHeader,
  "x-delivery-count",
  "x-acquired-count",
]);

type TextProperty =
  | "contentType"
  | "contentEncoding"
  | "correlationId"
  | "replyTo"
  | "type"
  | "appId";

/** Headers that are properties, both ways. */
const propertyOfHeader: ReadonlyMap<string, TextProperty> = new Map([
  ["content-type", "contentType"],
  ["content-encoding", "contentEncoding"],
  ["amqp-correlation-id", "correlationId"],
  ["amqp-reply-to", "replyTo"],
  ["amqp-type", "type"],
  ["amqp-app-id", "appId"],
]);

/** Properties that become headers when read, and are not written: RabbitMQ acts on some of them. */
const readOnlyHeaders = [
  ["amqp-priority", "priority"],
  ["amqp-expiration", "expiration"],
  ["amqp-timestamp", "timestamp"],
  ["amqp-user-id", "userId"],
  ["amqp-cluster-id", "clusterId"],
] as const;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);
const loopLengthMax = 40;

/** `messageId`: at most 255 bytes. */
export function messageOf(envelope: Envelope, wire: Wire, messageId: string): AmqpMessage {
  if (wire === "native" && fitsTable(envelope)) return nativeMessage(envelope, messageId);
  return {
    topic: envelope.topic,
    body: encodeEnvelope(envelope),
    properties: {
      contentType: envelopeContentType,
      deliveryMode: persistent,
      messageId,
      headers: { [wireHeader]: "envelope" },
    },
  };
}

function nativeMessage({ topic, key, value, headers }: Envelope, messageId: string): AmqpMessage {
  const table: Record<string, AmqpField> = {};
  // All members from the start: objects of one shape are read fast.
  const properties: Writable = {
    contentType: undefined,
    contentEncoding: undefined,
    correlationId: undefined,
    replyTo: undefined,
    type: undefined,
    appId: undefined,
    deliveryMode: persistent,
    messageId,
    headers: table,
  };
  if (key.length > 0) table[keyHeader] = keyField(key);
  for (const name of Object.keys(headers)) {
    const text = headers[name] as string;
    const property = propertyOfHeader.get(name);
    if (property !== undefined && isProperty(property, text)) properties[property] = text;
    else table[isReserved(name) ? escapePrefix + name : name] = text;
  }
  return { topic, body: value, properties };
}

type Writable = Omit<AmqpProperties, TextProperty> & Record<TextProperty, string | undefined>;

function isProperty(property: TextProperty, text: string): boolean {
  // RabbitMQ closes the channel on a reply-to of its own that is not awaited.
  return fitsShortText(text) && !(property === "replyTo" && text.startsWith("amq."));
}

function isReserved(name: string): boolean {
  return reservedNames.has(name) || name.startsWith(escapePrefix);
}

function keyField(key: Uint8Array): string | Uint8Array {
  try {
    return decoder.decode(key);
  } catch {
    return key;
  }
}

/** Whether key and headers, escaped or not, go into a table. */
function fitsTable({ key, headers }: Envelope): boolean {
  let sizeMax = key.length;
  let count = 1;
  for (const name of Object.keys(headers)) {
    // Names are ASCII: as many bytes as characters.
    if (name.length + escapePrefix.length > shortTextSizeMax) return false;
    sizeMax += name.length + (headers[name] as string).length * 3;
    count += 1;
  }
  // Each field has a length, a type and a length of its own, and perhaps the prefix.
  const overhead = count * (6 + escapePrefix.length);
  if (sizeMax + overhead <= tableSizeMax) return true;
  let size = overhead + key.length;
  for (const name of Object.keys(headers)) size += name.length + sizeOf(headers[name] as string);
  return size <= tableSizeMax;
}

/** Throws MESSAGE_UNMAPPABLE. Its bytes may be the message's own. */
export function envelopeOf(message: AmqpMessage, wire: Wire): Envelope {
  const said = message.properties.headers?.[wireHeader];
  if (said === undefined ? wire === "native" : said === "native") return nativeEnvelope(message);
  if (said !== undefined && said !== "envelope") {
    throw unmappable(`${wireHeader} is ${fieldText(said, "near")}, expected native or envelope`);
  }
  try {
    return decodeEnvelope(message.body);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new MsgError("MESSAGE_UNMAPPABLE", `the body is no envelope: ${problem}`, { cause });
  }
}

function nativeEnvelope({ topic, properties, body }: AmqpMessage): Envelope {
  const table = properties.headers ?? {};
  const headers: Record<string, string> = {};
  for (const name of Object.keys(table)) {
    if (bookkeeping.has(name)) continue;
    const field = table[name];
    const reading = name.startsWith("reprise-dead-letter-") ? "near" : "exact";
    const text = typeof field === "string" ? field : fieldText(field, reading);
    add(headers, name.startsWith(escapePrefix) ? name.slice(escapePrefix.length) : name, text);
  }
  for (const [name, property] of propertyOfHeader) {
    const text = properties[property];
    if (text !== undefined) add(headers, name, text);
  }
  for (const [name, property] of readOnlyHeaders) {
    const value = properties[property];
    if (value !== undefined) add(headers, name, String(value));
  }
  return { topic, key: keyOf(table[keyHeader]), value: body, headers };
}

function add(headers: Record<string, string>, name: string, text: string): void {
  if (!isHeaderName(name)) {
    throw unmappable(`header name ${JSON.stringify(name)} is empty or not ASCII`);
  }
  if (Object.hasOwn(headers, name)) {
    throw unmappable(`${JSON.stringify(name)} is there twice: a header and a property, or escaped`);
  }
  if (name !== "__proto__") {
    headers[name] = text;
    return;
  }
  // An assignment would set the prototype.
  const property = { value: text, enumerable: true, configurable: true, writable: true };
  Object.defineProperty(headers, name, property);
}

function isHeaderName(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    if (name.charCodeAt(index) > 0x7f) return false;
  }
  return name.length > 0;
}

function keyOf(field: AmqpField): Uint8Array {
  if (field === undefined) return noBytes;
  if (typeof field === "string") return bytesOf(field);
  if (field instanceof Uint8Array) {
    return new Uint8Array(field.buffer, field.byteOffset, field.length);
  }
  throw unmappable(`${keyHeader} is neither a string nor a byte array`);
}

/** Short ASCII in a loop: the encoder takes several times as long. */
function bytesOf(text: string): Uint8Array {
  if (text.length > loopLengthMax) return encoder.encode(text);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) return encoder.encode(text);
    bytes[index] = unit;
  }
  return bytes;
}

function unmappable(problem: string): MsgError {
  return new MsgError("MESSAGE_UNMAPPABLE", problem);
}
