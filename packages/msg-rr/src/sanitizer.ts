/**
 * The sanitizer: nothing is written to a cassette before it has passed here.
 *
 * It does two things. It replaces the values of the headers that its document lists; the same is
 * done to the live side before anything is matched, or a redacted recording would never match. And it
 * refuses what still looks like a secret (`secret-scan.ts`): recording fails rather than leaks. What
 * is no secret after all is named in an allow list, by rule, place or fingerprint, with a reason.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { type Envelope, MsgError, readContract } from "@reprise/msg-core";
import * as v from "valibot";
import { createPseudonyms } from "./pseudonym.js";
import { nameRules, shapeRules } from "./secret-rules.js";
import { createSecretScanner, type SecretFinding } from "./secret-scan.js";

export interface Sanitizer {
  readonly id: string;
  /**
   * What may be written: the values of redacted headers replaced. The same object where nothing
   * changes; doing it twice is the same as once. The live side goes through it before matching.
   */
  apply(envelope: Envelope): Envelope;
  /**
   * Throws SECRET_FOUND if the envelope, which `apply` has been done to, still carries something
   * that looks like a secret. `details.pointer` is `/topic`, `/key`, `/value` or
   * `/headers/<name>`, with the member below it where the key or value is JSON; where it is not,
   * `details.offset` is the byte in it. Neither error nor details hold the secret.
   */
  inspect(envelope: Envelope): void;
  /** The same for any text to be written. `pointer` says what the text is: `/reason`. */
  inspectText(text: string, pointer: string): void;
}

const text = (minimum: number, maximum: number) =>
  v.pipe(v.string(), v.minLength(minimum), v.maxLength(maximum));

const sanitizeSchema = v.strictObject({
  schema_version: v.literal("x07.arch.rr.sanitize@0.1.0"),
  id: v.pipe(
    text(1, 128),
    v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "is not an id: letters, digits, . _ -"),
  ),
  v: v.pipe(v.number(), v.integer(), v.minValue(1)),
  redact_headers: v.array(text(1, 128)),
  redact_token: text(0, 256),
  stable_pseudonym_salt: v.optional(text(0, 256)),
});

const ruleIds: ReadonlySet<string> = new Set([...shapeRules, ...nameRules].map(({ id }) => id));

const allowSchema = v.strictObject({
  schema_version: v.literal("reprise.rr.secret-allow@0.1.0"),
  allow: v.array(
    v.strictObject({
      rule: v.pipe(
        v.string(),
        v.check((rule) => ruleIds.has(rule), `is no rule: one of ${[...ruleIds].join(", ")}`),
      ),
      where: v.optional(v.pipe(v.string(), v.startsWith("/", "is not a JSON Pointer"))),
      fingerprint: v.optional(
        v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/, "is not 16 hex digits")),
      ),
      reason: v.pipe(v.string(), v.regex(/\S/, "is empty: say why this is no secret")),
    }),
  ),
});

type Allowed = v.InferOutput<typeof allowSchema>["allow"][number];

/**
 * Reads `x07.arch.rr.sanitize@0.1.0` and, where there is one, the allow list beside it,
 * `reprise.rr.secret-allow@0.1.0`. Throws CONTRACT_INVALID.
 */
export function readSanitizer(document: JsonValue, allowList?: JsonValue): Sanitizer {
  const rules = readContract(sanitizeSchema, document, "rr sanitizer");
  const list =
    allowList === undefined
      ? []
      : readContract(allowSchema, allowList, "rr secret allow list").allow;
  const { id, redact_token: token, stable_pseudonym_salt: salt } = rules;
  // An empty salt hides nothing: any table of hashes would undo it.
  const redact = salt ? createPseudonyms(token || "pseudonym", salt) : () => token;
  const listed = new Set(rules.redact_headers.map(asciiLowerCase));
  const isListed = (name: string): boolean => listed.has(asciiLowerCase(name));
  const scanner = createSecretScanner((finding) => {
    if (!list.some((entry) => allows(entry, finding))) throw refusal(finding, id);
  });
  return {
    id,
    apply: (envelope) => redactHeaders(envelope, isListed, redact),
    inspect({ topic, key, value, headers }) {
      scanner.text(topic, "/topic");
      scanner.bytes(key, "/key");
      for (const [name, content] of Object.entries(headers)) {
        const isRedacted = isListed(name) && redact(content) === content;
        scanner.member(name, isRedacted ? "" : content, "/headers");
      }
      scanner.bytes(value, "/value");
    },
    inspectText: (content, pointer) => scanner.text(content, pointer),
  };
}

/** Of ASCII alone: header names are, and no other letter may become one. */
function asciiLowerCase(name: string): string {
  if (!/[A-Z]/.test(name)) return name;
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function redactHeaders(
  envelope: Envelope,
  isListed: (name: string) => boolean,
  redact: (value: string) => string,
): Envelope {
  let changed: [string, string][] | undefined;
  const entries = Object.entries(envelope.headers);
  for (const [index, [name, value]] of entries.entries()) {
    if (!isListed(name)) continue;
    const replacement = redact(value);
    if (replacement === value) continue;
    changed ??= entries;
    changed[index] = [name, replacement];
  }
  return changed === undefined ? envelope : { ...envelope, headers: Object.fromEntries(changed) };
}

/** An entry allows what has all that it says; a segment `*` of `where` stands for any one segment. */
function allows({ rule, where, fingerprint }: Allowed, finding: SecretFinding): boolean {
  if (rule !== finding.rule) return false;
  if (fingerprint !== undefined && fingerprint !== finding.fingerprint) return false;
  if (where === undefined) return true;
  const wanted = where.split("/");
  const found = finding.where.split("/");
  return (
    wanted.length === found.length &&
    wanted.every((segment, index) => segment === "*" || segment === found[index])
  );
}

function refusal(finding: SecretFinding, id: string): MsgError {
  const { rule, description, where, offset, fingerprint } = finding;
  const place = offset === undefined ? where : `${where}, byte ${offset}`;
  const redact = where.startsWith("/headers/")
    ? `list the header in redact_headers of sanitizer ${id}`
    : "keep it out of the message";
  const entry = JSON.stringify({ rule, where, fingerprint, reason: "<why this is no secret>" });
  const message = `${place}: looks like ${description} (${rule}); nothing was written. Next: ${redact}, or, if it is no secret, add to the allow list of sanitizer ${id}: ${entry}`;
  return new MsgError("SECRET_FOUND", message, {
    pointer: where,
    ...(offset !== undefined && { offset }),
  });
}
