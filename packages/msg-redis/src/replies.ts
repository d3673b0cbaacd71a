/** Replies of the server, by shape. One that is not as the command's documentation says is an error. */
import { CommandError, type Reply } from "./connection.js";

const decoder = new TextDecoder();

/** Bytes or a number, as text. */
export function textOf(reply: Reply | undefined): string {
  if (typeof reply === "number") return String(reply);
  if (reply instanceof Uint8Array) return decoder.decode(reply);
  throw unexpected("text", reply);
}

export function numberOf(reply: Reply | undefined): number {
  const number = typeof reply === "number" ? reply : Number(textOf(reply));
  if (!Number.isNaN(number)) return number;
  throw unexpected("a number", reply);
}

/** nil is an empty list. */
export function listOf(reply: Reply | undefined): readonly Reply[] {
  if (reply === null) return [];
  if (Array.isArray(reply)) return reply;
  throw unexpected("a list", reply);
}

export const textsOf = (reply: Reply | undefined): readonly string[] => listOf(reply).map(textOf);

/** A list of names and values in turn, as XINFO gives. */
export function membersOf(reply: Reply | undefined): ReadonlyMap<string, Reply> {
  const list = listOf(reply);
  const members = new Map<string, Reply>();
  for (let at = 0; at + 1 < list.length; at += 2)
    members.set(textOf(list[at]), list[at + 1] ?? null);
  return members;
}

/** An entry as it was delivered. */
export interface Entry {
  readonly id: string;
  /** Names and values in turn; undefined: the stream no longer has it. */
  readonly fields: readonly Uint8Array[] | undefined;
  /** Deliveries, this one included. */
  readonly attempt: number;
}

/**
 * Of `XREADGROUP ... STREAMS ... >`: what each stream has. A new entry is an id and its fields; with
 * CLAIM (Redis 8.4) one that was claimed has its idle time and the number of earlier deliveries behind.
 */
export function readEntries(reply: Reply): readonly (readonly [string, readonly Entry[]])[] {
  return listOf(reply).map((stream) => {
    const [name, entries] = listOf(stream);
    return [textOf(name), listOf(entries).map(entryOf)];
  });
}

function entryOf(reply: Reply): Entry {
  const [id, fields, , before] = listOf(reply);
  const attempt = before === undefined ? 1 : numberOf(before) + 1;
  return { id: textOf(id), fields: fieldsOf(fields), attempt };
}

/** Of the scripts: id, fields, deliveries. */
export function countedEntries(reply: Reply | undefined): readonly Entry[] {
  return listOf(reply).map((row) => {
    const [id, fields, attempt] = listOf(row);
    return { id: textOf(id), fields: fieldsOf(fields), attempt: numberOf(attempt) };
  });
}

function fieldsOf(reply: Reply | undefined): readonly Uint8Array[] | undefined {
  if (reply === null || reply === undefined) return undefined;
  // An entry's fields are what XADD was given: bulk strings, which are bytes.
  return listOf(reply) as readonly Uint8Array[];
}

function unexpected(what: string, reply: Reply | undefined): CommandError {
  const got = Array.isArray(reply) ? "a list" : reply instanceof Uint8Array ? "bytes" : reply;
  return new CommandError("UNEXPECTED", `expected ${what} in the server's reply, got ${got}`);
}
