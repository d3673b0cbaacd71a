/**
 * Looks for secrets in what is about to be written to a file.
 *
 * ```
 * bytes --filter--> (nothing: done, 1 to 1.5 ns a byte)
 *       --decode--> JSON: each string, with its name and pointer  --> findings
 *                   other text, or bytes that are no text (Latin-1) --> findings with a byte offset
 *                   base64 of text: decoded, once, and looked at like the rest
 * ```
 *
 * Not seen: what is compressed, encrypted, UTF-16, or encoded otherwise than by JSON or base64; a
 * password without a name beside it; a number.
 */
import { sha256 } from "@noble/hashes/sha2.js";
// arch-allow E_ARCH_WORLD_CAPABILITY: hexadecimal only; what else is in there is not taken
import { bytesToHex } from "@noble/hashes/utils.js";
import { createSecretFilter, type Literal, type SecretFilter } from "./secret-filter.js";
import { eachJsonString, isJson, type JsonString } from "./secret-json.js";
import { type NameRule, nameRules, shapeRules } from "./secret-rules.js";
import { findSecrets, type Hit } from "./secret-text.js";
import { decodeBase64, isPrintable, isSecretUnder, ruleOfName } from "./secret-value.js";

export interface SecretFinding {
  /** The rule's id. */
  readonly rule: string;
  /** What the rule is for: `a JSON Web Token`. */
  readonly description: string;
  /** JSON Pointer. A segment that is itself a secret reads `*`. */
  readonly where: string;
  /** Where in the value it begins, in bytes; only where the value is no JSON. */
  readonly offset: number | undefined;
  /** The first 16 hexadecimal digits of the SHA-256 of the secret. */
  readonly fingerprint: string;
}

export interface SecretScanner {
  /** Scans bytes of any kind; findings point into JSON below `root`. */
  bytes(value: Uint8Array, root: string): void;
  text(value: string, root: string): void;
  /** Scans a name and its value; `root` is what the name is in. */
  member(name: string, value: string, root: string): void;
}

/** Names come again with every message; a full table forgets. */
const namesMax = 1024;
const nameLengthMax = 64;
const scratchSize = 4096;
/** What may be base64 of a text, and how many of its digits are decoded to see whether it is. */
const base64Head = /^[A-Za-z0-9+/]{24}|^eyJ[A-Za-z0-9_-]{21}/;
const base64HeadLength = 24;
const base64SampleLength = 48;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder("latin1");
const encoder = new TextEncoder();

/** Where something was found, given its index in the text that was scanned. */
type Place = (index: number) => { readonly where: string; readonly offset?: number };

/** A name's rule, and the secrets that the name itself is or holds. */
interface NameVerdict {
  readonly rule: NameRule | undefined;
  readonly hits: readonly Hit[];
}

interface Scan {
  readonly report: (finding: SecretFinding) => void;
  readonly filter: SecretFilter;
  /** The same for text. */
  readonly couldHold: (text: string) => boolean;
  readonly verdictOf: (name: string) => NameVerdict;
}

/** What is scanned: its pointer, and whether it was base64 there. */
interface Origin {
  readonly root: string;
  readonly isDecoded: boolean;
}

/** `report` gets each finding; where it throws, scanning ends. */
export function createSecretScanner(report: (finding: SecretFinding) => void): SecretScanner {
  const filter = filterOfRules();
  const couldHold = textFilter(filter);
  const scan: Scan = { report, filter, couldHold, verdictOf: nameJudge(couldHold) };
  return {
    bytes(value, root) {
      if (!filter(value, value.length) && !mayBeBase64(value)) return;
      scanContent(scan, value, { root, isDecoded: false });
    },
    text(value, root) {
      scanString(scan, { value, place: () => ({ where: root }), isDecoded: false });
    },
    member(name, value, root) {
      const { hits } = scan.verdictOf(name);
      for (const hit of hits) tell(scan, hit, { where: root });
      const place = () => ({ where: pointerTo(scan, root, [name]) });
      scanString(scan, { name, value, place, isDecoded: false });
    },
  };
}

let sharedFilter: SecretFilter | undefined;

/** Made when first asked for: half a millisecond, and it never changes. */
function filterOfRules(): SecretFilter {
  sharedFilter ??= createSecretFilter(literalsOfRules());
  return sharedFilter;
}

/** The filter's literals: those of the shapes, each name with each separator, and JSON's escapes. */
function literalsOfRules(): Literal[] {
  const ofShapes = shapeRules.flatMap(({ literals, fold = false, follow }) =>
    literals.map((text) => ({ text, fold, follow })),
  );
  const ofNames = nameRules
    .flatMap(({ names }) => names)
    .flatMap((name) => ["", "-", "_", ".", " "].map((between) => name.replaceAll("-", between)));
  const folded = [...new Set(ofNames)].map((text) => ({ text, fold: true }));
  // An escaped ASCII character can hide a literal; the base64 of `{"`, `[{`, `["` and `-----` can too.
  const escapes = [..."234567"].map((digit) => `\\u00${digit}`);
  const base64 = ["eyJ", "W3s", "Wyj", "LS0tLS"].map((head) => `"${head}`);
  const exact = [...escapes, ...base64].map((text) => ({ text, fold: false }));
  return [...ofShapes, ...folded, ...exact];
}

