/**
 * Stable pseudonyms: equal secrets become equal names, so that a recording can still be correlated
 * and compared, and none holds a secret.
 *
 * ```
 * <prefix>-<12 hex: HMAC-SHA-256(salt, value)><4 hex: HMAC-SHA-256(salt, 00 and those 12)>
 * ```
 *
 * The last four are a check: by them a pseudonym of ours is known and left alone, so that making one
 * twice is the same as once. A salt keeps a secret only as long as nobody has it; it stands in the
 * repository, so a guessable value (a short password) can be found again by trying.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
// arch-allow E_ARCH_WORLD_CAPABILITY: hexadecimal and UTF-8 only; what else is in there is not taken
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** The same header value comes with every message. A full table forgets. */
const knownMax = 256;
const nameDigits = 12;
const checkDigits = 4;

/** Gives the pseudonym of a value; of a pseudonym, itself. */
export function createPseudonyms(prefix: string, salt: string): (value: string) => string {
  const key = utf8ToBytes(salt);
  const digits = (text: string, count: number): string =>
    bytesToHex(hmac(sha256, key, utf8ToBytes(text))).slice(0, count);
  const complete = (name: string): string => name + digits(`\0${name}`, checkDigits);
  const isOurs = (value: string): boolean => {
    const size = prefix.length + 1 + nameDigits + checkDigits;
    if (value.length !== size || !value.startsWith(`${prefix}-`)) return false;
    const tail = value.slice(prefix.length + 1);
    return complete(tail.slice(0, nameDigits)) === tail;
  };
  const known = new Map<string, string>();
  return (value) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    const pseudonym = isOurs(value) ? value : `${prefix}-${complete(digits(value, nameDigits))}`;
    if (known.size >= knownMax) known.clear();
    known.set(value, pseudonym);
    return pseudonym;
  };
}
