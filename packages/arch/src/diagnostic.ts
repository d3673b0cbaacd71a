/**
 * What a check finds: X07's diagnostic, member for member, so that tools that read its reports read
 * ours. Every part of the checker makes these; `report/` puts them in order and shows them.
 */
import type { JsonObject } from "@reprise/canonical-json";
import type { DiagnosticCode } from "./codes.js";

export type Severity = "error" | "warning" | "info" | "hint";

/** `parse`: a file could not be read as what it should be. `lint`: it could, and breaks a rule. */
export type Stage = "parse" | "lint";

/** Both from 1; a column counts UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly col: number;
}

export interface Span {
  readonly start: Position;
  readonly end: Position;
  /** Relative to the repository, with `/`. */
  readonly file: string;
}

export interface Location {
  readonly kind: "text";
  readonly span: Span;
}

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly stage: Stage;
  /** X07's words where it has this code. */
  readonly message: string;
  readonly loc?: Location;
  /** What to do next comes first. */
  readonly notes?: readonly string[];
  readonly related?: readonly { readonly message: string; readonly loc?: Location }[];
  readonly data?: JsonObject;
}

/** A change to a file that would mend a diagnostic: operations of RFC 6902. */
export interface SuggestedPatch {
  readonly path: string;
  readonly patch: readonly PatchOperation[];
  readonly note?: string;
}

export interface PatchOperation {
  readonly op: "add" | "remove" | "replace";
  /** A JSON Pointer. */
  readonly path: string;
  readonly value?: JsonObject | readonly unknown[] | string | number | boolean | null;
}

/** What one part of the checker has to say. */
export interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  readonly patches: readonly SuggestedPatch[];
}
