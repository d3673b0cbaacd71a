/**
 * `.reprise/brokers/state.json`: which brokers `reprise brokers up` started, so that `down` stops
 * those and no others. A native broker is known by its pid and the moment its process began; one in
 * Docker by its compose file, whose own records say the rest.
 *
 *     {"brokers":{"redis":{"birth":"...","logFile":"...","pid":4711,"port":6379,"via":"native"}},
 *      "version":1}
 */
import { BrokersError } from "./errors.js";
import { type BrokerKind, brokerKinds } from "./options.js";

export type Via = "docker" | "native";

/** Which process a number means: a pid is given again once its process is gone. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal for the same process, and for no other. */
  readonly birth: string;
}

export interface NativeRecord extends ProcessIdentity {
  readonly via: "native";
  readonly port: number;
  readonly logFile: string;
}

export interface DockerRecord {
  readonly via: "docker";
  readonly port: number;
  readonly composeFile: string;
}

export type FleetRecord = NativeRecord | DockerRecord;

export type FleetState = Readonly<Partial<Record<BrokerKind, FleetRecord>>>;

/** The file is at most so long; ours has some 600 bytes. */
export const stateSizeMax: number = 65_536;

export function encodeFleetState(state: FleetState): string {
  return `${JSON.stringify({ version: 1, brokers: state }, undefined, 2)}\n`;
}

/** @throws BrokersError STATE_INVALID; `where` is for the message */
export function decodeFleetState(text: string, where: string): FleetState {
  const refuse = (expected: string): never => {
    throw new BrokersError("STATE_INVALID", `${where}: expected ${expected}`);
  };
  if (text.length > stateSizeMax) return refuse(`at most ${stateSizeMax} characters`);
  const document = parsed(text);
  if (!isObject(document)) return refuse("a JSON object");
  if (document.version !== 1) return refuse(`version 1, got ${String(document.version)}`);
  const { brokers } = document;
  if (!isObject(brokers)) return refuse("an object under brokers");
  const state: Partial<Record<BrokerKind, FleetRecord>> = {};
  for (const [kind, record] of Object.entries(brokers)) {
    const known = brokerKinds.find((name) => name === kind);
    if (known === undefined) return refuse(`brokers of ${brokerKinds.join(", ")}, got ${kind}`);
    state[known] = recordOf(record) ?? refuse(`a record of a broker under ${kind}`);
  }
  return state;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function recordOf(value: unknown): FleetRecord | undefined {
  if (!isObject(value)) return undefined;
  const { via, port, pid, birth, logFile, composeFile } = value;
  if (!isWhole(port, 65_535)) return undefined;
  if (via === "docker") {
    return isText(composeFile) ? { via, port, composeFile } : undefined;
  }
  // 1 is init, and 0 and what is negative would signal whole groups of processes.
  const sound = via === "native" && isWhole(pid, 2 ** 31) && pid > 1;
  return sound && isText(birth) && isText(logFile) ? { via, port, pid, birth, logFile } : undefined;
}

function isWhole(value: unknown, max: number): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= max;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
