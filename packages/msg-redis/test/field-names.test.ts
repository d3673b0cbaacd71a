/**
 * Goal: a name's bytes are its text, also where names share a place of the table, and whatever becomes
 * of the bytes afterwards.
 * Method: all names of two letters, twice, so that most places are taken by others meanwhile.
 */
import { expect, test } from "vitest";
import { createFieldNames } from "../src/field-names.ts";
import { bytes } from "./fake-connection.ts";

const letters = "abcdefghijklmnopqrstuvwxyz";

test("names that take each other's places", () => {
  const names = createFieldNames();
  for (let round = 0; round < 2; round++) {
    for (const first of letters) {
      for (const last of letters) expect(names.read(bytes(first + last))).toBe(first + last);
    }
  }
});

test("names of one place, length and ends, told apart by what is between", () => {
  const names = createFieldNames();
  for (const name of ["abc", "axc", "abc"]) expect(names.read(bytes(name))).toBe(name);
});

test("bytes that change afterwards", () => {
  const names = createFieldNames();
  const name = bytes("name");
  names.read(name);
  name.fill(0x61);
  expect(names.read(bytes("name"))).toBe("name");
});

test("a long one is read as well; an empty one and one that is not ASCII are none", () => {
  const names = createFieldNames();
  expect(names.read(bytes("n".repeat(300)))).toBe("n".repeat(300));
  expect(names.read(new Uint8Array(0))).toBeUndefined();
  expect(names.read(bytes("naïve"))).toBeUndefined();
  expect(names.read(Uint8Array.of(0x80))).toBeUndefined();
});
