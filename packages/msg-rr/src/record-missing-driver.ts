/**
 * Replays what the cassette holds and makes the real call for what it does not; that is recorded, and
 * replayed from the next session on. The real driver is opened when it is first needed.
 */
import { createObservers, type Delivery, type Driver, MsgError } from "@reprise/msg-core";
import { recordingDriver } from "./recording-driver.js";
import { replayDriver } from "./replay-driver.js";
import type { Session } from "./session.js";
import type { SessionDriverOptions } from "./session-driver.js";

export function recordMissingDriver(session: Session, options: SessionDriverOptions): Driver {
  const replayed = replayDriver(session, options);
  const observers = createObservers();
  replayed.observe(observers.notify);
  /** Deliveries that came from the recording: they are settled there. */
  const fromRecording = new WeakSet<Delivery>();
  let real: Promise<Driver> | undefined;
  let capabilities = replayed.capabilities;
  let closed = false;

  const openReal = async (): Promise<Driver> => {
    const driver = recordingDriver(await options.open(), session);
    driver.observe(observers.notify);
    capabilities = driver.capabilities;
    return driver;
  };
  const live = (): Promise<Driver> => {
    if (closed) return Promise.reject(new MsgError("CLOSED", "the driver is closed"));
    real ??= openReal();
    return real;
  };

  return {
    kind: options.kind,
    endpoint: options.endpoint,
    /** The recorded driver's, until the real one is open. */
    get capabilities() {
      return capabilities;
    },
    observe: observers.observe,
    async publish(batch, publishOptions) {
      const receipts = [];
      for (const envelope of batch) {
        const [receipt] = await orLive(
          () => replayed.publish([envelope]).catch(missing),
          async () => (await live()).publish([envelope], publishOptions),
        );
        if (receipt !== undefined) receipts.push(receipt);
      }
      return receipts;
    },
    async poll(request) {
      return await orLive(
        async () => {
          const deliveries = await replayed.poll(request);
          for (const delivery of deliveries) fromRecording.add(delivery);
          return deliveries;
        },
        async () => (await live()).poll(request),
      );
    },
    async settle(settlements) {
      const recorded = settlements.filter(({ delivery }) => fromRecording.has(delivery));
      const others = settlements.filter(({ delivery }) => !fromRecording.has(delivery));
      if (recorded.length > 0) await replayed.settle(recorded);
      if (others.length > 0) await (await live()).settle(others);
    },
    async close(closeOptions) {
      closed = true;
      await replayed.close(closeOptions);
      if (real !== undefined) await (await real).close(closeOptions);
    },
  };
}

/** A publish that differs from the one that was due is one that the recording does not have. */
function missing(error: unknown): never {
  if (MsgError.is(error) && error.code === "REPLAY_DIFFERS") {
    throw new MsgError("NO_MATCH", error.message, { cause: error });
  }
  throw error;
}

async function orLive<Result>(
  replay: () => Promise<Result>,
  live: () => Promise<Result>,
): Promise<Result> {
  try {
    return await replay();
  } catch (error) {
    if (!MsgError.is(error) || error.code !== "NO_MATCH") throw error;
    return await live();
  }
}
