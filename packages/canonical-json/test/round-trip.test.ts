/**
 * Goal: writing and reading undo one another, and the text depends on the value alone.
 * Method: a million doubles of random bits (seeded); properties over generated values, among them
 * agreement with a second encoder that is written here as the RFC's words, with no eye to speed.
 */

import {
  canonicalBytes,
  canonicalize,
  type JsonValue,
  parseJson,
  parseJsonBytes,
} from "@reprise/canonical-json";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { sameJson } from "./same-json.ts";

const seed = 0x8785;

test(`a million random doubles (seed ${seed})`, () => {
  const random = seededRandom(seed);
  const batchSize = 10_000;
  for (let batch = 0; batch < 100; batch += 1) {
    const doubles: number[] = [];
    while (doubles.length < batchSize) {
      const double = new Float64Array(new Uint32Array([random(), random()]).buffer)[0] ?? 0;
      if (Number.isFinite(double)) doubles.push(double);
    }
    const text = canonicalize(doubles);
    expect(text === JSON.stringify(doubles), `seed ${seed}, batch ${batch}`).toBe(true);
    const [value, canonical] = [parseJson(text), parseJson(text, { numbers: "canonical" })];
    expect(sameJson(value, doubles), `seed ${seed}, batch ${batch}`).toBe(true);
    expect(sameJson(canonical, doubles), `seed ${seed}, batch ${batch}`).toBe(true);
  }
});

/** RFC 8785 in as many words. */
function plainlyCanonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(plainlyCanonical)}]`;
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${plainlyCanonical(member)}`)}}`;
}

/** The same value with the members of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  const members = Object.entries(value).map(([key, member]) => [key, reversed(member)]);
  return Object.fromEntries(members.reverse());
}

describe("for every value", () => {
  const values = fc.jsonValue({ stringUnit: "binary", maxDepth: 5 });
  const holds = (property: (value: JsonValue) => void) => {
    const check = (value: unknown) => {
      property(value as JsonValue);
    };
    fc.assert(fc.property(values, check), { numRuns: 2000 });
  };

  test("the text is the RFC's", () => {
    holds((value) => expect(canonicalize(value)).toBe(plainlyCanonical(value)));
  });
  test("the order of members does not matter", () => {
    holds((value) => expect(canonicalize(reversed(value) as JsonValue)).toBe(canonicalize(value)));
  });
  test("reading it back and writing again changes nothing", () => {
    holds((value) => {
      const text = canonicalize(value);
      expect(canonicalize(parseJson(text, { numbers: "canonical" }))).toBe(text);
      expect(canonicalize(parseJsonBytes(canonicalBytes(value)))).toBe(text);
    });
  });
  test("any text of it is read as JSON.parse reads it", () => {
    holds((value) => {
      for (const text of [JSON.stringify(value), JSON.stringify(value, null, "\t")]) {
        expect(sameJson(parseJson(text), JSON.parse(text)), text).toBe(true);
      }
    });
  });
  test("strings with every character escaped are read the same", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (string) => {
        const units = [...Array(string.length).keys()].map((index) => string.charCodeAt(index));
        const escapes = units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`);
        expect(parseJson(`"${escapes.join("")}"`)).toBe(string);
      }),
    );
  });
});