function textFilter(filter: SecretFilter): (text: string) => boolean {
  const scratch = new Uint8Array(scratchSize);
  // The quote that strings have in JSON: some literals begin with it.
  scratch[0] = 0x22;
  return (text) => {
    const size = text.length + 1;
    const bytes = size <= scratchSize ? scratch : new Uint8Array(size);
    bytes[0] = 0x22;
    // A character beyond a byte is cut, which may invent a literal and never hides one.
    for (let index = 1; index < size; index++) bytes[index] = text.charCodeAt(index - 1);
    return filter(bytes, size);
  };
}

function nameJudge(couldHold: (text: string) => boolean): (name: string) => NameVerdict {
  const verdicts = new Map<string, NameVerdict>();
  return (name) => {
    const known = verdicts.get(name);
    if (known !== undefined) return known;
    const verdict = { rule: ruleOfName(name), hits: couldHold(name) ? findSecrets(name) : [] };
    if (name.length <= nameLengthMax) {
      if (verdicts.size >= namesMax) verdicts.clear();
      verdicts.set(name, verdict);
    }
    return verdict;
  };
}

function scanContent(scan: Scan, bytes: Uint8Array, origin: Origin): void {
  const { root, isDecoded } = origin;
  const text = decodeUtf8(bytes);
  const json = text?.replace(/^\ufeff/, "");
  if (json !== undefined && isJson(json)) {
    eachJsonString(json, (found) => scanJsonString(scan, found, origin));
    return;
  }
  const place: Place = (index) => {
    if (isDecoded) return { where: root };
    return { where: root, offset: text === undefined ? index : byteLength(text.slice(0, index)) };
  };
  const passage = { value: text ?? latin1.decode(bytes), place, isDecoded };
  scanPassage(scan, passage);
  scanDecoded(scan, passage);
}

function scanJsonString(scan: Scan, found: JsonString, { root, isDecoded }: Origin): void {
  const { value, name } = found;
  const place = () => ({ where: isDecoded ? root : pointerTo(scan, root, found.path()) });
  if (!found.isName) scanString(scan, { name, value, place, isDecoded });
  else for (const hit of scan.verdictOf(value).hits) tell(scan, hit, place());
}

interface Passage {
  readonly value: string;
  readonly place: Place;
  readonly isDecoded: boolean;
}

interface NamedPassage extends Passage {
  readonly name?: string | undefined;
}

function scanString(scan: Scan, passage: NamedPassage): void {
  const { name, value, place } = passage;
  const hits = scan.couldHold(value) ? scanPassage(scan, passage) : [];
  scanDecoded(scan, passage);
  if (name === undefined) return;
  const { rule } = scan.verdictOf(name);
  if (rule === undefined || !isSecretUnder(rule, name, value)) return;
  const secret = value.trim();
  if (hits.some((hit) => hit.secret === secret)) return;
  tell(scan, { rule, secret, index: 0 }, place(0));
}

/** Reports what is in the text, and gives it. */
function scanPassage(scan: Scan, { value, place }: Passage): readonly Hit[] {
  const hits = findSecrets(value);
  for (const hit of hits) tell(scan, hit, place(hit.index));
  return hits;
}

/** Scans what the text is the base64 of, if that is text: once, not again in what comes out. */
function scanDecoded(scan: Scan, { value, place, isDecoded }: Passage): void {
  const decoded = isDecoded ? undefined : decodedText(value);
  if (decoded !== undefined) scanContent(scan, decoded, { root: place(0).where, isDecoded: true });
}

function tell(scan: Scan, { rule, secret }: Hit, place: ReturnType<Place>): void {
  const { where, offset } = place;
  const fingerprint = bytesToHex(sha256(encoder.encode(secret))).slice(0, 16);
  scan.report({ rule: rule.id, description: rule.description, where, offset, fingerprint });
}

/** A name that is a secret is not repeated: `*` stands for it, as it may in an allow list. */
function pointerTo(scan: Scan, root: string, path: readonly (string | number)[]): string {
  const segments = path.map((segment) => {
    const name = String(segment);
    if (scan.verdictOf(name).hits.length > 0) return "*";
    return name.replaceAll("~", "~0").replaceAll("/", "~1");
  });
  return [root, ...segments].join("/");
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

const byteLength = (text: string): number => encoder.encode(text).length;

function mayBeBase64(bytes: Uint8Array): boolean {
  if (bytes.length < base64HeadLength) return false;
  return base64Head.test(String.fromCharCode(...bytes.subarray(0, base64HeadLength)));
}

/** The bytes that `text` is the base64 of, if they begin as text does: images do not. */
function decodedText(text: string): Uint8Array | undefined {
  if (!base64Head.test(text)) return undefined;
  const sample = decodeBase64(text.slice(0, base64SampleLength).replace(/=+$/, ""));
  if (sample === undefined || !isPrintable(sample)) return undefined;
  return decodeBase64(text.trim());
}
