/**
 * Goal: each topic goes to one exchange and is read from one queue, or it is said why not.
 * Method: small topologies by hand; patterns against RabbitMQ's own examples.
 */
import type { AmqpTopology, ExchangeType } from "@reprise/msg-amqp";
import { expect, test } from "vitest";
import { createRoutes, type RouteOptions } from "../src/routes.js";
import { refusal } from "./refusal.ts";

/** Bindings as `exchange queue key`; exchanges as `name type`. */
function topology(exchanges: readonly string[], bindings: readonly string[]): AmqpTopology {
  const bound = bindings.map((line) => {
    const [exchange = "", queue = "", key = ""] = line.split(" ");
    return { exchange, queue, routing_key: key };
  });
  return {
    id: "t",
    v: 1,
    exchanges: exchanges.map((line) => {
      const [name = "", type] = line.split(" ");
      return { name, type: (type ?? "direct") as ExchangeType };
    }),
    queues: [...new Set(bound.map(({ queue }) => queue))].map((name) => ({ name })),
    bindings: bound,
  };
}

const routes = (options: Partial<RouteOptions>) =>
  createRoutes({
    topology: topology(["e"], ["e orders orders", "e orders.billing orders", "e odd letters"]),
    topics: [],
    group: undefined,
    deadLetterSuffix: ".dead-letter",
    declareQueues: false,
    ...options,
  });

test("a topic goes to the exchange that binds it; an exact binding before a pattern", () => {
  const many = topology(["t topic", "f fanout", "e"], ["t all orders.#", "f fan", "e q orders"]);
  const { exchangeOf } = routes({ topology: many });
  expect(exchangeOf("orders")).toBe("e");
  expect(exchangeOf("orders.eu")).toBe("t");
  expect(exchangeOf("anything")).toBe("f");
});

test("a queue that nothing binds is reached by its name", () => {
  const bare = { ...topology([], []), queues: [{ name: "jobs" }] };
  const { exchangeOf, subscriptions } = routes({ topology: bare, topics: ["jobs"] });
  expect(exchangeOf("jobs")).toBe("");
  expect(subscriptions).toEqual([{ topic: "jobs", queue: "jobs" }]);
});

const patterns: readonly (readonly [string, string, boolean])[] = [
  ["*.orange.*", "quick.orange.rabbit", true],
  ["*.orange.*", "quick.orange.new.rabbit", false],
  ["*.*.rabbit", "lazy.orange.rabbit", true],
  ["lazy.#", "lazy", true],
  ["lazy.#", "lazy.orange.male.rabbit", true],
  ["lazy.#", "quick.lazy", false],
  ["#", "", true],
  ["#", "a.b", true],
  ["*", "a.b", false],
  ["*", "a", true],
  ["#.b.#", "a.b.c.d", true],
  ["#.b.#", "a.c", false],
  ["a.#.#.z", "a.z", true],
  ["a.*.z", "a..z", true],
  ["a", "A", false],
];

test.each(patterns)("pattern %s and topic %s: %s", (pattern, topic, matches) => {
  const { exchangeOf } = routes({ topology: topology(["t topic"], [`t q ${pattern}`]) });
  if (matches) expect(exchangeOf(topic)).toBe("t");
  else expect(refusal(() => exchangeOf(topic)).code).toBe("TOPIC_UNKNOWN");
});

test("the queue that is read", () => {
  expect(routes({ topics: ["letters", "orders"] }).subscriptions).toEqual([
    { topic: "letters", queue: "odd" },
    { topic: "orders", queue: "orders" },
  ]);
  expect(routes({ topics: ["orders"], group: "billing" }).subscriptions).toEqual([
    { topic: "orders", queue: "orders.billing" },
  ]);
});

const refused: readonly (readonly [string, Partial<RouteOptions>, string, RegExp])[] = [
  ["no binding", { topics: ["other"] }, "TOPIC_UNKNOWN", /"other"/],
  ["no queue of the group", { topics: ["orders"], group: "x" }, "TOPOLOGY_MISMATCH", /orders\.x/],
  [
    "several queues and none of the name",
    { topology: topology(["e"], ["e a t", "e b t"]), topics: ["t"] },
    "TOPOLOGY_MISMATCH",
    /"a", "b"/,
  ],
  [
    "no exchange to bind to",
    { topology: topology([], []), topics: ["t"], declareQueues: true },
    "TOPOLOGY_MISMATCH",
    /0 exchanges/,
  ],
  [
    "two exchanges to bind to",
    { topology: topology(["a", "b"], []), topics: ["t"], declareQueues: true },
    "TOPOLOGY_MISMATCH",
    /2 exchanges/,
  ],
  [
    "a queue name that is too long",
    { topics: ["orders"], group: "g".repeat(249), declareQueues: true },
    "TOPIC_UNKNOWN",
    /255 bytes/,
  ],
];

test.each(refused)("refused: %s", (_, options, code, problem) => {
  const error = refusal(() => routes(options));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(problem);
});

test("what is missing is declared where that is asked for, and nothing else", () => {
  const before = topology(["e"], ["e orders orders"]);
  const options = { topology: before, topics: ["orders"], group: "billing", declareQueues: true };
  const { declared, exchangeOf } = routes(options);
  expect(declared.queues.map(({ name }) => name)).toEqual([
    "orders",
    "orders.billing",
    "orders.dead-letter",
  ]);
  expect(declared.bindings.slice(1)).toEqual([
    { exchange: "e", queue: "orders.billing", routing_key: "orders" },
    { exchange: "e", queue: "orders.dead-letter", routing_key: "orders.dead-letter" },
  ]);
  expect(exchangeOf("orders.dead-letter")).toBe("e");
  expect(routes({ topology: declared, topics: ["orders"], group: "billing" }).declared).toBe(
    declared,
  );
});

test("a topic is at most 255 bytes, whatever takes it", () => {
  const { exchangeOf } = routes({ topology: topology(["f fanout"], ["f q"]) });
  expect(exchangeOf("t".repeat(255))).toBe("f");
  expect(refusal(() => exchangeOf("t".repeat(256))).code).toBe("TOPIC_UNKNOWN");
  expect(refusal(() => exchangeOf("é".repeat(128))).code).toBe("TOPIC_UNKNOWN");
});

test("more topics than are remembered", () => {
  const { exchangeOf } = routes({ topology: topology(["f fanout"], ["f q"]) });
  for (let count = 0; count <= 10_001; count++) expect(exchangeOf(`t${count}`)).toBe("f");
});
