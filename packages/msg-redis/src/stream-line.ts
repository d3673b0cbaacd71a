/** One line of a stream bus to the server, with the calls on it: they outlast a connection. */
import { MsgError, type StreamLog } from "@reprise/msg-core";
import { resolveCredentials, type Timer, withDeadline } from "@reprise/msg-core/driver";
import { type Calls, createCalls } from "./calls.js";
import { type Connect, isPassing, type RedisConnection } from "./connection.js";
import { greet } from "./handshake.js";
import { createLine } from "./line.js";
import type { RedisSettings } from "./options.js";
import { refusalOf } from "./refusals.js";

export interface StreamLine {
  readonly calls: Calls;
  /** Connects, within `connectMs`. Rejects with a MsgError. */
  open(): Promise<void>;
  /** Connects, and tries until it has. */
  start(): void;
  current(): RedisConnection | undefined;
  /** Of the connection, where the ACL lets it be known. */
  clientId(): number | undefined;
  /** Calls that wait are CLOSED. */
  close(): Promise<void>;
}

export interface StreamLineParts {
  readonly settings: RedisSettings;
  readonly connect: Connect;
  readonly timer: Timer;
  readonly role: "commands" | "reading";
  readonly log: StreamLog | undefined;
}

const notDurable =
  "the server has appendonly off: what it has confirmed is lost when it dies before its next snapshot";

export function createStreamLine(parts: StreamLineParts): StreamLine {
  const { settings, connect, timer, role, log } = parts;
  const { profile, times, blockMs, secrets } = settings;
  const address = `${profile.host}:${profile.port}`;
  const calls = createCalls({ timer, callMs: times.callMs });
  let clientId: number | undefined;
  let wasDown = false;
  let isRetired = false;
  const line = createLine({
    timer,
    connect: () => connect(role === "reading" ? blockMs + times.commandMs : times.commandMs),
    async prepare(connection) {
      const credentials = await resolveCredentials(profile.security ?? {}, secrets);
      const name = `reprise:${profile.id}:${role}`;
      const welcome = await greet(connection, { address, credentials, name });
      clientId = welcome.clientId;
      if (role === "commands" && !wasDown && welcome.info.appendOnly === false) {
        log?.({ name: "durability", detail: notDurable });
      }
    },
    up(connection) {
      if (wasDown) log?.({ name: "connection", detail: `${role}: ${address} is connected again` });
      calls.up(connection);
    },
    down(error) {
      calls.down(error);
      if (isRetired) return false;
      const reason = refusalOf(`${role}: ${address}`, error);
      wasDown = true;
      log?.({ name: "connection", detail: reason.message });
      return true;
    },
  });
  const late = (): MsgError =>
    new MsgError("BROKER_TIMEOUT", `${address} gave no answer within ${times.connectMs} ms`);
  return {
    calls,
    async open() {
      try {
        await withDeadline(line.open(), { timer, ms: times.connectMs, late });
      } catch (error) {
        await line.close();
        throw isPassing(error) || !MsgError.is(error)
          ? refusalOf(`connecting to ${address}`, error)
          : error;
      }
    },
    start: line.start,
    current: line.current,
    clientId: () => clientId,
    async close() {
      isRetired = true;
      calls.close(new MsgError("CLOSED", "the stream bus is closed"));
      await line.close();
    },
  };
}
