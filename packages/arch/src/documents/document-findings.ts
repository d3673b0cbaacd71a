/** What is said of a document that cannot be used: unreadable, not JSON, not what its schema wants. */
import type { DiagnosticCode } from "../codes.js";
import type { Diagnostic, Location } from "../diagnostic.js";
import { finding, locationIn, locationOf } from "../rules/finding.js";
import type { JsonDocument, ReadDocument } from "./json-document.js";
import { oddNumbers } from "./number-form.js";
import type { SchemaIssue } from "./schema-versions.js";

/** A place in a document, by JSON Pointer. */
export function locationAt(document: JsonDocument, pointer: string): Location {
  return locationIn(document.path, document.spanOf(pointer));
}

/** One diagnostic for each place that does not fit the schema. */
export function schemaFindings(
  code: DiagnosticCode,
  document: JsonDocument,
  issues: readonly SchemaIssue[],
): readonly Diagnostic[] {
  return issues.map(({ instancePath, schemaPath, at, message }) =>
    finding({
      code,
      stage: "parse",
      message,
      loc: locationAt(document, at),
      data: { file: document.path, instance_path: instancePath, schema_path: schemaPath },
    }),
  );
}

/** How X07 says that a file is missing, unreadable or no JSON; `what` is "manifest", "lock", ... */
export function readFinding(
  read: Exclude<ReadDocument, { kind: "document" }>,
  {
    path,
    what,
    codes,
  }: { path: string; what: string; codes: { read: DiagnosticCode; parse: DiagnosticCode } },
): Diagnostic {
  if (read.kind === "not-json") {
    const message = `parse ${what} JSON: ${read.message}`;
    const loc = locationIn(path, { start: read.at, end: read.at });
    return finding({ code: codes.parse, stage: "parse", message, loc });
  }
  const reason = read.kind === "missing" ? "there is no such file" : read.message;
  const message = `read ${what}: ${reason}`;
  return finding({ code: codes.read, stage: "parse", message, loc: locationOf(path) });
}

/** A warning for each number that RFC 8785 would hash otherwise. */
export function numberFindings(document: JsonDocument): readonly Diagnostic[] {
  return oddNumbers(document.lexical)
    .slice(0, oddNumbersMax)
    .map(({ pointer, lexeme, hashed, standard }) =>
      finding({
        code: "W_ARCH_CONTRACT_NUMBER_FORM",
        severity: "warning",
        message: `number is hashed as ${hashed}, and as ${standard} by RFC 8785`,
        loc: locationAt(document, pointer),
        data: { file: document.path, instance_path: pointer, number: lexeme },
        notes: [`write ${standard}, where that is the number you mean`],
      }),
    );
}

/** Of one document: who wrote one such number wrote them all. */
const oddNumbersMax = 50;
