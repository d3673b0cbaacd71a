/**
 * Strict replay: the program gets what it got when it was recorded, and must do what it did then. Once
 * it has not, every later call gives the same error: what follows a difference says nothing.
 *
 * Broker events are observed where they happened, between the same calls; those behind the last one
 * when the driver is closed.
 */
import { createObservers, type Driver, type RecordedEvent } from "@reprise/msg-core";
import type { ReplayOptions } from "./driver-options.js";
import { type Operations, operationsOf, rrKind } from "./operations.js";
import { isForeign, recordedCapabilities } from "./recorded-entries.js";
import { replayBoardOf } from "./replay-board.js";
import { createClosing, endError } from "./replay-closing.js";
import { createReplayPolls } from "./replay-polls.js";
import { createReplayPublishes } from "./replay-publishes.js";
import { createReplaySettlements } from "./replay-settlements.js";
import type { Session } from "./session.js";
import { checkAllowed } from "./session-writing.js";

export function strictReplayDriver(session: Session, options: ReplayOptions): Driver {
  const { kind, endpoint } = options;
  const operations = operationsOf(kind);
  const board = replayBoardOf(session);
  const observers = createObservers<RecordedEvent>();
  const closing = createClosing(session);
  const polls = createReplayPolls(session, options, { closing, observers });
  const context = { closing, observers, passEvents: polls.passEvents };
  const publishes = createReplayPublishes(session, options, context);
  const settlements = createReplaySettlements(session, options, context);

  // Another tool's recording has no settlements that a policy could allow.
  const settling = isForeign(session, options) ? "deliver" : "settle";
  const check = (operation: keyof Operations): void => {
    if (closing.isClosed()) throw endError("closed", endpoint);
    session.checkOpen();
    board.check();
    checkAllowed(session.policy, rrKind, operations[operation]);
  };

  /** Those behind the driver's last call. */
  const passLastEvents = (): void => {
    try {
      session.checkOpen();
      board.check();
    } catch {
      // Behind the scope's end, or a difference, nothing that was recorded is observed.
      return;
    }
    board.passAtCursor();
    // A transcript's come in their turn, or not at all.
    if (session.policy.matchMode === "lookup") polls.passEvents(Number.POSITIVE_INFINITY);
  };

  return {
    kind,
    endpoint,
    capabilities: recordedCapabilities(session, options),
    observe: observers.observe,
    async publish(batch, publishOptions) {
      check("publish");
      try {
        return await publishes.publish(batch, publishOptions);
      } catch (error) {
        throw board.told(error);
      }
    },
    async poll(request) {
      check("deliver");
      return await polls.poll(request);
    },
    async settle(batch) {
      check(settling);
      try {
        settlements.settle(batch);
      } catch (error) {
        throw board.told(error);
      }
    },
    async close() {
      if (closing.isClosed()) return;
      closing.close();
      passLastEvents();
      observers.check();
    },
  };
}
