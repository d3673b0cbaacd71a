/**
 * The topology: the exchanges, queues and bindings that the driver declares. It is read from an
 * `x07.arch.msg.amqp.topology@0.1.0` document, or given as an object of the same fields.
 *
 * What RabbitMQ would refuse is refused here: a name over 255 bytes, a name declared twice, a binding
 * of something undeclared. `durable` is true where it is left out.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { MsgError, readContract } from "@reprise/msg-core";
import * as v from "valibot";
import { fitsShortText } from "./short-text.js";

export type ExchangeType = "direct" | "topic" | "fanout" | "headers";

export interface AmqpExchange {
  readonly name: string;
  readonly type: ExchangeType;
  readonly durable?: boolean | undefined;
}

export interface AmqpQueue {
  readonly name: string;
  readonly durable?: boolean | undefined;
}

export interface AmqpBinding {
  readonly exchange: string;
  readonly queue: string;
  readonly routing_key: string;
}

export interface AmqpTopology {
  readonly id: string;
  readonly v: number;
  readonly exchanges: readonly AmqpExchange[];
  readonly queues: readonly AmqpQueue[];
  readonly bindings: readonly AmqpBinding[];
}

const shortText = v.pipe(
  v.string(),
  v.check((value) => fitsShortText(value), "expected at most 255 bytes, as AMQP takes"),
);
const name = v.pipe(shortText, v.minLength(1));
const durable = v.optional(v.boolean());

const fields = {
  id: v.pipe(v.string(), v.maxLength(128), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)),
  v: v.pipe(v.number(), v.integer(), v.minValue(1)),
  exchanges: v.array(
    v.strictObject({ name, type: v.picklist(["direct", "topic", "fanout", "headers"]), durable }),
  ),
  queues: v.array(v.strictObject({ name, durable })),
  bindings: v.array(v.strictObject({ exchange: name, queue: name, routing_key: shortText })),
};
const documentSchema = v.strictObject({
  schema_version: v.literal("x07.arch.msg.amqp.topology@0.1.0"),
  ...fields,
});
const topologySchema = v.strictObject(fields);

/** Throws CONTRACT_INVALID with the JSON Pointer of what is wrong. */
export function readAmqpTopology(document: JsonValue): AmqpTopology {
  const { schema_version: _, ...topology } = readContract(
    documentSchema,
    document,
    "amqp topology",
  );
  checkNames(topology);
  return topology;
}

/** A topology given as an object. Throws CONTRACT_INVALID. */
export function checkedTopology(topology: AmqpTopology): AmqpTopology {
  const read = readContract(topologySchema, topology as unknown as JsonValue, "amqp topology");
  checkNames(read);
  return read;
}

function checkNames({ exchanges, queues, bindings }: AmqpTopology): void {
  const exchangeNames = distinct("exchanges", exchanges);
  const queueNames = distinct("queues", queues);
  const seen = new Set<string>();
  for (const [index, { exchange, queue, routing_key: key }] of bindings.entries()) {
    const where = `/bindings/${index}`;
    if (!exchangeNames.has(exchange)) {
      throw refusal(`${where}/exchange`, `exchange ${JSON.stringify(exchange)} is not declared`);
    }
    if (!queueNames.has(queue)) {
      throw refusal(`${where}/queue`, `queue ${JSON.stringify(queue)} is not declared`);
    }
    const binding = JSON.stringify([exchange, queue, key]);
    if (seen.has(binding)) throw refusal(where, "the binding is there twice");
    seen.add(binding);
  }
}

function distinct(
  list: string,
  members: readonly { readonly name: string }[],
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [index, { name: one }] of members.entries()) {
    if (names.has(one)) {
      throw refusal(`/${list}/${index}/name`, `${JSON.stringify(one)} is there twice`);
    }
    names.add(one);
  }
  return names;
}

function refusal(pointer: string, problem: string): MsgError {
  return new MsgError("CONTRACT_INVALID", `amqp topology: ${pointer}: ${problem}`, { pointer });
}
