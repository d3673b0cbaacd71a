/**
 * What makes a violation the same one tomorrow: its code, its file, and those of its data that do not
 * move when lines do. Two alike in one file are told apart by counting.
 */
import { canonicalize, type JsonObject } from "@reprise/canonical-json";
import type { Diagnostic } from "../diagnostic.js";
import { sha256Hex } from "../documents/canonical-hash.js";

/** They say how it came about, or repeat the file. */
const movingData: ReadonlySet<string> = new Set([
  "chain",
  "evidence",
  "module_id",
  "module_path",
  "package_json",
]);

export interface Identity {
  readonly code: string;
  /** "" where there is none. */
  readonly path: string;
  readonly about: JsonObject;
}

export function identityOf({ code, stage, message, loc, data = {} }: Diagnostic): Identity {
  const { module_path: modulePath } = data;
  const path = loc?.span.file ?? (typeof modulePath === "string" ? modulePath : "");
  const about = Object.fromEntries(Object.entries(data).filter(([key]) => !movingData.has(key)));
  // What a parser says has its own idea of lines; what a rule says tells one rule from another.
  return { code, path, about: stage === "parse" ? about : { ...about, message } };
}

/** 64 lower-case hexadecimal digits. */
export function fingerprint({ code, path, about }: Identity): string {
  return sha256Hex(canonicalize({ code, path, about }));
}
