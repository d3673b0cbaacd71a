/** Values as text, for comparing and for reading: records in the order of their names, bytes in hex. */
import { MsgError } from "@reprise/msg-core";

const listLengthMax = 40;

/** Two values with the same text are the same, as far as a law is concerned. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Uint8Array) return showBytes(value);
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (MsgError.is(value)) return `MsgError ${value.code} (${value.message})`;
  if (value instanceof Error) return `${value.name} (${value.message})`;
  if (typeof value !== "object" || value === null) return String(value);
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, member]) => `${name}: ${show(member)}`).join(", ")}}`;
}

function showBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return `<${text}>`;
}

/** The first few of a list that may be long, for a message. */
export function some(list: readonly unknown[]): readonly unknown[] {
  if (list.length <= listLengthMax) return list;
  return [...list.slice(0, listLengthMax), `and ${list.length - listLengthMax} more`];
}
