/**
 * Everything that one source file says, from what the parser gives. A syntax tree is made only where
 * the text hints at what the module record does not hold, or where the file is looked at deeply.
 */
import type { Program } from "@oxc-project/types";
import { mentionsAmbient } from "../ambient/ambient-mention.js";
import { ambientUses } from "../ambient/ambient-uses.js";
import { isDeclarationPath } from "../module-scan.js";
import type { SourceFacts } from "../source-facts.js";
import { budgetFacts, mentionsScope } from "./budget-scopes.js";
import { inlineExceptions, mayHaveExceptions, type SourceComment } from "./inline-exceptions.js";
import { createPositions } from "./line-positions.js";
import {
  type FoundImport,
  importFact,
  type ModuleRecord,
  recordDynamicImports,
  recordExports,
  recordImports,
} from "./module-record.js";
import { mentionsPolicy, policyUses } from "./policy-uses.js";
import { mayHideImports } from "./tree-hints.js";
import { treeImports } from "./tree-imports.js";
import { unbrandedBytes } from "./unbranded-bytes.js";

export interface SourceError {
  readonly message: string;
  readonly offset: number;
}

/** What the parser gives of a file. What costs time is asked for only where it is needed. */
export interface ParsedSource {
  readonly path: string;
  readonly text: string;
  /** The first that is wrong with it. */
  readonly error: SourceError | undefined;
  readonly record: ModuleRecord;
  comments(): readonly SourceComment[];
  program(): Program;
}

/**
 * What is looked for besides imports and exports, and needs a file's whole tree: so only where a rule
 * asks for it.
 */
export interface FactDepth {
  readonly ambient: boolean;
  readonly policies: boolean;
  /** The functions of a file are only asked for where selectors name them. */
  readonly budgets: false | "scopes" | "functions";
  readonly unbranded: boolean;
}

export const shallow: FactDepth = {
  ambient: false,
  policies: false,
  budgets: false,
  unbranded: false,
};

/** Whether the tree will be wanted, TypeScript part and all; it may say yes for nothing. */
export function mayWantTree(text: string, path: string, depth: FactDepth): boolean {
  return mayHideImports(text, path) || wants(text, depth).includes(true);
}

export function extractFacts(source: ParsedSource, depth: FactDepth): SourceFacts {
  const { text, record, error } = source;
  if (error !== undefined) return unparsedFacts(text, error);
  const positionOf = createPositions(text);
  const [ambient, policies, unbranded, budgets] = wants(text, depth);
  return {
    parseError: undefined,
    imports: importsOf(source).map((each) => importFact(each, positionOf)),
    exports: recordExports(record),
    ambient: ambient ? ambientUses(source.program(), positionOf) : [],
    policies: policies ? policyUses(source.program(), positionOf) : [],
    ...(budgets ? { budgets: budgetFacts(source.program(), positionOf) } : {}),
    unbranded: unbranded ? unbrandedBytes(source.program(), positionOf) : [],
    exceptions: mayHaveExceptions(text) ? inlineExceptions(source.comments(), positionOf) : [],
  };
}

const byteTypes = /\\u|\b(?:Uint8Array|Buffer|ArrayBuffer|DataView)\b/;

function wants(text: string, depth: FactDepth): readonly [boolean, boolean, boolean, boolean] {
  return [
    depth.ambient && mentionsAmbient(text),
    depth.policies && mentionsPolicy(text),
    depth.unbranded && byteTypes.test(text),
    depth.budgets === "functions" || (depth.budgets === "scopes" && mentionsScope(text)),
  ];
}

/** In order of where they stand. In a declaration file all of them are of types. */
function importsOf(source: ParsedSource): readonly FoundImport[] {
  const { path, text, record } = source;
  const found = recordImports(record, text);
  const hides = mayHideImports(text, path, record);
  const dynamic = hides ? undefined : recordDynamicImports(record, text);
  found.push(...(dynamic ?? treeImports(source.program())));
  found.sort((a, b) => a.start - b.start || a.end - b.end);
  return isDeclarationPath(path) ? found.map((each) => ({ ...each, typeOnly: true })) : found;
}

/** Of a file that says nothing, because it cannot be read. */
export function unparsedFacts(text: string, error: SourceError): SourceFacts {
  return {
    parseError: { message: error.message, at: createPositions(text)(error.offset) },
    imports: [],
    exports: [],
    ambient: [],
    policies: [],
    unbranded: [],
    exceptions: [],
  };
}
