/**
 * Goal: the hash of a document is X07's, byte for byte of the text that is hashed.
 * Method: canonical texts written by hand; SHA-256 of them from node's own crypto; one digest that
 * anybody knows.
 */
import { createHash } from "node:crypto";
import { parseJson } from "@reprise/canonical-json";
import fc from "fast-check";
import { expect, test } from "vitest";
import { byBytes, canonicalText, hashOf } from "../src/documents/canonical-hash.ts";

const textOf = (json: string): string => canonicalText(parseJson(json, { numbers: "lexeme" }));

const vectors: readonly (readonly [string, string])[] = [
  ['{ "b": 1, "a": [ true, null, "x" ] }', '{"a":[true,null,"x"],"b":1}'],
  ['{"buckets":[0.5,1.0,1e16],"v":1}', '{"buckets":[0.5,1.0,1e+16],"v":1}'],
  ['{"":0,"A":1,"a":2,"é":3}', '{"":0,"A":1,"a":2,"é":3}'],
  ['{"é":3,"z":1}', '{"z":1,"é":3}'],
  ['{"10":1,"9":2}', '{"10":1,"9":2}'],
  ['{"__proto__":1,"constructor":2}', '{"__proto__":1,"constructor":2}'],
  [
    '"\\u0041\\/\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001F\\u007f"',
    '"A/\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\u007f"',
  ],
  ['"\\ud83d\\ude00é\\u2028"', '"😀é\u2028"'],
  ["[]", "[]"],
  ["{}", "{}"],
  ["[-0,0,-0.0]", "[-0.0,0,-0.0]"],
];

test.each(vectors)("%s", (json, canonical) => {
  expect(textOf(json)).toBe(canonical);
  const digest = createHash("sha256").update(canonical).digest("hex");
  expect(hashOf(parseJson(json, { numbers: "lexeme" }))).toBe(digest);
});

test("members are in the order of their keys' bytes, which beyond U+FFFF is not that of RFC 8785", () => {
  // U+FF61 is EF BD A1, U+1F600 is F0 9F 98 80; in UTF-16 the second begins with D83D.
  expect(textOf('{"😀":1,"｡":2}')).toBe('{"｡":2,"😀":1}');
});

test("the empty object's hash is the digest of two braces", () => {
  expect(hashOf({})).toBe("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
});

test("1 and 1.0 are two documents, 0.5 and 0.50 are one", () => {
  const hashes = ["[1]", "[1.0]", "[0.5]", "[0.50]"].map((json) =>
    hashOf(parseJson(json, { numbers: "lexeme" })),
  );
  expect(hashes[0]).not.toBe(hashes[1]);
  expect(hashes[2]).toBe(hashes[3]);
});

test("byBytes orders as a comparison of UTF-8 does", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
      expect(Math.sign(byBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
