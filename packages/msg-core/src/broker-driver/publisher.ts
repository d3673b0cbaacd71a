/**
 * `publish` of every broker driver: the checks, room, the link, and what came of it for each message.
 * Once a batch is with the link its signal is no longer heard: what the broker has cannot be taken
 * back, so the caller gets to know what became of it.
 */
import type { Receipt } from "../driver.js";
import { type Envelope, measureEnvelope } from "../envelope.js";
import { MsgError } from "../errors.js";
import type { DriverEvent, Observers } from "../observer.js";
import type { BrokerLink, LinkLimits, SendOutcome } from "./broker-link.js";
import { createTellBuffer } from "./buffer-events.js";
import type { Health } from "./health.js";
import type { OperationCall, Operations } from "./operations.js";
import { type Amount, aborted, createRoom } from "./room.js";

export interface Publisher {
  publish(batch: readonly Envelope[], signal: AbortSignal | undefined): Promise<readonly Receipt[]>;
  /** Resolves when nothing is in flight. */
  settled(): Promise<void>;
  /** Refuses what waits for room and what comes from now on. */
  refuseAll(error: MsgError): void;
  /** Answers those whose messages are in flight: nobody will know what became of them. */
  abandon(error: MsgError): void;
}

export interface PublisherOptions {
  readonly limits: LinkLimits;
  readonly link: Pick<BrokerLink<unknown>, "check" | "learn" | "send">;
  readonly health: Pick<Health, "check">;
  readonly observers: Pick<Observers, "isObserved" | "notify">;
  readonly operations: Operations;
}

export function createPublisher(options: PublisherOptions): Publisher {
  const { limits, link, health, observers, operations } = options;
  const { notify } = observers;
  const room = createRoom(limits);
  const tellBuffer = createTellBuffer("publish", observers);
  const flights = createFlights(link);

  const publish = async (
    batch: readonly Envelope[],
    signal: AbortSignal | undefined,
    call: OperationCall | undefined,
  ): Promise<readonly Receipt[]> => {
    health.check();
    const amount = checkedAmount(batch, limits);
    if (signal?.aborted === true) throw aborted();
    if (batch.length === 0) return [];
    const learning = link.learn?.(batch);
    if (learning !== undefined) await learning;
    for (const envelope of batch) link.check(envelope);
    const waiting = room.take(amount, signal);
    if (waiting !== undefined) {
      const unblocked = call?.blocked();
      await waiting.finally(unblocked);
    }
    room.report(tellBuffer);
    try {
      return receiptsOf(await flights.send(batch));
    } finally {
      room.give(amount);
      room.report(tellBuffer);
    }
  };

  const publishTold = async (
    batch: readonly Envelope[],
    signal: AbortSignal | undefined,
    call: OperationCall | undefined,
  ): Promise<readonly Receipt[]> => {
    try {
      const receipts = await publish(batch, signal, call);
      tellPublished(batch, receipts, notify);
      return receipts;
    } catch (error) {
      if (MsgError.is(error)) tellRefused(batch, error, notify);
      throw error;
    }
  };

  return {
    publish(batch, signal) {
      const call = operations.begin("publish");
      const done = publishTold(batch, signal, call);
      call?.endWith(done, () => batch.length);
      return done;
    },
    settled: flights.landed,
    refuseAll: room.end,
    abandon: flights.abandon,
  };
}

interface Flight {
  /** Once; later it does nothing. */
  land(outcomes: readonly SendOutcome[]): void;
  abandon(error: MsgError): void;
}

interface Flights {
  /** Never rejects. */
  send(batch: readonly Envelope[]): Promise<readonly SendOutcome[]>;
  /** Resolves when none is in the air. */
  landed(): Promise<void>;
  abandon(error: MsgError): void;
}

function createFlights(link: Pick<BrokerLink<unknown>, "send">): Flights {
  const flights = new Set<Flight>();
  let onEmpty: (() => void) | undefined;
  return {
    send: (batch) =>
      new Promise((resolve) => {
        const flight: Flight = {
          land(outcomes) {
            if (!flights.delete(flight)) return;
            resolve(outcomes);
            if (flights.size === 0) onEmpty?.();
          },
          abandon: (error) => flight.land(batch.map(() => error)),
        };
        flights.add(flight);
        link.send(batch).then(flight.land, (cause: unknown) => flight.abandon(asBug(cause)));
      }),
    landed: () =>
      new Promise((resolve) => {
        if (flights.size === 0) resolve();
        else onEmpty = resolve;
      }),
    abandon(error) {
      for (const flight of flights) flight.abandon(error);
    },
  };
}

function checkedAmount(
  batch: readonly Envelope[],
  { batchSizeMax, valueSizeMax }: LinkLimits,
): Amount {
  if (batch.length > batchSizeMax) {
    const message = `batch has ${batch.length} messages, at most ${batchSizeMax}`;
    throw new MsgError("LIMIT_EXCEEDED", message, { limit: batchSizeMax, actual: batch.length });
  }
  let bytes = 0;
  for (const envelope of batch) {
    const size = envelope.value.length;
    if (size > valueSizeMax) {
      const message = `value is ${size} bytes, at most ${valueSizeMax}`;
      throw new MsgError("VALUE_TOO_LONG", message, { limit: valueSizeMax, actual: size });
    }
    bytes += measureEnvelope(envelope);
  }
  return { messages: batch.length, bytes };
}

/** Throws the error of all, where it is one; PUBLISH_INCOMPLETE where only some are safe. */
function receiptsOf(outcomes: readonly SendOutcome[]): readonly Receipt[] {
  const errors = outcomes.filter((outcome): outcome is MsgError => MsgError.is(outcome));
  const [first] = errors;
  // None is an error: all are receipts.
  if (first === undefined) return outcomes as readonly Receipt[];
  if (errors.length === outcomes.length && errors.every(({ code }) => code === first.code)) {
    throw first;
  }
  const safe = outcomes.length - errors.length;
  const message = `${safe} of ${outcomes.length} messages are safe; the first that is not: ${first.code}: ${first.message}`;
  throw new MsgError("PUBLISH_INCOMPLETE", message, { outcomes, cause: first });
}

function tellPublished(
  batch: readonly Envelope[],
  receipts: readonly Receipt[],
  notify: (event: DriverEvent) => void,
): void {
  for (const [index, envelope] of batch.entries()) {
    const receipt = receipts[index];
    if (receipt !== undefined) notify({ type: "published", envelope, receipt });
  }
}

function tellRefused(
  batch: readonly Envelope[],
  error: MsgError,
  notify: (event: DriverEvent) => void,
): void {
  const outcomes = error.code === "PUBLISH_INCOMPLETE" ? error.details.outcomes : undefined;
  for (const [index, envelope] of batch.entries()) {
    const outcome = outcomes === undefined ? error : outcomes[index];
    if (MsgError.is(outcome)) notify({ type: "refused", envelope, error: outcome });
    // An outcome that is no error is the receipt of a message that is safe.
    else notify({ type: "published", envelope, receipt: outcome as Receipt });
  }
}

function asBug(cause: unknown): MsgError {
  return new MsgError("BROKER_REFUSED", `sending failed: ${String(cause)}`, { cause });
}
