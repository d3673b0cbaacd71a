/**
 * What a broker is started with. `config` is lines of the broker's own file (redis.conf,
 * rabbitmq.conf, server.properties); a line of the caller replaces ours of the same name. A value
 * can therefore not break out of its line: control characters are refused.
 */
import { BrokersError } from "./errors.js";
import type { ProcessIdentity } from "./fleet-state.js";

export type BrokerKind = "kafka" | "amqp" | "redis";

export const brokerKinds: readonly BrokerKind[] = ["kafka", "amqp", "redis"];

/** What `reprise brokers up` uses, and what the three listen on by custom. */
export const defaultPorts: Readonly<Record<BrokerKind, number>> = {
  kafka: 9092,
  amqp: 5672,
  redis: 6379,
};

/** Where the log of a broker (of a Kafka's first node) is, in its folder. */
export const logFiles: Readonly<Record<BrokerKind, string>> = {
  kafka: "node-1/kafka.log",
  amqp: "rabbitmq.log",
  redis: "redis.log",
};

/** Everything listens here and nowhere else. */
export const loopback = "127.0.0.1";

export interface BrokerOptions {
  readonly kind: BrokerKind;
  /** Data, log and configuration go below it; made if missing. Started twice, it is the same broker. */
  readonly folder: string;
  /** For clients, on 127.0.0.1; default: a free one from 20,000 to 29,999. */
  readonly port?: number;
  /** More lines for redis.conf, rabbitmq.conf or server.properties. */
  readonly config?: Readonly<Record<string, string>>;
  /** Kafka only: 1 (the default), or 2 brokers and a controller of their own. */
  readonly nodes?: number;
  /** How long a start may take; default 60,000 ms. */
  readonly answerWithinMs?: number;
  /** The broker outlives this process; default false. */
  readonly detached?: boolean;
  /** Where Kafka's jars are kept; default `reprise` in the user's cache folder. */
  readonly cacheFolder?: string;
  /** Aborted during the start, it ends what was begun and rejects with ABORTED. */
  readonly signal?: AbortSignal;
  /** Told of each process as soon as it is there, before it answers. */
  readonly onProcess?: (identity: ProcessIdentity) => void;
}

export const configLinesMax: number = 200;
export const configLineLengthMax: number = 10_000;
export const answerWithinMsMax: number = 600_000;
const answerWithinMsDefault = 60_000;
const folderLengthMax = 1000;

/** The options with their defaults, except the port, which only the system can choose. */
export interface CheckedOptions {
  readonly kind: BrokerKind;
  readonly folder: string;
  readonly port: number | undefined;
  readonly config: Readonly<Record<string, string>>;
  readonly nodes: 1 | 2;
  readonly answerWithinMs: number;
  readonly detached: boolean;
  readonly cacheFolder: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProcess: ((identity: ProcessIdentity) => void) | undefined;
}

/** @throws BrokersError OPTIONS_INVALID */
export function checkBrokerOptions(options: BrokerOptions): CheckedOptions {
  const { kind, folder, port, config = {}, nodes = 1, detached = false } = options;
  const { answerWithinMs = answerWithinMsDefault, cacheFolder, signal, onProcess } = options;
  if (!brokerKinds.includes(kind)) refuse("kind", `one of ${brokerKinds.join(", ")}`, kind);
  checkFolder("folder", folder);
  if (cacheFolder !== undefined) checkFolder("cacheFolder", cacheFolder);
  if (port !== undefined) checkWhole("port", port, 65_535);
  checkWhole("answerWithinMs", answerWithinMs, answerWithinMsMax);
  if (nodes !== 1 && nodes !== 2) refuse("nodes", "1 or 2", nodes);
  if (nodes === 2 && kind !== "kafka") refuse("nodes", `1 for ${kind}`, nodes);
  if (nodes === 2 && detached) refuse("nodes", "1 for a detached broker", nodes);
  checkConfig(config);
  const where = { kind, folder, port, config, nodes, cacheFolder } as const;
  return { ...where, answerWithinMs, detached, signal, onProcess };
}

function refuse(name: string, expected: string, got: unknown): never {
  const shown = typeof got === "string" ? JSON.stringify(got) : String(got);
  throw new BrokersError("OPTIONS_INVALID", `${name}: expected ${expected}, got ${shown}`);
}

function checkFolder(name: string, folder: unknown): void {
  const sound = typeof folder === "string" && folder !== "" && folder.length <= folderLengthMax;
  if (!sound || hasControl(folder)) {
    refuse(name, `a path of at most ${folderLengthMax} characters`, folder);
  }
}

function checkWhole(name: string, value: unknown, max: number): void {
  if (!Number.isInteger(value) || Number(value) < 1 || Number(value) > max) {
    refuse(name, `a whole number from 1 to ${max}`, value);
  }
}

function checkConfig(config: Readonly<Record<string, string>>): void {
  const lines = Object.entries(config);
  if (lines.length > configLinesMax) refuse("config", `at most ${configLinesMax}`, lines.length);
  for (const [name, value] of lines) {
    if (!/^[A-Za-z0-9_.*$/-]{1,200}$/.test(name)) {
      refuse("config", "names of letters, digits and _ . * $ / -", name);
    }
    if (typeof value !== "string") refuse(`config ${name}`, "a string", value);
    if (value.length > configLineLengthMax || hasControl(value)) {
      const expected = `one line of at most ${configLineLengthMax} characters`;
      refuse(`config ${name}`, expected, `${value.slice(0, 40)} (${value.length} characters)`);
    }
  }
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || unit === 0x7f) return true;
  }
  return false;
}
