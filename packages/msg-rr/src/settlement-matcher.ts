/** Which recorded settlement a settlement is: the one of its delivery, with the same outcome and reason. */
import { MsgError, type Settlement } from "@reprise/msg-core";
import type { Bucket } from "./buckets.js";
import { describeOutcome, describeSettlement, placeOf, positionOf } from "./entry-description.js";
import {
  decodeSettlement,
  deliveryKey,
  type SettlementRecord,
  settlementRecordOf,
} from "./records.js";
import type { Session } from "./session.js";

export interface SettlementMatcher {
  /** The entry of the settlement. Throws REPLAY_DIFFERS, NO_MATCH. */
  match(settlement: Settlement): number;
}

export function createSettlementMatcher(
  session: Session,
  bucket: Bucket | undefined,
): SettlementMatcher {
  const { recorded } = session;
  /** By the delivery's name: a delivery is settled once, or tried to be a few times. */
  const entries = new Map<string, number[]>();
  for (let entry = bucket?.first ?? -1; entry >= 0; entry = recorded.nextInBucket(entry)) {
    const name = deliveryKey(decodeSettlement(recorded.req(entry)));
    const same = entries.get(name);
    if (same === undefined) entries.set(name, [entry]);
    else same.push(entry);
  }
  return {
    match(settlement) {
      const got = settlementRecordOf(settlement);
      const entry = entries.get(deliveryKey(got))?.find((one) => !session.isUsed(one));
      if (session.policy.matchMode === "transcript" && session.cursor() !== entry) {
        throw outOfTurn(session, got);
      }
      if (entry === undefined) throw noneLeft(session, got);
      const { outcome, reason } = decodeSettlement(recorded.req(entry));
      if (outcome === got.outcome && reason === got.reason) return entry;
      throw differs(session, got, entry);
    },
  };
}

function noneLeft(session: Session, got: SettlementRecord): MsgError {
  const message =
    `${describeSettlement(got)}: the recording has none of this delivery left` +
    `\n  got       ${describeOutcome(got)}\n  accept    ${session.acceptHint}`;
  return new MsgError("NO_MATCH", message);
}

function outOfTurn(session: Session, got: SettlementRecord): MsgError {
  const next = session.cursor();
  const due = next < 0 ? "nothing: it is at its end" : placeOf(session, next);
  const message =
    `${describeSettlement(got)}: something else comes first in the recording` +
    `\n  due       ${due}\n  order     transcript\n  got       ${describeOutcome(got)}` +
    `\n  accept    ${session.acceptHint}`;
  return new MsgError("REPLAY_DIFFERS", message, next < 0 ? {} : { entry: next });
}

function differs(session: Session, got: SettlementRecord, entry: number): MsgError {
  const message =
    `${describeSettlement(got)}: the outcome differs from the recording` +
    `\n  nearest   ${positionOf(session, entry)}` +
    `\n  recorded  ${describeOutcome(decodeSettlement(session.recorded.req(entry)))}` +
    `\n  got       ${describeOutcome(got)}\n  accept    ${session.acceptHint}`;
  return new MsgError("REPLAY_DIFFERS", message, { entry, offset: session.recorded.offset(entry) });
}
