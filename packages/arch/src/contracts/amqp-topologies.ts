/** Topologies: what a broker would refuse to declare, and bindings that lead nowhere. */
import type { AmqpTopology } from "../documents/contract-documents.js";
import { locationAt } from "../documents/document-findings.js";
import { pointerTo } from "../documents/json-position.js";
import type { ContractSession } from "./contract-session.js";
import type { DriverFile } from "./driver-contracts.js";

/** A short string of the protocol. */
const shortBytesMax = 255;
/** Exchanges that every broker has; a name that begins so may not be declared. */
const ownExchanges: ReadonlySet<string> = new Set(
  ["direct", "fanout", "headers", "match", "topic"].map((name) => `amq.${name}`),
);

const encoder = new TextEncoder();

export function checkTopologies(session: ContractSession, drivers: readonly DriverFile[]): void {
  for (const driver of drivers) {
    if (driver.kind !== "topology") continue;
    // A topology that was opened has the shape of its type.
    const topology = driver.document.value as unknown as AmqpTopology;
    const report = reporter(session, driver);
    checkNames(report, topology);
    checkBindings(report, topology);
  }
}

type Report = (
  code: "E_ARCH_AMQP_DUPLICATE" | "E_ARCH_AMQP_NAME_INVALID" | "E_ARCH_AMQP_BINDING_UNDECLARED",
  message: string,
  keys: readonly (string | number)[],
) => void;

function reporter(session: ContractSession, { document, reference, enforce }: DriverFile): Report {
  return (code, message, keys) => {
    const pointer = pointerTo(...keys);
    const data = { topology_id: reference.id, instance_path: pointer };
    session.report({ code, message, loc: locationAt(document, pointer), data }, enforce);
  };
}

function checkNames(report: Report, { exchanges, queues }: AmqpTopology): void {
  for (const [list, named] of [["exchanges", exchanges] as const, ["queues", queues] as const]) {
    const what = list === "exchanges" ? "exchange" : "queue";
    const seen = new Set<string>();
    for (const [position, { name }] of named.entries()) {
      const keys = [list, position, "name"];
      if (seen.has(name)) report("E_ARCH_AMQP_DUPLICATE", `${what} is declared twice`, keys);
      seen.add(name);
      if (name.startsWith("amq.")) {
        report("E_ARCH_AMQP_NAME_INVALID", `${what} name begins with amq., the broker's own`, keys);
      }
      if (isTooLong(name)) {
        const message = `${what} name is longer than ${shortBytesMax} bytes`;
        report("E_ARCH_AMQP_NAME_INVALID", message, keys);
      }
    }
  }
}

function checkBindings(report: Report, { exchanges, queues, bindings }: AmqpTopology): void {
  const exchangeNames = new Set(exchanges.map(({ name }) => name));
  const queueNames = new Set(queues.map(({ name }) => name));
  const seen = new Set<string>();
  for (const [position, { exchange, queue, routing_key }] of bindings.entries()) {
    const keys = (member: string) => ["bindings", position, member];
    if (!exchangeNames.has(exchange) && !ownExchanges.has(exchange)) {
      const message = "binding names an exchange that is not declared";
      report("E_ARCH_AMQP_BINDING_UNDECLARED", message, keys("exchange"));
    }
    if (!queueNames.has(queue)) {
      const message = "binding names a queue that is not declared";
      report("E_ARCH_AMQP_BINDING_UNDECLARED", message, keys("queue"));
    }
    const key = JSON.stringify([exchange, queue, routing_key]);
    if (seen.has(key)) {
      report("E_ARCH_AMQP_DUPLICATE", "binding is declared twice", ["bindings", position]);
    }
    seen.add(key);
    if (isTooLong(routing_key)) {
      const message = `routing key is longer than ${shortBytesMax} bytes`;
      report("E_ARCH_AMQP_NAME_INVALID", message, keys("routing_key"));
    }
  }
}

function isTooLong(text: string): boolean {
  return encoder.encode(text).length > shortBytesMax;
}
