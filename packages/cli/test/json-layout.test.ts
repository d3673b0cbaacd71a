/*
 * Goal: JSON is laid out anew and nothing else about it changes.
 * Method: vectors by hand; a property that compares both layouts with JSON's own.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { compactJson, indentedJson, isJsonStructure } from "../src/json-layout.js";

test("members get lines of their own, empty structures none", () => {
  expect(indentedJson('{"a":[1,{}],"b":[],"c":{"d":null}}')).toBe(
    `{
  "a": [
    1,
    {}
  ],
  "b": [],
  "c": {
    "d": null
  }
}`,
  );
});

test.each([
  ["the spelling of numbers", '{"a":1.0,"b":1E400,"c":12345678901234567890}'],
  ["the order of members", '{"b":1,"10":2,"9":3}'],
  ["a member that is there twice", '{"a":1,"a":2}'],
  ["brackets and escapes in strings", '["[{,:}]","\\"","\\\\","a b"]'],
])("%s stays", (_, json) => {
  expect(compactJson(indentedJson(json))).toBe(json);
});

test("space between tokens goes, space in strings stays", () => {
  expect(compactJson('{\r\n\t"a b" : [ 1 , 2 ] ,\n"c":"\\n" }')).toBe('{"a b":[1,2],"c":"\\n"}');
});

test.each([
  ['{"a":1}', true],
  [" [1]\n", true],
  ["7", false],
  ['"text"', false],
  ["{a:1}", false],
  ["[1,]", false],
  ["", false],
])("%j is a structure: %s", (text, expected) => {
  expect(isJsonStructure(text)).toBe(expected);
});

test("both layouts are those of JSON.stringify", () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const value: unknown = JSON.parse(json);
      const text = JSON.stringify(value);
      expect(compactJson(JSON.stringify(value, null, 3))).toBe(text);
      expect(indentedJson(text)).toBe(JSON.stringify(value, null, 2));
    }),
  );
});
