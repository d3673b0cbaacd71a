/**
 * Declares the topology on a channel that is thrown away: a refusal closes the channel it came on.
 * What is there already, with the same settings, is left as it is.
 */
import { type BrokerAddress, declareFailure } from "../failures.js";
import type { QueueType } from "../options.js";
import type { AmqpTopology } from "../topology.js";
import type { ClientChannel, DeclareOptions } from "./client.js";
import type { Session } from "./line.js";

export interface DeclareParts {
  readonly topology: AmqpTopology;
  readonly queueType: QueueType;
  readonly address: BrokerAddress;
}

/** Rejects with TOPOLOGY_MISMATCH, BROKER_REFUSED (not found), CONNECTION_LOST. */
export async function declareTopology(session: Session, parts: DeclareParts): Promise<void> {
  const { topology } = parts;
  const channel = await session.whileUp(session.connection.createChannel());
  // A refusal is also an event; the call's own rejection is enough.
  channel.on("error", () => undefined);
  const step = async (what: string, work: Promise<unknown>): Promise<void> => {
    try {
      await session.whileUp(work);
    } catch (cause) {
      throw declareFailure(cause, { what, address: parts.address });
    }
  };
  for (const { name, type, durable = true } of topology.exchanges) {
    await step(named("exchange", name), channel.assertExchange(name, type, { durable }));
  }
  for (const { name, durable = true } of topology.queues) {
    const options = queueOptions(durable, parts.queueType);
    await step(named("queue", name), channel.assertQueue(name, options));
  }
  for (const { exchange, queue, routing_key: key } of topology.bindings) {
    const what = `${named("binding of queue", queue)} to ${named("exchange", exchange)}`;
    await step(what, channel.bindQueue(queue, exchange, key));
  }
  await throwAway(session, channel);
}

async function throwAway(session: Session, channel: ClientChannel): Promise<void> {
  await session.whileUp(channel.close());
}

/** A quorum queue is durable, or it is none. */
function queueOptions(durable: boolean, queueType: QueueType): DeclareOptions {
  if (!durable || queueType === "classic") return { durable };
  return { durable, arguments: { "x-queue-type": queueType } };
}

function named(what: string, name: string): string {
  return `${what} ${JSON.stringify(name)}`;
}
