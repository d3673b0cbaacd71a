/**
 * Goal: commands are written as the server reads them, whatever their arguments hold.
 * Method: vectors by hand; a property against a reader of a few lines (its seed is printed).
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeCommands } from "../src/command-bytes.ts";
import type { Command } from "../src/connection.ts";

const allocate = (size: number) => new Uint8Array(size).fill(0x7e);
const written = (...commands: readonly Command[]): string =>
  Buffer.from(encodeCommands(commands, allocate)).toString("latin1");

test.each<[string, readonly Command[], string]>([
  ["none", [], ""],
  ["one word", [["PING"]], "*1\r\n$4\r\nPING\r\n"],
  ["empty arguments", [["SET", "", new Uint8Array(0)]], "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$0\r\n\r\n"],
  ["bytes", [["A", Uint8Array.of(0, 13, 10, 255)]], "*2\r\n$1\r\nA\r\n$4\r\n\0\r\n\xff\r\n"],
  ["two", [["A"], ["B"]], "*1\r\n$1\r\nA\r\n*1\r\n$1\r\nB\r\n"],
  ["ten bytes", [["0123456789"]], "*1\r\n$10\r\n0123456789\r\n"],
  ["not ASCII", [["é€😀"]], "*1\r\n$9\r\n\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\r\n"],
  ["ASCII, then not", [["aé"]], "*1\r\n$3\r\na\xc3\xa9\r\n"],
])("%s", (_, commands, expected) => {
  expect(written(...commands)).toBe(expected);
});

test("eleven arguments", () => {
  const command = Array.from({ length: 11 }, () => "x");
  expect(written(command)).toBe(`*11\r\n${"$1\r\nx\r\n".repeat(11)}`);
});

/** What is written, read back. */
function readCommands(bytes: Buffer): readonly (readonly string[])[] {
  const commands: string[][] = [];
  let at = 0;
  const count = (): number => {
    const end = bytes.indexOf("\r\n", at);
    const value = Number(bytes.toString("latin1", at + 1, end));
    at = end + 2;
    return value;
  };
  while (at < bytes.length) {
    const words: string[] = [];
    for (let left = count(); left > 0; left--) {
      const size = count();
      words.push(bytes.toString("hex", at, at + size));
      at += size + 2;
    }
    commands.push(words);
  }
  return commands;
}

test("any arguments", () => {
  const argument = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.string({ unit: "grapheme", maxLength: 30 }),
    fc.uint8Array({ maxLength: 30 }),
  );
  const commands = fc.array(fc.array(argument, { minLength: 1, maxLength: 5 }), { maxLength: 4 });
  fc.assert(
    fc.property(commands, (sent) => {
      const bytes = Buffer.from(encodeCommands(sent, allocate));
      const hex = sent.map((command) =>
        command.map((one) => Buffer.from(one as string).toString("hex")),
      );
      expect(readCommands(bytes)).toEqual(hex);
    }),
    { numRuns: 300 },
  );
});
