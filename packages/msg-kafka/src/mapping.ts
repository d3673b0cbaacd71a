/**
 * Envelopes as Kafka records, and back. Lossless: what an envelope says comes back to the byte.
 *
 * ```
 * envelope                       record, wire "native"          record, wire "envelope"
 * key, any bytes                 key                            key
 * key, empty                     null: no key                   null
 * value                          value                          msg.envelope_v1, all of it
 * value, empty, and the header   null: a tombstone              null
 *   reprise-tombstone: "true"
 * header, text by name           header, UTF-8                  (in the value)
 *                                reprise-message-id, last of that name
 * ```
 *
 * A record that others wrote may say more than an envelope can: a header twice, without a value, of
 * bytes that are no text, of a name that is not ASCII. It is `Unmappable`: what can be carried, and
 * all of its headers as hex in `reprise-raw-headers`, for the dead-letter topic. The one thing that
 * is not told apart is a key of no bytes and no key.
 */
import { decodeEnvelope, type Envelope, encodeEnvelope, MsgError } from "@reprise/msg-core";
import { hexOf, isAscii, textOf } from "./header-text.js";
import { type Checksum, createMarks, type Marks } from "./message-mark.js";

export const messageIdHeader = "reprise-message-id" as const;
export const tombstoneHeader = "reprise-tombstone" as const;
export const rawHeadersHeader = "reprise-raw-headers" as const;
/** A longer value of that header is somebody else's. */
const messageIdLengthMax = 128;

export type Wire = "native" | "envelope";

/** Text is UTF-8. */
export type HeaderValue = Uint8Array | string | null;

export interface KafkaRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** By name; several values under one name in their order. Records of old formats have none. */
  readonly headers: Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>;
}

export interface WrittenRecord extends KafkaRecord {
  /** Its bytes in a batch of records, or a little more. */
  readonly size: number;
}

export interface Mapped {
  readonly envelope: Envelope;
  readonly messageId: string | undefined;
  /** False: the bytes are not those that were published. Without a checksum of ours: true. */
  readonly intact: boolean;
}

export interface Unmappable {
  readonly problem: string;
  /** For the dead letter. */
  readonly envelope: Envelope;
}

export interface Mapping {
  /** `id` is at most 100 characters of ASCII, without a semicolon. */
  recordOf(envelope: Envelope, id: string): WrittenRecord;
  readingOf(record: KafkaRecord, topic: string): Mapped | Unmappable;
}

/** Frame of a batch, lengths and varints of a record, our own header: a little more than they are. */
const recordOverhead = 200;
const headerOverhead = 8;
const noBytes: Uint8Array = new Uint8Array(0);

export function createMapping(wire: Wire, checksum: Checksum): Mapping {
  const marks = createMarks(checksum);
  return {
    recordOf(envelope, id) {
      const { key } = envelope;
      const isTombstone = saysTombstone(envelope);
      const isNative = wire === "native" || isTombstone;
      const headers = isNative ? envelope.headers : {};
      const value = isNative ? envelope.value : encodeEnvelope(envelope);
      const written: Record<string, HeaderValue | readonly HeaderValue[]> = { ...headers };
      if (isTombstone) delete written[tombstoneHeader];
      const names = Object.keys(written);
      let headersSum = 0;
      let size = recordOverhead + key.length + value.length;
      for (const name of names) {
        const text = headers[name] ?? "";
        headersSum = marks.addHeader(headersSum, name, text);
        // UTF-8 takes three bytes for a character at most.
        size += name.length + 3 * text.length + headerOverhead;
      }
      const mark = marks.write(id, { key, value, headerCount: names.length, headersSum });
      const own = Object.hasOwn(headers, messageIdHeader) ? headers[messageIdHeader] : undefined;
      written[messageIdHeader] = own === undefined ? mark : [own, mark];
      return {
        key: key.length === 0 ? null : key,
        value: isTombstone ? null : value,
        headers: written,
        size,
      };
    },
    readingOf(record, topic) {
      const read = readHeaders(record, marks);
      const { mark, headers, problem } = read;
      if (problem !== undefined) return unmappable(record, { topic, headers, problem });
      const key = record.key ?? noBytes;
      const value = record.value ?? noBytes;
      const envelope: Envelope = { topic, key, value, headers };
      const checked =
        mark === undefined
          ? unmarked
          : marks.read(mark, { key, value, headerCount: read.count, headersSum: read.sum });
      if (wire === "native" || record.value === null || !checked.intact) {
        return { envelope, messageId: checked.id, intact: checked.intact };
      }
      return wholeEnvelope(record, { topic, headers, id: checked.id });
    },
  };
}

const unmarked = { id: undefined, intact: true } as const;

