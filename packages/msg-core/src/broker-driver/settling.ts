/** From the program to the link: dead letters first, then acks and retries, then who is told what. */
import type { Settlement } from "../driver.js";
import { MsgError } from "../errors.js";
import { type DriverEvent, settledEvent } from "../observer.js";
import type { BrokerLink, Incoming, SettleStep } from "./broker-link.js";
import { deadLetterOf } from "./dead-letter.js";
import type { Ledger } from "./ledger.js";

export interface SettlingOptions<Handle> {
  readonly deadLetterSuffix: string;
  readonly link: Pick<BrokerLink<Handle>, "check" | "learn" | "send" | "settle">;
  readonly ledger: Ledger<Handle>;
  readonly notify: (event: DriverEvent) => void;
  /** They are the broker's again. */
  readonly tellRevoked: (incomings: readonly Incoming<Handle>[]) => void;
}

/** A settlement and what it is about; undefined where the delivery was taken back. */
interface Claim<Handle> {
  readonly settlement: Settlement;
  readonly incoming: Incoming<Handle> | undefined;
}

/** Rejects with DELIVERY_UNKNOWN, and with what the link rejects with. */
export async function settleAll<Handle>(
  parts: SettlingOptions<Handle>,
  settlements: readonly Settlement[],
): Promise<void> {
  const { link, ledger, notify, tellRevoked } = parts;
  const incomings = ledger.claim(settlements.map(({ delivery }) => delivery));
  const claims = settlements.map((settlement, index) => ({
    settlement,
    incoming: incomings[index],
  }));
  const live = incomings.filter((incoming) => incoming !== undefined);
  try {
    await sendDeadLetters(claims, parts);
  } catch (error) {
    ledger.unclaim(live);
    throw error;
  }
  let passedOver: readonly Incoming<Handle>[] = [];
  try {
    if (live.length > 0) passedOver = await link.settle(stepsOf(claims));
  } catch (error) {
    ledger.forfeit(live);
    tellRevoked(live);
    throw error;
  }
  const late = new Set(passedOver);
  ledger.forfeit(passedOver);
  ledger.finish(late.size === 0 ? live : live.filter((incoming) => !late.has(incoming)));
  tellRevoked(passedOver);
  tellSettled(claims, late, notify);
}

/** Before anything is settled: a dead letter that cannot be written leaves its message unsettled. */
async function sendDeadLetters<Handle>(
  claims: readonly Claim<Handle>[],
  { deadLetterSuffix, link }: SettlingOptions<Handle>,
): Promise<void> {
  const letters = [];
  for (const { settlement, incoming } of claims) {
    if (incoming === undefined || settlement.outcome !== "reject") continue;
    const topic = incoming.envelope.topic + deadLetterSuffix;
    letters.push(deadLetterOf({ delivery: incoming, reason: settlement.reason, topic }));
  }
  if (letters.length === 0) return;
  await link.learn?.(letters);
  for (const letter of letters) link.check(letter);
  const outcomes = await link.send(letters);
  const failure = outcomes.find(MsgError.is);
  if (failure !== undefined) throw failure;
}

function stepsOf<Handle>(claims: readonly Claim<Handle>[]): readonly SettleStep<Handle>[] {
  const steps: SettleStep<Handle>[] = [];
  for (const { settlement, incoming } of claims) {
    if (incoming === undefined) continue;
    steps.push({ incoming, outcome: settlement.outcome === "retry" ? "retry" : "ack" });
  }
  return steps;
}

function tellSettled<Handle>(
  claims: readonly Claim<Handle>[],
  passedOver: ReadonlySet<Incoming<Handle>>,
  notify: (event: DriverEvent) => void,
): void {
  for (const { settlement, incoming } of claims) {
    const { delivery } = settlement;
    if (incoming === undefined || passedOver.has(incoming)) notify({ type: "stale", delivery });
    else notify(settledEvent(settlement, settlement.latencyTicks));
  }
}
