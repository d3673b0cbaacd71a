/** Randomness, answered inside a world; of node:crypto the rest that draws, or works elsewhere, is refused. */
import { drawSizes, fractionOf, integerInRange, uuidOf } from "../ambient-answers.js";
import {
  type Callable,
  refuseAll,
  refuseReading,
  replaceFunction,
  replaceReading,
  standIn,
} from "./ambient-guard-patch.js";
import { drawEntropy, refusalOf, type Scope, scopeHere } from "./ambient-guard-scope.js";

/** Of node:crypto: gives the same for the same, at once, on this thread. */
const cryptoPasses: ReadonlySet<string> = new Set([
  "Cipheriv",
  "Decipheriv",
  "Hash",
  "Hmac",
  "KeyObject",
  "Verify",
  "X509Certificate",
  "argon2Sync",
  "createCipheriv",
  "createDecipheriv",
  "createHash",
  "createHmac",
  "createMac",
  "createPrivateKey",
  "createPublicKey",
  "createSecretKey",
  "createVerify",
  "getCipherInfo",
  "getCiphers",
  "getCurves",
  "getHashes",
  "getMacs",
  "hash",
  "hkdfSync",
  "pbkdf2Sync",
  "publicDecrypt",
  "scryptSync",
  "timingSafeEqual",
]);

export function guardEntropy(nodeCrypto: object): void {
  replaceFunction(Math, "random", (random) => {
    return {
      random(): unknown {
        const scope = scopeHere();
        if (scope === undefined) return random();
        return fractionOf(drawEntropy(scope, "Math.random", drawSizes["Math.random"]));
      },
    }.random;
  });
  guardWebCrypto();
  guardNodeCrypto(nodeCrypto);
}

/** The methods are the prototype's: a reference to `crypto` that was taken before is guarded too. */
function guardWebCrypto(): void {
  const prototype: object = Object.getPrototypeOf(crypto);
  const subtle: object = Object.getPrototypeOf(crypto.subtle);
  answer(prototype, "randomUUID", randomUuid);
  answer(prototype, "getRandomValues", randomValues);
  const refusal = refusalOf("crypto.subtle");
  refuseReading(prototype, "subtle", refusal);
  refuseAll(subtle, () => refusal, new Set(["constructor"]));
}

/** `getRandomValues` and `subtle` of the module ask the prototypes. */
function guardNodeCrypto(nodeCrypto: object): void {
  answer(nodeCrypto, "randomUUID", randomUuid);
  answer(nodeCrypto, "randomBytes", randomBytes);
  // Other names of it, behind getters.
  for (const name of ["pseudoRandomBytes", "prng", "rng"]) {
    replaceReading(nodeCrypto, name, (read) => standIn(read()));
  }
  answer(nodeCrypto, "randomInt", randomInt);
  answer(nodeCrypto, "randomFillSync", randomFill);
  answer(nodeCrypto, "randomFill", randomFill);
  refuseAll(nodeCrypto, (key) => refusalOf(`node:crypto.${key}`, "randomness"), cryptoPasses);
}

/** What a call gives in a scope, from its arguments; it does what the original does with wrong ones. */
type Answer = (scope: Scope, args: readonly unknown[]) => unknown;

function answer(holder: object, key: string, give: Answer): void {
  replaceFunction(holder, key, (original) => answering(original, give));
}

function answering(original: Callable, give: Answer): Callable {
  return {
    method(this: unknown, ...args: unknown[]): unknown {
      const scope = scopeHere();
      return scope === undefined ? Reflect.apply(original, this, args) : give(scope, args);
    },
  }.method;
}

function randomUuid(scope: Scope): unknown {
  return uuidOf(drawEntropy(scope, "crypto.randomUUID", drawSizes["crypto.randomUUID"]));
}

/** As the Web Cryptography API has it: bytes. */
const valuesSizeMax = 65_536;

function randomValues(scope: Scope, [view]: readonly unknown[]): unknown {
  const bytes = bytesOf(view);
  const isInteger = bytes !== undefined && !/Float|DataView|ArrayBuffer/.test(tagOf(view));
  if (!isInteger) throw new TypeError("getRandomValues takes a typed array of integers");
  if (bytes.length > valuesSizeMax) {
    throw new RangeError(
      `getRandomValues gives ${valuesSizeMax} bytes at most, not ${bytes.length}`,
    );
  }
  bytes.set(drawEntropy(scope, "crypto.getRandomValues", bytes.length));
  return view;
}

/** As node has it. */
const bytesSizeMax = 2 ** 31 - 1;

function randomBytes(scope: Scope, [size, callback]: readonly unknown[]): unknown {
  const count = countOf("size", size, bytesSizeMax);
  const bytes = Buffer.from(drawEntropy(scope, "crypto.randomBytes", count));
  return told(callback, bytes);
}

function randomFill(scope: Scope, [target, ...rest]: readonly unknown[]): unknown {
  const last = rest.findIndex((one) => typeof one === "function");
  const callback = rest[last];
  const [offset = 0, size] = last < 0 ? rest : rest.slice(0, last);
  const bytes = bytesOf(target);
  if (bytes === undefined) throw new TypeError("randomFill takes an ArrayBuffer or a view of one");
  const unit = unitOf(target);
  const length = bytes.length / unit;
  const start = countOf("offset", offset, length);
  const count = countOf("size", size ?? length - start, length - start);
  bytes.set(drawEntropy(scope, "crypto.randomFill", count * unit), start * unit);
  return told(callback, target);
}

/** As node has it: the range of a call. */
const rangeMax = 2 ** 48 - 1;

function randomInt(scope: Scope, args: readonly unknown[]): unknown {
  const callback = args.find((one) => typeof one === "function");
  const numbers = args.filter((one) => one !== undefined && one !== callback);
  const [from, to] = numbers.length < 2 ? [0, numbers[0]] : numbers;
  checkWhole("min", from, { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER });
  checkWhole("max", to, { from: from + 1, to: Math.min(from + rangeMax, Number.MAX_SAFE_INTEGER) });
  const bytes = drawEntropy(scope, "crypto.randomInt", drawSizes["crypto.randomInt"]);
  return told(callback, integerInRange(bytes, from, to));
}

/** What a call gives at once, or its callback a moment later, in an order that is always the same. */
function told(callback: unknown, value: unknown): unknown {
  if (typeof callback !== "function") return value;
  process.nextTick(callback, null, value);
  return undefined;
}

/** Node leaves out what comes after the point. */
function countOf(name: string, value: unknown, max: number): number {
  const whole = typeof value === "number" ? Math.trunc(value) : value;
  checkWhole(name, whole, { from: 0, to: max });
  return whole;
}

function checkWhole(
  name: string,
  value: unknown,
  { from, to }: { readonly from: number; readonly to: number },
): asserts value is number {
  if (typeof value !== "number") {
    throw new TypeError(`${name} is a ${typeof value}, expected a number`);
  }
  if (Number.isInteger(value) && value >= from && value <= to) return;
  throw new RangeError(`${name} is ${value}, expected a whole number from ${from} to ${to}`);
}

function bytesOf(target: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(target)) {
    return new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  }
  return target instanceof ArrayBuffer || target instanceof SharedArrayBuffer
    ? new Uint8Array(target)
    : undefined;
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}

/** Offsets and sizes count elements of typed arrays, and bytes of the rest. */
function unitOf(target: unknown): number {
  const { BYTES_PER_ELEMENT: unit } = target as { BYTES_PER_ELEMENT?: unknown };
  return typeof unit === "number" ? unit : 1;
}
