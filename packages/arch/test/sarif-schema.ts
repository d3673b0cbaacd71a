/**
 * The part of the SARIF 2.1.0 schema (OASIS, errata 01) that a report of ours uses, written from the
 * standard: sections 3.13 to 3.52. It is narrower in one way: a member that we do not write is
 * refused, though the standard has it.
 */

const text = { type: "string", minLength: 1 } as const;
const count = { type: "integer", minimum: 1 } as const;

function object(properties: object, required: readonly string[] = []): object {
  return { type: "object", additionalProperties: false, properties, required };
}

const message = object({ text }, ["text"]);
const multiformat = object({ text, markdown: text }, ["text"]);
const level = { enum: ["none", "note", "warning", "error"] } as const;
const propertyBag = {
  type: "object",
  properties: { tags: { type: "array", uniqueItems: true, items: { type: "string" } } },
} as const;

const artifactLocation = object({
  uri: { type: "string", format: "uri-reference" },
  uriBaseId: text,
  description: message,
});
const region = object({ startLine: count, startColumn: count, endLine: count, endColumn: count });
const location = object({
  id: { type: "integer", minimum: -1 },
  physicalLocation: object({ artifactLocation, region }),
  message,
});

const rule = object(
  {
    id: text,
    shortDescription: multiformat,
    fullDescription: multiformat,
    help: multiformat,
    defaultConfiguration: object({ level }),
    properties: propertyBag,
  },
  ["id"],
);

const result = object(
  {
    ruleId: text,
    ruleIndex: { type: "integer", minimum: -1 },
    level,
    message,
    locations: { type: "array", items: location },
    relatedLocations: { type: "array", uniqueItems: true, items: location },
    partialFingerprints: { type: "object", additionalProperties: { type: "string" } },
    properties: propertyBag,
  },
  ["message"],
);

const driver = object(
  { name: text, semanticVersion: text, rules: { type: "array", uniqueItems: true, items: rule } },
  ["name"],
);

const run = object(
  {
    tool: object({ driver }, ["driver"]),
    columnKind: { enum: ["utf16CodeUnits", "unicodeCodePoints"] },
    originalUriBaseIds: { type: "object", additionalProperties: artifactLocation },
    results: { type: "array", items: result },
  },
  ["tool"],
);

export const sarifSchema: object = object(
  {
    $schema: { type: "string", format: "uri" },
    version: { const: "2.1.0" },
    runs: { type: "array", items: run },
  },
  ["version", "runs"],
);
