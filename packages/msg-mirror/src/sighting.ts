/**
 * What was seen, as it was at that moment: taken from a driver's event or a stream bus's, bounded,
 * and owning its bytes, since the program may use them again. Turning it into a frame is left for
 * later (message-frame.ts).
 */
import type { Envelope, Outcome, RecordedEvent } from "@reprise/msg-core";
import type { Direction } from "./frame.js";
import { cutText, longTextMax, shortTextMax } from "./text-bounds.js";

/** One entry of a stream that was added or read. */
export interface StreamEvent {
  readonly direction: "added" | "read";
  readonly stream: string;
  /** The entry's id; "" where it has none. */
  readonly id: string;
  /** The message. Written as JSON, unless `bytes` are there. */
  readonly message: unknown;
  /** The message as it stood on the bus: shown as it is, and what its fields are read from. */
  readonly bytes?: Uint8Array;
}

export interface MessageSighting {
  readonly kind: "message";
  readonly time: number;
  readonly source: string;
  readonly direction: Direction;
  readonly stream: string;
  readonly id: string;
  readonly partition?: number;
  readonly attempt?: number;
  readonly reason?: string;
  readonly latencyUs?: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly key: BytesSeen;
  readonly value: BytesSeen;
  readonly headers: HeadersSeen;
  /** Of a stream event: the message, where there are no bytes of it. */
  readonly message?: unknown;
}

export interface BrokerSighting {
  readonly kind: "broker";
  readonly time: number;
  readonly source: string;
  readonly name: string;
  readonly detail: string;
}

export type Sighting = MessageSighting | BrokerSighting;

/** A copy of the first bytes, and how many there are in all. */
export interface BytesSeen {
  readonly bytes: Uint8Array;
  readonly size: number;
}

export interface HeadersSeen {
  readonly entries: readonly (readonly [string, string])[];
  readonly left: number;
}

/** Where and how a thing is seen. */
export interface Viewpoint {
  readonly source: string;
  readonly time: number;
  /** Bytes of a value that are kept. */
  readonly bodySizeMax: number;
}

/** Bytes of a key that are kept. */
export const keySizeMax: number = 1024;
/** Headers that are kept, and their characters, names included. */
export const headersMax: number = 64;
export const headersTextMax: number = 16_384;

const outcomes: Readonly<Record<Outcome, Direction>> = {
  ack: "acked",
  retry: "retried",
  reject: "rejected",
};

export function sightingOfEvent(event: RecordedEvent, viewpoint: Viewpoint): Sighting {
  switch (event.type) {
    case "broker": {
      const { time, source } = viewpoint;
      const name = cutText(event.name, shortTextMax);
      return { kind: "broker", time, source, name, detail: cutText(event.detail, longTextMax) };
    }
    case "published": {
      const { partition, position } = event.receipt;
      const id = cutText(position, shortTextMax);
      return { ...seen(event.envelope, "published", viewpoint), partition, id };
    }
    case "refused": {
      const { code, message } = event.error;
      const error = { code, message: cutText(message, longTextMax) };
      return { ...seen(event.envelope, "refused", viewpoint), error };
    }
    default: {
      const { delivery } = event;
      const direction = event.type === "settled" ? outcomes[event.outcome] : event.type;
      const { partition, attempt } = delivery;
      const id = cutText(delivery.position, shortTextMax);
      const sighting = { ...seen(delivery.envelope, direction, viewpoint), partition, attempt, id };
      return event.type === "settled" ? { ...sighting, ...settlement(event) } : sighting;
    }
  }
}

function settlement(event: {
  readonly reason: string | undefined;
  readonly latencyTicks: number | undefined;
}): { readonly reason?: string; readonly latencyUs?: number } {
  const { reason, latencyTicks } = event;
  return {
    ...(reason === undefined ? undefined : { reason: cutText(reason, longTextMax) }),
    ...(latencyTicks === undefined ? undefined : { latencyUs: latencyTicks }),
  };
}

export function sightingOfEntry(event: StreamEvent, viewpoint: Viewpoint): MessageSighting {
  const { time, source, bodySizeMax } = viewpoint;
  const sighting = {
    kind: "message",
    time,
    source,
    direction: event.direction === "read" ? "read" : "added",
    stream: cutText(event.stream, shortTextMax),
    id: cutText(event.id, shortTextMax),
    key: none,
    headers: { entries: [], left: 0 },
    message: event.message,
  } as const;
  return {
    ...sighting,
    value: event.bytes === undefined ? none : copied(event.bytes, bodySizeMax),
  };
}

/** How much memory it takes, roughly: for bounding what waits. */
export function sightingSize(sighting: Sighting): number {
  if (sighting.kind === "broker") return 256;
  return 512 + sighting.key.bytes.length + sighting.value.bytes.length;
}

const none: BytesSeen = { bytes: new Uint8Array(0), size: 0 };

/** A refused envelope may be anything at all, so nothing of it is taken for granted. */
function seen(envelope: Envelope, direction: Direction, viewpoint: Viewpoint): MessageSighting {
  const { time, source, bodySizeMax } = viewpoint;
  return {
    kind: "message",
    time,
    source,
    direction,
    stream: cutText(envelope?.topic, shortTextMax),
    id: "",
    key: copied(envelope?.key, keySizeMax),
    value: copied(envelope?.value, bodySizeMax),
    headers: copiedHeaders(envelope?.headers),
  };
}

function copied(bytes: Uint8Array, sizeMax: number): BytesSeen {
  if (!(bytes instanceof Uint8Array)) return none;
  // Not `slice` of the object itself: a Buffer's is a view.
  return { bytes: Uint8Array.prototype.slice.call(bytes, 0, sizeMax), size: bytes.length };
}

function copiedHeaders(headers: Readonly<Record<string, string>>): HeadersSeen {
  if (typeof headers !== "object" || headers === null) return { entries: [], left: 0 };
  const entries: [string, string][] = [];
  let left = 0;
  let room = headersTextMax;
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    const length = name.length + (typeof value === "string" ? value.length : 0);
    if (typeof value !== "string" || entries.length >= headersMax || length > room) {
      left += 1;
      continue;
    }
    room -= length;
    entries.push([name, value]);
  }
  return { entries, left };
}
