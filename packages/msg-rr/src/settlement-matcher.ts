/** Which recorded settlement a settlement is: the one of its delivery, with the same outcome and reason. */
import { type Delivery, MsgError, type Settlement } from "@reprise/msg-core";
import type { Bucket } from "./buckets.js";
import { byteText } from "./byte-text.js";
import {
  decodeSettlement,
  deliveryName,
  encodeSettlement,
  type SettlementRecord,
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
  const entries = new Map<string, number[]>();
  for (let entry = bucket?.first ?? -1; entry >= 0; entry = recorded.nextInBucket(entry)) {
    const name = byteText(deliveryName(decodeSettlement(recorded.req(entry))));
    const same = entries.get(name);
    if (same === undefined) entries.set(name, [entry]);
    else same.push(entry);
  }
  return {
    match({ delivery, outcome, reason = "" }) {
      const got = { ...delivery, topic: delivery.envelope.topic, outcome, reason };
      const name = byteText(deliveryName(got));
      const entry = entries.get(name)?.find((one) => !session.isUsed(one));
      const shown = `settlement of ${describe(delivery)}`;
      if (entry === undefined) {
        const message = `${shown} as ${outcome}: the recording has none of this delivery left`;
        throw new MsgError("NO_MATCH", `${message}\n  accept    ${session.acceptHint}`);
      }
      const inTurn = session.policy.matchMode === "lookup" || session.cursor() === entry;
      if (inTurn && byteText(recorded.req(entry)) === byteText(encodeSettlement(got))) return entry;
      throw differs(session, { shown, entry, got, inTurn });
    },
  };
}

function differs(
  session: Session,
  {
    shown,
    entry,
    got,
    inTurn,
  }: {
    shown: string;
    entry: number;
    got: SettlementRecord;
    inTurn: boolean;
  },
): MsgError {
  const offset = session.recorded.offset(entry);
  const then = decodeSettlement(session.recorded.req(entry));
  const show = ({ outcome, reason }: SettlementRecord): string =>
    reason === "" ? outcome : `${outcome}, reason ${JSON.stringify(reason)}`;
  const message = [
    `${shown} ${inTurn ? "differs from the recording" : "is out of the recorded order"}`,
    `  nearest   entry ${entry}, at byte ${offset}`,
    `  recorded  ${show(then)}`,
    `  got       ${show(got)}`,
    `  accept    ${session.acceptHint}`,
  ];
  return new MsgError("REPLAY_DIFFERS", message.join("\n"), { entry, offset });
}

function describe({ envelope, partition, position, attempt }: Delivery): string {
  return `${envelope.topic}/${partition} position ${position}, attempt ${attempt}`;
}
