/**
 * How to break a driver: each of these stands between the laws and a memory driver and changes one
 * thing that goes through.
 */
import type {
  Delivery,
  Driver,
  DriverEvent,
  Envelope,
  Observer,
  PollRequest,
  Settlement,
} from "@reprise/msg-core";
import type { Change } from "./memory-harness.ts";

/** A fault that drivers really have, narrowed until no law but one can notice. */
export interface Sabotage {
  /** The law's. */
  readonly id: string;
  readonly fault: string;
  readonly change: Change;
}

export const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
export const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
export const never = <T>(): Promise<T> => new Promise(() => undefined);
export const nameOf = ({ partition, position, attempt, envelope }: Delivery): string =>
  `${partition} ${position} ${attempt} ${envelope.topic}`;

/** Publishes something else. */
export const publishing =
  (edit: (batch: readonly Envelope[]) => readonly Envelope[]): Change =>
  (driver) => ({ ...driver, publish: (batch, options) => driver.publish(edit(batch), options) });

/** Asks for something else. */
export const asking =
  (edit: (request: PollRequest) => PollRequest): Change =>
  (driver) => ({ ...driver, poll: (request) => driver.poll(edit(request)) });

/** Hands out something else. `state` is each driver's own. */
export function handing<State>(
  start: () => State,
  edit: (batch: readonly Delivery[], state: State) => readonly Delivery[],
): Change {
  return (driver) => {
    const state = start();
    return { ...driver, poll: async (request) => edit(await driver.poll(request), state) };
  };
}

/** Settles something else, knowing what was handed out and what settled before. */
export function settling(
  edit: (settlements: readonly Settlement[], known: Known) => readonly Settlement[],
): Change {
  return (driver) => {
    const known = knownOf(driver);
    const settle = async (settlements: readonly Settlement[]): Promise<void> => {
      await driver.settle(edit(settlements, known));
      for (const { delivery } of settlements) known.settled.add(nameOf(delivery));
    };
    return { ...driver, publish: known.publish, poll: known.poll, settle };
  };
}

export interface Known extends Pick<Driver, "publish" | "poll"> {
  readonly delivered: Map<string, Delivery>;
  readonly settled: Set<string>;
  published: number;
}

function knownOf(driver: Driver): Known {
  const known: Known = {
    delivered: new Map(),
    settled: new Set(),
    published: 0,
    async publish(batch, options) {
      known.published += batch.length;
      return driver.publish(batch, options);
    },
    async poll(request) {
      const batch = await driver.poll(request);
      for (const delivery of batch) known.delivered.set(nameOf(delivery), delivery);
      return batch;
    },
  };
  return known;
}

/** Tells observers something else. */
export const telling =
  (tell: (observer: Observer, event: DriverEvent) => void): Change =>
  (driver) => ({ ...driver, observe: (o) => driver.observe((event) => tell(o, event)) });

export const withEnvelope = (delivery: Delivery, edit: Partial<Envelope>): Delivery => ({
  ...delivery,
  envelope: { ...delivery.envelope, ...edit },
});

export const none = (): undefined => undefined;
