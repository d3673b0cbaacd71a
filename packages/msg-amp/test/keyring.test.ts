/**
 * Goal: what a key of the ring signed is valid; one byte changed anywhere is not; messages of another
 * implementation verify; a bad input is a verdict, never an exception.
 * Method: texts written by Python, once; each byte of a message and of its signature changed; tables of
 * spellings and keys; on both ports.
 *
 * The texts of Python (3.11, cryptography 48), `m` being the message as a dict:
 *
 *   canonical = json.dumps(m, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
 *   tag = hmac.new(b"a secret shared by two languages", canonical, hashlib.sha256).hexdigest()
 *   key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
 *   sig = base64.urlsafe_b64encode(key.sign(canonical)).rstrip(b"=").decode()
 *   json.dumps({**m, "sig": tag})
 *   json.dumps({"sig": "ed25519:py-1:" + sig, **m}, indent=1)    # and the numbers spelt otherwise
 */
import {
  type AmpKey,
  type AmpMessage,
  createAmpKeyring,
  encodeAmpMessage,
  nobleSignatures,
  parseAmpMessage,
} from "@reprise/msg-amp";
import { nodeSignatures } from "@reprise/msg-amp/os";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { publicKeyOf } from "../src/noble-signatures.ts";
import { refusal, sample, secret, seed } from "./samples.ts";

const hmacKey: AmpKey = { scheme: "hmac-sha256", secret };
const pair: AmpKey = { scheme: "ed25519", id: "py-1", seed };
const publicKey: AmpKey = { scheme: "ed25519", id: "py-1", publicKey: publicKeyOf(seed) };
const other: AmpKey = { scheme: "hmac-sha256", secret: new Uint8Array(32).fill(7) };

const fromPython = String.raw`{"type": "FIX.PATCH_APPLIED", "snap_sha": "3f786850e387550fdab836ed7e6dc881de23001b", "payload": {"note": "caf\u00e9 \u2713 \ud83d\ude00 \"q\" \\ /", "n": 1, "ratio": 0.5, "big": 100, "list": [true, null, -2]}, "op_id": "0b2e9f3c-52f4-4a8e-9b53-0c4d8f3a6a11", "causality": {"root": "r-1", "parent": null}, "at": "2026-11-20T17:45:09.000120Z", "actor": "fixer", "sig": "69c598bf18ac74b2f3501978a0504a7361b1722f9f4c13e312cbf8abb58dfb2b"}`;
const spelled = String.raw`{
 "sig": "ed25519:py-1:letWeiP8g-tRCJu8963bXkTWtI9F12rRYOrxf7W2JdV_3_xYR1xc5Q1NPhr0u_cUtTv1_tjrz1zsnhTtDvxXCA",
 "type": "FIX.PATCH_APPLIED",
 "snap_sha": "3f786850e387550fdab836ed7e6dc881de23001b",
 "payload": {
  "note": "caf\u00e9 \u2713 \ud83d\ude00 \"q\" \\ /",
  "n": 1e0,
  "ratio": 5e-1,
  "big": 1.0E+2,
  "list": [
   true,
   null,
   -2.000
  ]
 },
 "op_id": "0b2e9f3c-52f4-4a8e-9b53-0c4d8f3a6a11",
 "causality": {
  "root": "r-1",
  "parent": null
 },
 "at": "2026-11-20T17:45:09.000120Z",
 "actor": "fixer"
}`;
const pythonTag = "69c598bf18ac74b2f3501978a0504a7361b1722f9f4c13e312cbf8abb58dfb2b";

describe.each([
  ["noble", nobleSignatures],
  ["node", nodeSignatures],
])("%s", (_, port) => {
  test("messages of another implementation verify", () => {
    const ring = createAmpKeyring([other, hmacKey, publicKey], port);
    const hmac = { state: "valid", scheme: "hmac-sha256", keyId: undefined };
    expect(ring.verify(parseAmpMessage(fromPython))).toEqual(hmac);
    const named = fromPython.replace(pythonTag, `hmac-sha256:${pythonTag}`);
    expect(ring.verify(parseAmpMessage(named))).toEqual(hmac);
    const signed = { state: "valid", scheme: "ed25519", keyId: "py-1" };
    expect(ring.verify(parseAmpMessage(spelled))).toEqual(signed);
  });

  test("what the first key signs is what another implementation signs", () => {
    const { sig, ...unsigned } = parseAmpMessage(spelled);
    expect(createAmpKeyring([pair, other], port).sign(unsigned).sig).toBe(sig);
    expect(createAmpKeyring([hmacKey, other], port).sign(unsigned).sig).toBe(
      `hmac-sha256:${pythonTag}`,
    );
  });

  test("a signature is replaced, and the message is not changed otherwise", () => {
    const ring = createAmpKeyring([hmacKey], port);
    const signed = ring.sign(sample);
    expect(ring.sign({ ...sample, sig: "something else" })).toEqual(signed);
    expect({ ...signed, sig: undefined }).toEqual({ ...sample, sig: undefined });
    expect(ring.verify(parseAmpMessage(encodeAmpMessage(signed))).state).toBe("valid");
  });
});

