/**
 * The schema of a message: which fields there are, and what each must be. Whether a failure is the
 * caller's or the peer's, the caller of this module says.
 */
import {
  type AmpMessage,
  causeNameLengthMax,
  causesMax,
  nameLengthMax,
  signatureLengthMax,
} from "./message.js";
import { isTimestamp } from "./timestamp.js";

export interface Problem {
  /** JSON Pointer. */
  readonly pointer: string;
  /** What was expected, and what came. */
  readonly text: string;
}

interface Rule {
  readonly isOptional: boolean;
  /** undefined: nothing is wrong. */
  check(value: unknown, pointer: string): Problem | undefined;
}

type Check = Rule["check"];

const required = (check: Check): Rule => ({ isOptional: false, check });
const optional = (check: Check): Rule => ({ isOptional: true, check });

const rules: Readonly<Record<keyof AmpMessage, Rule>> = {
  op_id: required(textOf(1, nameLengthMax)),
  at: required(checkTime),
  type: required(textOf(1, nameLengthMax)),
  actor: required(textOf(1, nameLengthMax)),
  causality: required(checkCausality),
  snap_sha: required(textOf(0, nameLengthMax)),
  payload: required(checkObject),
  proof: optional(checkObject),
  sig: optional(textOf(1, signatureLengthMax)),
};

/** The fields, in the order in which a reader lays them down. */
export const fieldNames: readonly string[] = Object.keys(rules);

/** What is wrong with `value` as a message; the first thing, in the order of the fields. */
export function problemOf(
  value: unknown,
  { lenient }: { readonly lenient: boolean },
): Problem | undefined {
  if (!isObject(value)) return { pointer: "", text: `expected an object, got ${nameOf(value)}` };
  for (const [name, { isOptional, check }] of Object.entries(rules)) {
    if (!Object.hasOwn(value, name)) {
      if (isOptional) continue;
      return { pointer: `/${name}`, text: "the field is missing" };
    }
    const problem = check(value[name], `/${name}`);
    if (problem !== undefined) return problem;
  }
  if (lenient) return undefined;
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(rules, name));
  if (unknown === undefined) return undefined;
  return { pointer: pointerTo("", unknown), text: "no field of that name is in the schema" };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(lengthMin: number, lengthMax: number): Check {
  return (value, pointer) => {
    if (typeof value !== "string") {
      return { pointer, text: `expected a string, got ${nameOf(value)}` };
    }
    if (value.length >= lengthMin && value.length <= lengthMax) return undefined;
    const range = `${lengthMin} to ${lengthMax} characters`;
    return { pointer, text: `expected ${range}, got ${value.length}` };
  };
}

function checkTime(value: unknown, pointer: string): Problem | undefined {
  if (typeof value === "string" && isTimestamp(value)) return undefined;
  const got = typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : nameOf(value);
  return { pointer, text: `expected a time as 2026-11-20T09:30:00.000000Z, got ${got}` };
}

function checkObject(value: unknown, pointer: string): Problem | undefined {
  if (isObject(value)) return undefined;
  return { pointer, text: `expected an object, got ${nameOf(value)}` };
}

const checkCause = textOf(1, nameLengthMax);

function checkCausality(value: unknown, pointer: string): Problem | undefined {
  if (!isObject(value)) return checkObject(value, pointer);
  const causes = Object.entries(value);
  if (causes.length > causesMax) {
    return { pointer, text: `expected at most ${causesMax} members, got ${causes.length}` };
  }
  for (const [name, cause] of causes) {
    const place = pointerTo(pointer, name);
    if (name.length < 1 || name.length > causeNameLengthMax) {
      const range = `a name of 1 to ${causeNameLengthMax} characters`;
      return { pointer: place, text: `expected ${range}, got ${name.length}` };
    }
    const problem = cause === null ? undefined : checkCause(cause, place);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function pointerTo(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
