/** Settlements of a strict replay: each must be the recorded one of its delivery. */
import {
  MsgError,
  type Observers,
  type RecordedEvent,
  type Settlement,
  settledEvent,
} from "@reprise/msg-core";
import type { ReplayOptions } from "./driver-options.js";
import { operationsOf, rrKind } from "./operations.js";
import { callCountsOf } from "./pending-calls.js";
import { isForeign } from "./recorded-entries.js";
import { decodeFailure } from "./records.js";
import { replayBoardOf } from "./replay-board.js";
import type { Session } from "./session.js";
import { createSettlementMatcher, type SettlementMatcher } from "./settlement-matcher.js";

export interface ReplaySettlements {
  /** Throws REPLAY_DIFFERS, NO_MATCH, or the error that was recorded. */
  settle(settlements: readonly Settlement[]): void;
}

export function createReplaySettlements(
  session: Session,
  options: ReplayOptions,
  {
    observers,
    passEvents,
  }: { observers: Observers<RecordedEvent>; passEvents: (entry: number) => void },
): ReplaySettlements {
  const { recorded } = session;
  const board = replayBoardOf(session);
  const counts = callCountsOf(session);
  const { settle } = operationsOf(options.kind);
  const foreign = isForeign(session, options);
  let matcher: SettlementMatcher | undefined;

  const replayed = (settlement: Settlement, entry: number): RecordedEvent => {
    if (recorded.err(entry) !== 0) {
      const { code, message } = decodeFailure(recorded.resp(entry));
      throw new MsgError(code, message);
    }
    // `resp` holds nothing, or the mark of a settlement that came too late.
    if (recorded.resp(entry).length > 0) {
      return { type: "stale", delivery: settlement.delivery };
    }
    return settledEvent(settlement, recorded.latencyTicks(entry));
  };

  return {
    settle(settlements) {
      if (foreign) {
        for (const settlement of settlements)
          observers.notify(settledEvent(settlement, settlement.latencyTicks));
        return;
      }
      matcher ??= createSettlementMatcher(
        session,
        recorded.bucket(rrKind, settle, options.endpoint),
      );
      const matched: number[] = [];
      for (const settlement of settlements) {
        board.passAtCursor();
        const entry = matcher.match(settlement);
        passEvents(entry);
        session.use(entry);
        matched.push(entry);
      }
      counts.settled += settlements.length;
      board.replayed();
      // An entry for each settlement: the cast holds.
      const events = settlements.map((one, index) => replayed(one, matched[index] as number));
      for (const event of events) observers.notify(event);
    },
  };
}
