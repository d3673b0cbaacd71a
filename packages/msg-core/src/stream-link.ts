/**
 * What an implementation of the stream bus is: calls around one broker, in the shell that all of them
 * share (`stream-shell.ts`). The shell has checked every name and number, and asks for nothing after
 * `close`.
 */
import type { StreamCapabilities } from "./stream-bus.js";

export interface StreamLink {
  readonly capabilities: StreamCapabilities;
  add(request: StreamAddRequest): Promise<string>;
  /** Entries behind `places`, and moves these. Resolves to none when it is stopped. */
  read(request: StreamReadRequest): Promise<readonly RawEntry[]>;
  readGroup(request: StreamGroupRequest): Promise<readonly RawEntry[]>;
  acknowledge(place: StreamPlace, ids: readonly string[]): Promise<number>;
  /** These were read and not handed out: anybody's again, as if they had not been delivered. */
  putBack(held: HeldPlace, entries: readonly RawEntry[]): Promise<void>;
  /** Stops what waits, and gives back what was read in groups and not acknowledged. */
  close(): Promise<void>;
}

export interface StreamAddRequest {
  readonly stream: string;
  readonly field: string;
  readonly value: Uint8Array;
  readonly maxLength: number;
  /** It holds another entry, in twice its size: bounds on the size of a message do not apply. */
  readonly isDeadLetter: boolean;
}

interface Waiting {
  readonly count: number;
  /** Infinity: until there is something, or it is stopped. */
  readonly blockMs: number;
  readonly signal: AbortSignal | undefined;
}

export interface StreamReadRequest extends Waiting {
  /** Of each stream the last id that was read; undefined: where the bus begins. */
  readonly places: Map<string, string | undefined>;
}

export interface StreamGroupRequest extends Waiting {
  readonly streams: readonly string[];
  readonly group: string;
  readonly consumer: string;
}

export interface StreamPlace {
  readonly stream: string;
  readonly group: string;
}

export interface HeldPlace extends StreamPlace {
  readonly consumer: string;
}

/** An entry as it is stored. */
export interface RawEntry {
  readonly stream: string;
  readonly id: string;
  /** Names and values in turn. */
  readonly fields: readonly Uint8Array[];
  /** 1 outside of a group. */
  readonly attempt: number;
}
