/**
 * `poll` and `settle` of every broker driver, between the link and the program.
 *
 * A delivery's bytes are copies: what a handler does to them must not reach its dead letter.
 */
import type { Delivery, PollRequest, Settlement } from "../driver.js";
import { MsgError } from "../errors.js";
import type { DriverEvent } from "../observer.js";
import { inRange, waitMsMax } from "./bounds.js";
import type { BrokerLink, Incoming, LinkOptions, SettleStep, Unsettled } from "./broker-link.js";
import { createCopies } from "./copies.js";
import { deadLetterOf } from "./dead-letter.js";
import type { Health } from "./health.js";
import { createInbox } from "./inbox.js";
import { createLedger } from "./ledger.js";
import { createRecentNames } from "./recent-names.js";
import { createStallWatch } from "./stall-watch.js";
import { createWaitingPolls } from "./waiting-polls.js";

/** Message ids that one driver remembers, to know a message that was stored twice. */
const recentIdsMax = 100_000;

export interface Consumer<Handle> {
  poll(request: PollRequest): Promise<readonly Delivery[]>;
  settle(settlements: readonly Settlement[]): Promise<void>;
  /** For the link: `LinkContext`. */
  deliver(incoming: Incoming<Handle>): boolean;
  revoke(matches: (incoming: Incoming<Handle>) => boolean): void;
  /** Ends polls that wait, with none. */
  end(): void;
  /** Ends polls that wait, with the error. */
  fail(error: MsgError): void;
  /** What was handed out or fetched and is not settled. */
  unsettled(): Unsettled<Handle>;
}

export interface ConsumerOptions<Handle> {
  readonly options: LinkOptions;
  readonly link: BrokerLink<Handle>;
  readonly health: Health;
  readonly notify: (event: DriverEvent) => void;
}

/** A settlement and what it is about; undefined where the delivery was taken back. */
interface Claim<Handle> {
  readonly settlement: Settlement;
  readonly incoming: Incoming<Handle> | undefined;
}

export function createConsumer<Handle>(parts: ConsumerOptions<Handle>): Consumer<Handle> {
  const { options, link, health, notify } = parts;
  const { limits, ports, stallMs } = options;
  const inbox = createInbox<Incoming<Handle>>();
  const ledger = createLedger<Handle>();
  const waiting = createWaitingPolls(ports.timer);
  const recentIds = createRecentNames(recentIdsMax);
  const copy = createCopies();
  const watch = createStallWatch({
    ports,
    stallMs,
    oldest: ledger.oldest,
    changed(stuck) {
      if (stuck !== undefined) notify(stalledEvent(stuck, stallMs));
      health.stalled(stuck !== undefined);
    },
  });
  let subscribed = false;
  let full = false;
  /** Polls that wait are served once for all that arrives together. */
  let serving = false;

  const handOut = (maxItems: number): readonly Delivery[] => {
    const taken = inbox.take(maxItems);
    if (taken.length === 0) return [];
    const since = ports.now();
    const deliveries = taken.map((incoming) => {
      const again = incoming.messageId !== undefined && recentIds.add(incoming.messageId);
      return deliveryOf(ledger.add(again ? asAgain(incoming) : incoming, since), copy);
    });
    watch.look();
    if (full && inbox.size <= limits.inboxMax / 2) {
      full = false;
      link.resume();
    }
    return deliveries;
  };
  const tell = (deliveries: readonly Delivery[]): void => {
    for (const delivery of deliveries) notify({ type: "delivered", delivery });
  };
  const serve = (): void => {
    serving = false;
    waiting.serve(handOut, tell);
  };

  return {
    async poll(request) {
      const { maxItems, waitMs, signal } = request;
      inRange("maxItems", maxItems, { max: limits.pollItemsMax });
      if (waitMs !== undefined) inRange("waitMs", waitMs, { min: 0, max: waitMsMax });
      if (options.topics.length === 0) {
        throw new MsgError("TOPIC_UNKNOWN", "poll: the driver was opened with no topics to read");
      }
      health.check();
      if (signal?.aborted === true) return [];
      if (!subscribed) {
        subscribed = true;
        link.subscribe().catch((error: unknown) => health.failed(asMsgError(error)));
      }
      const deliveries = handOut(maxItems);
      tell(deliveries);
      return deliveries.length > 0 || waitMs === 0 ? deliveries : waiting.wait(request);
    },
    async settle(settlements) {
      health.check();
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
        watch.look();
        throw error;
      }
      const late = new Set(passedOver);
      ledger.forfeit(passedOver);
      ledger.finish(late.size === 0 ? live : live.filter((incoming) => !late.has(incoming)));
      watch.look();
      tellSettled(claims, late, notify);
    },
    deliver(incoming) {
      inbox.add(incoming);
      full = inbox.size >= limits.inboxMax;
      if (!serving) {
        serving = true;
        // After the callback of the client that brings a whole batch.
        Promise.resolve().then(serve);
      }
      return !full;
    },
    revoke(matches) {
      inbox.remove(matches);
      ledger.revoke(matches);
      watch.look();
      if (!full || inbox.size > limits.inboxMax / 2) return;
      full = false;
      link.resume();
    },
    end() {
      waiting.end();
      watch.stop();
    },
    fail: waiting.fail,
    unsettled: () => ({ handedOut: ledger.all(), fetched: inbox.take(inbox.size) }),
  };
}

/** It was seen lately, under the same id or another place. */
function asAgain<Handle>(incoming: Incoming<Handle>): Incoming<Handle> {
  return { ...incoming, attempt: Math.max(2, incoming.attempt), redelivered: true };
}

function deliveryOf(
  { envelope, partition, position, attempt, redelivered }: Incoming<unknown>,
  copy: (bytes: Uint8Array) => Uint8Array,
): Delivery {
  const { topic, key, value, headers } = envelope;
  return {
    envelope: { topic, key: copy(key), value: copy(value), headers },
    partition,
    position,
    attempt,
    redelivered,
  };
}

/** Before anything is settled: a dead letter that cannot be written leaves its message unsettled. */
async function sendDeadLetters<Handle>(
  claims: readonly Claim<Handle>[],
  { options, link }: ConsumerOptions<Handle>,
): Promise<void> {
  const letters = [];
  for (const { settlement, incoming } of claims) {
    if (incoming === undefined || settlement.outcome !== "reject") continue;
    const topic = incoming.envelope.topic + options.deadLetterSuffix;
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
    const { delivery, outcome, reason, latencyTicks } = settlement;
    if (incoming === undefined || passedOver.has(incoming)) notify({ type: "stale", delivery });
    else notify({ type: "settled", delivery, outcome, reason, latencyTicks });
  }
}

function stalledEvent({ envelope, partition, position }: Delivery, stallMs: number): DriverEvent {
  const where = `${envelope.topic} partition ${partition} position ${position}`;
  const detail = `${where} has not been settled for ${stallMs} ms`;
  return { type: "broker", name: "handler.stalled", detail };
}

function asMsgError(error: unknown): MsgError {
  if (MsgError.is(error)) return error;
  return new MsgError("BROKER_REFUSED", `consuming failed: ${String(error)}`, { cause: error });
}
