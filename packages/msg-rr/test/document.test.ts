/**
 * Goal: documents are the format's bytes, in both directions, and nothing else is one.
 * Method: vectors written by hand from the layout. Every prefix of each is refused, and so is a byte
 * behind it; with one byte changed it is refused or is written back as those very bytes (but for a
 * bool, of which a reader takes any byte). Then what is wrong in one way each.
 */
import { decodeDocument, documentDepthMax, encodeDocument } from "@reprise/msg-rr";
import { describe, expect, test } from "vitest";
import { bytesOf, hexOf } from "../../../tools/testing/hex.ts";
import { documentVectors } from "./document-vectors.ts";
import { refusalOf } from "./refusal.ts";

const codeOf = (bytes: Uint8Array): string => refusalOf(() => decodeDocument(bytes)).code;

describe.each(documentVectors)("$name", ({ hex, value }) => {
  const bytes = bytesOf(hex);

  test("is written", () => {
    expect(hexOf(encodeDocument({ ok: true, value }))).toBe(hexOf(bytes));
  });

  test("is read", () => {
    expect(decodeDocument(bytes)).toEqual({ ok: true, value });
  });

  test("is refused where it is cut short, or goes on", () => {
    for (let size = 0; size < bytes.length; size++) {
      expect(codeOf(bytes.subarray(0, size))).toBe("DOCUMENT_INVALID");
    }
    expect(codeOf(Uint8Array.of(...bytes, 0))).toBe("DOCUMENT_INVALID");
  });

  test("with any one byte changed is refused, or another document", () => {
    const wrong: string[] = [];
    for (let at = 0; at < bytes.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        if (byte === bytes[at]) continue;
        const changed = bytes.slice();
        changed[at] = byte;
        const read = readOrCode(changed);
        const isGood =
          typeof read === "string"
            ? read === "DOCUMENT_INVALID"
            : differsInBoolsOnly(encodeDocument(read), changed);
        if (!isGood) wrong.push(`byte ${at} as ${byte}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

function readOrCode(bytes: Uint8Array): ReturnType<typeof decodeDocument> | string {
  try {
    return decodeDocument(bytes);
  } catch {
    return codeOf(bytes);
  }
}

/** A bool byte above 1 is written back as 1; the byte before it is its tag. */
function differsInBoolsOnly(written: Uint8Array, read: Uint8Array): boolean {
  return (
    written.length === read.length &&
    written.every((byte, at) => byte === read[at] || (byte === 1 && read[at - 1] === 1))
  );
}

test("a reader takes any bool byte but 00 as true", () => {
  expect(decodeDocument(bytesOf("01 01ff"))).toEqual({ ok: true, value: true });
});

test("an error document has a code and a message, and nothing behind them", () => {
  const bytes = bytesOf("00 d9070000 00000000");
  expect(decodeDocument(bytes)).toEqual({ ok: false, code: 2009, message: new Uint8Array(0) });
  expect(hexOf(encodeDocument({ ok: false, code: 2009, message: new Uint8Array(0) }))).toBe(
    hexOf(bytes),
  );
  const message = Uint8Array.of(0x6e, 0xff);
  const full = bytesOf("00 ffffffff 02000000 6eff");
  expect(decodeDocument(full)).toEqual({ ok: false, code: 0xffffffff, message });
  expect(encodeDocument({ ok: false, code: 0xffffffff, message })).toEqual(full);
  for (let size = 1; size < full.length; size++) {
    expect(codeOf(full.subarray(0, size))).toBe("DOCUMENT_INVALID");
  }
  expect(codeOf(bytesOf("00 d9070000 00000000 00"))).toBe("DOCUMENT_INVALID");
});

test.each([
  ["nothing at all", ""],
  ["a first byte of 2", "02 00"],
  ["no value", "01"],
  ["tag 6", "01 06"],
  ["tag 255", "01 ff"],
  ["a number longer than the bytes", "01 02 ffffffff 30"],
  ["a string longer than the bytes", "01 03 02000000 61"],
  ["a seq of more than there are bytes", "01 04 ffffffff 00"],
  ["a map of more than there are bytes", "01 05 ffffffff 00000000 00"],
  ["a map whose keys descend", "01 05 02000000 01000000 62 00 01000000 61 00"],
  ["a map with a key twice", "01 05 02000000 01000000 61 00 01000000 61 00"],
  [
    "a map with a longer key before its beginning",
    "01 05 02000000 02000000 6161 00 01000000 61 00",
  ],
  ["keys ordered as signed bytes", "01 05 02000000 01000000 80 00 01000000 7f 00"],
  ["a key longer than the bytes", "01 05 01000000 ffffffff 61 00"],
  ["a map with a key and no value", "01 05 01000000 01000000 61"],
  ["two values", "01 00 00"],
])("refused: %s", (_, hex) => {
  const refusal = refusalOf(() => decodeDocument(bytesOf(hex)));
  expect(refusal.code).toBe("DOCUMENT_INVALID");
  expect(refusal.details.offset).toBeGreaterThanOrEqual(0);
  expect(refusal.details.offset).toBeLessThanOrEqual(bytesOf(hex).length);
});

/** `depth` seqs of one around null. */
function nested(depth: number): string {
  return `01 ${"04 01000000 ".repeat(depth)} 00`;
}

test("depth 64 is accepted and 65 is not, read or written, whatever is there", () => {
  expect(documentDepthMax).toBe(64);
  const deepest = decodeDocument(bytesOf(nested(64)));
  expect(hexOf(encodeDocument(deepest))).toBe(hexOf(bytesOf(nested(64))));
  expect(codeOf(bytesOf(nested(65)))).toBe("DOCUMENT_INVALID");
  expect(codeOf(bytesOf(nested(20_000)))).toBe("DOCUMENT_INVALID");
  if (!deepest.ok) throw new Error("an ok document was written");
  const { value } = deepest;
  expect(refusalOf(() => encodeDocument({ ok: true, value: [value] })).code).toBe(
    "DOCUMENT_INVALID",
  );
  // An empty seq is as deep as its place.
  expect(decodeDocument(bytesOf(`01 ${"04 01000000 ".repeat(64)} 04 00000000`)).ok).toBe(true);
  expect(codeOf(bytesOf(`01 ${"04 01000000 ".repeat(65)} 04 00000000`))).toBe("DOCUMENT_INVALID");
});

test("a writer refuses what is no document", () => {
  const key = Uint8Array.of(0x61);
  const refused = [
    () => encodeDocument({ ok: true, value: { lexeme: "1\u0100" } }),
    () =>
      encodeDocument({
        ok: true,
        value: {
          entries: [
            [key, null],
            [key, null],
          ],
        },
      }),
    () => encodeDocument({ ok: false, code: -1, message: key }),
    () => encodeDocument({ ok: false, code: 2 ** 32, message: key }),
    () => encodeDocument({ ok: false, code: 0.5, message: key }),
  ];
  for (const run of refused) expect(refusalOf(run).code).toBe("DOCUMENT_INVALID");
});

test("strings are views of the input, at their place in a larger buffer too", () => {
  const buffer = bytesOf("ffff 01 03 02000000 6162 ff");
  const read = decodeDocument(buffer.subarray(2, 10));
  if (!read.ok || !(read.value instanceof Uint8Array)) throw new Error("a string was written");
  expect(hexOf(read.value)).toBe("6162");
  expect(read.value.buffer).toBe(buffer.buffer);
});
