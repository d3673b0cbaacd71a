/**
 * A driver that passes every call on to a real one and keeps, in the session's cassette, what the
 * program saw: each publish with its receipt, each delivery before the program gets it, each
 * settlement, and what the broker did meanwhile.
 *
 * What is written is what the sanitizer leaves; a secret that it leaves fails the call (SECRET_FOUND),
 * a publish or a settlement before anything is sent, a poll before the program gets anything. The
 * program itself gets the real message.
 *
 * Its observers see what those of the replay will see. Live events (how long a call took, what waits
 * where) are not passed on: who wants them observes `driver` itself.
 *
 * A recording has no holes. Where something that happened could not be written (a budget, a full
 * disk), the call that it belongs to rejects with the reason, and so does every later one, before it
 * reaches the broker: unsettled deliveries are given back when the driver is closed.
 */
import {
  createObservers,
  type Delivery,
  type Driver,
  type Envelope,
  isLive,
  MsgError,
  type Observers,
  type RecordedEvent,
  type Settlement,
} from "@reprise/msg-core";
import { drawFailureOf } from "./draw-failure.js";
import { createEntryWriter, type EntryWriter, keptTicks } from "./entry-writer.js";
import { modes } from "./modes.js";
import { type Operations, operationsOf, rrKind } from "./operations.js";
import { callCountsOf, createPendingCalls, type PendingCall } from "./pending-calls.js";
import { keyOf } from "./records.js";
import type { Session } from "./session.js";
import { checkAllowed } from "./session-writing.js";

/**
 * Records `driver` into the session's cassette. Throws MODE_NO_APPEND. Besides what the driver does,
 * calls reject with POLICY_REFUSED, SECRET_FOUND, SESSION_CLOSED (all before anything is sent), the
 * code of a budget, or CASSETTE_UNAVAILABLE.
 */
export function recordingDriver(driver: Driver, session: Session): Driver {
  return recordDriver(driver, session, { addition: false });
}

/** `addition`: what is recorded adds to what the cassette held when the session was opened. */
export function recordDriver(
  driver: Driver,
  session: Session,
  { addition }: { addition: boolean },
): Driver {
  if (!modes[session.mode].appends) {
    throw new MsgError("MODE_NO_APPEND", `a session in mode ${session.mode} does not record`);
  }
  const { kind, endpoint, capabilities } = driver;
  const entries = createEntryWriter({ kind, endpoint, capabilities, addition }, session);
  const observers = createObservers<RecordedEvent>();
  const recording: Recording = {
    driver,
    session,
    entries,
    observers,
    keeping: createKeeping(session, operationsOf(kind)),
    stale: createStaleNames(),
    isClosing: false,
  };
  driver.observe((event) => {
    if (isLive(event)) return;
    if (event.type === "broker") recording.keeping.aside(() => entries.event(event));
    if (event.type === "stale") recording.stale.add(event.delivery);
    observers.notify(event);
  });
  return {
    kind,
    endpoint,
    capabilities,
    observe: observers.observe,
    publish: recordedPublish(recording),
    poll: recordedPoll(recording),
    settle: recordedSettle(recording),
    async close(options) {
      recording.isClosing = true;
      await driver.close(options);
      observers.check();
      recording.keeping.close();
    },
  };
}

interface Recording {
  readonly driver: Driver;
  readonly session: Session;
  readonly entries: EntryWriter;
  readonly observers: Observers<RecordedEvent>;
  readonly keeping: Keeping;
  readonly stale: StaleNames;
  /** From the call of `close` on. What is called then is refused by the driver, and left out. */
  isClosing: boolean;
}

function recordedPublish(recording: Recording): Driver["publish"] {
  const { driver, session, entries, observers, keeping } = recording;
  const calls = createPendingCalls(session, "publish");
  const counts = callCountsOf(session);
  const prepare = (batch: readonly Envelope[]): readonly Uint8Array[] => {
    try {
      keeping.check("publish");
      return batch.map(entries.written);
    } catch (error) {
      for (const event of refusals(batch, error)) observers.notify(event);
      throw error;
    }
  };
  return async (batch, options) => {
    if (recording.isClosing) return await driver.publish(batch, options);
    const bytes = prepare(batch);
    counts.published += batch.length;
    const call = calls.begin();
    try {
      const receipts = await driver.publish(batch, options);
      keeping.keep("published", () => entries.published(bytes, receipts, call.end()));
      return receipts;
    } catch (error) {
      if (!keeping.isOwn(error)) keeping.aside(() => entries.refused(bytes, error, call.end()));
      throw error;
    }
  };
}

