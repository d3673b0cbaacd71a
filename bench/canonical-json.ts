/**
 * Canonical JSON, strict, against the encoder inside it, which is not strict, and against the
 * `canonicalize` package, which refuses NaN and the infinities only and so is given a check here.
 *
 * All three return the same text. The messages are orders: small (152 B), medium (1.5 kB, nested),
 * large (42 kB, with text that is not ASCII). Keys stand in the order a person writes them. Reading is
 * shown beside `JSON.parse`, and not judged: the difference is what the reader refuses.
 */

import { canonicalize, type JsonValue, parseJson } from "@reprise/canonical-json";
import canonicalizePackage from "canonicalize";
import stringify from "fast-json-stable-stringify";
import type { Benchmark, BenchmarkCase } from "./benchmark.ts";

const cities = [
  "Grüße aus Köln",
  "東京都渋谷区神南",
  "Москва, Россия",
  "smile 😀",
  "London",
  "Oslo",
];

const small: JsonValue = {
  orderId: "ord-000042",
  customer: "cust-17",
  currency: "EUR",
  total: 129.95,
  items: 3,
  express: true,
  note: null,
  placedAt: "2024-05-01T10:11:12.131Z",
};

const medium: JsonValue = {
  type: "order.placed",
  version: 3,
  orderId: "ord-000042",
  placedAt: "2024-05-01T10:11:12.131Z",
  customer: {
    id: "cust-17",
    name: "Ada Lovelace",
    address: { street: "12 St James's Square", city: "London", postcode: "SW1Y 4JH" },
    vip: false,
  },
  items: Array.from({ length: 9 }, (_, index) => item(index)),
  payment: { method: "card", last4: "4242", amount: 254.17, currency: "GBP" },
  trace: ["gateway", "pricing", "stock"],
};

const large: JsonValue = {
  type: "order.batch",
  orders: Array.from({ length: 75 }, (_, index) => order(index)),
};

export const benchmark: Benchmark = {
  name: "canonical JSON",
  cases: [
    writing("small order", small),
    writing("medium order", medium),
    writing("large batch of orders", large),
    reading("small order", small),
    reading("medium order", medium),
    reading("large batch of orders", large),
  ],
};

function writing(name: string, value: JsonValue): BenchmarkCase {
  return {
    name: `write ${name}`,
    ours: () => canonicalize(value),
    peers: [
      { name: "fast-json-stable-stringify", run: () => stringify(value), atLeast: 0.8 },
      { name: "canonicalize, strict", run: () => strictPeer(value), atLeast: 1.5 },
    ],
  };
}

function reading(name: string, value: JsonValue): BenchmarkCase {
  const text = JSON.stringify(value);
  return {
    name: `read ${name}`,
    ours: () => parseJson(text),
    peers: [{ name: "JSON.parse", run: () => JSON.parse(text) }],
  };
}

function item(index: number): JsonValue {
  return {
    sku: `SKU-${1000 + index * 37}`,
    quantity: (index % 5) + 1,
    unitPrice: 19.99 + index,
    title: `Article number ${index}`,
    tags: ["new", "summer"],
    gift: index % 3 === 0,
    discount: null,
  };
}

function order(index: number): JsonValue {
  const city = cities[index % cities.length] ?? "";
  return {
    orderId: `ord-${index}`,
    customer: { id: `cust-${index}`, name: city, city },
    items: [item(index), item(index + 1), item(index + 2)],
    total: index * 17.25,
    comment: city,
  };
}

function strictPeer(value: JsonValue): string | undefined {
  requireJson(value);
  return canonicalizePackage(value);
}

/** The check a user of that package would write to refuse what RFC 8785 refuses. */
function requireJson(value: unknown): void {
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new TypeError("lone surrogate");
  } else if (typeof value === "object" && value !== null) {
    if (Array.isArray(value)) {
      for (const element of value) requireJson(element);
      return;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) throw new TypeError("not plain");
    for (const [key, member] of Object.entries(value)) {
      requireJson(key);
      requireJson(member);
    }
  } else if (value !== null && typeof value !== "number" && typeof value !== "boolean") {
    throw new TypeError("not JSON");
  }
}
