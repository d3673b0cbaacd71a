/**
 * An envelope and a stream entry, both ways. The stream's name is the topic.
 *
 * ```
 *  wire      field                  value
 *  native    key                    the key's bytes
 *            value                  the value's bytes
 *            h:<name>               one header, UTF-8
 *  envelope  envelope               msg.envelope_v1, whole
 *  both      reprise-message-id     names the message, however often it is stored; stripped
 *            reprise-sent-again     "1": an earlier copy may be stored too; stripped
 * ```
 *
 * Whichever wire a driver writes, it reads both. Entries of other producers are read by these rules:
 * no `key` is an empty key; a field of any other name is a header of that name; what an envelope
 * cannot carry (no value, a field twice, two spellings of one header, a name that is not ASCII, a
 * header that is not UTF-8) is MESSAGE_UNMAPPABLE.
 */
import { decodeEnvelope, type Envelope, encodeEnvelope, MsgError } from "@reprise/msg-core";
import { deadLetterOf } from "@reprise/msg-core/driver";
import { createFieldNames } from "./field-names.js";

export type Wire = "native" | "envelope";
/** A field's name or value. */
export type Field = string | Uint8Array;

export const fieldNames = {
  key: "key",
  value: "value",
  envelope: "envelope",
  headerPrefix: "h:",
  messageId: "reprise-message-id",
  sentAgain: "reprise-sent-again",
} as const;

export interface Stamp {
  readonly messageId: string;
  /** Whether an earlier copy may be stored: its confirmation was lost. */
  readonly again: boolean;
}

export interface EntryMessage {
  readonly envelope: Envelope;
  readonly messageId: string | undefined;
  readonly again: boolean;
}

/** Names and values in turn, as XADD takes them. */
export function encodeEntry(envelope: Envelope, wire: Wire, stamp: Stamp): Field[] {
  const fields: Field[] =
    wire === "envelope"
      ? [fieldNames.envelope, encodeEnvelope(envelope)]
      : [fieldNames.key, envelope.key, fieldNames.value, envelope.value];
  if (wire === "native") {
    const { headers } = envelope;
    // Every member is an own one: the shape was checked when it was published.
    for (const name in headers)
      fields.push(fieldNames.headerPrefix + name, headers[name] as string);
  }
  fields.push(fieldNames.messageId, stamp.messageId);
  if (stamp.again) fields.push(fieldNames.sentAgain, "1");
  return fields;
}

/** The message of an entry, or the MESSAGE_UNMAPPABLE that says why it is none. */
export function decodeEntry(topic: string, fields: readonly Uint8Array[]): EntryMessage | MsgError {
  const found: Found = { headers: {}, messageId: undefined, again: false };
  for (let at = 0; at + 1 < fields.length; at += 2) {
    // Both are inside the array.
    const problem = readField(found, fields[at] as Uint8Array, fields[at + 1] as Uint8Array);
    if (problem !== undefined) return unmappable(problem);
  }
  const { messageId, again } = found;
  if (found.envelope === undefined) {
    if (found.value === undefined) return unmappable("there is no field value");
    const { key = new Uint8Array(0), value, headers } = found;
    return { envelope: { topic, key, value, headers }, messageId, again };
  }
  if (found.value !== undefined || found.key !== undefined) {
    return unmappable("there is a field envelope beside key or value");
  }
  return readEnvelope(topic, found.envelope, { messageId, again });
}

interface Found {
  key?: Uint8Array;
  value?: Uint8Array;
  envelope?: Uint8Array;
  messageId: string | undefined;
  again: boolean;
  readonly headers: Record<string, string>;
}

const names = createFieldNames();

/** What is wrong with the field, if something is. */
function readField(found: Found, nameBytes: Uint8Array, value: Uint8Array): string | undefined {
  const name = names.read(nameBytes);
  if (name === undefined) return "a field's name is empty or not ASCII";
  switch (name) {
    case fieldNames.key:
    case fieldNames.value:
    case fieldNames.envelope:
      if (found[name] !== undefined) return `there are two fields ${name}`;
      found[name] = plain(value);
      return undefined;
    case fieldNames.messageId:
      found.messageId = readUtf8(value);
      return undefined;
    case fieldNames.sentAgain:
      found.again = true;
      return undefined;
    default:
      return readHeader(found.headers, name, value);
  }
}

function readHeader(
  headers: Record<string, string>,
  field: string,
  value: Uint8Array,
): string | undefined {
  const { headerPrefix } = fieldNames;
  const name = field.startsWith(headerPrefix) ? field.slice(headerPrefix.length) : field;
  const shown = JSON.stringify(name);
  if (name === "") return "a header's name is empty";
  if (Object.hasOwn(headers, name)) return `there are two headers ${shown}`;
  const text = readUtf8(value);
  if (text === undefined) return `the header ${shown} is not UTF-8`;
  if (name !== "__proto__") headers[name] = text;
  else Object.defineProperty(headers, name, { value: text, ...ordinary });
  return undefined;
}

/** As an assignment would make it. */
const ordinary = { enumerable: true, configurable: true, writable: true } as const;

function readEnvelope(
  topic: string,
  bytes: Uint8Array,
  stamp: Omit<EntryMessage, "envelope">,
): EntryMessage | MsgError {
  let envelope: Envelope;
  try {
    envelope = decodeEnvelope(bytes);
  } catch (cause) {
    if (MsgError.is(cause)) return unmappable(`${cause.code}: ${cause.message}`, cause);
    throw cause;
  }
  if (envelope.topic === topic) return { envelope, ...stamp };
  const inside = JSON.stringify(envelope.topic);
  return unmappable(`the envelope's topic is ${inside}, not the stream it lies in`);
}

function unmappable(problem: string, cause?: MsgError): MsgError {
  const message = `the entry is no message: ${problem}`;
  return new MsgError("MESSAGE_UNMAPPABLE", message, cause === undefined ? {} : { cause });
}

/** What an entry takes besides its key, its value and its headers: names, the message id, framing. */
const overhead = 160;

/** The bytes of an entry's names and values, or a few more. */
export function entrySize({ key, value, headers }: Envelope): number {
  let size = overhead + key.length + value.length;
  // A character is three bytes of UTF-8 at most; a length field of the envelope wire is four.
  for (const name in headers) size += 8 + name.length + (headers[name]?.length ?? 0) * 3;
  return size;
}

export interface RawEntry {
  readonly topic: string;
  readonly position: string;
  readonly attempt: number;
  readonly fields: readonly Uint8Array[];
}

/** Says how the value of the dead letter below is written. */
export const rawHeader = "reprise-raw";

/**
 * The dead letter of an entry that is no message: its value is JSON, each field's name and value in
 * hex, in order: `{"fields":[["6b6579","..."],...]}`.
 */
export function rawLetter(entry: RawEntry, reason: string, deadLetterTopic: string): Envelope {
  const { topic, position, attempt, fields } = entry;
  const pairs: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    // Both are inside the array.
    const [name, value] = [fields[at] as Uint8Array, fields[at + 1] as Uint8Array];
    pairs.push(`["${hexOf(name)}","${hexOf(value)}"]`);
  }
  const envelope: Envelope = {
    topic,
    key: new Uint8Array(0),
    value: new TextEncoder().encode(`{"fields":[${pairs.join(",")}]}`),
    headers: { [rawHeader]: "redis-entry-hex-json" },
  };
  const delivery = { envelope, partition: 0, position, attempt, redelivered: attempt > 1 };
  return deadLetterOf({ delivery, reason, topic: deadLetterTopic });
}

function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A client's own kind of bytes (a Buffer, whose `slice` is no copy) as everybody's. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}
