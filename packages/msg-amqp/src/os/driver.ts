/**
 * The AMQP 0-9-1 driver, on amqplib, for RabbitMQ.
 *
 * Delivery is at least once. `publish` resolves when the broker has confirmed each message (persistent,
 * to durable queues) and no message was unroutable; what was unconfirmed when a connection ended is
 * sent again under the same message id, and flagged `redelivered` where it turns up twice. AMQP does
 * not answer an acknowledgement: `settle` resolves when it is written, and one that is lost with its
 * connection means another delivery, flagged.
 *
 * A retry is basic.nack with requeue: the broker puts the message back to where it was if it can, and
 * delivers it again at once, ahead of what it has not sent; what was delivered behind it stays
 * delivered. It costs one frame and one delivery.
 *
 * Not supported: transactions, exclusive queues, priorities, per-message expiry, headers exchanges
 * with arguments, delays before a retry.
 *
 * What it works around, by amqplib's issue number where there is one: recovery that does not notice
 * a connection lost during its setup (2.3.1, not used); connect that never settles (#856: a deadline
 * and an abort signal of our own); plain publishes lost without a word (#151: confirms only);
 * confirms that never come (#636); drain that never comes (#713, #669); error and close both firing;
 * acknowledgements on stale channels (#521); null for a cancelled consumer; deliveries after a
 * cancellation (#641); declarations that close their channel (#154); unroutable messages that are
 * confirmed (#633); half-open sockets left to the system (#557: destroyed); close that overtakes what
 * a channel has still to write (channels are closed first, and awaited); tables over 64 KiB (#867).
 */
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import {
  type BrokerDriver,
  type LinkOptions,
  openBrokerDriver,
  resolveCredentials,
} from "@reprise/msg-core/driver";
import { connect } from "amqplib";
import { connectFailure } from "../failures.js";
import { type AmqpDriverOptions, settingsOf } from "../options.js";
import { createRoutes } from "../routes.js";
import type { Dial } from "./client.js";
import type { AmqpHandle } from "./consumer.js";
import { loadProfile, loadTopology } from "./documents.js";
import { createAmqpLink } from "./link.js";

/** What RabbitMQ has, unless told otherwise; from this machine only. */
const guest = { username: "guest", password: "guest" };
/** The largest frame, in bytes: what RabbitMQ offers. */
const frameMax = 131_072;
/** Bytes that the socket takes before the client waits: as much goes out in one call. */
const writableHighWaterMark = 262_144;

/**
 * Connects and declares the topology. Rejects with CONTRACT_INVALID (a document), LIMIT_EXCEEDED (an
 * option), SECRET_MISSING, TOPIC_UNKNOWN, TOPOLOGY_MISMATCH, BROKER_UNREACHABLE,
 * AUTHENTICATION_FAILED, BROKER_TIMEOUT, BROKER_REFUSED, CONNECTION_LOST; then nothing is left open.
 */
export async function openAmqpDriver(options: AmqpDriverOptions): Promise<BrokerDriver> {
  const profile = loadProfile(options.profile);
  const settings = settingsOf(options, profile);
  const { topics = [], group, declareQueues = false } = options;
  const { deadLetterSuffix } = settings;
  const topology = loadTopology(options.topology);
  const routes = createRoutes({ topology, topics, group, deadLetterSuffix, declareQueues });
  const given = await resolveCredentials(profile.auth ?? {}, options.secrets);
  const { host, port, vhost } = profile;
  const secrets = given === undefined ? [] : [given.password, given.username];
  const address = { host, port, vhost, secrets };
  const credentials = given ?? guest;

  const dial: Dial = async (signal) => {
    const where = {
      protocol: "amqp",
      hostname: host,
      port,
      // It is unescaped on the way.
      vhost: encodeURIComponent(vhost),
      ...credentials,
      frameMax,
      heartbeat: settings.heartbeatSeconds,
    };
    try {
      // For the socket: node's, of which the client passes all options on.
      const socketOptions = { noDelay: true, signal, writableHighWaterMark };
      const model = await connect(where, socketOptions as Parameters<typeof connect>[1]);
      return Object.assign(model, { gather: gatherer(model.connection) });
    } catch (cause) {
      throw connectFailure(cause, address);
    }
  };
  const linkOptions: LinkOptions = {
    kind: "amqp",
    endpoint: profile.id,
    capabilities: {
      orderPerKey: true,
      orderAfterRetry: false,
      countsAttempts: settings.queueType === "quorum",
      durable: true,
    },
    topics,
    limits: settings.limits,
    deadLetterSuffix,
    stallMs: settings.stallMs,
    ports: {
      timer(ms, elapsed) {
        const id = setTimeout(elapsed, ms);
        return () => clearTimeout(id);
      },
      now: () => performance.now(),
    },
  };
  return openBrokerDriver<AmqpHandle>(linkOptions, (context) =>
    createAmqpLink({ dial, address, settings, routes }, context),
  );
}

/** Holds the socket's writes together. Without the client's inner stream, each goes by itself. */
function gatherer(connection: object): () => void {
  // amqplib 2.3.1 keeps its socket there; it is not in its types.
  const { stream } = connection as { readonly stream?: Partial<Pick<Socket, "cork" | "uncork">> };
  let isHeld = false;
  return () => {
    if (isHeld || typeof stream?.cork !== "function") return;
    isHeld = true;
    stream.cork();
    // The client moves what it has buffered to the socket in the first of these.
    setImmediate(() => {
      setImmediate(() => {
        isHeld = false;
        stream.uncork?.();
      });
    });
  };
}
