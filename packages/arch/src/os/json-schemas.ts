/**
 * Documents against their schemas, with ajv. It stands here and not in the pure part because ajv
 * makes a function from the text of a schema (`new Function`), which is what a solve world may not
 * do; the pure part takes `ValidateDocument` as a port. A schema is compiled when its first document
 * comes up: compiling all costs as much as a small repository.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import repriseContractsLock from "../../schemas/reprise.arch.contracts.lock@0.1.0.json" with {
  type: "json",
};
import repriseOverlay from "../../schemas/reprise.arch.overlay@0.1.0.json" with { type: "json" };
import repriseRrMatching from "../../schemas/reprise.rr.matching@0.1.0.json" with { type: "json" };
import repriseRrSecretAllow from "../../schemas/reprise.rr.secret-allow@0.1.0.json" with {
  type: "json",
};
import budgetsIndex from "../../schemas/x07.arch.budgets.index@0.1.0.json" with { type: "json" };
import cliIndex from "../../schemas/x07.arch.cli.index@0.1.0.json" with { type: "json" };
import cliProfile from "../../schemas/x07.arch.cli.profile@0.1.0.json" with { type: "json" };
import contractsLock from "../../schemas/x07.arch.contracts.lock@0.1.0.json" with { type: "json" };
import manifest from "../../schemas/x07.arch.manifest@0.3.0.json" with { type: "json" };
import manifestLock from "../../schemas/x07.arch.manifest.lock@0.1.0.json" with { type: "json" };
import msgAmqpIndex from "../../schemas/x07.arch.msg.amqp.index@0.1.0.json" with { type: "json" };
import msgAmqpProfile from "../../schemas/x07.arch.msg.amqp.profile@0.1.0.json" with {
  type: "json",
};
import msgAmqpTopology from "../../schemas/x07.arch.msg.amqp.topology@0.1.0.json" with {
  type: "json",
};
import msgIndex from "../../schemas/x07.arch.msg.index@0.1.0.json" with { type: "json" };
import msgKafkaIndex from "../../schemas/x07.arch.msg.kafka.index@0.1.0.json" with { type: "json" };
import msgKafkaProfile from "../../schemas/x07.arch.msg.kafka.profile@0.1.0.json" with {
  type: "json",
};
import msgRedisIndex from "../../schemas/x07.arch.msg.redis.index@0.1.0.json" with { type: "json" };
import msgRedisProfile from "../../schemas/x07.arch.msg.redis.profile@0.1.0.json" with {
  type: "json",
};
import obsIndex from "../../schemas/x07.arch.obs.index@0.1.0.json" with { type: "json" };
import rrIndex from "../../schemas/x07.arch.rr.index@0.1.0.json" with { type: "json" };
import rrPolicy from "../../schemas/x07.arch.rr.policy@0.1.0.json" with { type: "json" };
import rrSanitize from "../../schemas/x07.arch.rr.sanitize@0.1.0.json" with { type: "json" };
import budgetProfile from "../../schemas/x07.budget.profile@0.1.0.json" with { type: "json" };
import obsExporterProfile from "../../schemas/x07.obs.exporter.profile@0.1.0.json" with {
  type: "json",
};
import obsMetricsRegistry from "../../schemas/x07.obs.metrics.registry@0.1.0.json" with {
  type: "json",
};
import runOsPolicy from "../../schemas/x07.run-os-policy@0.1.0.json" with { type: "json" };
import { pointerStep } from "../documents/json-position.js";
import {
  type SchemaIssue,
  type SchemaVersion,
  schemaIssuesMax,
  type ValidateDocument,
} from "../documents/schema-versions.js";

/** The schemas, as they are in `schemas/`. */
export const jsonSchemas: Readonly<Record<SchemaVersion, object>> = {
  "x07.arch.manifest@0.3.0": manifest,
  "x07.arch.manifest.lock@0.1.0": manifestLock,
  "x07.arch.contracts.lock@0.1.0": contractsLock,
  "x07.arch.rr.index@0.1.0": rrIndex,
  "x07.arch.rr.policy@0.1.0": rrPolicy,
  "x07.arch.rr.sanitize@0.1.0": rrSanitize,
  "x07.arch.msg.index@0.1.0": msgIndex,
  "x07.arch.msg.kafka.index@0.1.0": msgKafkaIndex,
  "x07.arch.msg.kafka.profile@0.1.0": msgKafkaProfile,
  "x07.arch.msg.amqp.index@0.1.0": msgAmqpIndex,
  "x07.arch.msg.amqp.profile@0.1.0": msgAmqpProfile,
  "x07.arch.msg.amqp.topology@0.1.0": msgAmqpTopology,
  "x07.arch.msg.redis.index@0.1.0": msgRedisIndex,
  "x07.arch.msg.redis.profile@0.1.0": msgRedisProfile,
  "x07.arch.budgets.index@0.1.0": budgetsIndex,
  "x07.budget.profile@0.1.0": budgetProfile,
  "x07.arch.cli.index@0.1.0": cliIndex,
  "x07.arch.cli.profile@0.1.0": cliProfile,
  "x07.arch.obs.index@0.1.0": obsIndex,
  "x07.obs.metrics.registry@0.1.0": obsMetricsRegistry,
  "x07.obs.exporter.profile@0.1.0": obsExporterProfile,
  "x07.run-os-policy@0.1.0": runOsPolicy,
  "reprise.arch.overlay@0.1.0": repriseOverlay,
  "reprise.arch.contracts.lock@0.1.0": repriseContractsLock,
  "reprise.rr.matching@0.1.0": repriseRrMatching,
  "reprise.rr.secret-allow@0.1.0": repriseRrSecretAllow,
};

/** A validator of its own, so that nothing is shared between two checks. */
export function createDocumentValidator(): ValidateDocument {
  const ajv = new Ajv2020({
    allErrors: true,
    discriminator: true,
    strict: true,
    // That the schemas are schemas, a test says; here it would cost more than all of the checks.
    ...{ meta: false, validateSchema: false, code: { optimize: false } },
  });
  const compiled = new Map<SchemaVersion, ValidateFunction>();
  return (version: SchemaVersion, value: JsonValue): readonly SchemaIssue[] => {
    const validate = compiled.get(version) ?? ajv.compile(jsonSchemas[version]);
    compiled.set(version, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).slice(0, schemaIssuesMax).map(issueOf);
  };
}

function issueOf(error: ErrorObject): SchemaIssue {
  const { instancePath, schemaPath, keyword } = error;
  const extra = text(error.params.additionalProperty);
  return {
    instancePath,
    at: extra === undefined ? instancePath : instancePath + pointerStep(extra),
    schemaPath: schemaPath.replace(/^#/, ""),
    keyword,
    message: `${instancePath === "" ? "document" : instancePath}: ${messageOf(error, extra)}`,
  };
}

/** ajv's sentence, with what it leaves to the reader's imagination. */
function messageOf(
  { message = "does not fit", params }: ErrorObject,
  extra: string | undefined,
): string {
  if (extra !== undefined) return `unknown member ${JSON.stringify(extra)}`;
  const { allowedValue, allowedValues, missingProperty } = params;
  if (typeof missingProperty === "string")
    return `member ${JSON.stringify(missingProperty)} is missing`;
  if (Array.isArray(allowedValues)) return `expected one of ${allowedValues.join(", ")}`;
  if (allowedValue !== undefined) return `expected ${JSON.stringify(allowedValue)}`;
  return message;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
