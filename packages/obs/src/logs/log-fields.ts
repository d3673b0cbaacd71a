/**
 * Anything, as bounded JSON. What is logged is often what has just gone wrong, so nothing here may
 * fail: values that cannot be read, that point at themselves or that never end become a note in
 * brackets, and what is too much is cut where a reader can see it.
 *
 * Texts and names pass the redaction whole, before they are cut: half of a secret is still one.
 * What is too long to look through is not shown at all.
 */
import type { JsonValue } from "@reprise/canonical-json";

/**
 * Gives what may be shown of `text`: itself, or something in its place. `pointer` says where it
 * stands: a JSON Pointer into the record, such as `/fields/headers/authorization`. Where it throws,
 * `[redacted]` is shown: a check that refuses secrets will do.
 */
export type Redact = (text: string, pointer: string) => string;

/** The maxima of one record. Lengths are in UTF-16 units. */
export const logLimits: {
  readonly eventLengthMax: number;
  readonly nameLengthMax: number;
  readonly textLengthMax: number;
  readonly redactedLengthMax: number;
  readonly membersMax: number;
  readonly depthMax: number;
  readonly valuesMax: number;
  readonly textTotalMax: number;
} = {
  eventLengthMax: 128,
  nameLengthMax: 128,
  textLengthMax: 4_096,
  /** The longest text that redaction looks through. */
  redactedLengthMax: 65_536,
  /** Of one object or array. */
  membersMax: 64,
  depthMax: 6,
  /** In all: members, items and what they hold. */
  valuesMax: 1_000,
  /** Of all texts and names together. */
  textTotalMax: 65_536,
};

interface Room {
  readonly redact: Redact | undefined;
  readonly parents: object[];
  valuesLeft: number;
  textLeft: number;
}

/** The members of `fields`, whatever they are. Never throws. */
export function boundedFields(
  fields: unknown,
  redact: Redact | undefined,
): Readonly<Record<string, JsonValue>> {
  const room: Room = {
    redact,
    parents: [],
    valuesLeft: logLimits.valuesMax,
    textLeft: logLimits.textTotalMax,
  };
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    const value = boundedValue(fields, "/fields", room);
    return value === undefined ? {} : { value };
  }
  room.parents.push(fields);
  return membersOf(fields, "/fields", room);
}

/** Text that may be shown: redacted, cut, well-formed. */
export function boundedText(
  text: string,
  pointer: string,
  { redact, lengthMax }: { redact: Redact | undefined; lengthMax: number },
): string {
  if (redact !== undefined && text.length > logLimits.redactedLengthMax) {
    return `[text of ${text.length}]`;
  }
  const shown = redact === undefined ? text : redacted(redact, text, pointer);
  if (shown.length <= lengthMax) return shown.toWellFormed();
  return `${shown.slice(0, lengthMax).toWellFormed()}[+${shown.length - lengthMax}]`;
}

function redacted(redact: Redact, text: string, pointer: string): string {
  try {
    const shown: unknown = redact(text, pointer);
    return typeof shown === "string" ? shown : "[redacted]";
  } catch {
    return "[redacted]";
  }
}

function boundedValue(value: unknown, pointer: string, room: Room): JsonValue | undefined {
  switch (typeof value) {
    case "string":
      return textValue(value, pointer, { room, lengthMax: logLimits.textLengthMax });
    case "number":
      // JSON has no -0, NaN or infinity.
      return Number.isFinite(value) ? value + 0 : `${value}`;
    case "boolean":
      return value;
    case "bigint":
      return textValue(`${value}`, pointer, { room, lengthMax: logLimits.textLengthMax });
    case "undefined":
      return undefined;
    case "object":
      if (value === null) return null;
      return objectValue(value, pointer, room);
    default:
      return `[${typeof value}]`;
  }
}

function textValue(
  text: string,
  pointer: string,
  { room, lengthMax }: { room: Room; lengthMax: number },
): string {
  if (room.textLeft <= 0) return "[cut]";
  const most = Math.min(lengthMax, room.textLeft);
  const shown = boundedText(text, pointer, { redact: room.redact, lengthMax: most });
  room.textLeft -= shown.length;
  return shown;
}

function objectValue(value: object, pointer: string, room: Room): JsonValue {
  const { parents } = room;
  if (parents.includes(value)) return "[circular]";
  if (parents.length >= logLimits.depthMax) return "[deeper]";
  parents.push(value);
  try {
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value)) return itemsOf(value, pointer, room);
    if (value instanceof Error) return errorValue(value, pointer, room);
    if (value instanceof Date) return dateText(value);
    if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
    return membersOf(value, pointer, room);
  } catch {
    // A proxy may refuse even to be asked what it is.
    return "[unreadable]";
  } finally {
    parents.pop();
  }
}

/** No stack: it names files of one machine, and two runs would differ. */
function errorValue(error: Error, pointer: string, room: Room): JsonValue {
  const { name, message, cause } = error;
  const code: unknown = Reflect.get(error, "code");
  return membersOf({ name, message, code, cause }, pointer, room);
}

function dateText(date: Date): string {
  const time = Date.prototype.getTime.call(date);
  return Number.isNaN(time) ? "[invalid date]" : Date.prototype.toISOString.call(date);
}

function itemsOf(items: readonly unknown[], pointer: string, room: Room): JsonValue[] {
  const bounded: JsonValue[] = [];
  const { length } = items;
  for (let index = 0; index < length; index++) {
    if (index >= logLimits.membersMax || room.valuesLeft <= 0) {
      bounded.push(`[${length - index} more]`);
      break;
    }
    room.valuesLeft -= 1;
    bounded.push(readable(items, index, { pointer, room }) ?? null);
  }
  return bounded;
}

function membersOf(object: object, pointer: string, room: Room): Record<string, JsonValue> {
  // A null prototype: a member may be called `__proto__`.
  const bounded: Record<string, JsonValue> = Object.create(null);
  let names: readonly string[];
  try {
    names = Object.keys(object);
  } catch {
    return { value: "[unreadable]" };
  }
  const { nameLengthMax, membersMax } = logLimits;
  for (const [place, name] of names.entries()) {
    if (place >= membersMax || room.valuesLeft <= 0) {
      bounded["[more]"] = names.length - place;
      break;
    }
    room.valuesLeft -= 1;
    const value = readable(object, name, { pointer, room });
    if (value === undefined) continue;
    bounded[textValue(name, pointer, { room, lengthMax: nameLengthMax })] = value;
  }
  return bounded;
}

function readable(
  object: object,
  name: string | number,
  { pointer, room }: { pointer: string; room: Room },
): JsonValue | undefined {
  let value: unknown;
  try {
    value = Reflect.get(object, name);
  } catch {
    return "[unreadable]";
  }
  return boundedValue(value, `${pointer}/${pointerStep(name)}`, room);
}

/** Source: RFC 6901, section 3. */
function pointerStep(name: string | number): string {
  return `${name}`.replaceAll("~", "~0").replaceAll("/", "~1");
}
