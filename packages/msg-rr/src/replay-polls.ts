/**
 * Polls of a strict replay.
 *
 * A poll gives the recorded batch, as one. Where the recorded poll brought nothing it ends the same
 * way: at once if it was empty; with the program's own signal or close if those ended it, however
 * long that takes; or with the recorded error. Asking for more than was recorded is NO_MATCH.
 *
 * Ends come in file order and belong to the oldest poll that waits, unless the recording says
 * otherwise (`poll.waited`): then to the one that it was, and not before as much has been published
 * and settled meanwhile.
 */
import {
  type Delivery,
  MsgError,
  type Observers,
  type PollRequest,
  type RecordedEvent,
} from "@reprise/msg-core";
import type { ReplayOptions } from "./driver-options.js";
import { placeOf, recordedElsewhere } from "./entry-description.js";
import { operationsOf, pollEvents, rrKind } from "./operations.js";
import { countSince } from "./pending-calls.js";
import { deliveryOf, isForeign } from "./recorded-entries.js";
import { decodeFailure } from "./records.js";
import { replayBoardOf } from "./replay-board.js";
import { type Closing, endError, whenAborted } from "./replay-closing.js";
import { createReplayInputs, type PollEnd, type ReplayInputs } from "./replay-inputs.js";
import type { Session } from "./session.js";

export interface ReplayPolls {
  poll(request: PollRequest): Promise<readonly Delivery[]>;
  /** Observes the broker events that come next and were recorded before `entry`. */
  passEvents(entry: number): void;
}

interface WaitingPoll {
  readonly request: PollRequest;
  readonly hasEnded: () => boolean;
  /** How much has been published and settled since it was called. */
  readonly during: () => number;
  resolve(deliveries: readonly Delivery[]): void;
  reject(error: unknown): void;
}

interface Context {
  readonly session: Session;
  readonly options: ReplayOptions;
  readonly observers: Observers<RecordedEvent>;
  readonly inputs: ReplayInputs;
  /** Recorded by another tool. */
  readonly foreign: boolean;
}

export function createReplayPolls(
  session: Session,
  options: ReplayOptions,
  { closing, observers }: { closing: Closing; observers: Observers<RecordedEvent> },
): ReplayPolls {
  const board = replayBoardOf(session);
  const inputs = createReplayInputs(session, options);
  const context: Context = {
    session,
    options,
    observers,
    inputs,
    foreign: isForeign(session, options),
  };
  /** In the order of the calls. One that the program called off stays until its turn comes. */
  const waiting: WaitingPoll[] = [];
  let isAsking = false;

  const passEvents = (limit: number): void => {
    for (const event of inputs.eventsBefore(limit)) observers.notify({ type: "broker", ...event });
  };
  /** Ends one poll, if one is due. */
  const step = (): boolean => {
    board.passAtCursor();
    const end = inputs.nextEnd();
    const index =
      end?.waited === undefined
        ? waiting.findIndex(({ hasEnded }) => !hasEnded())
        : end.waited.older;
    const poll = waiting[index];
    if (poll === undefined) return false;
    if (end?.waited !== undefined && poll.during() < end.waited.during) return false;
    waiting.splice(index, 1);
    try {
      if (end === undefined) poll.resolve(afterTheLast(context));
      else serve(context, poll, { end, passEvents });
    } catch (error) {
      poll.reject(board.told(error));
    }
    return true;
  };
  const pump = (): boolean => {
    try {
      // One at a time, so that the one that is served is told before the next.
      if (waiting.length > 0 && step()) board.replayed();
    } catch (error) {
      // The recording cannot be read on from here.
      for (const poll of waiting.splice(0)) poll.reject(board.told(error));
    }
    isAsking = waiting.some(({ hasEnded }) => !hasEnded());
    return !isAsking;
  };

  board.passesEvents(operationsOf(options.kind).event, options.endpoint, (entry) =>
    passEvents(entry + 1),
  );
  return {
    passEvents,
    poll(request) {
      return new Promise((resolve, reject) => {
        const during = countSince(session);
        waiting.push(createWaitingPoll(request, { resolve, reject, during, closing, options }));
        const wasAsking = isAsking;
        if (!pump() && !wasAsking) board.whenReplayed(0, pump);
      });
    },
  };
}

function createWaitingPoll(
  request: PollRequest,
  {
    resolve,
    reject,
    during,
    closing,
    options,
  }: Pick<WaitingPoll, "resolve" | "reject" | "during"> & {
    closing: Closing;
    options: ReplayOptions;
  },
): WaitingPoll {
  const { signal } = request;
  let ended = false;
  const endWith = (tell: () => void): void => {
    if (ended) return;
    ended = true;
    takeBack();
    disarm?.();
    tell();
  };
  const takeBack = closing.whenEnded((end) =>
    endWith(() => (end === "closed" ? resolve([]) : reject(endError(end, options.endpoint)))),
  );
  const disarm = signal && whenAborted(signal, () => endWith(() => resolve([])));
  return {
    request,
    hasEnded: () => ended,
    during,
    resolve: (deliveries) => endWith(() => resolve(deliveries)),
    reject: (error) => endWith(() => reject(error)),
  };
}

