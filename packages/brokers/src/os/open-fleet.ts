/**
 * The brokers of a working directory, as `reprise brokers` starts, shows and stops them.
 *
 * Only what the state file names is ever signalled, and only while the process is the one that was
 * started. What else answers on a broker's port is told as foreign and left alone.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { BrokersError } from "../errors.js";
import type { BrokerReport, Fleet, LogOptions, UpOptions, ViaChoice } from "../fleet.js";
import type { FleetRecord, Via } from "../fleet-state.js";
import { type BrokerKind, defaultPorts, logFiles, loopback } from "../options.js";
import { compose, composeOutput, dockerAnswers, findComposeFile } from "./docker.js";
import { startInDocker, stopInDocker } from "./fleet-docker.js";
import { brokerAnswers, nativeReport, startNative, stopNative } from "./fleet-native.js";
import { type FleetStore, openFleetStore } from "./fleet-store.js";
import { followLog } from "./log-follow.js";

export interface FleetOptions {
  /** The working directory: `.reprise/brokers` in it has data, logs and state. */
  readonly cwd: string;
  /** For tests; default: 9092, 5672 and 6379. */
  readonly ports?: Readonly<Record<BrokerKind, number>>;
}

interface Context {
  readonly cwd: string;
  readonly folder: string;
  readonly ports: Readonly<Record<BrokerKind, number>>;
  readonly store: FleetStore;
}

export function openFleet({ cwd, ports = defaultPorts }: FleetOptions): Fleet {
  const folder = join(resolve(cwd), ".reprise", "brokers");
  const store = openFleetStore(folder);
  const context = { cwd: resolve(cwd), folder, ports, store };
  return {
    choose: (asked) => choose(context, asked),
    up: (options) => store.alone(() => up(context, options)),
    down: (kinds) => store.alone(() => Promise.all(kinds.map((kind) => down(context, kind)))),
    status: (kinds) => Promise.all(kinds.map((kind) => report(context, kind))),
    logs: (options) => logs(context, options),
  };
}

async function choose({ cwd }: Context, asked: Via | undefined): Promise<ViaChoice> {
  const composeFile = findComposeFile(cwd);
  if (asked === "native") return { via: "native", why: "as asked", composeFile: undefined };
  if (asked === "docker") return { via: "docker", why: "as asked", composeFile };
  const native = (why: string): ViaChoice => ({ via: "native", why, composeFile: undefined });
  if (!(await dockerAnswers())) return native("docker does not answer");
  if (composeFile === undefined) return native("no compose.yaml here or above");
  return { via: "docker", why: "docker answers", composeFile };
}

/** What is there now, whoever started it. */
async function report(context: Context, kind: BrokerKind): Promise<BrokerReport> {
  const { ports, store } = context;
  const record = store.read()[kind];
  const own = record && (await ownReport(kind, record));
  if (own !== undefined) return own;
  const port = ports[kind];
  const state = (await brokerAnswers(kind, port)) ? "foreign" : "down";
  return { kind, host: loopback, port, state };
}

/** undefined: what was recorded is gone. */
async function ownReport(kind: BrokerKind, record: FleetRecord): Promise<BrokerReport | undefined> {
  if (record.via === "native") return nativeReport(kind, record);
  const { composeFile, port } = record;
  const args = ["ps", "--services", "--status", "running"];
  const { signal } = new AbortController();
  const services = await compose({ composeFile, args, signal }).catch(() => "");
  if (!services.split("\n").includes(kind)) return undefined;
  const state = (await brokerAnswers(kind, port)) ? "up" : "silent";
  return { kind, host: loopback, port, state, via: "docker" };
}

async function up(context: Context, options: UpOptions): Promise<readonly BrokerReport[]> {
  const { kinds, choice, signal } = options;
  const before = await Promise.all(kinds.map((kind) => report(context, kind)));
  const missing = before.filter(({ state }) => state === "down").map(({ kind }) => kind);
  const started =
    choice.via === "native"
      ? await Promise.all(missing.map((kind) => start(context, kind, signal)))
      : await startInDocker({
          ...context,
          kinds: missing,
          composeFile: choice.composeFile,
          signal,
        });
  const fresh = started.filter(({ state }) => state === "started");
  const undone = signal.aborted
    ? await Promise.all(fresh.map(({ kind }) => down(context, kind)))
    : [];
  const told = (kind: BrokerKind, old: BrokerReport): BrokerReport => {
    const now = undone.find((one) => one.kind === kind) ?? started.find((one) => one.kind === kind);
    return now ?? (old.state === "silent" ? withSilence(old) : old);
  };
  return before.map((old) => told(old.kind, old));
}

function withSilence(silent: BrokerReport): BrokerReport {
  const { kind, port, pid, logFile } = silent;
  const who = pid === undefined ? kind : `${kind} (pid ${pid})`;
  const message = `${who} was started before and does not answer on port ${port}: reprise brokers down ${kind} ends it`;
  const details = { kind, port, ...(logFile === undefined ? {} : { logFile }) };
  return { ...silent, error: new BrokersError("NOT_ANSWERING", message, details) };
}

async function start(
  context: Context,
  kind: BrokerKind,
  signal: AbortSignal,
): Promise<BrokerReport> {
  const { folder, ports, store } = context;
  const port = ports[kind];
  try {
    return await startNative({ kind, port, folder, store }, signal);
  } catch (error) {
    if (!BrokersError.is(error)) throw error;
    return { kind, host: loopback, port, state: "failed", error };
  }
}

/** Never rejects for what one broker does: the others are to be stopped too. */
async function down(context: Context, kind: BrokerKind): Promise<BrokerReport> {
  const { folder, ports, store } = context;
  const port = ports[kind];
  const record = store.read()[kind];
  const now = await report(context, kind);
  if (record === undefined || now.state === "foreign" || now.state === "down") {
    if (record !== undefined) store.write(kind, undefined);
    return now;
  }
  try {
    if (record.via === "native") return await stopNative({ kind, port, folder, store }, record);
    return await stopInDocker({ kind, store }, record);
  } catch (error) {
    if (!BrokersError.is(error)) throw error;
    return { ...now, state: "failed", error };
  }
}

async function logs(context: Context, options: LogOptions): Promise<void> {
  const { folder, store } = context;
  const { kind, lines, follow, signal, write } = options;
  const record = store.read()[kind];
  if (record?.via === "docker") {
    const args = [
      "logs",
      "--no-log-prefix",
      "--tail",
      String(lines),
      ...(follow ? ["--follow"] : []),
    ];
    const { composeFile } = record;
    return composeOutput({ composeFile, args: [...args, kind], signal }, write);
  }
  const path = record?.logFile ?? join(folder, kind, logFiles[kind]);
  if (!existsSync(path)) {
    throw new BrokersError("NOT_RUNNING", `${kind} has no log here: ${path} is not there`, {
      kind,
      logFile: path,
    });
  }
  return followLog({ path, lines, follow, signal, write });
}
