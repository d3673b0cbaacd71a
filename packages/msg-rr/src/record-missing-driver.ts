/**
 * Replays what the cassette holds and makes the real call for what it does not; that is recorded, and
 * replayed from the next session on. The real driver is opened when it is first needed.
 *
 * A delivery is settled where it came from. The settlement of a recorded delivery that the recording
 * does not have (it was cut short there) is written down; there is no broker that could be told.
 */
import {
  createObservers,
  type Delivery,
  type Driver,
  type Envelope,
  MsgError,
  type PublishOptions,
  type Receipt,
  type Settlement,
  settledEvent,
} from "@reprise/msg-core";
import type { SessionDriverOptions } from "./driver-options.js";
import { createEntryWriter, type EntryWriter } from "./entry-writer.js";
import { recordDriver } from "./recording-driver.js";
import { keyOf } from "./records.js";
import { endError } from "./replay-closing.js";
import { replayDriver } from "./replay-driver.js";
import type { Session } from "./session.js";

export function recordMissingDriver(session: Session, options: SessionDriverOptions): Driver {
  const { kind, endpoint } = options;
  const replayed = replayDriver(session, options);
  // Neither a replay nor a recording passes live events on.
  const observers = createObservers();
  replayed.observe(observers.notify);
  const origins = createOrigins();
  let real: Promise<Driver> | undefined;
  let writer: EntryWriter | undefined;
  let capabilities = replayed.capabilities;
  let closed = false;

  const openReal = async (): Promise<Driver> => {
    const driver = recordDriver(await options.open(), session, { addition: true });
    driver.observe(observers.notify);
    capabilities = driver.capabilities;
    return driver;
  };
  const live = (): Promise<Driver> => {
    if (closed) return Promise.reject(endError("closed", endpoint));
    real ??= openReal().catch((error: unknown) => {
      // The next call may try again.
      real = undefined;
      throw error;
    });
    return real;
  };
  const settleMissing = (settlement: Settlement): void => {
    writer ??= createEntryWriter({ kind, endpoint, capabilities, addition: true }, session);
    writer.settled([settlement], () => false);
    observers.notify(settledEvent(settlement, settlement.latencyTicks));
  };

  return {
    kind,
    endpoint,
    /** The recorded driver's, until the real one is open. */
    get capabilities() {
      return capabilities;
    },
    observe: observers.observe,
    publish: (batch, publishOptions) => publishAll({ replayed, live }, batch, publishOptions),
    async poll(request) {
      const poll = async () => origins.keep(await (await live()).poll(request), "broker");
      return origins.keep(await orElse(replayed.poll(request), poll), "recording");
    },
    async settle(settlements) {
      if (closed) throw endError("closed", endpoint);
      const ofBroker = settlements.filter(({ delivery }) => origins.of(delivery) === "broker");
      for (const settlement of settlements) {
        const origin = origins.of(settlement.delivery);
        if (origin === "broker") continue;
        const settled = replayed.settle([settlement]);
        if (origin === undefined) await settled;
        else await orElse(settled, () => settleMissing(settlement));
        origins.forget(settlement.delivery);
      }
      if (ofBroker.length === 0) return;
      await (await live()).settle(ofBroker);
      for (const { delivery } of ofBroker) origins.forget(delivery);
    },
    async close(closeOptions) {
      closed = true;
      await replayed.close(closeOptions);
      const opened = await real?.catch(() => undefined);
      await opened?.close(closeOptions);
      observers.check();
    },
  };
}

/** What `call` gives, or where the recording has it not, what `missing` does. */
async function orElse<Result>(
  call: Promise<Result>,
  missing: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await call;
  } catch (error) {
    if (!isMissing(error)) throw error;
    return await missing();
  }
}

function isMissing(error: unknown): boolean {
  return MsgError.is(error) && error.code === "NO_MATCH";
}

/** Nor has the recording a publish that differs from the one that was due. */
function isMissingPublish(error: unknown): boolean {
  return isMissing(error) || (MsgError.is(error) && error.code === "REPLAY_DIFFERS");
}

interface Sources {
  readonly replayed: Driver;
  live(): Promise<Driver>;
}

/** What is missing goes out as one batch, in its order. */
async function publishAll(
  { replayed, live }: Sources,
  batch: readonly Envelope[],
  options: PublishOptions | undefined,
): Promise<readonly Receipt[]> {
  // All are looked up before anything is awaited: in order.
  const outcomes = await Promise.all(
    batch.map((envelope) => outcomeOf(replayed.publish([envelope], options))),
  );
  const missing = batch.filter((_, index) => isMissingPublish(outcomes[index]));
  const sent = missing.length === 0 ? [] : await liveOutcomes(await live(), missing, options);
  const left = sent[Symbol.iterator]();
  const all = outcomes.map((outcome) => (isMissingPublish(outcome) ? left.next().value : outcome));
  const refused = all.find((outcome) => outcome instanceof Error);
  // What is no error is a receipt: see `Outcome`.
  if (refused === undefined) return all as readonly Receipt[];
  if (all.every((outcome) => outcome === refused)) throw refused;
  throw new MsgError("PUBLISH_INCOMPLETE", `not every envelope was accepted: ${refused.message}`, {
    cause: refused,
    outcomes: all,
  });
}

type Outcome = Receipt | Error;

/** What became of one envelope: it is the only one of its call. */
async function outcomeOf(call: Promise<readonly Receipt[]>): Promise<Outcome> {
  try {
    const [receipt] = await call;
    return receipt ?? new MsgError("RESULT_INVALID", "a receipt is missing");
  } catch (error) {
    const outcome = MsgError.is(error) ? error.details.outcomes?.[0] : undefined;
    if (outcome instanceof Error) return outcome;
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function liveOutcomes(
  driver: Driver,
  batch: readonly Envelope[],
  options: PublishOptions | undefined,
): Promise<readonly Outcome[]> {
  try {
    return await driver.publish(batch, options);
  } catch (error) {
    // By the contract of `publish` each is a receipt or an error.
    if (MsgError.is(error) && error.details.outcomes !== undefined) {
      return error.details.outcomes as readonly Outcome[];
    }
    const refused = error instanceof Error ? error : new Error(String(error));
    return batch.map(() => refused);
  }
}

type Origin = "recording" | "broker";

/** Where unsettled deliveries came from. A copy of a delivery is known by its name. */
interface Origins {
  /** The first origin that is said of a delivery counts. */
  keep(deliveries: readonly Delivery[], origin: Origin): readonly Delivery[];
  of(delivery: Delivery): Origin | undefined;
  forget(delivery: Delivery): void;
}

function createOrigins(): Origins {
  const known = new Map<Delivery, Origin>();
  const named = new Map<string, Delivery>();
  const find = (delivery: Delivery): Delivery | undefined =>
    known.has(delivery) ? delivery : named.get(keyOf(delivery));
  return {
    keep(deliveries, origin) {
      for (const delivery of deliveries) {
        if (known.has(delivery)) continue;
        known.set(delivery, origin);
        named.set(keyOf(delivery), delivery);
      }
      return deliveries;
    },
    of(delivery) {
      const kept = find(delivery);
      return kept === undefined ? undefined : known.get(kept);
    },
    forget(delivery) {
      const kept = find(delivery);
      if (kept === undefined) return;
      known.delete(kept);
      if (named.get(keyOf(kept)) === kept) named.delete(keyOf(kept));
    },
  };
}