/** Throws what the poll is to be rejected with. */
function serve(
  context: Context,
  poll: WaitingPoll,
  { end, passEvents }: { end: PollEnd; passEvents: (limit: number) => void },
): void {
  const { session, observers } = context;
  checkTurn(context, end);
  const { request } = poll;
  if (poll.hasEnded()) {
    // Called off before its turn. What it would have brought is for the next one.
    passEvents(end.first);
    session.use(end.first);
    if (end.event !== undefined) session.use(end.entry);
    return;
  }
  if (end.event === undefined) {
    const batch = batchOf(context, end.entry, request);
    passEvents(end.first);
    if (end.waited !== undefined) session.use(end.first);
    for (const { entry } of batch) session.use(entry);
    const deliveries = batch.map(({ delivery }) => delivery);
    for (const delivery of deliveries) observers.notify({ type: "delivered", delivery });
    poll.resolve(deliveries);
    return;
  }
  const { name, detail } = end.event;
  if (name === pollEvents.aborted && request.signal === undefined) throw noSignal(session, end);
  passEvents(end.first);
  if (end.waited !== undefined) session.use(end.first);
  session.use(end.entry);
  if (name === pollEvents.failed) {
    const { code, message } = decodeFailure(new TextEncoder().encode(detail));
    poll.reject(new MsgError(code, message));
    return;
  }
  const isOver = name === pollEvents.aborted && request.signal?.aborted === true;
  if (name === pollEvents.empty || isOver) poll.resolve([]);
  // Otherwise the program's signal, or its close, ends it.
}

/** A transcript goes entry by entry. */
function checkTurn({ session, options }: Context, end: PollEnd): void {
  const cursor = session.cursor();
  if (session.policy.matchMode !== "transcript" || cursor === end.first) return;
  const next = cursor < 0 ? "at its end" : placeOf(session, cursor);
  const message =
    `poll of ${options.endpoint}: something else comes first in the recording` +
    `\n  due       ${next}\n  order     transcript\n  accept    ${session.acceptHint}`;
  throw new MsgError("REPLAY_DIFFERS", message, cursor < 0 ? {} : { entry: cursor });
}

interface Replayed {
  readonly entry: number;
  readonly delivery: Delivery;
}

/** The recorded batch that begins at `first`: all of it. */
function batchOf(
  { session, options, inputs, foreign }: Context,
  first: number,
  { maxItems }: PollRequest,
): readonly Replayed[] {
  const { recorded } = session;
  const read = (entry: number) => ({
    entry,
    ...deliveryOf({ resp: recorded.resp(entry), err: recorded.err(entry) }, options, foreign),
  });
  // Another tool keeps no batches: a poll takes as many as it asks for.
  if (foreign) return inputs.deliveriesFrom(first, maxItems).map(read);
  const { batchSize } = read(first);
  if (batchSize > maxItems) throw smaller(session, { entry: first, batchSize, maxItems });
  const batch = inputs.deliveriesFrom(first, batchSize).map(read);
  const isWhole =
    batch.length === batchSize &&
    batch.every((one, index) => one.batchIndex === index && one.batchSize === batchSize);
  if (isWhole) return batch;
  const message =
    `poll of ${options.endpoint}: the recording was cut short in a batch of ${batchSize} messages` +
    `\n  nearest   ${placeOf(session, first)}\n  accept    ${session.acceptHint}`;
  throw new MsgError("NO_MATCH", message, { entry: first });
}

/** What a poll gives that was not recorded. Throws NO_MATCH. */
function afterTheLast({ session, options, foreign }: Context): readonly Delivery[] {
  const { recorded, acceptHint, mode } = session;
  // Another tool does not keep that a poll brought nothing.
  if (mode === "replay" && foreign) return [];
  const { deliver } = operationsOf(options.kind);
  const held = recorded.bucket(rrKind, deliver, options.endpoint)?.count ?? 0;
  throw new MsgError(
    "NO_MATCH",
    `poll of ${options.endpoint}: the program asks for more than was recorded` +
      `\n  recorded  ${held} deliveries, all replayed${recordedElsewhere(session, options)}` +
      `\n  accept    ${acceptHint}`,
  );
}

function smaller(
  session: Session,
  { entry, batchSize, maxItems }: { entry: number; batchSize: number; maxItems: number },
): MsgError {
  const message =
    "poll: the program takes fewer messages at once than the recording handed out" +
    `\n  nearest   ${placeOf(session, entry)}` +
    `\n  recorded  ${batchSize} messages in one batch\n  got       maxItems ${maxItems}` +
    `\n  accept    ${session.acceptHint}`;
  return new MsgError("REPLAY_DIFFERS", message, { entry, offset: session.recorded.offset(entry) });
}

function noSignal(session: Session, { entry }: PollEnd): MsgError {
  const message =
    "poll: the recorded one was ended by its signal, this one has none" +
    `\n  nearest   ${placeOf(session, entry)}\n  accept    ${session.acceptHint}`;
  return new MsgError("REPLAY_DIFFERS", message, { entry, offset: session.recorded.offset(entry) });
}
