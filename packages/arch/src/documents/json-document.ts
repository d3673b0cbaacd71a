/**
 * Reads a JSON file of the repository, strictly: duplicate keys, a byte order mark, trailing text or
 * numbers that no double holds are not JSON here. Numbers come twice, as doubles to check and as
 * they are written to hash.
 */
import {
  CanonicalJsonError,
  type JsonLexicalValue,
  type JsonValue,
  parseJson,
} from "@reprise/canonical-json";
import type { Position } from "../diagnostic.js";
import type { RepositoryFiles } from "../repository-files.js";
import { hashOf } from "./canonical-hash.js";
import { type JsonSpan, spanOf } from "./json-position.js";

/** The largest contract file that is read, in bytes: 16 MiB. */
export const documentBytesMax: number = 2 ** 24;

export interface JsonDocument {
  /** Relative to the repository. */
  readonly path: string;
  readonly value: JsonValue;
  readonly lexical: JsonLexicalValue;
  readonly bytes: number;
  /** `hashOf` the document. */
  hash(): string;
  spanOf(pointer: string): JsonSpan;
}

export type ReadDocument =
  | { readonly kind: "document"; readonly document: JsonDocument }
  | { readonly kind: "missing" }
  | { readonly kind: "unreadable"; readonly message: string; readonly outside: boolean }
  | {
      readonly kind: "not-json";
      readonly message: string;
      readonly at: Position;
      readonly bytes: number;
    };

export function readDocument(files: RepositoryFiles, path: string): ReadDocument {
  const file = files.read(path);
  if (file.kind === "missing") return file;
  if (file.kind === "unreadable") return { ...file, outside: file.reason === "outside" };
  const { text, bytes } = file;
  if (bytes > documentBytesMax) {
    const message = `${bytes} bytes, at most ${documentBytesMax}`;
    return { kind: "unreadable", message, outside: false };
  }
  try {
    const value = parseJson(text);
    const lexical = parseJson(text, { numbers: "lexeme" });
    return { kind: "document", document: documentOf({ path, text, bytes }, value, lexical) };
  } catch (error) {
    if (!CanonicalJsonError.is(error)) throw error;
    const { message, line = 1, column = 1 } = error;
    return { kind: "not-json", message, at: { line, col: column }, bytes };
  }
}

function documentOf(
  { path, text, bytes }: { path: string; text: string; bytes: number },
  value: JsonValue,
  lexical: JsonLexicalValue,
): JsonDocument {
  return {
    path,
    value,
    lexical,
    bytes,
    hash: () => hashOf(lexical),
    spanOf: (pointer) => spanOf(text, pointer),
  };
}
