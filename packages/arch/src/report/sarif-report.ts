/**
 * SARIF 2.1.0 (OASIS standard, 2020-03-27), as GitHub's code scanning reads it: a rule with its help
 * for each code that occurs, and a fingerprint for each result that does not move when lines do.
 * GitHub shows a result only where it has a place: without one of its own it stands in the manifest.
 */
import type { JsonObject } from "@reprise/canonical-json";
import { codes } from "../codes.js";
import type { Diagnostic, Location, Severity } from "../diagnostic.js";
import { fingerprint, identityOf } from "./fingerprint.js";
import type { Report } from "./report.js";
import { sortedJson } from "./sorted-json.js";

const schema =
  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

const levels: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  info: "note",
  hint: "note",
};

export function sarifReport(report: Report, version: string): string {
  const used = [...new Set(report.diagnostics.map(({ code }) => code))].sort();
  const ruleIndex = new Map(used.map((code, index) => [code, index] as const));
  const count = createCounter();
  return sortedJson({
    $schema: schema,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "reprise-arch",
            semanticVersion: version,
            rules: used.map(ruleJson),
          },
        },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: {
          "%SRCROOT%": { description: { text: "The root of the repository." } },
        },
        results: report.diagnostics.map((each) => ({
          ...resultJson(each, report.manifest.path),
          ruleIndex: ruleIndex.get(each.code) ?? -1,
          partialFingerprints: { "repriseArch/v1": count(fingerprint(identityOf(each))) },
        })),
      },
    ],
  });
}

/** Equal fingerprints are told apart by a number. */
function createCounter(): (hash: string) => string {
  const seen = new Map<string, number>();
  return (hash) => {
    const number = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, number);
    return `${hash}:${number}`;
  };
}

function ruleJson(code: Diagnostic["code"]): JsonObject {
  const { says, next, example } = codes[code];
  return {
    id: code,
    shortDescription: { text: says },
    fullDescription: { text: says },
    help: {
      text: `${says}\n\nNext: ${next}\n\n${example}`,
      markdown: `${says}\n\n**Next:** ${next}\n\n\`\`\`\n${example}\n\`\`\``,
    },
    defaultConfiguration: { level: defaultLevel(code) },
    properties: { tags: ["architecture"] },
  };
}

/** The first letter of a code is its usual severity. */
function defaultLevel(code: string): string {
  if (code.startsWith("E_")) return levels.error;
  return code.startsWith("W_") ? levels.warning : levels.info;
}

function resultJson(
  { code, severity, message, loc, notes = [], related = [], data }: Diagnostic,
  manifestPath: string,
): JsonObject {
  const text = [message, ...notes].join("\n");
  return {
    ruleId: code,
    level: levels[severity],
    message: { text },
    locations: [locationJson(loc ?? wholeFile(manifestPath))],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((each, id) => ({
            id,
            ...locationJson(each.loc ?? wholeFile(manifestPath)),
            message: { text: each.message },
          })),
        }),
    ...(data === undefined ? {} : { properties: data }),
  };
}

function wholeFile(file: string): Location {
  const start = { line: 1, col: 1 };
  return { kind: "text", span: { file, start, end: start } };
}

function locationJson({ span: { file, start, end } }: Location): JsonObject {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file), uriBaseId: "%SRCROOT%" },
      region: {
        startLine: start.line,
        startColumn: start.col,
        endLine: end.line,
        endColumn: end.col,
      },
    },
  };
}

/** A relative reference (RFC 3986): each segment is encoded, the slashes stay. */
function uriOf(path: string): string {
  return path
    .split("/")
    .map((segment) => encodeURIComponent(segment.toWellFormed()))
    .join("/");
}
