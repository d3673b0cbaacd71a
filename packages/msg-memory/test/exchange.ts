/** What most tests here do: make messages, poll at once, settle. */
import {
  type Delivery,
  type Driver,
  type DriverEvent,
  type Envelope,
  isLive,
  type MsgError,
  type Outcome,
} from "@reprise/msg-core";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const bytes = (text: string): Uint8Array => encoder.encode(text);
export const text = (content: Uint8Array): string => decoder.decode(content);
export const values = (deliveries: readonly Delivery[]): readonly string[] =>
  deliveries.map(({ envelope }) => text(envelope.value));

export const message = (value: string, key = "", topic = "orders"): Envelope => ({
  topic,
  key: bytes(key),
  value: bytes(value),
  headers: {},
});

export const poll = (driver: Driver, maxItems = 100): Promise<readonly Delivery[]> =>
  driver.poll({ maxItems, waitMs: 0 });

export const settle = (
  driver: Driver,
  outcome: Outcome,
  ...deliveries: readonly (Delivery | undefined)[]
): Promise<void> =>
  driver.settle(
    deliveries.filter((one) => one !== undefined).map((delivery) => ({ delivery, outcome })),
  );

/** Polls what there is, acks it, and gives the values. */
export async function take(driver: Driver, maxItems = 100): Promise<readonly string[]> {
  const deliveries = await poll(driver, maxItems);
  await settle(driver, "ack", ...deliveries);
  return values(deliveries);
}

/** What became of a promise after every promise there is has had its turn. */
export async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = "waiting";
  promise.then(
    () => {
      state = "resolved";
    },
    (error: MsgError) => {
      state = error.code;
    },
  );
  await new Promise((resolve) => setImmediate(resolve));
  return state;
}

export function watch(driver: Driver): DriverEvent[] {
  const events: DriverEvent[] = [];
  driver.observe((event) => {
    events.push(event);
  });
  return events;
}

/** Of the recorded ones. */
export const typesOf = (events: readonly DriverEvent[]): readonly string[] =>
  events
    .filter((event) => !isLive(event))
    .map((event) => (event.type === "broker" ? event.detail : event.type));
