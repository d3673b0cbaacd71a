/**
 * Signing and verifying with a ring of keys. The first one signs; all of them verify, so that a key is
 * changed without a gap: put the new one first, and take the old one out when its last message is read.
 *
 * An HMAC names no key, so all secrets are tried, and always all: how long it takes says nothing of
 * which one fits. Anybody who can verify an HMAC can also make one; an Ed25519 key that names `actors`
 * vouches for those alone.
 */
import { AmpError } from "./amp-error.js";
import { isStrictSignature } from "./ed25519-rules.js";
import type { AmpMessage } from "./message.js";
import { checkMessage, signedBytes } from "./message-text.js";
import { isPublicKey, nobleSignatures, publicKeyOf } from "./noble-signatures.js";
import { problemOf } from "./schema.js";
import type { SignaturePort } from "./signature-port.js";
import {
  type AmpScheme,
  ed25519Text,
  hmacText,
  keyIdForm,
  type ParsedSignature,
  parseSignature,
} from "./signature-text.js";

export type AmpKey = AmpSecret | AmpKeyPair | AmpPublicKey;

/** Shared by all who sign and verify: 16 to 1,024 bytes. Fewer than 32 weaken it (RFC 2104). */
export interface AmpSecret {
  readonly scheme: "hmac-sha256";
  readonly secret: Uint8Array;
}

export interface AmpKeyPair {
  readonly scheme: "ed25519";
  /** Its name in signatures: 1 to 128 of A-Z a-z 0-9 . _ - */
  readonly id: string;
  /** The private key of RFC 8032: 32 random bytes. */
  readonly seed: Uint8Array;
  readonly actors?: readonly string[];
}

export interface AmpPublicKey {
  readonly scheme: "ed25519";
  readonly id: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The only actors whose messages it signs. Default: any. */
  readonly actors?: readonly string[];
}

export type AmpVerdict =
  | { readonly state: "valid"; readonly scheme: AmpScheme; readonly keyId: string | undefined }
  | { readonly state: "unsigned" }
  | {
      readonly state: "unknown key";
      readonly scheme: AmpScheme;
      readonly keyId: string | undefined;
    }
  | { readonly state: "bad signature"; readonly reason: string };

export interface AmpKeyring {
  /**
   * The message with `sig` of the first key; one that it had is replaced. Throws KEY_MISSING (the first
   * key is a public one, or there is none), MESSAGE_INVALID.
   */
  sign(message: AmpMessage): AmpMessage;
  /** Never throws, whatever it is given. */
  verify(message: AmpMessage): AmpVerdict;
}

/** Keys in one ring. */
export const keysMax: number = 64;
const secretSizeMin = 16;
const secretSizeMax = 1024;

interface PublicKey {
  readonly actors: readonly string[] | undefined;
  readonly verify: (bytes: Uint8Array, signature: Uint8Array) => boolean;
}

interface Ring {
  readonly secrets: ((bytes: Uint8Array) => Uint8Array)[];
  readonly publicKeys: Map<string, PublicKey>;
}

/** Throws KEY_INVALID (`details.pointer`: which, `/0` the first), LIMIT_EXCEEDED (more than `keysMax`). */
export function createAmpKeyring(
  keys: readonly AmpKey[],
  port: SignaturePort = nobleSignatures,
): AmpKeyring {
  if (keys.length > keysMax) {
    const message = `the ring has ${keys.length} keys, at most ${keysMax}`;
    throw new AmpError("LIMIT_EXCEEDED", message, { limit: keysMax, actual: keys.length });
  }
  const ring: Ring = { secrets: [], publicKeys: new Map() };
  for (const [index, key] of keys.entries()) {
    const problem = add(ring, key, port);
    if (problem === undefined) continue;
    const pointer = `/${index}`;
    throw new AmpError("KEY_INVALID", `key ${pointer}: ${problem}`, { pointer });
  }
  const signer = signerOf(keys[0], port);
  return {
    sign(message) {
      checkMessage(message);
      if (signer === undefined) {
        const text =
          "the first key of the ring can only verify: put one with a secret or a seed first";
        throw new AmpError("KEY_MISSING", text);
      }
      return { ...message, sig: signer(signedBytes(message)) };
    },
    verify(message) {
      try {
        return verdictOf(ring, message);
      } catch {
        return bad("not a message: it has no canonical bytes");
      }
    },
  };
}

