/**
 * The parser: the only file that knows it. It is oxc's, which gives a module record besides the tree.
 *
 * Its tree arrives as JSON text and costs far more than the reading, so it is taken only where the
 * facts need it, and the text is made without its TypeScript part elsewhere. Parsing runs on node's
 * thread pool, so that several files can be under way at a time.
 */
import type { ParseResult, ParserOptions } from "oxc-parser";
import { bracketDepthMax, tooDeepAt } from "../facts/bracket-depth.js";
import {
  extractFacts,
  type FactDepth,
  mayWantTree,
  type ParsedSource,
  unparsedFacts,
} from "../facts/extract-facts.js";
import { isDeclarationPath } from "../module-scan.js";
import type { SourceFacts } from "../source-facts.js";

export interface SourceText {
  readonly path: string;
  readonly text: string;
  readonly depth: FactDepth;
}

/** What cannot be parsed says so in its facts. */
export async function parseFacts(source: SourceText): Promise<SourceFacts> {
  const { text, path, depth } = source;
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    const message = `brackets are nested more than ${bracketDepthMax} deep`;
    return unparsedFacts(text, { message, offset: deep });
  }
  const astType = mayWantTree(text, path, depth) ? "ts" : "js";
  let parsed: ParsedSource | undefined;
  for (const way of waysToRead(path)) {
    const next = await parseAs(source, { ...way, astType });
    if (parsed === undefined || next.error === undefined) parsed = next;
    if (parsed.error === undefined) break;
  }
  if (parsed === undefined) throw new Error("a file is read in at least one way");
  try {
    return extractFacts(parsed, depth);
  } catch (error) {
    // The stack is used up: a tree can be deep without brackets.
    if (!(error instanceof RangeError)) throw error;
    return unparsedFacts(text, { message: "nested too deep to be looked at", offset: 0 });
  }
}

/** JavaScript is a module where it can be one; a script may return, and use `with`. */
function waysToRead(path: string): readonly ParserOptions[] {
  if (isDeclarationPath(path)) return [{ lang: "dts", sourceType: "module" }];
  if (/\.cjs$/.test(path)) return [{ lang: "jsx", sourceType: "commonjs" }];
  if (/\.mjs$/.test(path)) return [{ lang: "jsx", sourceType: "module" }];
  if (/\.jsx?$/.test(path)) {
    return [
      { lang: "jsx", sourceType: "module" },
      { lang: "jsx", sourceType: "commonjs" },
    ];
  }
  const lang = /\.tsx$/.test(path) ? "tsx" : "ts";
  if (!/\.cts$/.test(path)) return [{ lang, sourceType: "module" }];
  return [
    { lang, sourceType: "module" },
    { lang, sourceType: "commonjs" },
  ];
}

let parser: Pick<typeof import("oxc-parser"), "parse"> | undefined;

async function parseAs({ path, text }: SourceText, options: ParserOptions): Promise<ParsedSource> {
  // Loaded where there is something to parse: a run that the cache answers needs none of it.
  parser ??= await import("oxc-parser");
  const result = await parser.parse(path, text, options);
  return {
    path,
    text,
    error: errorOf(result),
    record: result.module,
    comments: () => result.comments,
    program: () => result.program,
  };
}

function errorOf({ errors }: ParseResult): ParsedSource["error"] {
  if (errors.length === 0) return undefined;
  const error = errors.find(({ severity }) => severity === "Error");
  if (error === undefined) return undefined;
  return { message: error.message, offset: error.labels[0]?.start ?? 0 };
}
