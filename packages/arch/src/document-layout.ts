/**
 * JSON as a person would lay it out, and as formatters leave it: two spaces, members in their own
 * order, what is short and has nothing but plain lists in it on one line, numbers as they are written.
 */
import { type JsonLexicalValue, JsonNumber } from "@reprise/canonical-json";

/** With a newline at the end. */
export function documentText(value: JsonLexicalValue): string {
  return `${layOut(value, "")}\n`;
}

/** So much of a line, with its indent, a list or an object on one line may take. */
const lineMax = 100;

function layOut(value: JsonLexicalValue, indent: string, before = 0): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (value instanceof JsonNumber) return value.lexeme;
  const inner = `${indent}  `;
  const isArray = Array.isArray(value);
  const parts = isArray
    ? value.map((item) => layOut(item, inner))
    : Object.entries(value).map(([key, member]) => {
        const name = `${JSON.stringify(key)}: `;
        return name + layOut(member, inner, name.length);
      });
  const [open, close] = isArray ? ["[", "]"] : ["{", "}"];
  if (parts.length === 0) return open + close;
  const space = isArray ? "" : " ";
  const line = `${open}${space}${parts.join(", ")}${space}${close}`;
  const nested = Object.values(value).some((each) => isContainer(each) && !isPlainList(each));
  // A comma may follow.
  if (!nested && indent.length + before + line.length < lineMax) return line;
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indent}${close}`;
}

function isPlainList(value: JsonLexicalValue): boolean {
  return Array.isArray(value) && !value.some(isContainer);
}

function isContainer(value: JsonLexicalValue): boolean {
  return typeof value === "object" && value !== null && !(value instanceof JsonNumber);
}
