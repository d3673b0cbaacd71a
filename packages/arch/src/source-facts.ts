/**
 * What one source file says, before any name in it is resolved. It depends on the file's bytes alone
 * and is plain JSON, so that the cache can keep it by content.
 */
import type { Position } from "./diagnostic.js";

/** How a module names another. Every one of them makes an edge. */
export type ImportKind =
  | "static"
  | "re-export"
  | "dynamic"
  | "require"
  | "import-equals"
  /** `import("x").T` in a type. */
  | "import-type"
  | "create-require"
  | "get-builtin-module"
  /** `new URL("x", import.meta.url)`. */
  | "url"
  /** `vi.mock("x")`, `jest.mock("x")`. */
  | "mock";

export interface ImportFact {
  readonly kind: ImportKind;
  /** undefined: not a literal, so nobody can say where it leads. */
  readonly specifier: string | undefined;
  /** Nothing of it is left when types are stripped. */
  readonly typeOnly: boolean;
  readonly start: Position;
  readonly end: Position;
}

/** A use of something that differs from run to run, or reaches outside. */
export interface AmbientUse {
  /** Of the table of `@reprise/worlds`: `Date.now`, `new Date()`, `process`, `.toLocaleString`, ... */
  readonly name: string;
  /** Of the table in `@reprise/worlds`. */
  readonly capability: string;
  readonly start: Position;
  readonly end: Position;
}

/** A call that opens a policy's scope, or that the contracts say must be inside one. */
export interface PolicyUse {
  readonly call: "with-policy" | "recordable";
  /** With-policy: the id, undefined where it is no literal. Recordable: the operations' prefix. */
  readonly id: string | undefined;
  /** Recordable: the policy it is called under; undefined: none, "" : one that is no literal. */
  readonly within?: string | undefined;
  readonly start: Position;
  readonly end: Position;
}

/** An exported function's parameter or result that is bytes and says not of what. */
export interface UnbrandedBytes {
  readonly symbol: string;
  /** undefined: the result. */
  readonly param: string | undefined;
  readonly type: string;
  readonly start: Position;
  readonly end: Position;
}

/** What a file says of budgets: see `facts/budget-scopes.ts`. */
export interface BudgetFacts {
  readonly scopes: readonly BudgetScope[];
  /** Functions of the module's top level, each once. */
  readonly functions: readonly ScopedFunction[];
}

export interface BudgetScope {
  /** The profile; undefined where it is no literal. */
  readonly id: string | undefined;
  readonly start: Position;
  readonly end: Position;
}

export interface ScopedFunction {
  readonly name: string;
  /** The profile whose scope is its whole body; undefined: none, or none that is a literal. */
  readonly scope: string | undefined;
  readonly start: Position;
  readonly end: Position;
}

/** A comment that allows what would be a violation, on its line or the next. */
export interface InlineException {
  readonly code: string;
  /** "": none was given, which is an error. */
  readonly reason: string;
  /** Where the comment ends, from 1: it is for that line and the next. */
  readonly line: number;
  readonly at: Position;
}

export interface SourceFacts {
  /** The parser's text, where the file is not a module that can be read. */
  readonly parseError: { readonly message: string; readonly at: Position } | undefined;
  readonly imports: readonly ImportFact[];
  /** Names that are exported; `*` for all of another module. */
  readonly exports: readonly string[];
  readonly ambient: readonly AmbientUse[];
  readonly policies: readonly PolicyUse[];
  /** undefined: the file was not looked at deeply. */
  readonly budgets?: BudgetFacts;
  readonly unbranded: readonly UnbrandedBytes[];
  readonly exceptions: readonly InlineException[];
}
