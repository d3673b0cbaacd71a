/**
 * How a number of a contract file is written into the text that is hashed.
 *
 * RFC 8785 writes a number as ECMAScript does, so that `1.0` and `1` are one. X07 keeps apart what
 * was written as an integer and what was not, and locks made by either tool have to agree, so this
 * is X07's form, which is that of Rust's serde_json:
 *
 * | written as | it is | and hashed as |
 * |---|---|---|
 * | digits, from -2^63 to 2^64-1 | an integer, exact | the same digits |
 * | `-0`, more digits than that, a fraction, an exponent | a double | its shortest digits, and |
 * | | decimal exponent -5 to 15 | plain, with a fraction: `1.0`, `0.00001`, `1000000000000000.0` |
 * | | any other | `1e+16`, `1.5e-7` |
 *
 * `-0` is the double -0.0. What no double can hold is no number of X07's.
 */
import { type JsonLexicalValue, JsonNumber } from "@reprise/canonical-json";
import { pointerStep } from "./json-position.js";

const integerLeast = -(2n ** 63n);
const integerMost = 2n ** 64n - 1n;
/** Characters of `integerLeast`; longer than this is out of range, and need not be read to know. */
const integerLengthMax = 20;
const plainExponentLeast = -5;
const plainExponentMost = 15;

/** The text that is hashed for a JSON number; undefined where no double can hold it. */
export function hashedNumber(lexeme: string): string | undefined {
  if (/^-?\d+$/.test(lexeme) && lexeme !== "-0" && isExact(lexeme)) return lexeme;
  const double = Number(lexeme);
  return Number.isFinite(double) ? doubleText(double) : undefined;
}

function isExact(digits: string): boolean {
  if (digits.length > integerLengthMax) return false;
  const integer = BigInt(digits);
  return integer >= integerLeast && integer <= integerMost;
}

function doubleText(double: number): string {
  if (double === 0) return Object.is(double, -0) ? "-0.0" : "0.0";
  // Without an argument, toExponential gives as many digits as it takes to read the value back.
  const [mantissa = "", power = "0"] = double.toExponential().split("e");
  const exponent = Number(power);
  if (exponent < plainExponentLeast || exponent > plainExponentMost) {
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
  }
  const sign = double < 0 ? "-" : "";
  return sign + plainText(mantissa.replace(/[-.]/g, ""), exponent);
}

/** `digits` with the point after the first, moved by `exponent`. */
function plainText(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${whole}.${digits.slice(exponent + 1) || "0"}`;
}

/** A number whose hashed text is not RFC 8785's: tools that follow the standard hash it otherwise. */
export interface OddNumber {
  /** JSON Pointer. */
  readonly pointer: string;
  readonly lexeme: string;
  readonly hashed: string;
  readonly standard: string;
}

/** Every such number of a document, in its order. */
export function oddNumbers(value: JsonLexicalValue, pointer = ""): readonly OddNumber[] {
  if (value instanceof JsonNumber) {
    const { lexeme } = value;
    const standard = String(Number(lexeme));
    const hashed = hashedNumber(lexeme) ?? lexeme;
    return hashed === standard ? [] : [{ pointer, lexeme, hashed, standard }];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    oddNumbers(member, pointer + pointerStep(key)),
  );
}
