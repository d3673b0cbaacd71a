/**
 * Every document that the checker reads, by its `schema_version`. Each has a schema of that name in
 * `schemas/`, which editors complete from and this checker validates with.
 */
import type { JsonValue } from "@reprise/canonical-json";

export const schemaVersions = [
  "x07.arch.manifest@0.3.0",
  "x07.arch.manifest.lock@0.1.0",
  "x07.arch.contracts.lock@0.1.0",
  "x07.arch.rr.index@0.1.0",
  "x07.arch.rr.policy@0.1.0",
  "x07.arch.rr.sanitize@0.1.0",
  "x07.arch.msg.index@0.1.0",
  "x07.arch.msg.kafka.index@0.1.0",
  "x07.arch.msg.kafka.profile@0.1.0",
  "x07.arch.msg.amqp.index@0.1.0",
  "x07.arch.msg.amqp.profile@0.1.0",
  "x07.arch.msg.amqp.topology@0.1.0",
  "x07.arch.msg.redis.index@0.1.0",
  "x07.arch.msg.redis.profile@0.1.0",
  "x07.arch.budgets.index@0.1.0",
  "x07.budget.profile@0.1.0",
  "x07.arch.cli.index@0.1.0",
  "x07.arch.cli.profile@0.1.0",
  "x07.arch.obs.index@0.1.0",
  "x07.obs.metrics.registry@0.1.0",
  "x07.obs.exporter.profile@0.1.0",
  "x07.run-os-policy@0.1.0",
  "reprise.arch.overlay@0.1.0",
  "reprise.arch.contracts.lock@0.1.0",
  "reprise.rr.matching@0.1.0",
  "reprise.rr.secret-allow@0.1.0",
] as const;

export type SchemaVersion = (typeof schemaVersions)[number];

/** One place where a document does not fit its schema. */
export interface SchemaIssue {
  /** JSON Pointer into the document; of the object, where a member is missing or too many. */
  readonly instancePath: string;
  /** JSON Pointer to what is to blame: the member, where it is one too many. */
  readonly at: string;
  /** JSON Pointer into the schema. */
  readonly schemaPath: string;
  readonly keyword: string;
  readonly message: string;
}

/**
 * Port: what is wrong with a document, at most `schemaIssuesMax` of it; empty where nothing is. It
 * is a port because a validator makes code from the schema as it runs, which no pure world may do.
 */
export type ValidateDocument = (version: SchemaVersion, value: JsonValue) => readonly SchemaIssue[];

/** A document that is wrong all over need not be told of every place. */
export const schemaIssuesMax = 200;

/**
 * Whether a document with these issues still has the shape of its type: every member that is needed
 * is there, none is unknown, and each is of its kind. What is left are bounds and vocabularies, with
 * which X07 goes on to its other checks, and so do we.
 */
export function hasShape(issues: readonly SchemaIssue[]): boolean {
  return !issues.some(({ keyword }) => shapeKeywords.has(keyword));
}

const shapeKeywords: ReadonlySet<string> = new Set([
  "additionalProperties",
  "discriminator",
  "oneOf",
  "required",
  "type",
]);
