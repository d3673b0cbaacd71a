/**
 * Goal: inside a world all randomness is answered by the sources, in the form it has outside, and what
 * would draw without asking is refused; outside it is real.
 * Method: sources whose nth draw is all `n`; each call by hand; wrong arguments; the rest of
 * node:crypto, name by name, as this node has it.
 */
import * as nodeCrypto from "node:crypto";
import { promisify } from "node:util";
import { guardAmbient, inWorld } from "@reprise/worlds/os";
import { expect, test } from "vitest";
import { countedSources, refusalIn } from "./counted-sources.js";

const { randomBytes, webcrypto } = nodeCrypto;
guardAmbient();

const hex = (bytes: unknown): string => {
  if (!ArrayBuffer.isView(bytes)) throw new Error("not a view");
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
};

test.each<[string, () => unknown, unknown]>([
  ["Math.random 8", () => Math.random(), Number(0x0101010101010101n >> 11n) / 2 ** 53],
  ["crypto.randomUUID 16", () => crypto.randomUUID(), "01010101-0101-4101-8101-010101010101"],
  ["crypto.randomUUID 16", () => nodeCrypto.randomUUID(), "01010101-0101-4101-8101-010101010101"],
  ["crypto.randomUUID 16", () => webcrypto.randomUUID(), "01010101-0101-4101-8101-010101010101"],
  ["crypto.getRandomValues 3", () => hex(crypto.getRandomValues(new Uint8Array(3))), "010101"],
  ["crypto.getRandomValues 4", () => crypto.getRandomValues(new Uint32Array(1))[0], 0x01010101],
  ["crypto.getRandomValues 2", () => hex(nodeCrypto.getRandomValues(new Uint8Array(2))), "0101"],
  ["crypto.getRandomValues 0", () => hex(crypto.getRandomValues(new Uint8Array(0))), ""],
  ["crypto.randomBytes 4", () => nodeCrypto.randomBytes(4), Buffer.from("01010101", "hex")],
  ["crypto.randomBytes 4", () => nodeCrypto.pseudoRandomBytes(4), Buffer.from("01010101", "hex")],
  [
    "crypto.randomFill 2",
    () => hex(nodeCrypto.randomFillSync(new Uint8Array(4), 1, 2)),
    "00010100",
  ],
  [
    "crypto.randomFill 4",
    () => hex(nodeCrypto.randomFillSync(new Uint16Array(3), 1)),
    "000001010101",
  ],
  [
    "crypto.randomFill 2",
    () => nodeCrypto.randomFillSync(new ArrayBuffer(2) as unknown as Uint8Array).byteLength,
    2,
  ],
  ["crypto.randomInt 16", () => nodeCrypto.randomInt(1), 0],
  ["crypto.randomInt 16", () => nodeCrypto.randomInt(-5, -4), -5],
])("%s is answered", (asked, draw, expected) => {
  const sources = countedSources();
  expect(inWorld("solve-rr", sources, draw)).toEqual(expected);
  expect(sources.asked).toEqual([asked]);
});

test("with a callback, and as a promise", async () => {
  const sources = countedSources();
  const drawn = await inWorld("solve-rr", sources, async () => [
    await promisify(nodeCrypto.randomBytes)(2),
    await new Promise((resolve) => nodeCrypto.randomInt(2, 3, (_, value) => resolve(value))),
    await new Promise((resolve) => nodeCrypto.randomInt(1, (_, value) => resolve(value))),
    await new Promise((resolve) =>
      nodeCrypto.randomFill(new Uint8Array(2), (_, bytes) => resolve(hex(bytes))),
    ),
    await new Promise((resolve) =>
      nodeCrypto.randomFill(new Uint8Array(3), 2, (_, bytes) => resolve(hex(bytes))),
    ),
  ]);
  expect(drawn).toEqual([Buffer.from("0101", "hex"), 2, 0, "0404", "000005"]);
  expect(sources.asked).toHaveLength(5);
});

