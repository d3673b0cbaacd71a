/**
 * Goal: writing and reading undo one another, for any text and any bytes; one message has one
 * encoding.
 * Method: properties over generated messages (fast-check prints seed and counterexample).
 */

import { decodeEnvelope, type Envelope, encodeEnvelope, MsgError } from "@reprise/msg-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hexOf } from "../../../tools/testing/hex.ts";
import { measureEnvelope } from "../src/envelope.js";

const bytes = fc.uint8Array({ maxLength: 200, size: "max" });
/** Whole code points, so always well-formed; `grapheme` brings the long sequences. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 100 }),
  fc.string({ unit: "grapheme", maxLength: 100 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 400, size: "max" }),
);
/** Any ASCII, control characters included. */
const name = fc.oneof(
  fc.constantFrom("a", "b", "1", "10", "2", "__proto__", "constructor", "toString", "content-type"),
  fc.string({
    unit: fc.integer({ min: 0, max: 0x7f }).map((code) => String.fromCharCode(code)),
    minLength: 1,
    maxLength: 80,
  }),
);
const entries = fc.uniqueArray(fc.tuple(name, text), { selector: ([key]) => key, maxLength: 40 });

const message = fc.record({ topic: text, key: bytes, value: bytes, entries });

function envelopeOf(parts: {
  topic: string;
  key: Uint8Array;
  value: Uint8Array;
  entries: readonly (readonly [string, string])[];
}): Envelope {
  const { entries: headers, ...rest } = parts;
  return { ...rest, headers: Object.fromEntries(headers) };
}

const runs = { numRuns: 2000 };

test("decode undoes encode", () => {
  fc.assert(
    fc.property(message, (parts) => {
      const envelope = envelopeOf(parts);
      const decoded = decodeEnvelope(encodeEnvelope(envelope));
      expect([decoded.topic, [...decoded.key], [...decoded.value]]).toEqual([
        envelope.topic,
        [...envelope.key],
        [...envelope.value],
      ]);
      expect(new Map(Object.entries(decoded.headers))).toEqual(new Map(parts.entries));
    }),
    runs,
  );
});

test("encode undoes decode, byte for byte, and headers in any order give the same bytes", () => {
  fc.assert(
    fc.property(message, (parts) => {
      const encoded = encodeEnvelope(envelopeOf(parts));
      expect(hexOf(encodeEnvelope(decodeEnvelope(encoded)))).toBe(hexOf(encoded));
      const reversed = envelopeOf({ ...parts, entries: [...parts.entries].reverse() });
      expect(hexOf(encodeEnvelope(reversed))).toBe(hexOf(encoded));
    }),
    runs,
  );
});

test("the length field counts the bytes after it; a result is not touched by later ones", () => {
  fc.assert(
    fc.property(fc.array(message, { minLength: 2, maxLength: 6 }), (messages) => {
      const encoded = messages.map((parts) => encodeEnvelope(envelopeOf(parts)));
      const before = encoded.map(hexOf);
      for (const parts of messages) encodeEnvelope(envelopeOf(parts));
      expect(encoded.map(hexOf)).toEqual(before);
      for (const one of encoded) {
        const view = new DataView(one.buffer, one.byteOffset);
        expect(view.getUint32(0, true)).toBe(one.length - 4);
      }
    }),
    { numRuns: 300 },
  );
});

test("an envelope measures as many bytes as it encodes to, or is refused in the same words", () => {
  const outcome = (work: () => number): unknown => {
    try {
      return work();
    } catch (error) {
      return MsgError.is(error) ? `${error.code}: ${error.message}` : error;
    }
  };
  const bad = fc.constantFrom<unknown>("\ud800", 7, null, undefined, "", [], new Map([["a", "b"]]));
  const header = fc.dictionary(fc.oneof(name, fc.constantFrom("", "é")), fc.oneof(text, bad));
  const anything = fc.record({
    topic: fc.oneof(text, bad),
    key: fc.oneof(bytes, bad),
    value: fc.oneof({ weight: 4, arbitrary: bytes }, { weight: 1, arbitrary: bad }),
    headers: fc.oneof({ weight: 4, arbitrary: header }, { weight: 1, arbitrary: bad }),
  });
  fc.assert(
    fc.property(fc.oneof(message.map(envelopeOf), anything), (given) => {
      // What a program without types may pass.
      const envelope = given as ReturnType<typeof envelopeOf>;
      expect(outcome(() => measureEnvelope(envelope))).toEqual(
        outcome(() => encodeEnvelope(envelope).length),
      );
    }),
    runs,
  );
});