function saysTombstone({ value, headers }: Envelope): boolean {
  return (
    value.length === 0 &&
    Object.hasOwn(headers, tombstoneHeader) &&
    headers[tombstoneHeader] === "true"
  );
}

interface HeadersRead {
  /** The last value of our own header, if it is text. */
  mark: string | undefined;
  /** Those that an envelope can carry, ours left out. */
  readonly headers: Record<string, string>;
  /** How many, and their checksum. */
  count: number;
  sum: number;
  problem: string | undefined;
  readonly marks: Marks;
}

function readHeaders({ headers: written = {}, value }: KafkaRecord, marks: Marks): HeadersRead {
  const read: HeadersRead = {
    mark: undefined,
    headers: {},
    count: 0,
    sum: 0,
    problem: undefined,
    marks,
  };
  for (const name of Object.keys(written)) {
    const one = written[name];
    if (name === messageIdHeader) takeOwn(read, valuesOf(one));
    else if (one instanceof Uint8Array) take(read, name, one);
    else takeAll(read, name, valuesOf(one));
  }
  if (value === null) read.headers[tombstoneHeader] = "true";
  return read;
}

/** The last of them is our own, if it is text that may be; what is before it is a header as any. */
function takeOwn(read: HeadersRead, values: readonly HeaderValue[]): void {
  const last = values[values.length - 1];
  const text = last instanceof Uint8Array ? textOf(last) : last;
  const isMark = typeof text === "string" && text.length <= messageIdLengthMax;
  if (isMark) read.mark = text;
  const others = isMark ? values.slice(0, -1) : values;
  if (others.length > 0) takeAll(read, messageIdHeader, others);
}

function takeAll(read: HeadersRead, name: string, values: readonly HeaderValue[]): void {
  const [first = null] = values;
  if (values.length !== 1) read.problem ??= `header ${name} is there ${values.length} times`;
  else if (first === null) read.problem ??= `header ${name} has no value`;
  else take(read, name, first);
}

function take(read: HeadersRead, name: string, value: Uint8Array | string): void {
  const text = typeof value === "string" ? value : textOf(value);
  if (name === "" || !isAscii(name)) {
    read.problem ??= `header name ${JSON.stringify(name)} is not ASCII`;
  } else if (text === undefined) {
    read.problem ??= `header ${name} is not UTF-8`;
  } else {
    put(read.headers, name, text);
    read.count += 1;
    read.sum = read.marks.addHeader(read.sum, name, value);
  }
}

/**
 * kafkajs collects headers in an object that inherits: under a name that every object has, such as
 * `constructor`, the inherited member comes first.
 */
function valuesOf(value: KafkaRecord["headers"][string]): readonly HeaderValue[] {
  if (!Array.isArray(value)) return value === undefined ? [] : [value as HeaderValue];
  const values: readonly unknown[] = value;
  return values.filter(
    (one): one is HeaderValue =>
      one === null || typeof one === "string" || one instanceof Uint8Array,
  );
}

function put(headers: Record<string, string>, name: string, text: string): void {
  if (name !== "__proto__") {
    headers[name] = text;
    return;
  }
  const property = { value: text, enumerable: true, configurable: true, writable: true };
  Object.defineProperty(headers, name, property);
}

interface Read {
  readonly topic: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly id: string | undefined;
}

/** The topic is the one it was read from: a mirror may have given it another name. */
function wholeEnvelope(record: KafkaRecord, { topic, headers, id }: Read): Mapped | Unmappable {
  try {
    const envelope = decodeEnvelope(record.value ?? noBytes);
    return { envelope: { ...envelope, topic }, messageId: id, intact: true };
  } catch (error) {
    if (!MsgError.is(error)) throw error;
    const problem = `the value is no envelope: ${error.code}: ${error.message}`;
    return unmappable(record, { topic, headers, problem });
  }
}

function unmappable(
  { key, value, headers: written = {} }: KafkaRecord,
  { topic, headers, problem }: Pick<Read, "topic" | "headers"> & { readonly problem: string },
): Unmappable {
  const raw: (readonly [string, string | null])[] = [];
  for (const name of Object.keys(written)) {
    for (const one of valuesOf(written[name])) {
      raw.push([name, one === null ? null : hexOf(bytesOf(one))]);
    }
  }
  const kept = { ...headers, [rawHeadersHeader]: JSON.stringify(raw) };
  return {
    problem,
    envelope: { topic, key: key ?? noBytes, value: value ?? noBytes, headers: kept },
  };
}

function bytesOf(value: Uint8Array | string): Uint8Array {
  return typeof value === "string" ? new TextEncoder().encode(value) : value;
}
