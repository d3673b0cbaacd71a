/**
 * The Redis driver: ioredis, made into connections for the pure parts, which do the rest.
 *
 * Delivery is at least once. A publish is confirmed when the server has the entry: how safe that is the
 * server's `appendonly` and `appendfsync` say (with `everysec` a server that dies may lose the last
 * second; with `always` nothing). One whose confirmation is lost is sent again, marked, under the same
 * message id; the reader flags it. A settlement is confirmed by XACK, after the handler.
 *
 * A retry costs two round trips of a script: the entry stays pending, is claimed by its own consumer,
 * and comes again at once, behind what was fetched already: later messages are not held back.
 *
 * Not supported: Redis Cluster (refused at opening), Sentinel, several partitions per topic. Consumers
 * of one group share a stream: messages of one key keep their order in the stream, and in one consumer,
 * not across consumers.
 *
 * Worked around, of ioredis: #1821, #1718, #61 and #1351 (commands that hang in an outage, or fail only
 * after twenty reconnections), #1372 (order after a failover): each connection is a client of its own,
 * that neither queues, nor resends, nor reconnects. Of Redis: #5570 (trimming what is pending), #5433
 * (the same ids again after a failover), the loss of a consumer's pending entries with XGROUP
 * DELCONSUMER.
 */
import { randomBytes } from "node:crypto";
import { MsgError } from "@reprise/msg-core";
import { type BrokerDriver, openBrokerDriver, resolveCredentials } from "@reprise/msg-core/driver";
import { Command, Redis } from "ioredis";
import { encodeCommands } from "../command-bytes.js";
import {
  CommandError,
  type Connect,
  lost,
  type RedisConnection,
  type Reply,
} from "../connection.js";
import type { Handle } from "../intake.js";
import { createRedisLink } from "../link.js";
import { type RedisDriverOptions, type RedisSettings, settingsOf } from "../options.js";
import { createSilence } from "../silence.js";
import { loadProfile } from "./profile.js";

/**
 * Resolves when the server is there, the credentials are accepted, and the group of each topic exists.
 *
 * Rejects with CONTRACT_INVALID (the profile), LIMIT_EXCEEDED (an option), SECRET_MISSING,
 * AUTHENTICATION_FAILED, BROKER_UNREACHABLE, BROKER_TIMEOUT (no answer within `times.connectMs`),
 * TOPOLOGY_MISMATCH (a cluster, an old server, a topic whose key holds something else), BROKER_REFUSED.
 */
export async function openRedisDriver(options: RedisDriverOptions): Promise<BrokerDriver> {
  const settings = settingsOf(options, loadProfile(options.profile));
  const { topics, limits, deadLetterSuffix, times, profile } = settings;
  // Asked again at each connecting; a secret that nobody has is told before there is a connection.
  await resolveCredentials(profile.security ?? {}, settings.secrets);
  const connect = connectTo(settings);
  const instanceId = randomBytes(8).toString("hex");
  return openBrokerDriver<Handle>(
    {
      kind: "redis",
      endpoint: profile.id,
      capabilities: {
        orderPerKey: true,
        orderAfterRetry: false,
        countsAttempts: true,
        durable: true,
      },
      topics,
      limits,
      deadLetterSuffix,
      stallMs: times.stallMs,
      ports: { timer, now: () => performance.now() },
    },
    (context) => createRedisLink({ settings, connect, instanceId }, context),
  );
}

export function timer(ms: number, elapsed: () => void): () => void {
  const id = setTimeout(elapsed, ms);
  return () => clearTimeout(id);
}

