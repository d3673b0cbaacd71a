/**
 * Strict replay: the program gets what it got when it was recorded, and must do what it did then.
 *
 * - A publish must be a recorded one, in the policy's order; its receipt, or its error, is returned.
 * - A poll gives the recorded batch, or ends as the recorded one ended: see `replay-polls.ts`.
 * - A settlement must be the recorded one of its delivery.
 *
 * Broker events are observed where they happened, between the same calls.
 */
import {
  createObservers,
  type Driver,
  type Envelope,
  encodeEnvelope,
  MsgError,
  type Receipt,
} from "@reprise/msg-core";
import { staleMark } from "./entry-writer.js";
import { operationsOf, rrKind } from "./operations.js";
import { createPublishMatcher, type PublishMatcher } from "./publish-matcher.js";
import { publishOutcomeOf, recordedCapabilities } from "./recorded-entries.js";
import type { ReplayOptions } from "./replay-driver.js";
import { createReplayPolls } from "./replay-polls.js";
import type { Session } from "./session.js";
import { createSettlementMatcher, type SettlementMatcher } from "./settlement-matcher.js";

export function strictReplayDriver(session: Session, options: ReplayOptions): Driver {
  const { kind, endpoint } = options;
  const { recorded } = session;
  const operations = operationsOf(kind);
  const observers = createObservers();
  const polls = createReplayPolls(session, options, observers);
  /** Built when first asked for: one pass over the entries. */
  let publishes: PublishMatcher | undefined;
  let settlements: SettlementMatcher | undefined;
  let closed = false;
  const checkOpen = (): void => {
    if (closed) throw new MsgError("CLOSED", `driver ${endpoint} is closed`);
  };

  const publishOne = (envelope: Envelope): ReturnType<typeof publishOutcomeOf> => {
    publishes ??= createPublishMatcher(
      session,
      recorded.bucket(rrKind, operations.publish, endpoint),
    );
    const safe = session.sanitizer?.apply(envelope) ?? envelope;
    const entry = publishes.match(encodeEnvelope(safe), safe);
    session.use(entry);
    const outcome = publishOutcomeOf(
      { resp: recorded.resp(entry), err: recorded.err(entry) },
      options,
    );
    if ("error" in outcome) {
      observers.notify({ type: "refused", envelope, error: outcome.error });
    } else {
      observers.notify({ type: "published", envelope, receipt: outcome.receipt });
    }
    return outcome;
  };

  return {
    kind,
    endpoint,
    capabilities: recordedCapabilities(session, options),
    observe: observers.observe,
    async publish(batch) {
      checkOpen();
      polls.passEvents();
      return receiptsOf(batch.map(publishOne));
    },
    async poll(request) {
      checkOpen();
      return polls.poll(request);
    },
    async settle(batch) {
      checkOpen();
      polls.passEvents();
      settlements ??= createSettlementMatcher(
        session,
        recorded.bucket(rrKind, operations.settle, endpoint),
      );
      for (const settlement of batch) {
        const entry = settlements.match(settlement);
        session.use(entry);
        const { delivery, outcome, reason } = settlement;
        if (recorded.resp(entry).length === staleMark.length) {
          observers.notify({ type: "stale", delivery });
        } else {
          const latencyTicks = recorded.latencyTicks(entry);
          observers.notify({ type: "settled", delivery, outcome, reason, latencyTicks });
        }
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      polls.close();
      observers.check();
    },
  };
}

/** What `publish` gives for these outcomes: see the driver contract. */
function receiptsOf(outcomes: readonly ReturnType<typeof publishOutcomeOf>[]): readonly Receipt[] {
  const receipts: Receipt[] = [];
  let refused: MsgError | undefined;
  for (const outcome of outcomes) {
    if ("receipt" in outcome) receipts.push(outcome.receipt);
    else if (outcome.scope === "batch") throw outcome.error;
    else refused ??= outcome.error;
  }
  if (refused === undefined) return receipts;
  throw new MsgError("PUBLISH_INCOMPLETE", `not every envelope was accepted: ${refused.message}`, {
    cause: refused,
    outcomes: outcomes.map((outcome) => ("receipt" in outcome ? outcome.receipt : outcome.error)),
  });
}
