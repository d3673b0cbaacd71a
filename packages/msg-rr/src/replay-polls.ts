/**
 * What came in from the broker, in the order in which it was recorded: deliveries and events of one
 * endpoint, merged.
 *
 * A poll gives the recorded batch, as one. Where the recorded poll brought nothing it ends the same
 * way: at once if it was empty; with the program's own signal or close if those ended it, however
 * long that takes; or with the recorded error. Asking for more than was recorded is NO_MATCH.
 */
import { type Delivery, MsgError, type Observers, type PollRequest } from "@reprise/msg-core";
import { openedEvent, operationsOf, pollEvents, rrKind } from "./operations.js";
import { deliveryOf } from "./recorded-entries.js";
import { type BrokerEvent, decodeEvent, decodeFailure } from "./records.js";
import type { ReplayOptions } from "./replay-driver.js";
import type { Session } from "./session.js";

export interface ReplayPolls {
  poll(request: PollRequest): Promise<readonly Delivery[]>;
  /** Observes the broker events that come next, up to the next poll's end. */
  passEvents(): void;
  close(): void;
}

const encoder = new TextEncoder();

export function createReplayPolls(
  session: Session,
  options: ReplayOptions,
  observers: Observers,
): ReplayPolls {
  const { recorded } = session;
  const inputs = createInputs(session, options);
  const closing = createGate();

  /** The event that says how a poll ended, if that is what comes next. */
  const passEvents = (): BrokerEvent | undefined => {
    for (let entry = inputs.peek(); entry >= 0; entry = inputs.peek()) {
      if (inputs.isDelivery(entry)) return undefined;
      const event = decodeEvent(recorded.req(entry));
      if (pollEventNames.has(event.name)) return event;
      session.use(entry);
      if (event.name !== openedEvent) observers.notify({ type: "broker", ...event });
    }
    return undefined;
  };

  const batch = ({ maxItems }: PollRequest): readonly Delivery[] => {
    const deliveries: Delivery[] = [];
    let size = 1;
    while (deliveries.length < size) {
      const entry = inputs.peek();
      if (entry < 0 || !inputs.isDelivery(entry)) throw exhausted(session, options);
      const next = deliveryOf({ resp: recorded.resp(entry), err: recorded.err(entry) }, options);
      size = next.batchSize;
      if (size > maxItems) throw smaller(session, { entry, size, maxItems });
      session.use(entry);
      deliveries.push(next.delivery);
    }
    for (const delivery of deliveries) observers.notify({ type: "delivered", delivery });
    return deliveries;
  };

  return {
    passEvents,
    async poll(request) {
      const end = passEvents();
      if (end === undefined) {
        if (inputs.peek() < 0) throw exhausted(session, options);
        return batch(request);
      }
      session.use(inputs.peek());
      if (end.name === pollEvents.failed) throw failureOf(end);
      if (end.name === pollEvents.aborted) await ended(request.signal, closing);
      if (end.name === pollEvents.closed) await ended(undefined, closing);
      return [];
    },
    close: closing.open,
  };
}

interface Inputs {
  /** The next unused entry, or -1. */
  peek(): number;
  isDelivery(entry: number): boolean;
}

function createInputs(session: Session, { kind, endpoint }: ReplayOptions): Inputs {
  const { recorded, policy } = session;
  const operations = operationsOf(kind);
  const deliveries = recorded.bucket(rrKind, operations.deliver, endpoint);
  const events = recorded.bucket(rrKind, operations.event, endpoint);
  let delivery = deliveries?.first ?? -1;
  let event = events?.first ?? -1;
  const firstUnused = (head: number): number => {
    let entry = head;
    while (entry >= 0 && session.isUsed(entry)) entry = recorded.nextInBucket(entry);
    return entry;
  };
  return {
    peek() {
      delivery = firstUnused(delivery);
      event = firstUnused(event);
      const next = delivery >= 0 && (event < 0 || delivery < event) ? delivery : event;
      // A transcript's cursor may stand on something else: then nothing is next.
      return policy.matchMode === "transcript" && next !== session.cursor() ? -1 : next;
    },
    isDelivery: (entry) => recorded.bucketOf(entry) === deliveries,
  };
}

const pollEventNames: ReadonlySet<string> = new Set(Object.values(pollEvents));

function failureOf({ detail }: BrokerEvent): MsgError {
  const { code, message } = decodeFailure(encoder.encode(detail));
  return new MsgError(code, message);
}

interface Gate {
  open(): void;
  isOpen(): boolean;
  whenOpen(then: () => void): void;
}

function createGate(): Gate {
  let isOpen = false;
  const waiting: (() => void)[] = [];
  return {
    open() {
      isOpen = true;
      for (const then of waiting.splice(0)) then();
    },
    isOpen: () => isOpen,
    whenOpen(then) {
      if (isOpen) then();
      else waiting.push(then);
    },
  };
}

/** Resolves when the program's signal fires or it closes the driver. */
function ended(signal: AbortSignal | undefined, closing: Gate): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    signal?.addEventListener("abort", () => resolve(), { once: true });
    closing.whenOpen(resolve);
  });
}

function exhausted(
  { recorded, acceptHint, cursor, policy }: Session,
  { kind, endpoint }: ReplayOptions,
): MsgError {
  const at = cursor();
  const next =
    policy.matchMode === "transcript" && at >= 0
      ? `the next entry, ${at}, is ${recorded.bucketOf(at).op}`
      : "the recording has no delivery left";
  const held = recorded.bucket(rrKind, operationsOf(kind).deliver, endpoint)?.count ?? 0;
  return new MsgError(
    "NO_MATCH",
    `poll of ${endpoint}: ${next} (it holds ${held}); the program asked for more than was recorded` +
      `\n  accept    ${acceptHint}`,
  );
}

function smaller(
  { recorded, acceptHint }: Session,
  { entry, size, maxItems }: { entry: number; size: number; maxItems: number },
): MsgError {
  const offset = recorded.offset(entry);
  const message =
    `poll asks for at most ${maxItems} messages, the recorded one was handed ${size} at once` +
    `\n  nearest   entry ${entry}, at byte ${offset}\n  accept    ${acceptHint}`;
  return new MsgError("REPLAY_DIFFERS", message, { entry, offset });
}
