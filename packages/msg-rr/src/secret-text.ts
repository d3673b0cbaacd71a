/**
 * The secrets in one piece of text: by their shape, and as `name = value` in whatever notation
 * (properties, forms and query strings, YAML, XML, source code, JSON that is not parsed).
 */
import { nameRules, type ShapeRule, shapeRules } from "./secret-rules.js";
import { isSecretUnder, passesCheck, ruleOfName } from "./secret-value.js";

export interface Hit {
  readonly rule: { readonly id: string; readonly description: string };
  /** What is to be kept out of a file. */
  readonly secret: string;
  /** Where in the text it begins, in UTF-16 units. */
  readonly index: number;
}

/** Every secret in `text`, each once, under the first rule that knows it. Linear in its length. */
export function findSecrets(text: string): readonly Hit[] {
  const hits = new Map<string, Hit>();
  for (const rule of shapeRules) {
    if (!hasLiteral(rule, text)) continue;
    for (const match of text.matchAll(rule.pattern)) {
      const secret = match[1] ?? match[0];
      if (hits.has(secret) || !passesCheck(rule.check, secret)) continue;
      hits.set(secret, { rule, secret, index: match.index + match[0].indexOf(secret) });
    }
  }
  for (const hit of assignedSecrets(text)) if (!hits.has(hit.secret)) hits.set(hit.secret, hit);
  return [...hits.values()];
}

/** Cheaper than the pattern, which then seldom runs. */
function hasLiteral({ literals, fold }: ShapeRule, text: string): boolean {
  return fold === true || literals.some((literal) => text.includes(literal));
}

const nameWord = new RegExp(
  nameRules
    .flatMap(({ names }) => names)
    .map((name) => name.replaceAll("-", "[-_. ]?"))
    .join("|"),
  "gi",
);
const nameCharacter = /[A-Za-z0-9_.-]/;
/** How far a name reaches to each side of the word in it. */
const nameReach = 64;

/** The end of a quoted name, what stands between, the beginning of a quoted value. */
const separator = /(["'\\]{0,4})[ \t]{0,8}(:=|=>|[=:>])(\s{0,8})(\\{0,3}["'])?/y;
const quotedValue = /[^"'\\\r\n]{1,256}/y;
const bareValue = /[^\s"'\\,;&<>]{1,256}/y;

interface Assignment {
  readonly name: string;
  readonly value: string;
  readonly index: number;
  /** `quoted` and `bare` are certainly values; after a colon and a space, a word may be prose. */
  readonly form: "quoted" | "bare" | "prose";
}

function assignedSecrets(text: string): readonly Hit[] {
  const hits: Hit[] = [];
  let resume = 0;
  for (const { index, 0: word } of text.matchAll(nameWord)) {
    if (index < resume) continue;
    const [start, end] = nameAround(text, index, index + word.length);
    resume = end;
    const assignment = assignmentAt(text, start, end);
    if (assignment === undefined) continue;
    const { name, value } = assignment;
    const rule = ruleOfName(name);
    if (rule === undefined || !isSecretUnder(rule, name, value) || isProse(assignment)) continue;
    hits.push({ rule, secret: value, index: assignment.index });
  }
  return hits;
}

function nameAround(text: string, wordStart: number, wordEnd: number): readonly [number, number] {
  const isName = (at: number): boolean => nameCharacter.test(text.charAt(at));
  let start = wordStart;
  while (wordStart - start < nameReach && isName(start - 1)) start--;
  let end = wordEnd;
  while (end - wordEnd < nameReach && isName(end)) end++;
  return [start, end];
}

/** The assignment to the name in `[start, end)`, if it is one. */
function assignmentAt(text: string, start: number, end: number): Assignment | undefined {
  const between = matchAt(separator, text, end);
  if (between === undefined) return undefined;
  const [all, nameEnd = "", sign, space, quote] = between;
  const before = text.charAt(start - 1);
  // A tag of XML has a `<` before it; in `arn:aws:secretsmanager:...` the colon only separates.
  if (sign === ">" ? before !== "<" : sign === ":" && before === ":") return undefined;
  const isQuoted = quote !== undefined;
  // A quoted name with a bare value is a number, a bracket or a literal of JSON.
  if (/["']/.test(nameEnd) && !isQuoted) return undefined;
  const index = end + all.length;
  const found = matchAt(isQuoted ? quotedValue : bareValue, text, index)?.[0];
  if (found === undefined) return undefined;
  const value = isQuoted ? found : found.replace(/[.!?)\]}]{1,4}$/, "");
  const form = isQuoted ? "quoted" : sign === ":" && space !== "" ? "prose" : "bare";
  return { name: text.slice(start, end), value, index, form };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** Code that reads a password from elsewhere, or calls a function for it. */
const reference = /^(?:process\.|config\.|env\.|os\.|self\.|this\.|[\w$.]{1,64}\()/;

function isProse({ value, form }: Assignment): boolean {
  if (form === "quoted") return false;
  return reference.test(value) || (form === "prose" && /^[A-Za-z]+$/.test(value));
}
