/**
 * Where a topic goes and where it is read. A topic is a routing key:
 *
 * ```
 * publish  topic -> the exchange that has a binding for it
 * poll     topic, no group  -> the queue bound for it; of several the one of the topic's name
 *          topic, group     -> the queue called <topic>.<group>, bound for it
 * reject   topic + suffix   -> as any topic
 * ```
 *
 * AMQP has queues and no groups: each group is a queue of its own, and its drivers share it. Every
 * queue is also bound to the nameless exchange by its own name; that comes last.
 *
 * With `declareQueues` a queue that is missing (of a topic, a group, a dead letter) is added; without,
 * it is an error that says so.
 */
import { MsgError } from "@reprise/msg-core";
import { fitsShortText } from "./short-text.js";
import type { AmqpBinding, AmqpExchange, AmqpTopology } from "./topology.js";

export interface RouteOptions {
  readonly topology: AmqpTopology;
  readonly topics: readonly string[];
  readonly group: string | undefined;
  readonly deadLetterSuffix: string;
  readonly declareQueues: boolean;
}

export interface Subscription {
  readonly topic: string;
  readonly queue: string;
}

export interface Routes {
  /** "" is the nameless exchange. Throws TOPIC_UNKNOWN. */
  exchangeOf(topic: string): string;
  /** One for each topic to read, in order. */
  readonly subscriptions: readonly Subscription[];
  /** What is declared: the topology and what was added. */
  readonly declared: AmqpTopology;
}

/** Topics whose exchange is remembered; with more, all are forgotten. */
const rememberedMax = 10_000;

/** Throws TOPIC_UNKNOWN, TOPOLOGY_MISMATCH. */
export function createRoutes(options: RouteOptions): Routes {
  const { topics, deadLetterSuffix, declareQueues } = options;
  let declared = options.topology;
  const add = (topic: string, queue: string): void => {
    declared = withQueue(declared, topic, queue);
  };
  const subscriptions = topics.map((topic) => {
    const queue = queueToRead(declared, topic, options);
    if (!queue.isThere) add(topic, queue.name);
    return { topic, queue: queue.name };
  });
  for (const topic of declareQueues ? topics : []) {
    const letters = topic + deadLetterSuffix;
    if (exchangeFor(declared, letters) === undefined) add(letters, letters);
  }
  const remembered = new Map<string, string>();
  return {
    declared,
    subscriptions,
    exchangeOf(topic) {
      const known = remembered.get(topic);
      if (known !== undefined) return known;
      const exchange = fitsShortText(topic) ? exchangeFor(declared, topic) : undefined;
      if (exchange === undefined) throw unknownTopic(declared, topic);
      if (remembered.size >= rememberedMax) remembered.clear();
      remembered.set(topic, exchange);
      return exchange;
    },
  };
}

function queueToRead(
  topology: AmqpTopology,
  topic: string,
  { group, declareQueues }: RouteOptions,
): { readonly name: string; readonly isThere: boolean } {
  const bound = queuesFor(topology, topic);
  const name = group === undefined ? topic : `${topic}.${group}`;
  const [only, ...others] = bound;
  if (group === undefined && only !== undefined && others.length === 0) {
    return { name: only, isThere: true };
  }
  if (bound.includes(name)) return { name, isThere: true };
  if (declareQueues) {
    if (fitsShortText(name)) return { name, isThere: false };
    throw new MsgError("TOPIC_UNKNOWN", `queue name ${name} is over 255 bytes`);
  }
  if (bound.length === 0) throw unknownTopic(topology, topic);
  const known = bound.map((queue) => JSON.stringify(queue)).join(", ");
  const problem = `topology ${topology.id}: no queue ${JSON.stringify(name)} is bound for the topic`;
  const advice = "bind one, or open the driver with `declareQueues`";
  throw new MsgError("TOPOLOGY_MISMATCH", `${problem}, but ${known}: ${advice}`);
}

