/**
 * Goes through the strings of a JSON text in order, with their names and places, and keeps all of
 * them: a parser drops the first of two members with one name, and what is dropped is written all
 * the same.
 */

export interface JsonString {
  readonly value: string;
  /** The name it stands under: its member's, or the one that carries on to it. */
  readonly name: string | undefined;
  /** Whether this is a member's name, not a value. */
  readonly isName: boolean;
  /** Its place; a name's is that of the object it is in. Made on demand: most are never asked. */
  readonly path: () => readonly (string | number)[];
}

/** Members that carry their object's name on: `{ "password": { "value": "..." } }`. */
const carryingMembers: ReadonlySet<string> = new Set([
  ...["value", "raw", "data", "text", "plain", "plaintext", "content", "current", "default"],
  ...["access", "refresh", "primary", "secondary"],
]);

/** Members that name the `value` beside them: `{ "name": "DB_PASSWORD", "value": "..." }`. */
const labelMembers: ReadonlySet<string> = new Set(["name", "key", "k", "header", "field"]);
const labelledMembers: ReadonlySet<string> = new Set(["value", "v"]);

interface Frame {
  readonly parent: Frame | undefined;
  readonly isArray: boolean;
  /** The name that carries on into it. */
  readonly inherited: string | undefined;
  /** In an array, the index; in an object, the member being read, undefined before its name. */
  index: number;
  member: string | undefined;
  label: string | undefined;
  labelled: { readonly value: string; readonly member: string } | undefined;
}

export const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Calls `visit` for each string of `text`, which must be JSON. */
export function eachJsonString(text: string, visit: (found: JsonString) => void): void {
  let frame: Frame | undefined;
  let isName = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case "{":
      case "[":
        isName = text[at] === "{";
        frame = openFrame(frame, !isName);
        break;
      case "}":
      case "]":
        if (frame !== undefined) visitLabelled(frame, visit);
        frame = frame?.parent;
        break;
      case ",":
        isName = frame !== undefined && !frame.isArray;
        if (frame !== undefined) frame.index++;
        break;
      case ":":
        isName = false;
        break;
      case '"': {
        const end = closingQuote(text, at);
        const value = unescaped(text.slice(at, end + 1));
        if (isName) visitName(frame, value, visit);
        else visitValue(frame, value, visit);
        at = end;
      }
    }
  }
}

function openFrame(parent: Frame | undefined, isArray: boolean): Frame {
  const inherited = nameIn(parent);
  return {
    parent,
    isArray,
    inherited,
    index: 0,
    member: undefined,
    label: undefined,
    labelled: undefined,
  };
}

type Visit = (found: JsonString) => void;

function visitName(frame: Frame | undefined, value: string, visit: Visit): void {
  visit({ value, name: undefined, isName: true, path: () => pathOf(frame?.parent) });
  if (frame !== undefined) frame.member = value;
}

function visitValue(frame: Frame | undefined, value: string, visit: Visit): void {
  visit({ value, name: nameIn(frame), isName: false, path: () => pathOf(frame) });
  if (frame?.member === undefined) return;
  const member = frame.member.toLowerCase();
  if (labelMembers.has(member)) frame.label = value;
  else if (labelledMembers.has(member)) frame.labelled = { value, member: frame.member };
}

function visitLabelled(frame: Frame, visit: Visit): void {
  const { label, labelled } = frame;
  if (label === undefined || labelled === undefined) return;
  const { value, member } = labelled;
  visit({ value, name: label, isName: false, path: () => [...pathOf(frame.parent), member] });
}

/** The name that a value read now stands under. */
function nameIn(frame: Frame | undefined): string | undefined {
  if (frame?.member === undefined) return frame?.inherited;
  return carryingMembers.has(frame.member) ? (frame.inherited ?? frame.member) : frame.member;
}

/** The place of the value being read in `frame`. */
function pathOf(frame: Frame | undefined): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = frame; at !== undefined; at = at.parent) path.push(at.member ?? at.index);
  return path.reverse();
}

/** Where the string that begins at `start` ends: the first quote with no odd run of `\` before it. */
function closingQuote(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text[first - 1] === "\\") first--;
    if ((end - first) % 2 === 0) return end;
  }
  return text.length;
}

/** `JSON.parse` of a string gives a string: the cast holds. */
const unescaped = (literal: string): string =>
  literal.includes("\\") ? (JSON.parse(literal) as string) : literal.slice(1, -1);
