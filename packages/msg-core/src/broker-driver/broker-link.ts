/**
 * What a driver for a real broker is made of. `openBrokerDriver` has all that drivers have in common:
 * the contract's calls and their checks, the inbox, the ledger of what is unsettled, room for what is
 * in flight, dead letters, events, health, deadlines. The link is the rest: one client library,
 * spoken to. It lives in the driver package's `src/os`.
 *
 * ```
 *  publish -> checks -> room -> link.send ............> broker
 *  poll    <- ledger <- inbox <- context.deliver <..... broker
 *  settle  -> ledger -> dead letters -> link.settle ..> broker
 * ```
 */
import type { Delivery, DriverCapabilities, DriverKind, Receipt } from "../driver.js";
import type { Envelope } from "../envelope.js";
import type { MsgError } from "../errors.js";
import type { Health } from "./health.js";
import type { Timer } from "./timer.js";

export interface LinkOptions {
  readonly kind: DriverKind;
  /** The id of the profile: 1 to 128 characters. */
  readonly endpoint: string;
  readonly capabilities: DriverCapabilities;
  /** What `poll` reads. None: a driver that only publishes. */
  readonly topics: readonly string[];
  readonly limits: LinkLimits;
  /** What a dead-letter topic's name adds to its topic's. */
  readonly deadLetterSuffix: string;
  /** A delivery unsettled for so long makes the driver `stalled`. Milliseconds. */
  readonly stallMs: number;
  readonly ports: DriverPorts;
}

export interface DriverPorts {
  readonly timer: Timer;
  /** Milliseconds, from any origin, never going back. */
  readonly now: () => number;
}

export interface LinkLimits {
  /** Messages in one `publish`: LIMIT_EXCEEDED. */
  readonly batchSizeMax: number;
  /** The bytes of one value: VALUE_TOO_LONG. Dead letters are not held to it. */
  readonly valueSizeMax: number;
  /** Messages sent and not confirmed; `publish` waits for room. */
  readonly inFlightMax: number;
  /** Their bytes, key and value. */
  readonly inFlightBytesMax: number;
  /** Publishes that wait for room; one more is QUEUE_FULL. */
  readonly waitingPublishesMax: number;
  /** Messages asked for in one `poll`. */
  readonly pollItemsMax: number;
  /** Messages fetched and not yet polled: `deliver` says when to stop. */
  readonly inboxMax: number;
}

/** A message as the broker delivered it. `Handle` is what the link needs to settle it. */
export interface Incoming<Handle> extends Delivery {
  readonly handle: Handle;
  /**
   * Given at publishing, the same however often the message is stored. One that was seen lately
   * makes the delivery `redelivered`.
   */
  readonly messageId: string | undefined;
}

/** A settlement that is the link's to carry out. What was rejected is in the dead letter already. */
export interface SettleStep<Handle> {
  readonly incoming: Incoming<Handle>;
  readonly outcome: "ack" | "retry";
}

export interface BrokerLink<Handle> {
  /**
   * Connects, and makes what must be there: the topology, the group. Rejects with BROKER_UNREACHABLE,
   * AUTHENTICATION_FAILED, TOPIC_UNKNOWN, TOPOLOGY_MISMATCH, BROKER_TIMEOUT, ...
   */
  open(): Promise<void>;
  /**
   * Asks the broker what `check` must know of these messages, topics that are new to it for one;
   * undefined where nothing need be asked. Called before `check`; may reject.
   */
  learn?(batch: readonly Envelope[]): Promise<void> | undefined;
  /** Throws what is wrong with an envelope for this broker, before anything is sent: TOPIC_UNKNOWN, ... */
  check(envelope: Envelope): void;
  /**
   * One outcome for each message, in order, when each one's fate is known, or may no longer be waited
   * for (BROKER_TIMEOUT). Never rejects; `close` ends it. Called again while earlier calls wait. The
   * bytes are the caller's until it resolves.
   */
  send(batch: readonly Envelope[]): Promise<readonly SendOutcome[]>;
  /** Begins to deliver. Called once, at the first poll. What it rejects with ends the driver. */
  subscribe(): Promise<void>;
  /** There is room in the inbox again, after `deliver` said there was none. */
  resume(): void;
  /**
   * Resolves when the broker has accepted all. A delivery that meanwhile belongs to somebody else, or
   * that an earlier retry of the same call takes back, is passed over: it is in the result, and
   * observed as stale. Where it rejects, none of them is this driver's any more.
   */
  settle(steps: readonly SettleStep<Handle>[]): Promise<readonly Incoming<Handle>[]>;
  /**
   * Gives `unsettled` back to the broker, and lets go of everything. Called once, also after a failed
   * `open`; nothing is sent or settled any more. May reject: it is told as an event.
   */
  close(unsettled: Unsettled<Handle>, deadlineMs: number): Promise<void>;
}

export interface Unsettled<Handle> {
  /** A poll brought them: a handler may have seen them. */
  readonly handedOut: readonly Incoming<Handle>[];
  /** Delivered by the broker; nobody has seen them. */
  readonly fetched: readonly Incoming<Handle>[];
}

export type SendOutcome = Receipt | MsgError;

/** What the link may call, from the time it is made until it is closed. */
export interface LinkContext<Handle> {
  /** A message has come. False: the inbox is full, stop until `resume`. */
  deliver(incoming: Incoming<Handle>): boolean;
  /**
   * Takes back what matches, buffered or handed out: it is no longer this driver's, and settling it
   * is stale. Told as `revoked`, where it was handed out. Resolves nothing, wakes nobody.
   */
  revoke(matches: (incoming: Incoming<Handle>) => boolean): void;
  /** Sends a broker event to the observers: what the broker or the connection did. */
  tell(name: string, detail: string): void;
  /**
   * Tells the observers how many messages of a partition lie behind the last one that was read of it:
   * at most once for each fetch, where that is known without asking.
   */
  lag(place: { readonly topic: string; readonly partition: number }, messages: number): void;
  readonly health: Health;
  readonly options: LinkOptions;
}
