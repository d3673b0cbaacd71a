/**
 * Secrets in a contract file: contracts name secrets by id, they never hold one.
 *
 * The shapes are those that vendors give their keys so that scanners find them, the few that turn up
 * in configuration; what a recording may not hold is another, longer list. A member that is called
 * password, secret, ... and a header such as authorization are refused whatever they hold, unless it
 * is plainly a placeholder (`${...}`, `<...>`, only stars).
 */
import type { JsonValue } from "@reprise/canonical-json";
import type { Diagnostic } from "../diagnostic.js";
import { locationAt } from "../documents/document-findings.js";
import type { JsonDocument } from "../documents/json-document.js";
import { pointerStep } from "../documents/json-position.js";
import { finding } from "../rules/finding.js";

interface SecretShape {
  readonly what: string;
  /** Linear on any text: every repetition is bounded, or begins where nothing before can match. */
  readonly pattern: RegExp;
}

const shapes: readonly SecretShape[] = [
  { what: "a private key", pattern: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/ },
  { what: "an AWS access key id", pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { what: "a Google API key", pattern: /\bAIza[0-9A-Za-z_-]{35}/ },
  {
    what: "a GitHub token",
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{36})/,
  },
  { what: "a GitLab token", pattern: /\bglpat-[A-Za-z0-9_-]{20}/ },
  { what: "a Slack token", pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10}/ },
  { what: "a Stripe key", pattern: /\b[sr]k_(?:live|test)_[A-Za-z0-9]{16}/ },
  { what: "an npm token", pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { what: "a JSON Web Token", pattern: /\beyJ[A-Za-z0-9_-]{8,1024}\.eyJ[A-Za-z0-9_-]{4,1024}\./ },
  { what: "a URL with a password in it", pattern: /:\/\/[^\s/?#@:]{0,128}:[^\s/?#@]{1,128}@/ },
];

const secretName =
  /^(?:.{0,64}[_.-])?(?:password|passwd|passphrase|secret|api[_-]?key|access[_-]?key|private[_-]?key)$/i;
const secretHeader = /^(?:proxy-)?authorization$|^(?:set-)?cookie$|(?:api-?key|token|secret)$/i;
const placeholder = /^(?:|\*+|<[^<>]{0,128}>|\$\{[^{}]{0,128}\}|redacted)$/i;

/** One error for each. Neither message nor data hold what was found. */
export function secretFindings(document: JsonDocument): readonly Diagnostic[] {
  return secretsIn(document.value, { pointer: "", name: "" }).map(({ pointer, what }) =>
    finding({
      code: "E_ARCH_CONTRACT_SECRET",
      message: `contract file holds what looks like ${what}`,
      loc: locationAt(document, pointer),
      data: { file: document.path, instance_path: pointer },
    }),
  );
}

interface Secret {
  readonly pointer: string;
  readonly what: string;
}

function secretsIn(
  value: JsonValue,
  { pointer, name }: { pointer: string; name: string },
): readonly Secret[] {
  if (typeof value === "string") {
    const what =
      secretNamed(name, value) ?? shapes.find(({ pattern }) => pattern.test(value))?.what;
    return what === undefined ? [] : [{ pointer, what }];
  }
  if (typeof value !== "object" || value === null) return [];
  // OTLP headers are written { k, v }: the name of v is what k says.
  const header = "k" in value && typeof value.k === "string" ? value.k : undefined;
  return Object.entries(value).flatMap(([key, member]: [string, JsonValue]) =>
    secretsIn(member, {
      pointer: pointer + pointerStep(key),
      name: key === "v" && header !== undefined ? header : key,
    }),
  );
}

function secretNamed(name: string, value: string): string | undefined {
  if (placeholder.test(value)) return undefined;
  if (secretName.test(name)) return "a secret, by its name";
  return secretHeader.test(name) ? "a credential in a header" : undefined;
}
