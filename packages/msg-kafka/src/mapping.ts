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
 * The value of `reprise-message-id`, checksums in base 36:
 *
 * ```
 * <id>;<of key and value>                               no headers
 * <id>;<of key and value>;<count>;<of the headers>      so many of them
 * ```
 *
 * Who passes a message on may add headers: more of them than were counted are not summed up.
 *
 * A record that others wrote may say more than an envelope can: a header twice, without a value, of
 * bytes that are no text, of a name that is not ASCII. It is `Unmappable`: what can be carried, and
 * all of its headers as hex in `reprise-raw-headers`, for the dead-letter topic. The one thing that
 * is not told apart is a key of no bytes and no key.
 */
import { decodeEnvelope, type Envelope, encodeEnvelope, MsgError } from "@reprise/msg-core";
import { hexOf, isAscii, textOf } from "./header-text.js";

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

/** The CRC-32 of bytes, or of text as UTF-8, continued from `previous` (0 to begin with): a u32. */
export type Checksum = (data: Uint8Array | string, previous: number) => number;

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
  recordOf(envelope: Envelope, id: string): KafkaRecord;
  readingOf(record: KafkaRecord, topic: string): Mapped | Unmappable;
}

/** What the checksums are of. */
type Body = Pick<Envelope, "key" | "value" | "headers">;

const noBytes: Uint8Array = new Uint8Array(0);

export function createMapping(wire: Wire, checksum: Checksum): Mapping {
  /** Of the headers in any order: a reader's object may have another one. */
  const headersSum = (headers: Envelope["headers"], names: readonly string[]): string => {
    let sum = 0;
    for (const name of names) sum ^= checksum(`${name}\0${headers[name]}`, 0);
    return (sum >>> 0).toString(36);
  };
  /** Node's `crc32` of no bytes forgets what it is to continue from, where their memory is none. */
  const summed = (bytes: Uint8Array, previous: number): number =>
    bytes.length === 0 ? previous : checksum(bytes, previous);
  const bodySum = ({ key, value }: Body): string => summed(value, summed(key, 0)).toString(36);
  const markFor = (id: string, body: Body): string => {
    const names = Object.keys(body.headers);
    const mark = `${id};${bodySum(body)}`;
    if (names.length === 0) return mark;
    return `${mark};${names.length};${headersSum(body.headers, names)}`;
  };
  const isIntact = (parts: readonly string[], body: Body): boolean => {
    const [, ofBody, count = "0", ofHeaders] = parts;
    if (ofBody === undefined) return true;
    if (ofBody !== bodySum(body)) return false;
    const names = Object.keys(body.headers);
    if (names.length > Number(count)) return true;
    return (
      names.length === Number(count) &&
      (names.length === 0 || ofHeaders === headersSum(body.headers, names))
    );
  };

  return {
    recordOf(envelope, id) {
      const { key, headers } = envelope;
      const isTombstone = saysTombstone(envelope);
      const carried = wire === "native" || isTombstone ? headers : {};
      const value = wire === "native" || isTombstone ? envelope.value : encodeEnvelope(envelope);
      const mark = markFor(id, { key, value, headers: carried });
      const own = Object.hasOwn(carried, messageIdHeader);
      const written: Record<string, HeaderValue | readonly HeaderValue[]> = {
        ...carried,
        [messageIdHeader]: own ? [carried[messageIdHeader] ?? "", mark] : mark,
      };
      if (isTombstone) delete written[tombstoneHeader];
      return {
        key: key.length === 0 ? null : key,
        value: isTombstone ? null : value,
        headers: written,
      };
    },
    readingOf(record, topic) {
      const { mark, headers, problem } = readHeaders(record);
      if (problem !== undefined) return unmappable(record, { topic, headers, problem });
      const parts = mark?.split(";") ?? [];
      const [id] = parts;
      const key = record.key ?? noBytes;
      const value = record.value ?? noBytes;
      const envelope: Envelope = { topic, key, value, headers };
      const intact = isIntact(parts, envelope);
      if (wire === "native" || record.value === null) {
        return { envelope, messageId: id, intact };
      }
      if (!intact) return { envelope, messageId: id, intact };
      return wholeEnvelope(record, { topic, headers, id });
    },
  };
}

function saysTombstone({ value, headers }: Envelope): boolean {
  return (
    value.length === 0 &&
    Object.hasOwn(headers, tombstoneHeader) &&
    headers[tombstoneHeader] === "true"
  );
}

interface HeadersRead {
  /** The last value of our own header, if it is text. */
  readonly mark: string | undefined;
  /** Those that an envelope can carry, ours left out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly problem: string | undefined;
}

function readHeaders({ headers: written = {}, value }: KafkaRecord): HeadersRead {
  const headers: Record<string, string> = {};
  let mark: string | undefined;
  let problem: string | undefined;
  for (const name of Object.keys(written)) {
    let values = valuesOf(written[name]);
    if (name === messageIdHeader) {
      mark = markText(values[values.length - 1]);
      if (mark !== undefined) values = values.slice(0, -1);
      if (values.length === 0) continue;
    }
    const [first = null] = values;
    const text = typeof first === "string" ? first : first === null ? undefined : textOf(first);
    if (name === "" || !isAscii(name))
      problem ??= `header name ${JSON.stringify(name)} is not ASCII`;
    else if (values.length !== 1) problem ??= `header ${name} is there ${values.length} times`;
    else if (first === null) problem ??= `header ${name} has no value`;
    else if (text === undefined) problem ??= `header ${name} is not UTF-8`;
    else put(headers, name, text);
  }
  if (value === null) headers[tombstoneHeader] = "true";
  return { mark, headers, problem };
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

function markText(value: HeaderValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = typeof value === "string" ? value : textOf(value);
  return text === undefined || text.length > messageIdLengthMax ? undefined : text;
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
