/**
 * A driver for a real broker: everything that such drivers have in common, around a link. See
 * `broker-link.ts` for the picture.
 *
 * Closing, within its deadline: waiting polls and publishes end at once; what is in flight may still
 * be confirmed, for half of the time at most; then the link gives back what is unsettled. What is not
 * done when the time is up is left to itself, and told as the event `close.late`.
 */
import type { Driver } from "../driver.js";
import { MsgError } from "../errors.js";
import { createObservers } from "../observer.js";
import { checkName, endpointLengthMax, inRange, waitMsMax } from "./bounds.js";
import type { BrokerLink, DriverPorts, LinkContext, LinkOptions } from "./broker-link.js";
import { type Consumer, createConsumer } from "./consumer.js";
import { createHealth, type HealthReport } from "./health.js";
import { createOperations, timed } from "./operations.js";
import { createPublisher, type Publisher } from "./publisher.js";
import { createTelling } from "./telling.js";
import { withDeadline } from "./timer.js";

/** A driver that has a connection, and says how it is. */
export interface BrokerDriver extends Driver {
  health(): HealthReport;
}

export type CreateLink<Handle> = (context: LinkContext<Handle>) => BrokerLink<Handle>;

const closeMsDefault = 5000;

/**
 * Resolves when the link is open. Rejects with what its `open` rejects with, and with LIMIT_EXCEEDED
 * for a name or a number out of range; then nothing is left open.
 */
export async function openBrokerDriver<Handle>(
  options: LinkOptions,
  createLink: CreateLink<Handle>,
): Promise<BrokerDriver> {
  const { kind, endpoint, capabilities, limits, ports } = options;
  checkOptions(options);
  const observers = createObservers();
  const operations = createOperations(observers, ports.now);
  const telling = createTelling(observers);
  const { tell, lag } = telling;
  const closed = (): MsgError => new MsgError("CLOSED", `driver ${endpoint} is closed`);
  let closing: Promise<void> | undefined;

  const health = createHealth(tell, (cause) => {
    publisher.refuseAll(cause);
    publisher.abandon(cause);
    consumer.fail(cause);
  });
  const context: LinkContext<Handle> = {
    deliver: (incoming) => consumer.deliver(incoming),
    revoke: (matches) => consumer.revoke(matches),
    tell,
    lag,
    health,
    options,
  };
  const link = createLink(context);
  const publisher: Publisher = createPublisher({ limits, link, health, observers, operations });
  const consumer = createConsumer({ options, link, health, observers, telling });
  const calls = timed(consumer, operations);

  const close = (deadlineMs: number): Promise<void> =>
    closeInTime({ ports, tell, link, publisher, consumer, closed }, deadlineMs).then(health.closed);
  const checkOpen = (): void => {
    if (closing !== undefined) throw closed();
  };

  await link.open().catch(async (error: unknown) => {
    await close(closeMsDefault);
    throw error;
  });
  health.ready();

  return {
    kind,
    endpoint,
    capabilities,
    async publish(batch, publishOptions) {
      checkOpen();
      return publisher.publish(batch, publishOptions?.signal);
    },
    async poll(request) {
      checkOpen();
      return calls.poll(request);
    },
    async settle(settlements) {
      checkOpen();
      return calls.settle(settlements);
    },
    async close(closeOptions) {
      const { deadlineMs = closeMsDefault } = closeOptions ?? {};
      closing ??= close(inRange("deadlineMs", deadlineMs, { max: waitMsMax }));
      await closing;
      observers.check();
    },
    observe: observers.observe,
    health: health.report,
  };
}

/** Throws LIMIT_EXCEEDED. */
function checkOptions({ endpoint, stallMs }: LinkOptions): void {
  checkName("endpoint", endpoint, endpointLengthMax);
  inRange("stallMs", stallMs, { max: waitMsMax });
}

interface Closing<Handle> {
  readonly ports: DriverPorts;
  readonly tell: (name: string, detail: string) => void;
  readonly link: BrokerLink<Handle>;
  readonly publisher: Publisher;
  readonly consumer: Consumer<Handle>;
  readonly closed: () => MsgError;
}

/** Never rejects: what fails or is late is told as an event. */
async function closeInTime<Handle>(parts: Closing<Handle>, deadlineMs: number): Promise<void> {
  const { ports, tell, link, publisher, consumer, closed } = parts;
  const started = ports.now();
  const left = (): number => Math.max(1, deadlineMs - (ports.now() - started));
  const late = (): MsgError => new MsgError("BROKER_TIMEOUT", `close took over ${deadlineMs} ms`);
  const inTime = (work: Promise<void>, ms: number): Promise<void> =>
    withDeadline(work, { timer: ports.timer, ms, late }).catch((error: unknown) => {
      tell("close.late", error instanceof Error ? error.message : String(error));
    });
  consumer.end();
  publisher.refuseAll(closed());
  await inTime(publisher.settled(), deadlineMs / 2);
  publisher.abandon(closed());
  await inTime(link.close(consumer.unsettled(), left()), left());
}