/** The exchange that `topic` is published to: one that binds this very key, before a pattern. */
function exchangeFor(topology: AmqpTopology, topic: string): string | undefined {
  let matching: AmqpExchange | undefined;
  for (const binding of topology.bindings) {
    const exchange = exchangeOf(topology, binding);
    if (exchange === undefined || !isBoundFor(exchange, binding, topic)) continue;
    if (isExact(exchange, binding, topic)) return exchange.name;
    matching ??= exchange;
  }
  if (matching !== undefined) return matching.name;
  return topology.queues.some(({ name }) => name === topic) ? "" : undefined;
}

/** The queues that get what is published to `topic`. */
function queuesFor(topology: AmqpTopology, topic: string): readonly string[] {
  const name = exchangeFor(topology, topic);
  if (name === undefined) return [];
  if (name === "") return [topic];
  const queues = new Set<string>();
  for (const binding of topology.bindings) {
    const exchange = exchangeOf(topology, binding);
    if (exchange?.name !== name || !isBoundFor(exchange, binding, topic)) continue;
    queues.add(binding.queue);
  }
  return [...queues];
}

function exchangeOf(topology: AmqpTopology, binding: AmqpBinding): AmqpExchange | undefined {
  return topology.exchanges.find(({ name }) => name === binding.exchange);
}

function isExact({ type }: AmqpExchange, { routing_key: key }: AmqpBinding, topic: string) {
  return (type === "direct" || type === "topic") && key === topic;
}

function isBoundFor({ type }: AmqpExchange, { routing_key: key }: AmqpBinding, topic: string) {
  if (type === "direct") return key === topic;
  if (type === "topic") return matchesPattern(key.split("."), topic.split("."));
  // A headers exchange binds without arguments here, and then takes everything.
  return true;
}

/** A topic exchange's pattern: `*` is one word, `#` any number of words. */
function matchesPattern(pattern: readonly string[], words: readonly string[]): boolean {
  // ends[n]: whether the pattern so far matches the first n words.
  let ends = words.map(() => false);
  ends = [true, ...ends];
  for (const part of pattern) {
    const next = ends.map(() => false);
    for (let count = 0; count < ends.length; count++) {
      if (part === "#") next[count] = ends[count] === true || next[count - 1] === true;
      else if (count > 0) {
        next[count] = ends[count - 1] === true && (part === "*" || part === words[count - 1]);
      }
    }
    ends = next;
  }
  return ends[words.length] === true;
}

/** The topology with `queue` in it, bound for `topic`. Throws TOPOLOGY_MISMATCH. */
function withQueue(topology: AmqpTopology, topic: string, queue: string): AmqpTopology {
  const exchange = exchangeToBind(topology, topic);
  const isThere = topology.queues.some(({ name }) => name === queue);
  return {
    ...topology,
    queues: isThere ? topology.queues : [...topology.queues, { name: queue, durable: true }],
    bindings: [...topology.bindings, { exchange, queue, routing_key: topic }],
  };
}

function exchangeToBind(topology: AmqpTopology, topic: string): string {
  const bound = exchangeFor(topology, topic);
  if (bound !== undefined && bound !== "") return bound;
  const [only, ...others] = topology.exchanges;
  if (only !== undefined && others.length === 0) return only.name;
  const problem = `topology ${topology.id} has ${topology.exchanges.length} exchanges`;
  const advice = `bind a queue for ${JSON.stringify(topic)} to the one it is published to`;
  throw new MsgError("TOPOLOGY_MISMATCH", `${problem}: ${advice}`);
}

function unknownTopic({ id }: AmqpTopology, topic: string): MsgError {
  const problem = `topology ${id} has no binding for the topic ${JSON.stringify(topic)}`;
  return new MsgError("TOPIC_UNKNOWN", `${problem} (a routing key has at most 255 bytes)`);
}
