/**
 * What the lab sends: the life of orders in a shop. Each message has a customer as its key, a few
 * headers, and canonical JSON as its value; from two bytes (a ping) to tens of kilobytes (an order
 * with a long note), with text in several scripts. One in 250 is broken on purpose: its value is cut
 * short, so that retries and dead letters are part of every run. All of it comes from the seed.
 */
import { canonicalBytes, type JsonValue } from "@reprise/canonical-json";
import type { Envelope } from "@reprise/msg-core";
import { createRandom, type Random } from "./random.js";

export const workloadTopic = "lab.orders";

/** Of one order event, in `event-type`. */
export const eventTypes: readonly string[] = [
  "order.placed",
  "order.paid",
  "order.shipped",
  "order.cancelled",
  "order.refunded",
  "ping",
];

const customers = 40;
const brokenOneIn = 250;
const scripts: readonly string[] = [
  "please leave the parcel at the back door ",
  "bitte im Hof abgeben, Größe nicht vergessen ",
  "доставьте до пятницы ",
  "玄関先に置いてください ",
  "يرجى الاتصال قبل التوصيل ",
  "gift wrap 🎁 with a bow 🎀 ",
];

const text = new TextEncoder();

/** The messages of a run, in order, one at a time. */
export function* workload(options: { messages: number; seed: number }): Generator<Envelope> {
  const random = createRandom(options.seed);
  for (let index = 0; index < options.messages; index++) yield message(random, index);
}

function message(random: Random, index: number): Envelope {
  const type = random.pick(eventTypes);
  const value = canonicalBytes(type === "ping" ? {} : order(random, index));
  const broken = random.oneIn(brokenOneIn) && value.length > 2;
  return {
    topic: workloadTopic,
    key: random.oneIn(20)
      ? new Uint8Array(0)
      : text.encode(`customer-${random.between(1, customers)}`),
    value: broken ? value.subarray(0, value.length - 1) : value,
    headers: {
      "content-type": "application/json",
      "event-id": eventId(random),
      "event-type": type,
      ...(random.oneIn(10) ? { region: random.pick(["eu-north", "eu-süd", "日本"]) } : {}),
    },
  };
}

function order(random: Random, index: number): JsonValue {
  return {
    amount: random.between(1, 250_000),
    items: Array.from({ length: random.between(1, 4) }, () => ({
      quantity: random.between(1, 9),
      sku: `sku-${random.between(1000, 9999)}`,
    })),
    note: note(random),
    order: `order-${index}`,
  };
}

/** Mostly a sentence; now and then a page; seldom a treatise of some tens of kilobytes. */
function note(random: Random): string {
  const sentence = random.pick(scripts);
  if (random.oneIn(60)) return sentence.repeat(random.between(150, 600));
  if (random.oneIn(10)) return sentence.repeat(random.between(10, 60));
  return sentence.trimEnd();
}

function eventId(random: Random): string {
  let id = "";
  for (let part = 0; part < 4; part++) {
    id += random.between(0, 0xffff).toString(16).padStart(4, "0");
  }
  return id;
}
