/**
 * Whether a value could be a secret, judged by the name that it stands under and by its look.
 *
 * A generated value mixes digits and letters, or cases, and hardly repeats itself; Shannon's measure
 * of it is 3 bits a character at least (hexadecimal: 4; English words without spaces: below 3.5, and
 * without digits). Words, dates and placeholders are nothing to hide; a reference says where a
 * secret is and is none.
 */
import { type NameRule, nameRules, type ShapeCheck } from "./secret-rules.js";

/** A longer value is judged by its beginning. */
const judgedLength = 128;
const randomLengthMin = 12;
const randomBitsMin = 3;
const passwordLengthMin = 6;

/** The last word of a name that speaks about a secret and does not hold it: `tokenType`. */
const harmlessLastWords: ReadonlySet<string> = new Set([
  ...["age", "algorithm", "arn", "at", "attempts", "count", "enabled", "endpoint", "error"],
  ...["expiration", "expires", "expiry", "field", "format", "hint", "issuer", "label", "length"],
  ...["less", "limit", "message", "name", "policy", "provider", "required", "scope", "status"],
  ...["strength", "ttl", "type", "uri", "url", "usage", "version"],
]);

/** The end of a name under which a password is more likely named than given: `passwordSecretId`. */
const referringName = /(?:id|ref|key|path|file)$/i;

/** Values that stand where a secret would. */
const placeholders: readonly RegExp[] = [
  /^[*•.xX#_-]+$/,
  /^\$\{[^}]*\}$|^\{\{[^}]*\}\}$|^<[^>]*>$|^\[[^\]]*\]$|^%\w+%$|^\$[A-Z_][A-Z0-9_]*$/,
  /^(?:null|true|false|none|undefined|unset|redacted|hidden|masked|required|optional|string)$/i,
  /^\d{4}-\d\d-\d\d(?:[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?)?$/,
];

/** Values that say where something is: however generated they look, they are no secret. */
const references: readonly RegExp[] = [
  /^[a-z][a-z0-9+.-]{0,30}:\/\/[^\s?#@]*$/i,
  /^(?:~|\.{1,2})?\/(?:[\w.-]{1,64}\/){0,16}[\w.-]{1,64}\.[a-z]{2,5}$/i,
  /^(?:[a-z][a-z0-9.-]{0,253}:\d{2,5},?){1,16}$/i,
  /^(?:arn|vault|ssm|secretsmanager|kms|keychain|env|file):/i,
  /^projects\/[\w-]{1,64}\/secrets\//,
];

const wordBoundary = /[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/;

const bareNames: readonly { readonly rule: NameRule; readonly bare: string }[] = nameRules.flatMap(
  (rule) => rule.names.map((name) => ({ rule, bare: name.replaceAll("-", "") })),
);

/** The rule for what stands under `name`: the first that it holds a word of. */
export function ruleOfName(name: string): NameRule | undefined {
  const words = name.split(wordBoundary).filter((word) => word !== "");
  const bare = words.join("").toLowerCase();
  const found = bareNames.find((candidate) => bare.includes(candidate.bare));
  const last = words.at(-1)?.toLowerCase();
  return found === undefined || harmlessLastWords.has(last ?? "") ? undefined : found.rule;
}

/** Whether `value`, under a name that `rule` is for, is to be kept out of a file. */
export function isSecretUnder(rule: NameRule, name: string, value: string): boolean {
  const text = value.trim();
  if (placeholders.some((pattern) => pattern.test(text))) return false;
  if (rule.value === "random" || referringName.test(name)) return looksRandom(text);
  return text.length >= passwordLengthMin && text.toLowerCase() !== name.toLowerCase();
}

export function passesCheck(check: ShapeCheck | undefined, value: string): boolean {
  if (check === undefined) return true;
  if (check === "random") return looksRandom(value);
  if (check === "unmasked") return !placeholders.some((pattern) => pattern.test(value));
  const bytes = decodeBase64(value);
  return bytes !== undefined && isPrintable(bytes) && bytes.includes(colon);
}

const colon = 0x3a;

/** Whether a generator made `text`, not a person. */
function looksRandom(text: string): boolean {
  if (text.length < randomLengthMin || /\s/.test(text)) return false;
  if (references.some((pattern) => pattern.test(text))) return false;
  const judged = text.slice(0, judgedLength);
  return isMixed(judged) && bitsPerCharacter(judged) >= randomBitsMin;
}

function isMixed(text: string): boolean {
  const digits = text.match(/\d/g)?.length ?? 0;
  const lower = /[a-z]/.test(text);
  const upper = /[A-Z]/.test(text);
  if (digits >= 2) return lower || upper;
  if (digits === 1) return lower && upper;
  // Letters alone: cases change oftener than in words written together.
  const changes = text.match(/[a-z][A-Z]/g)?.length ?? 0;
  return text.length >= 20 && changes * 6 >= text.length;
}

/** Shannon's entropy of the characters that `text` has; those beyond Latin-1 may count as one. */
function bitsPerCharacter(text: string): number {
  const counts = new Uint16Array(256);
  for (let index = 0; index < text.length; index++) {
    const slot = text.charCodeAt(index) & 0xff;
    // The slot is a byte: the cast holds.
    counts[slot] = (counts[slot] as number) + 1;
  }
  let bits = 0;
  for (const count of counts) {
    if (count > 0) bits -= (count / text.length) * Math.log2(count / text.length);
  }
  return bits;
}

/** What no text has: control characters other than white space. */
export function isPrintable(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}

/** Standard or URL alphabet, padding and line breaks allowed; undefined where it is no base64. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/[\r\n]/g, "").replace(/={1,2}$/, "");
  if (digits.length % 4 === 1) return undefined;
  const bytes = new Uint8Array((digits.length * 3) >> 2);
  let held = 0;
  let size = 0;
  for (let index = 0; index < digits.length; index++) {
    const value = base64Value(digits.charCodeAt(index));
    if (value === undefined) return undefined;
    held = (held << 6) | value;
    // Every digit but the first of four completes a byte.
    if ((index & 3) !== 0) bytes[size++] = held >> ((3 - (index & 3)) * 2);
  }
  return bytes;
}

function base64Value(code: number): number | undefined {
  if (code >= 0x41 && code <= 0x5a) return code - 0x41;
  if (code >= 0x61 && code <= 0x7a) return code - 0x61 + 26;
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 52;
  if (code === 0x2b || code === 0x2d) return 62;
  return code === 0x2f || code === 0x5f ? 63 : undefined;
}
