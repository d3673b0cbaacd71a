/** `reprise brokers` with processes of this machine. */
import { join } from "node:path";
import { BrokersError } from "../errors.js";
import type { BrokerReport } from "../fleet.js";
import type { NativeRecord } from "../fleet-state.js";
import { type BrokerKind, logFiles, loopback } from "../options.js";
import { amqpProbe, apiVersionsProbe, type Probe, redisProbe } from "../probe-bytes.js";
import { endProcess } from "./detached-process.js";
import type { FleetStore } from "./fleet-store.js";
import { answersAt } from "./probing.js";
import { isSameProcess } from "./process-identity.js";
import { startBroker } from "./start-broker.js";

export interface NativeBroker {
  readonly kind: BrokerKind;
  readonly port: number;
  /** `.reprise/brokers`, absolute. */
  readonly folder: string;
  readonly store: FleetStore;
}

const probes: Readonly<Record<BrokerKind, () => Probe>> = {
  kafka: apiVersionsProbe,
  amqp: amqpProbe,
  redis: redisProbe,
};

/** Whether a broker of that kind answers there, whoever started it. */
export function brokerAnswers(kind: BrokerKind, port: number): Promise<boolean> {
  return answersAt({ port, secure: false, probe: probes[kind]() });
}

/** Rejects with what startBroker rejects with; then nothing is left, and nothing recorded. */
export async function startNative(
  broker: NativeBroker,
  signal: AbortSignal,
): Promise<BrokerReport> {
  const { kind, port, folder, store } = broker;
  const began = performance.now();
  try {
    const logFile = join(folder, kind, logFiles[kind]);
    const { pid } = await startBroker({
      kind,
      port,
      folder: join(folder, kind),
      detached: true,
      signal,
      // Written before it answers: if this command is killed meanwhile, `down` still finds it.
      onProcess: (identity) => store.write(kind, { via: "native", port, logFile, ...identity }),
    });
    const tookMs = Math.round(performance.now() - began);
    return { kind, host: loopback, port, state: "started", via: "native", pid, logFile, tookMs };
  } catch (error) {
    store.write(kind, undefined);
    throw error;
  }
}

/** Of one that was started: "up" or "silent"; undefined if its process is gone. */
export async function nativeReport(
  kind: BrokerKind,
  record: NativeRecord,
): Promise<BrokerReport | undefined> {
  if (!isSameProcess(record)) return undefined;
  const { port, pid, logFile } = record;
  const state = (await brokerAnswers(kind, port)) ? "up" : "silent";
  return { kind, host: loopback, port, state, via: "native", pid, logFile };
}

/** Rejects with NOT_ANSWERING if it cannot be ended. */
export async function stopNative(
  { kind, store }: NativeBroker,
  record: NativeRecord,
): Promise<BrokerReport> {
  const { port, pid, logFile } = record;
  const began = performance.now();
  if (!(await endProcess(record))) {
    const message = `${kind} (pid ${pid}) is there still, after SIGTERM and SIGKILL`;
    throw new BrokersError("NOT_ANSWERING", message, { kind, port, logFile });
  }
  store.write(kind, undefined);
  const tookMs = Math.round(performance.now() - began);
  return { kind, host: loopback, port, state: "stopped", via: "native", pid, logFile, tookMs };
}
