/** `poll` and `settle` of every broker driver, between the link and the program. */
import type { Delivery, PollRequest, Settlement } from "../driver.js";
import { MsgError } from "../errors.js";
import type { DriverEvent } from "../observer.js";
import { inRange, waitMsMax } from "./bounds.js";
import type { BrokerLink, Incoming, LinkOptions, Unsettled } from "./broker-link.js";
import { createDelivering } from "./delivering.js";
import type { Health } from "./health.js";
import { createLedger } from "./ledger.js";
import { settleAll } from "./settling.js";
import { createStallWatch } from "./stall-watch.js";
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
  /** What was handed out or fetched and is not settled. */
  unsettled(): Unsettled<Handle>;
}

export interface ConsumerOptions<Handle> {
  readonly options: LinkOptions;
  readonly link: BrokerLink<Handle>;
  readonly health: Health;
  readonly notify: (event: DriverEvent) => void;
}

export function createConsumer<Handle>(parts: ConsumerOptions<Handle>): Consumer<Handle> {
  const { options, link, health, notify } = parts;
  const { deadLetterSuffix, ports } = options;
  const ledger = createLedger<Handle>();
  const delivering = createDelivering({ options, link, ledger });
  const waiting = createWaitingPolls(ports.timer);
  const subscribe = createSubscription(link, health);
  const watch = createStallWatch({
    ports,
    stallMs: options.stallMs,
    oldest: ledger.oldest,
    changed(stuck) {
      if (stuck !== undefined) notify(stalledEvent(stuck, options.stallMs));
      health.stalled(stuck !== undefined);
    },
  });
  /** Polls that wait are served once for all that arrives together. */
  let serving = false;

  const handOut = (maxItems: number): readonly Delivery[] => {
    const deliveries = delivering.handOut(maxItems);
    if (deliveries.length > 0) watch.look();
    return deliveries;
  };
  const tell = (all: readonly Delivery[]): void =>
    all.forEach((delivery) => void notify({ type: "delivered", delivery }));

  return {
    async poll(request) {
      checkRequest(request, options);
      health.check();
      if (request.signal?.aborted === true) return [];
      subscribe();
      const deliveries = handOut(request.maxItems);
      tell(deliveries);
      return deliveries.length > 0 || request.waitMs === 0 ? deliveries : waiting.wait(request);
    },
    async settle(settlements) {
      health.check();
      try {
        await settleAll({ deadLetterSuffix, link, ledger, notify }, settlements);
      } finally {
        watch.look();
      }
    },
    deliver(incoming) {
      const roomLeft = delivering.add(incoming);
      if (!serving) {
        serving = true;
        // After the callback of the client that brings a whole batch.
        Promise.resolve().then(() => {
          serving = false;
          waiting.serve(handOut, tell);
        });
      }
      return roomLeft;
    },
    revoke(matches) {
      ledger.revoke(matches);
      watch.look();
      delivering.remove(matches);
    },
    end() {
      waiting.end();
      watch.stop();
    },
    fail: waiting.fail,
    unsettled: () => ({ handedOut: ledger.all(), fetched: delivering.takeAll() }),
  };
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
