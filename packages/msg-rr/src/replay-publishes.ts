/**
 * Publishes of a strict replay: each must be a recorded one, in the policy's order; its receipt, or
 * its error, is returned.
 *
 * One that waited when it was recorded waits again: for what happened meanwhile, for the signal that
 * aborted it, for the close that ended it.
 */
import {
  type Envelope,
  encodeEnvelope,
  MsgError,
  type MsgErrorCode,
  type Observers,
  type PublishOptions,
  type Receipt,
  type RecordedEvent,
} from "@reprise/msg-core";
import type { ReplayOptions } from "./driver-options.js";
import { callCountsOf, countSince } from "./pending-calls.js";
import { eventBucket, waitedBefore } from "./publish-calls.js";
import { createPublishMatcher, type PublishMatcher } from "./publish-matcher.js";
import { isForeign, type PublishOutcome, publishOutcomeOf } from "./recorded-entries.js";
import { replayBoardOf } from "./replay-board.js";
import { type Closing, waitFor, whenAborted } from "./replay-closing.js";
import type { Session } from "./session.js";

export interface ReplayPublishes {
  publish(batch: readonly Envelope[], options?: PublishOptions): Promise<readonly Receipt[]>;
}

interface Context {
  readonly closing: Closing;
  readonly observers: Observers<RecordedEvent>;
  /** Observes the broker events recorded before an entry. */
  passEvents(entry: number): void;
}

export function createReplayPublishes(
  session: Session,
  options: ReplayOptions,
  context: Context,
): ReplayPublishes {
  const { recorded } = session;
  const board = replayBoardOf(session);
  const counts = callCountsOf(session);
  const foreign = isForeign(session, options);
  const matchAll = createMatching(session, options, context);
  const waits = createWaits(session, options, context);

  return {
    async publish(batch, publishOptions) {
      const matched = matchAll(batch);
      counts.published += batch.length;
      const outcomes = matched.map((entry) => {
        const found = { resp: recorded.resp(entry), err: recorded.err(entry) };
        return publishOutcomeOf(found, options, foreign);
      });
      board.replayed();
      const [first] = matched;
      const turn = first === undefined ? undefined : waits.forTurn(first);
      if (turn !== undefined) await turn;
      const refused = outcomes.find(isRefusedWhole);
      const end = refused && waits.forEnd(refused.error.code, publishOptions?.signal);
      if (end !== undefined) await end;
      for (const [index, outcome] of outcomes.entries()) {
        // An outcome for each envelope of the batch: the cast holds.
        context.observers.notify(eventOf(batch[index] as Envelope, outcome));
      }
      if (refused !== undefined) throw refused.error;
      return receiptsOf(outcomes);
    },
  };
}

/** Gives the entries of a batch, each marked used, with the broker events before it told. */
function createMatching(
  session: Session,
  options: ReplayOptions,
  { observers, passEvents }: Context,
): (batch: readonly Envelope[]) => readonly number[] {
  const board = replayBoardOf(session);
  /** Built when first asked for: one pass over the entries. */
  let matcher: PublishMatcher | undefined;
  const encodeAll = (batch: readonly Envelope[]) => {
    try {
      return batch.map((envelope) => {
        const safe = session.sanitizer?.apply(envelope) ?? envelope;
        return { safe, bytes: encodeEnvelope(safe) };
      });
    } catch (error) {
      // As the recording refused it: before anything was sent.
      if (MsgError.is(error)) {
        for (const envelope of batch) observers.notify({ type: "refused", envelope, error });
      }
      throw error;
    }
  };
  return (batch) => {
    const encoded = encodeAll(batch);
    matcher ??= createPublishMatcher(session, options);
    const matched: number[] = [];
    for (const { safe, bytes } of encoded) {
      board.passAtCursor();
      const entry = matcher.match(bytes, safe);
      passEvents(entry);
      session.use(entry);
      matched.push(entry);
    }
    return matched;
  };
}

/** What a publish that waited when it was recorded waits for; undefined where it did not. */
interface Waits {
  /** Until as much has been asked for as meanwhile. */
  forTurn(entry: number): Promise<void> | undefined;
  /** Until what ended the recorded call from outside happens again. */
  forEnd(code: MsgErrorCode, signal: AbortSignal | undefined): Promise<void> | undefined;
}

function createWaits(session: Session, options: ReplayOptions, { closing }: Context): Waits {
  const { endpoint } = options;
  const board = replayBoardOf(session);
  const events = eventBucket(session, options);
  return {
    forTurn(entry) {
      const waited = waitedBefore(session, entry, events);
      const during = countSince(session);
      if (waited === undefined || waited.during === 0) return undefined;
      return waitFor({ closing, endpoint }, (done) =>
        board.whenReplayed(entry, () => {
          if (during() < waited.during) return false;
          done();
          return true;
        }),
      );
    },
    forEnd(code, signal) {
      if (code === "CLOSED") {
        return waitFor({ closing, endpoint, closed: "resolves" }, () => () => undefined);
      }
      if (code !== "ABORTED" || signal === undefined || signal.aborted) return undefined;
      return waitFor({ closing, endpoint }, (done) => whenAborted(signal, done));
    },
  };
}

type Refusal = Extract<PublishOutcome, { error: MsgError }>;

function isRefusedWhole(outcome: PublishOutcome): outcome is Refusal {
  return "error" in outcome && outcome.scope === "batch";
}

function eventOf(envelope: Envelope, outcome: PublishOutcome): RecordedEvent {
  if ("error" in outcome) return { type: "refused", envelope, error: outcome.error };
  return { type: "published", envelope, receipt: outcome.receipt };
}

/** What `publish` gives for these outcomes: see the driver contract. */
function receiptsOf(outcomes: readonly PublishOutcome[]): readonly Receipt[] {
  const receipts: Receipt[] = [];
  let refused: MsgError | undefined;
  for (const outcome of outcomes) {
    if ("receipt" in outcome) receipts.push(outcome.receipt);
    else refused ??= outcome.error;
  }
  if (refused === undefined) return receipts;
  throw new MsgError("PUBLISH_INCOMPLETE", `not every envelope was accepted: ${refused.message}`, {
    cause: refused,
    outcomes: outcomes.map((outcome) => ("receipt" in outcome ? outcome.receipt : outcome.error)),
  });
}