export function connectTo(settings: RedisSettings): Connect {
  const { profile, tls, times } = settings;
  const { host, port, security } = profile;
  const withTls = security?.tls ?? true;
  const { ca, ...rest } = tls ?? {};
  const trusted = ca === undefined ? {} : { ca: typeof ca === "string" ? ca : [...ca] };
  const clientOptions = {
    host,
    port,
    lazyConnect: true,
    connectTimeout: times.connectMs,
    // No more than a connection: whatever else is done, the pure parts do.
    retryStrategy: () => undefined,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    disableClientInfo: true,
    // Replies have one shape then, whatever the server and the client can do.
    protocol: 2 as const,
    ...(withTls ? { tls: { ...rest, ...trusted } } : {}),
  };
  return (silentMs) => connectionOf(new Redis(clientOptions), silentMs);
}

function connectionOf(client: Redis, silentMs: number): RedisConnection {
  let last: Error | undefined;
  const silence = createSilence(timer, silentMs, () => {
    last = new Error(`no reply for ${silentMs} ms`);
    client.stream.destroy();
  });
  client.on("error", (error: Error) => {
    last = error;
  });
  const ended = new Promise<CommandError>((resolve) => {
    client.once("end", () => {
      silence.stop();
      resolve(lostBy(last));
    });
  });
  const failed = (error: unknown): CommandError => failureOf(error, last);
  const callAll: RedisConnection["callAll"] = (commands) =>
    new Promise((resolve) => {
      const outcomes: (Reply | CommandError)[] = [];
      let left = commands.length;
      if (left === 0) {
        resolve(outcomes);
        return;
      }
      silence.called(left);
      const settle = (index: number, outcome: Reply | CommandError): void => {
        silence.replied();
        outcomes[index] = outcome;
        left -= 1;
        if (left === 0) resolve(outcomes);
      };
      for (const [index, [name]] of commands.entries()) {
        const command = new Written(String(name));
        command.resolve = (reply) => settle(index, reply);
        command.reject = (error) => settle(index, failed(error));
        client.sendCommand(command, { isPipeline: true, write, destination: { redis: client } });
      }
      // Refused above, where there is no connection.
      if (left > 0) client.stream.write(encodeCommands(commands, Buffer.allocUnsafe));
    });
  return {
    opened: client.connect().catch((error: unknown) => {
      throw unreachable(client, last ?? error);
    }),
    ended,
    async call(command) {
      const [outcome = null] = await callAll([command]);
      if (outcome instanceof CommandError) throw outcome;
      return outcome;
    },
    callAll,
    close() {
      // To disconnect what has ended would start a timer that nothing stops.
      if (client.status === "end") return;
      client.disconnect();
      // What was worth sending has been answered; a server that is stopped would never end its side.
      client.stream?.destroy();
    },
  };
}

/**
 * A place in ioredis' queue of commands that wait for their reply; the bytes are written beside it, for
 * many commands at once. Its arguments are not known to ioredis, so none can turn up in an error.
 */
class Written extends Command {
  override toWritable(): string {
    return "";
  }
}

const write = (): void => undefined;

/**
 * What went wrong, without ioredis' own error: that one holds the command's arguments, a password or
 * somebody's data.
 */
function failureOf(error: unknown, last: Error | undefined): CommandError {
  if (error instanceof CommandError) return error;
  if (!(error instanceof Error)) return new CommandError("UNEXPECTED", String(error));
  if (error.name !== "ReplyError") return lostBy(last ?? error);
  const [prefix = ""] = error.message.split(" ", 1);
  return new CommandError(prefix, error.message);
}

function lostBy(reason: Error | undefined): CommandError {
  return new CommandError(
    lost,
    `the connection ended: ${reason?.message ?? "the server closed it"}`,
  );
}

function unreachable({ options }: Redis, reason: unknown): MsgError {
  const { host, port, tls } = options;
  const said = reason instanceof Error ? reason.message || reason.name : String(reason);
  const how = tls === undefined ? "without TLS" : "with TLS";
  const advice = "is Redis running there, and is the profile's security.tls right?";
  const message = `cannot connect to ${host}:${port} ${how}: ${said}; ${advice}`;
  return new MsgError("BROKER_UNREACHABLE", message, { cause: reason });
}
