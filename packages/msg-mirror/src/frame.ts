/**
 * What the mirror sends: one JSON object in one text frame, `frame` says which. Version
 * `reprise.mirror@0.1.0`; members may be added within 0.1, so a reader passes over what it does not
 * know.
 *
 * ```
 * locked      once, where a token is asked for and none came with the handshake: send `auth`
 * hello       once, when the client is let in
 * subscribed  the answer to `subscribe`: what holds from here on
 * message     one message that was seen, or what became of it
 * broker      what the broker or its connection did
 * gap         so many were seen and not sent, at this place
 * beat        every `heartbeat_ms`: silence longer than that is a dead connection
 * ```
 *
 * Frames are in the order in which the things were seen. `seq` counts what was sent to anybody, from
 * 1; numbers are left out where a subscription leaves messages out. Nothing is kept for later: who
 * connects sees what comes from then on.
 */

export const mirrorProtocol: string = "reprise.mirror@0.1.0";

/** What was seen. A driver's are as in its events; `added` and `read` are a stream bus's. */
export type Direction =
  | "published"
  | "refused"
  | "delivered"
  | "acked"
  | "retried"
  | "rejected"
  | "stale"
  | "added"
  | "read";

/** `unchecked`: there is a signature, or may be, and nobody was given to check it. */
export type SignatureState = "valid" | "unsigned" | "unknown key" | "bad signature" | "unchecked";

/** Bytes as text. `json` is text that is JSON, character by character as it came, not read and written. */
export interface Body {
  readonly encoding: "json" | "text" | "base64";
  readonly data: string;
  /** Bytes of the whole, also where `data` is cut. */
  readonly size: number;
  /** `data` is only the beginning. */
  readonly cut?: true;
}

/** What an AMP message says of itself. */
export interface AmpFields {
  readonly type: string;
  readonly actor: string;
  readonly op_id: string;
  readonly snap_sha: string;
  readonly signature: SignatureState;
}

export interface MessageFrame {
  readonly frame: "message";
  readonly seq: number;
  /** When it was seen: RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly direction: Direction;
  /** Which driver or bus: the name its observer was given; "" for none. */
  readonly source: string;
  /** The stream or topic. */
  readonly stream: string;
  /** Where the broker put it, in its own spelling; "" for none. */
  readonly id: string;
  readonly partition?: number;
  readonly attempt?: number;
  /** Why it was retried or rejected. */
  readonly reason?: string;
  readonly latency_us?: number;
  /** Why it was refused. */
  readonly error?: { readonly code: string; readonly message: string };
  /** Bytes of the value. */
  readonly size: number;
  /** Only where it is an AMP message. */
  readonly amp?: AmpFields;
  readonly message: {
    readonly key?: Body;
    readonly headers?: Readonly<Record<string, string>>;
    /** Headers that had no room. */
    readonly headers_left?: number;
    readonly value: Body;
  };
}

export interface BrokerFrame {
  readonly frame: "broker";
  readonly seq: number;
  readonly time: string;
  readonly source: string;
  /** `disconnected`, `rebalanced`, ... */
  readonly name: string;
  readonly detail: string;
}

export interface LockedFrame {
  readonly frame: "locked";
  readonly protocol: string;
}

export interface HelloFrame {
  readonly frame: "hello";
  readonly protocol: string;
  readonly time: string;
  /** This client's number, from 1. */
  readonly client: number;
  readonly heartbeat_ms: number;
}

export interface SubscribedFrame {
  readonly frame: "subscribed";
  /** Null: all. */
  readonly streams: readonly string[] | null;
  readonly types: readonly string[] | null;
}

export interface GapFrame {
  readonly frame: "gap";
  /** How many were left out since the frame before, whatever their stream. */
  readonly missed: number;
}

export interface BeatFrame {
  readonly frame: "beat";
  readonly time: string;
  /** The last `seq` that was given. */
  readonly seq: number;
  /** All that was left out since the mirror started. */
  readonly missed: number;
}

export type ServerFrame =
  | LockedFrame
  | HelloFrame
  | SubscribedFrame
  | MessageFrame
  | BrokerFrame
  | GapFrame
  | BeatFrame;

/** The frame as JSON. Lone surrogates leave as escapes, so that the text is well-formed. */
export function encodeFrame(frame: ServerFrame): string {
  return JSON.stringify(frame);
}

/** Milliseconds since 1970 as RFC 3339; a number that is no time is the year 1970. */
export function timeText(ms: number): string {
  const date = new Date(ms);
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
}