test("rotation: the new key signs, the old one still verifies until it is taken out", () => {
  const before = createAmpKeyring([other]).sign(sample);
  const between = createAmpKeyring([hmacKey, other]);
  expect(between.verify(before).state).toBe("valid");
  expect(createAmpKeyring([hmacKey]).verify(between.sign(sample)).state).toBe("valid");
  expect(createAmpKeyring([hmacKey]).verify(before).state).toBe("bad signature");
});

describe.each([
  ["HMAC", fromPython, hmacKey],
  ["Ed25519", spelled, publicKey],
])("%s: one byte changed anywhere does not verify", (_, text, key) => {
  const ring = createAmpKeyring([key], nodeSignatures);
  const valid = parseAmpMessage(text);
  const bytes = encodeAmpMessage(valid);

  /** What anybody can read of changed bytes, and what the ring says then. */
  function stateOf(changed: Uint8Array): string {
    let message: AmpMessage;
    try {
      message = parseAmpMessage(changed, { lenient: true });
    } catch {
      return "no message";
    }
    return ring.verify(message).state;
  }

  test("each byte, in a way of its own", () => {
    const start = 20_261_120;
    const random = seededRandom(start);
    expect(stateOf(bytes)).toBe("valid");
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [1, 0x20, 1 + (random() % 255)]) {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ mask;
        const where = `seed ${start}, byte ${at}, mask ${mask}`;
        // Space for another space, or 1e2 for 1E2, would be the same message: canonical bytes have none.
        expect(stateOf(changed), where).not.toBe("valid");
      }
    }
  });

  test("each byte left out, and each doubled", () => {
    for (let at = 0; at < bytes.length; at++) {
      const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at + 1)];
      expect(stateOf(Uint8Array.of(...head, ...tail)), `byte ${at}`).not.toBe("valid");
      const doubled = Uint8Array.of(...head, bytes[at] ?? 0, ...bytes.subarray(at));
      expect(stateOf(doubled), `byte ${at}`).not.toBe("valid");
    }
  });

  test("a field added or taken out", () => {
    expect(ring.verify({ ...valid, proof: {} }).state).toBe("bad signature");
    expect(ring.verify({ ...valid, extra: 1 } as AmpMessage).state).toBe("bad signature");
    expect(ring.verify({ ...valid, causality: {} }).state).toBe("bad signature");
  });
});

describe("spellings of a signature that are refused", () => {
  const ring = createAmpKeyring([hmacKey, publicKey]);
  const { sig: edSig = "" } = parseAmpMessage(spelled);
  const encoded = edSig.slice("ed25519:py-1:".length);
  const spellings: readonly (readonly [string, string])[] = [
    ["upper-case hexadecimal", pythonTag.toUpperCase()],
    ["upper-case hexadecimal with its name", `hmac-sha256:${pythonTag.toUpperCase()}`],
    ["a digit short", pythonTag.slice(1)],
    ["a digit more", `${pythonTag}0`],
    ["space before", ` ${pythonTag}`],
    ["a line end behind", `${pythonTag}\n`],
    ["a name in upper case", `HMAC-SHA256:${pythonTag}`],
    ["another name", `sha256:${pythonTag}`],
    ["a name alone", "hmac-sha256:"],
    ["a part more", `hmac-sha256:k:${pythonTag}`],
    ["no key id", `ed25519::${encoded}`],
    ["no signature", "ed25519:py-1:"],
    ["no colon", "ed25519"],
    ["padding", `${edSig}==`],
    ["another alphabet", `ed25519:py-1:${encoded.replaceAll("_", "/").replaceAll("-", "+")}`],
    ["the last bits not zero", `${edSig.slice(0, -1)}B`],
    ["a character short", edSig.slice(0, -1)],
    ["a part more", `${edSig}:`],
    ["a key id that is none", `ed25519:py 1:${encoded}`],
    ["a character beyond ASCII", `${edSig.slice(0, -1)}é`],
    ["S beyond L", `ed25519:py-1:${encoded.slice(0, -3)}__w`],
    ["R of small order", `ed25519:py-1:AQ${"A".repeat(84)}`],
  ];
  for (const [name, sig] of spellings) {
    test(name, () => {
      const message = parseAmpMessage(name.includes("hex") ? fromPython : spelled);
      expect(ring.verify({ ...message, sig }).state).toBe("bad signature");
    });
  }
  test("the spellings they are made of verify", () => {
    expect(ring.verify({ ...parseAmpMessage(spelled), sig: edSig }).state).toBe("valid");
    expect(ring.verify({ ...parseAmpMessage(fromPython), sig: pythonTag }).state).toBe("valid");
  });
});

