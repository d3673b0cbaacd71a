/** `poll` and `settle` of every broker driver, between the link and the program. */
import type { Delivery, PollRequest, Settlement } from "../driver.js";
import { MsgError } from "../errors.js";
import type { DriverEvent, Observers } from "../observer.js";
import { inRange, waitMsMax } from "./bounds.js";
import type { BrokerLink, Incoming, LinkOptions, Unsettled } from "./broker-link.js";
import { createTellBuffer } from "./buffer-events.js";
import { createDelivering } from "./delivering.js";
import type { Health } from "./health.js";
import { createLedger, type Ledger } from "./ledger.js";
import { settleAll } from "./settling.js";
import { createStallWatch, type StallWatch } from "./stall-watch.js";
import type { Telling } from "./telling.js";
import { createWaitingPolls } from "./waiting-polls.js";

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
  /** Takes back what was handed out or fetched and is not settled. */
  unsettled(): Unsettled<Handle>;
}

export interface ConsumerOptions<Handle> {
  readonly options: LinkOptions;
  readonly link: BrokerLink<Handle>;
  readonly health: Health;
  readonly observers: Pick<Observers, "isObserved" | "notify">;
  readonly telling: Telling;
}

export function createConsumer<Handle>(parts: ConsumerOptions<Handle>): Consumer<Handle> {
  const { options, link, health, observers, telling } = parts;
  const { deadLetterSuffix, ports } = options;
  const { notify } = observers;
  const ledger = createLedger<Handle>();
  const delivering = createDelivering({ options, link, ledger });
  const waiting = createWaitingPolls(ports.timer);
  const subscribe = createSubscription(link, health);
  const watch = createWatch(parts, ledger);
  const tellBuffer = createTellBuffer("inbox", observers);
  const tellInbox = (): void => tellBuffer(delivering.waiting);
  const tellRevoked = (all: readonly Incoming<Handle>[]): void =>
    telling.revoked(all, delivering.shown);

  const handOut = (maxItems: number): readonly Delivery[] => {
    const deliveries = delivering.handOut(maxItems);
    if (deliveries.length > 0) watch.look();
    return deliveries;
  };
  /** Polls that wait are served once for all that arrives together. */
  const serve = oncePerTurn(() => {
    waiting.serve(handOut, telling.delivered);
    tellInbox();
  });

  return {
    async poll(request) {
      checkRequest(request, options);
      health.check();
      if (request.signal?.aborted === true) return [];
      subscribe();
      const deliveries = handOut(request.maxItems);
      telling.delivered(deliveries);
      tellInbox();
      return deliveries.length > 0 || request.waitMs === 0 ? deliveries : waiting.wait(request);
    },
    async settle(settlements) {
      health.check();
      try {
        await settleAll({ deadLetterSuffix, link, ledger, notify, tellRevoked }, settlements);
      } finally {
        watch.look();
      }
    },
    deliver(incoming) {
      const roomLeft = delivering.add(incoming);
      serve();
      return roomLeft;
    },
    revoke(matches) {
      const revoked = ledger.revoke(matches);
      watch.look();
      delivering.remove(matches);
      tellRevoked(revoked);
      tellInbox();
    },
    end() {
      waiting.end();
      watch.stop();
    },
    fail: waiting.fail,
    unsettled() {
      const unsettled = { handedOut: ledger.all(), fetched: delivering.takeAll() };
      tellRevoked(ledger.revoke(() => true));
      tellInbox();
      return unsettled;
    },
  };
}

/** Calls `work` once for all calls of a turn: behind the callback of a client that brings a batch. */
function oncePerTurn(work: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    Promise.resolve().then(() => {
      isDue = false;
      work();
    });
  };
}

function createWatch<Handle>(
  { options, health, observers }: ConsumerOptions<Handle>,
  { oldest }: Pick<Ledger<Handle>, "oldest">,
): StallWatch {
  const { ports, stallMs } = options;
  return createStallWatch({
    ports,
    stallMs,
    oldest,
    changed(stuck) {
      if (stuck !== undefined) observers.notify(stalledEvent(stuck, stallMs));
      health.stalled(stuck !== undefined);
    },
  });
}

/** Begins to consume when first called. What that fails with ends the driver. */
function createSubscription(
  link: Pick<BrokerLink<unknown>, "subscribe">,
  health: Health,
): () => void {
  let subscribed = false;
  return () => {
    if (subscribed) return;
    subscribed = true;
    link.subscribe().catch((error: unknown) => health.failed(asMsgError(error)));
  };
}

/** Throws LIMIT_EXCEEDED, TOPIC_UNKNOWN. */
function checkRequest({ maxItems, waitMs }: PollRequest, { limits, topics }: LinkOptions): void {
  inRange("maxItems", maxItems, { max: limits.pollItemsMax });
  if (waitMs !== undefined) inRange("waitMs", waitMs, { min: 0, max: waitMsMax });
  if (topics.length > 0) return;
  throw new MsgError("TOPIC_UNKNOWN", "poll: the driver was opened with no topics to read");
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