function recordedPoll(recording: Recording): Driver["poll"] {
  const { driver, session, entries, keeping } = recording;
  const calls = createPendingCalls(session, "poll");
  const keepNone = (isAborted: boolean, call: PendingCall): void => {
    const how = recording.isClosing ? "closed" : isAborted ? "aborted" : "empty";
    const keep = (): void => entries.pollEnded(how, call.end());
    // A poll that a close ends may end after the scope.
    if (recording.isClosing) keeping.aside(keep);
    else keeping.keep("polled", keep);
  };
  return async (request) => {
    if (recording.isClosing) return await driver.poll(request);
    keeping.check("deliver");
    const call = calls.begin();
    try {
      const deliveries = await driver.poll(request);
      if (deliveries.length === 0) keepNone(request.signal?.aborted === true, call);
      else keeping.keep("taken from the broker", () => entries.delivered(deliveries, call.end()));
      return deliveries;
    } catch (error) {
      if (!keeping.isOwn(error)) keeping.aside(() => entries.pollFailed(error, call.end()));
      throw error;
    }
  };
}

function recordedSettle(recording: Recording): Driver["settle"] {
  const { driver, session, entries, keeping, stale } = recording;
  const counts = callCountsOf(session);
  return async (settlements) => {
    if (recording.isClosing) return await driver.settle(settlements);
    keeping.check("settle");
    const kept = settlements.map(withKeptTicks);
    for (const { reason } of kept) session.sanitizer?.inspectText(reason ?? "", "/reason");
    counts.settled += kept.length;
    try {
      await driver.settle(kept);
      keeping.keep("settled", () => entries.settled(kept, stale.take));
    } catch (error) {
      if (!keeping.isOwn(error)) keeping.aside(() => entries.settleRefused(kept, error));
      throw error;
    }
  };
}

function refusals(batch: readonly Envelope[], error: unknown): readonly RecordedEvent[] {
  if (!MsgError.is(error)) return [];
  return batch.map((envelope) => ({ type: "refused", envelope, error }));
}

/** Observers see the ticks that a replay will show them. */
function withKeptTicks(settlement: Settlement): Settlement {
  const kept = keptTicks(settlement.latencyTicks);
  if (kept === settlement.latencyTicks) return settlement;
  const { latencyTicks: _, ...rest } = settlement;
  return kept === undefined ? rest : { ...rest, latencyTicks: kept };
}

/** Whether all that happens is written: see the module's comment. */
interface Keeping {
  /** Throws what makes a call of this operation impossible: nothing has been sent yet. */
  check(operation: keyof Operations): void;
  /** Writes what the program is about to be told. Throws what prevents it, saying what was done. */
  keep(done: string, write: () => void): void;
  /** Writes what the program is told of by another error, or not at all. Never throws. */
  aside(write: () => void): void;
  isOwn(error: unknown): boolean;
  /** Throws what nobody has been told of. */
  close(): void;
}

function createKeeping(session: Session, operations: Operations): Keeping {
  const allowed = new Set<keyof Operations>();
  let failure: MsgError | undefined;
  let isTold = true;
  const fail = (error: unknown, done: string): MsgError => {
    // Whatever an append throws is a MsgError, or a bug: either ends the recording.
    const { code, details, message } = MsgError.is(error)
      ? error
      : new MsgError("RESULT_INVALID", String(error), { cause: error });
    failure ??= new MsgError(code, `${done}, but it could not be recorded: ${message}`, {
      ...details,
      cause: error,
    });
    return failure;
  };
  /** A draw that could not be written is a hole in the recording like any other. */
  const noticeDraws = (): void => {
    const drawn = drawFailureOf(session);
    if (failure !== undefined || drawn === undefined) return;
    failure = drawn;
    isTold = false;
  };
  return {
    check(operation) {
      noticeDraws();
      if (failure !== undefined) {
        isTold = true;
        throw failure;
      }
      session.checkOpen();
      if (allowed.has(operation)) return;
      // The recording begins with an event.
      for (const name of [operation, "event"] as const) {
        checkAllowed(session.policy, rrKind, operations[name]);
      }
      allowed.add(operation);
    },
    keep(done, write) {
      try {
        write();
      } catch (error) {
        throw fail(error, done);
      }
    },
    aside(write) {
      try {
        write();
      } catch (error) {
        // After its end a scope hears of nothing more.
        if (MsgError.is(error) && error.code === "SESSION_CLOSED") return;
        if (failure === undefined) isTold = false;
        fail(error, "it happened");
      }
    },
    isOwn: (error) => error !== undefined && error === failure,
    close() {
      noticeDraws();
      if (isTold || failure === undefined) return;
      isTold = true;
      throw failure;
    },
  };
}

interface StaleNames {
  add(delivery: Delivery): void;
  /** Whether this delivery's settlement came too late; asked once. */
  take(delivery: Delivery): boolean;
}

/** Told of while the driver settles, of deliveries that may be copies of the program's. */
function createStaleNames(): StaleNames {
  const keys = new Set<string>();
  return {
    add: (delivery) => {
      keys.add(keyOf(delivery));
    },
    take: (delivery) => keys.size > 0 && keys.delete(keyOf(delivery)),
  };
}
