/**
 * What is heard of a consumer's brokers. kafkajs tries for ever, and not of everything that it gets
 * into it gets out: it asks a coordinator that has died again and again, though the group has another
 * one; and a connection that was half made stays so. Then somebody else has to see it.
 */
import { MsgError } from "@reprise/msg-core";
import type { DriverPorts } from "@reprise/msg-core/driver";

export interface SignsOfLife {
  fetched(): void;
  heartbeat(): void;
  /** A connection broke; says whether that is trouble, because no other one serves. */
  lost(): boolean;
  /** Brokers answer, and the coordinator has missed heartbeats since a connection broke. */
  mustRejoin(): boolean;
  stop(): void;
}

export interface SignsOptions {
  readonly ports: DriverPorts;
  readonly heartbeatMs: number;
  readonly sessionTimeoutMs: number;
  /** Nothing was heard for a session: the group has given the consumer up. Called once. */
  readonly onSilence: (error: MsgError) => void;
}

/** So many in a row: then another coordinator is looked for. */
const heartbeatsMissed = 2;
/** Without a fetch for so long, a broken connection is trouble. */
const silenceMs = 1000;

export function createSignsOfLife(options: SignsOptions): SignsOfLife {
  const { ports, heartbeatMs, sessionTimeoutMs, onSilence } = options;
  let fetchedAt = ports.now();
  let heartbeatAt = fetchedAt;
  /** A connection broke since the last heartbeat. */
  let isLost = false;

  const look = (): void => {
    const silentMs = ports.now() - Math.max(fetchedAt, heartbeatAt);
    if (silentMs < sessionTimeoutMs) {
      stopTimer = ports.timer(sessionTimeoutMs - silentMs, look);
      return;
    }
    const message = `no broker has answered the consumer for ${Math.round(silentMs)} ms`;
    onSilence(new MsgError("BROKER_TIMEOUT", message));
  };
  let stopTimer = ports.timer(sessionTimeoutMs, look);

  return {
    fetched() {
      fetchedAt = ports.now();
    },
    heartbeat() {
      heartbeatAt = ports.now();
      isLost = false;
    },
    lost() {
      isLost = true;
      return ports.now() - fetchedAt >= silenceMs;
    },
    mustRejoin: () => isLost && fetchedAt > heartbeatAt + heartbeatsMissed * heartbeatMs,
    stop: () => stopTimer(),
  };
}