test.each<[string, () => unknown]>([
  ["floats", () => crypto.getRandomValues(new Float64Array(1) as unknown as Uint8Array)],
  [
    "a view",
    () => crypto.getRandomValues(new DataView(new ArrayBuffer(1)) as unknown as Uint8Array),
  ],
  ["no view", () => crypto.getRandomValues([1] as unknown as Uint8Array)],
  ["too many", () => crypto.getRandomValues(new Uint8Array(65_537))],
  ["a negative size", () => nodeCrypto.randomBytes(-1)],
  ["no number", () => nodeCrypto.randomBytes(Number.NaN)],
  ["half a number", () => nodeCrypto.randomInt(0.5)],
  ["a text", () => nodeCrypto.randomBytes("5" as unknown as number)],
  ["an empty range", () => nodeCrypto.randomInt(5, 5)],
  ["no range", () => nodeCrypto.randomInt(0)],
  ["a range over 2^48", () => nodeCrypto.randomInt(0, 2 ** 48)],
  ["past the end", () => nodeCrypto.randomFillSync(new Uint8Array(2), 1, 2)],
  ["a text to fill", () => nodeCrypto.randomFillSync("xx" as unknown as Uint8Array)],
])("%s is a wrong argument, as outside, and draws nothing", (_, draw) => {
  const sources = countedSources();
  expect(draw).toThrow();
  expect(() => inWorld("solve-rr", sources, draw)).toThrow(/expected|takes|gives/);
  expect(sources.asked).toEqual([]);
});

test("a reference taken before is answered too, where it leads through the object", () => {
  expect(inWorld("solve-rr", countedSources(), () => webcrypto.randomUUID())).toMatch(/^01010101-/);
  // Taken out of the module: nobody stands before it.
  expect(inWorld("solve-rr", countedSources(), () => randomBytes(8))).toHaveLength(8);
});

test("what gives the same for the same is let through", () => {
  const sealed = inWorld("solve-pure", undefined, () => {
    const cipher = nodeCrypto.createCipheriv("aes-128-ecb", Buffer.alloc(16), null);
    return [
      nodeCrypto.createHash("sha256").update("x").digest("hex").slice(0, 8),
      nodeCrypto.createHmac("sha256", "k").update("x").digest().length,
      nodeCrypto.timingSafeEqual(Buffer.from("a"), Buffer.from("a")),
      nodeCrypto.scryptSync("p", "s", 8).length,
      cipher.update("x").length,
    ];
  });
  expect(sealed).toEqual(["2d711642", 32, true, 8, 0]);
});

const refused = [
  "checkPrime",
  "checkPrimeSync",
  "createDiffieHellman",
  "createECDH",
  "createSign",
  "generateKey",
  "generateKeyPair",
  "generateKeyPairSync",
  "generateKeySync",
  "generatePrime",
  "generatePrimeSync",
  "hkdf",
  "pbkdf2",
  "scrypt",
  "sign",
  "ECDH",
  "DiffieHellman",
  "setFips",
  "secureHeapUsed",
  // Of later nodes.
  ...["argon2", "encapsulate", "randomUUIDv7"].filter((name) => name in nodeCrypto),
];

test.each(refused)("node:crypto.%s is refused", (name) => {
  const call = Reflect.get(nodeCrypto, name) as () => unknown;
  expect(refusalIn(() => call(), countedSources())).toBe(`AMBIENT_REFUSED node:crypto.${name}`);
});

test("crypto.subtle is refused, and so is what was taken of it before", () => {
  const { subtle } = webcrypto;
  const data = new Uint8Array(1);
  expect(refusalIn(() => crypto.subtle)).toBe("AMBIENT_REFUSED crypto.subtle");
  expect(refusalIn(() => webcrypto.subtle)).toBe("AMBIENT_REFUSED crypto.subtle");
  expect(refusalIn(() => subtle.digest("SHA-256", data))).toBe("AMBIENT_REFUSED crypto.subtle");
});

test("without sources randomness is refused", () => {
  expect(refusalIn(() => Math.random())).toBe("AMBIENT_REFUSED Math.random");
  expect(refusalIn(() => crypto.randomUUID())).toBe("AMBIENT_REFUSED crypto.randomUUID");
  expect(refusalIn(() => nodeCrypto.randomBytes(1))).toBe("AMBIENT_REFUSED crypto.randomBytes");
  expect(refusalIn(() => crypto.getRandomValues(new Uint8Array(1)))).toBe(
    "AMBIENT_REFUSED crypto.getRandomValues",
  );
});

test("outside, randomness is real", async () => {
  expect(crypto.randomUUID()).not.toBe(crypto.randomUUID());
  expect(nodeCrypto.randomBytes(16)).not.toEqual(nodeCrypto.randomBytes(16));
  expect(Math.random()).not.toBe(Math.random());
  expect(nodeCrypto.randomInt(5, 6)).toBe(5);
  expect(hex(crypto.getRandomValues(new Uint8Array(16)))).not.toBe("00".repeat(16));
  expect((await crypto.subtle.digest("SHA-256", new Uint8Array(1))).byteLength).toBe(32);
  expect(await promisify(nodeCrypto.randomFill)(new Uint8Array(3))).toHaveLength(3);
});