test("verdicts besides", () => {
  const message = parseAmpMessage(spelled);
  expect(createAmpKeyring([publicKey]).verify(sample)).toEqual({ state: "unsigned" });
  expect(createAmpKeyring([hmacKey]).verify(message)).toEqual({
    state: "unknown key",
    scheme: "ed25519",
    keyId: "py-1",
  });
  expect(createAmpKeyring([publicKey]).verify(parseAmpMessage(fromPython))).toEqual({
    state: "unknown key",
    scheme: "hmac-sha256",
    keyId: undefined,
  });
  expect(createAmpKeyring([]).verify(message).state).toBe("unknown key");
});

test("a key that names actors speaks for those alone", () => {
  const message = parseAmpMessage(spelled);
  const ringOf = (actors: readonly string[]) => createAmpKeyring([{ ...publicKey, actors }]);
  expect(ringOf(["planner", "fixer"]).verify(message).state).toBe("valid");
  expect(ringOf(["planner"]).verify(message).state).toBe("bad signature");
});

test("verify gives a verdict on anything", () => {
  const ring = createAmpKeyring([hmacKey, publicKey]);
  const trap = new Proxy({}, { get: () => raise(), ownKeys: () => raise() });
  const circle: Record<string, unknown> = { ...sample, sig: pythonTag };
  circle.payload = { circle };
  const inputs: readonly unknown[] = [
    ...[undefined, null, 0, "", [], {}, trap, circle, () => 0, Symbol("s"), 1n],
    { ...sample, sig: 7 },
    { ...sample, sig: pythonTag, payload: { n: Number.NaN } },
    { ...sample, sig: pythonTag, actor: "\ud800" },
    { ...sample, sig: "x".repeat(100_000) },
  ];
  for (const input of inputs) {
    expect(ring.verify(input as AmpMessage).state).toBe("bad signature");
  }
});

function raise(): never {
  throw new Error("looked at");
}

describe("keys that are refused", () => {
  const zeros = new Uint8Array(32);
  const keys: readonly (readonly [string, AmpKey])[] = [
    ["a short secret", { scheme: "hmac-sha256", secret: new Uint8Array(15) }],
    ["a long secret", { scheme: "hmac-sha256", secret: new Uint8Array(1025) }],
    ["a short seed", { scheme: "ed25519", id: "a", seed: new Uint8Array(31) }],
    ["a long seed", { scheme: "ed25519", id: "a", seed: new Uint8Array(64) }],
    ["an empty id", { scheme: "ed25519", id: "", seed }],
    ["an id with a colon", { scheme: "ed25519", id: "a:b", seed }],
    ["an id twice", { ...pair }],
    ["a key of small order", { scheme: "ed25519", id: "a", publicKey: zeros }],
    ["a short key", { scheme: "ed25519", id: "a", publicKey: zeros.subarray(1) }],
  ];
  for (const [name, key] of keys) {
    test(name, () => {
      const { code, details } = refusal(() => createAmpKeyring([pair, key]));
      expect([code, details.pointer]).toEqual(["KEY_INVALID", "/1"]);
    });
  }
  test("too many", () => {
    const many = Array.from({ length: 65 }, () => hmacKey);
    expect(refusal(() => createAmpKeyring(many)).code).toBe("LIMIT_EXCEEDED");
  });
  test("a ring that cannot sign, and a message that cannot be signed", () => {
    expect(refusal(() => createAmpKeyring([publicKey, hmacKey]).sign(sample)).code).toBe(
      "KEY_MISSING",
    );
    expect(refusal(() => createAmpKeyring([]).sign(sample)).code).toBe("KEY_MISSING");
    const wrong = { ...sample, extra: 1 };
    expect(refusal(() => createAmpKeyring([hmacKey]).sign(wrong)).code).toBe("MESSAGE_INVALID");
  });
});

test("a key's bytes may be wiped once it is in the ring", () => {
  const passing = Uint8Array.from(secret);
  const ring = createAmpKeyring([{ scheme: "hmac-sha256", secret: passing }]);
  passing.fill(0);
  expect(ring.verify(parseAmpMessage(fromPython)).state).toBe("valid");
});
