/**
 * What a run was: recorded as the first entry of its cassette, so that a replay needs nothing else.
 * The entry's key is not an endpoint, so that no driver takes it for its own.
 */
import { canonicalize, type JsonValue, parseJson } from "@reprise/canonical-json";
import { type DriverKind, MsgError } from "@reprise/msg-core";
import {
  type CassetteEntry,
  decodeEvent,
  type EntryTable,
  encodeEvent,
  operationsOf,
  rrKind,
} from "@reprise/msg-rr";
import { messagesMax, seedMax } from "./run-limits.js";

export interface RunFacts {
  readonly driver: DriverKind;
  /** The endpoint: the id of the profile. */
  readonly endpoint: string;
  readonly messages: number;
  readonly seed: number;
  /** Whether handlers were timed by the lab's virtual clock or by a real one. */
  readonly time: "virtual" | "real";
  /** Whether handlers asked for the time and for randomness. */
  readonly ambient?: true;
  /** Whether logs and spans were kept, and traces sent with the messages. */
  readonly observe?: true;
  /** The sandbox policy that held the recording; `none` without one. Older cassettes do not say. */
  readonly sandbox?: string;
}

const factsKey = "lab";
const factsName = "lab.run";
const nothing = new Uint8Array(0);

export function factsEntry(facts: RunFacts): CassetteEntry {
  return entryOfFacts(facts.driver, { ...facts });
}

/** The entry of any of the lab's runs. */
export function entryOfFacts(driver: DriverKind, facts: JsonValue): CassetteEntry {
  return {
    kind: rrKind,
    op: operationsOf(driver).event,
    key: factsKey,
    req: encodeEvent({ name: factsName, detail: canonicalize(facts) }),
    resp: nothing,
    err: 0,
    extra: [],
  };
}

/** The facts of a recorded run. Throws RECORDED_MISMATCH where the cassette is not one of the lab's. */
export function factsOf(recorded: EntryTable): RunFacts {
  const facts = recordedFacts(recorded);
  if (!isRunFacts(facts)) throw foreign("is not of its form");
  return facts;
}

/** What a cassette says of its run, whichever it is. Throws RECORDED_MISMATCH where it says nothing. */
export function recordedFacts(recorded: EntryTable): JsonValue {
  if (recorded.count === 0) throw foreign("is not its first entry");
  return factsIn({ key: recorded.bucketOf(0).key, req: recorded.req(0) });
}

/** The same, from the first entry alone. */
export function factsIn({ key, req }: Pick<CassetteEntry, "key" | "req">): JsonValue {
  if (key !== factsKey) throw foreign("is not its first entry");
  const event = decodeEvent(req);
  if (event.name !== factsName) throw foreign(`is named ${event.name}`);
  return parseJson(event.detail);
}

function isRunFacts(facts: JsonValue): facts is JsonValue & RunFacts {
  if (typeof facts !== "object" || facts === null || Array.isArray(facts)) return false;
  // A plain object, by the line above: its members are JSON values.
  const members = facts as Readonly<Record<string, JsonValue>>;
  const { kind, driver, endpoint, messages, seed, time, ambient, observe, sandbox } = members;
  return (
    // A run of another kind says so.
    kind === undefined &&
    typeof driver === "string" &&
    ["kafka", "amqp", "redis", "memory"].includes(driver) &&
    typeof endpoint === "string" &&
    isWhole(messages, messagesMax) &&
    isWhole(seed, seedMax) &&
    (time === "virtual" || time === "real") &&
    (ambient === undefined || ambient === true) &&
    (observe === undefined || observe === true) &&
    (sandbox === undefined || typeof sandbox === "string")
  );
}

export function isWhole(value: JsonValue | undefined, max: number, min = 0): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
}

function foreign(problem: string): MsgError {
  const message = `this cassette was not recorded by the lab: the entry ${factsName} ${problem}`;
  return new MsgError("RECORDED_MISMATCH", message, { entry: 0, offset: 0 });
}