/** What is wrong with the key. */
function add({ secrets, publicKeys }: Ring, key: AmpKey, port: SignaturePort): string | undefined {
  if (key.scheme === "hmac-sha256") {
    const size = key.secret.length;
    if (size < secretSizeMin || size > secretSizeMax) {
      return `expected a secret of ${secretSizeMin} to ${secretSizeMax} bytes, got ${size}`;
    }
    secrets.push(port.hmacSha256(Uint8Array.from(key.secret)));
    return undefined;
  }
  const { id, actors } = key;
  if (!keyIdForm.test(id)) return "expected an id of 1 to 128 of A-Z a-z 0-9 . _ -";
  if (publicKeys.has(id)) return `id ${id} is there twice`;
  if ("seed" in key && key.seed.length !== 32) {
    return `expected a seed of 32 bytes, got ${key.seed.length}`;
  }
  const publicKey = "seed" in key ? publicKeyOf(key.seed) : Uint8Array.from(key.publicKey);
  if (!isPublicKey(publicKey)) return "expected a public key of RFC 8032: 32 bytes, of prime order";
  publicKeys.set(id, { actors: actors && [...actors], verify: port.ed25519Verifier(publicKey) });
  return undefined;
}

function signerOf(
  key: AmpKey | undefined,
  port: SignaturePort,
): ((bytes: Uint8Array) => string) | undefined {
  if (key === undefined) return undefined;
  if (key.scheme === "hmac-sha256") {
    const tagOf = port.hmacSha256(Uint8Array.from(key.secret));
    return (bytes) => hmacText(tagOf(bytes));
  }
  if (!("seed" in key)) return undefined;
  const sign = port.ed25519Signer(Uint8Array.from(key.seed));
  return (bytes) => ed25519Text(key.id, sign(bytes));
}

function verdictOf(ring: Ring, message: AmpMessage): AmpVerdict {
  const problem = problemOf(message, { lenient: true });
  if (problem !== undefined) return bad(`not a message: ${problem.pointer}: ${problem.text}`);
  if (message.sig === undefined) return { state: "unsigned" };
  const parsed = parseSignature(message.sig);
  if (parsed.scheme === "none") return bad(parsed.problem);
  const bytes = signedBytes(message);
  return parsed.scheme === "hmac-sha256"
    ? hmacVerdict(ring, bytes, parsed.bytes)
    : ed25519Verdict(ring, { message, bytes, parsed });
}

function hmacVerdict({ secrets }: Ring, bytes: Uint8Array, tag: Uint8Array): AmpVerdict {
  const scheme = "hmac-sha256";
  if (secrets.length === 0) return { state: "unknown key", scheme, keyId: undefined };
  let fits = false;
  for (const tagOf of secrets) fits = isSame(tagOf(bytes), tag) || fits;
  return fits
    ? { state: "valid", scheme, keyId: undefined }
    : bad("no secret of the ring gives this HMAC");
}

interface Ed25519Case {
  readonly message: AmpMessage;
  readonly bytes: Uint8Array;
  readonly parsed: Extract<ParsedSignature, { readonly scheme: "ed25519" }>;
}

function ed25519Verdict({ publicKeys }: Ring, { message, bytes, parsed }: Ed25519Case): AmpVerdict {
  const { scheme, keyId } = parsed;
  const key = publicKeys.get(keyId);
  if (key === undefined) return { state: "unknown key", scheme, keyId };
  if (key.actors !== undefined && !key.actors.includes(message.actor)) {
    return bad(`key ${keyId} does not sign for actor ${JSON.stringify(message.actor)}`);
  }
  if (!isStrictSignature(parsed.bytes)) {
    return bad(
      "the signature is not one of RFC 8032: R of small order or not below p, or S not below L",
    );
  }
  if (!key.verify(bytes, parsed.bytes)) return bad(`key ${keyId} did not sign this`);
  return { state: "valid", scheme, keyId };
}

function bad(reason: string): AmpVerdict {
  return { state: "bad signature", reason };
}

/** In a time that depends on the lengths alone. */
function isSame(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length;
  for (let at = 0; at < left.length; at++) difference |= (left[at] ?? 0) ^ (right[at] ?? 0);
  return difference === 0;
}
