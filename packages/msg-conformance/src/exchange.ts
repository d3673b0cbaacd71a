/** What most trials do: make messages, publish them, gather what comes, and see that nothing does. */
import type { Delivery, Driver, DriverEvent, Envelope, Outcome } from "@reprise/msg-core";
import { expectSame, LawBroken, type Trial } from "./law.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export const encodeText = (text: string): Uint8Array => encoder.encode(text);
export const textOf = ({ envelope }: Delivery): string => decoder.decode(envelope.value);
export const textsOf = (deliveries: readonly Delivery[]): readonly string[] =>
  deliveries.map(textOf);

export interface Draft {
  readonly key?: string | Uint8Array;
  readonly value?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export function message({ stage }: Trial, draft: Draft): Envelope {
  const { key = "k0", value = "v", headers = {} } = draft;
  return { topic: stage.topic, key: bytesOf(key), value: bytesOf(value), headers };
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? encodeText(content) : content;
}

/** `count` messages of the values "0", "1", ..., their keys in turn "k0" to "k<keys - 1>". */
export function numbered(trial: Trial, count: number, keys = 1): readonly Envelope[] {
  const batch: Envelope[] = [];
  for (let index = 0; index < count; index++) {
    batch.push(message(trial, { key: `k${index % keys}`, value: String(index) }));
  }
  return batch;
}

/** The texts "0" to "<count - 1>". */
export function numbers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

/** Polls until `count` deliveries are there; fewer where one poll brought none with patience. */
export async function gather(
  { subject }: Trial,
  driver: Driver,
  { count, outcome }: { readonly count: number; readonly outcome?: Outcome },
): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = [];
  while (deliveries.length < count) {
    const maxItems = Math.min(count - deliveries.length, 100);
    const batch = await driver.poll({ maxItems, waitMs: subject.patienceMs });
    if (batch.length === 0) break;
    deliveries.push(...batch);
    if (outcome !== undefined) await settleAll(driver, batch, outcome);
  }
  return deliveries;
}

/** `gather`, and LawBroken unless all of them came. */
export async function gatherAll(
  trial: Trial,
  driver: Driver,
  wanted: { readonly count: number; readonly outcome?: Outcome },
): Promise<readonly Delivery[]> {
  const deliveries = await gather(trial, driver, wanted);
  expectSame("deliveries", deliveries.length, wanted.count);
  return deliveries;
}

/** One delivery, unsettled. */
export async function gatherOne(trial: Trial, driver: Driver): Promise<Delivery> {
  const [delivery] = await gather(trial, driver, { count: 1 });
  if (delivery === undefined) throw new LawBroken("poll", { expected: "a delivery", got: "none" });
  return delivery;
}

export async function settleAll(
  driver: Driver,
  deliveries: readonly Delivery[],
  outcome: Outcome,
): Promise<void> {
  await driver.settle(deliveries.map((delivery) => ({ delivery, outcome })));
}

/** LawBroken if a delivery comes. */
export async function expectNothing(
  { subject }: Trial,
  driver: Driver,
  what: string,
): Promise<void> {
  const batch = await driver.poll({ maxItems: 100, waitMs: subject.quietMs });
  expectSame(`${what}: deliveries`, textsOf(batch), []);
}

/** What a driver's observers hear from now on, as it comes. */
export function watch(driver: Driver): readonly DriverEvent[] {
  const events: DriverEvent[] = [];
  driver.observe((event) => {
    events.push(event);
  });
  return events;
}

/** Those of one type. */
export function eventsOf<Type extends DriverEvent["type"]>(
  events: readonly DriverEvent[],
  type: Type,
): readonly Extract<DriverEvent, { type: Type }>[] {
  const matches = (event: DriverEvent): event is Extract<DriverEvent, { type: Type }> =>
    event.type === type;
  return events.filter(matches);
}
