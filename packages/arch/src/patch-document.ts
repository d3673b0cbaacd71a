/**
 * Applies a suggested patch (RFC 6902: add, remove, replace) to the text of a JSON file. Everything
 * that the patch does not name keeps its place and its spelling: members stay in their order, and a
 * number that was written `1.0` is still, since the hash in the locks is of how it is written.
 */
import {
  type JsonLexicalObject,
  type JsonLexicalValue,
  JsonNumber,
  parseJson,
} from "@reprise/canonical-json";
import type { PatchOperation } from "./diagnostic.js";
import { documentText } from "./document-layout.js";

/** undefined: the text is not JSON, or an operation does not fit it. */
export function patchDocument(
  text: string,
  operations: readonly PatchOperation[],
): string | undefined {
  let value: JsonLexicalValue | undefined;
  try {
    value = parseJson(text, { numbers: "lexeme" });
  } catch {
    return undefined;
  }
  for (const operation of operations) {
    value = applied(value, stepsOf(operation.path), operation);
    if (value === undefined) return undefined;
  }
  return documentText(value);
}

function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function applied(
  value: JsonLexicalValue,
  steps: readonly string[],
  operation: PatchOperation,
): JsonLexicalValue | undefined {
  const [step, ...deeper] = steps;
  if (step === undefined) return operation.op === "remove" ? undefined : lexical(operation.value);
  if (Array.isArray(value)) return inArray(value, { step, deeper, operation });
  if (typeof value !== "object" || value === null || value instanceof JsonNumber) return undefined;
  // Neither an array, nor null, nor a number: what is left of the union is the object.
  return inObject(value as JsonLexicalObject, { step, deeper, operation });
}

interface Move {
  readonly step: string;
  readonly deeper: readonly string[];
  readonly operation: PatchOperation;
}

function inArray(
  items: readonly JsonLexicalValue[],
  { step, deeper, operation }: Move,
): JsonLexicalValue | undefined {
  const end = step === "-" && deeper.length === 0 && operation.op === "add";
  const index = end ? items.length : /^(0|[1-9]\d*)$/.test(step) ? Number(step) : -1;
  const last = operation.op === "add" && deeper.length === 0 ? items.length : items.length - 1;
  if (index < 0 || index > last) return undefined;
  const changed = [...items];
  if (deeper.length > 0) {
    const item = applied(items[index] ?? null, deeper, operation);
    if (item === undefined) return undefined;
    changed[index] = item;
  } else if (operation.op === "remove") changed.splice(index, 1);
  else changed.splice(index, operation.op === "add" ? 0 : 1, lexical(operation.value));
  return changed;
}

function inObject(
  object: JsonLexicalObject,
  { step, deeper, operation }: Move,
): JsonLexicalValue | undefined {
  const before = Object.hasOwn(object, step) ? object[step] : undefined;
  if (before === undefined && (deeper.length > 0 || operation.op !== "add")) return undefined;
  if (deeper.length === 0 && operation.op === "remove") {
    return Object.fromEntries(Object.entries(object).filter(([key]) => key !== step));
  }
  const member =
    deeper.length === 0 ? lexical(operation.value) : applied(before ?? null, deeper, operation);
  if (member === undefined) return undefined;
  // A member that is there keeps its place.
  return Object.fromEntries([...Object.entries({ ...object, [step]: member })]);
}

/** A patch's own value: its numbers are written as JavaScript writes them. */
function lexical(value: unknown): JsonLexicalValue {
  return parseJson(JSON.stringify(value ?? null), { numbers: "lexeme" });
}
