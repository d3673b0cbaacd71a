/*
 * Goal: what is tolerated is exactly what somebody said, with a reason, where he said it; and nothing
 * stays tolerated once it is mended.
 * Method: diagnostics and comments written by hand; a baseline made of some of them and applied to
 * others.
 */
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../src/diagnostic.ts";
import { applyBaseline, baselineText, knownFrom, readBaseline } from "../src/rules/baseline.ts";
import { applyExceptions } from "../src/rules/inline-exceptions.ts";
import type { InlineException } from "../src/source-facts.ts";
import { handGraph } from "./hand-graph.ts";

function found(line: number, parts: Partial<Diagnostic> = {}, file = "a.ts"): Diagnostic {
  return {
    code: "E_ARCH_AMBIENT",
    severity: "error",
    stage: "lint",
    message: "m",
    loc: { kind: "text", span: { file, start: { line, col: 1 }, end: { line, col: 2 } } },
    data: { module_path: file, name: "Date.now" },
    ...parts,
  };
}

test("what is about the check or the locks is never known", () => {
  const lasting = [
    "E_ARCH_SCAN_EMPTY",
    "E_ARCH_LOCK_MISMATCH",
    "E_ARCH_CONTRACTS_LOCK_MISMATCH",
  ] as const;
  const all = lasting.map((code) => found(1, { code }));
  expect(knownFrom(all)).toEqual([]);
  const known = [{ code: "E_ARCH_SCAN_EMPTY", path: "a.ts", count: 1, about: {} }];
  expect(applyBaseline(all, known, "b.json").diagnostics.slice(0, 3)).toEqual(all);
});

describe("inline exceptions", () => {
  const exception = (parts: Partial<InlineException> = {}): InlineException => ({
    code: "E_ARCH_AMBIENT",
    reason: "only for the log",
    line: 5,
    at: { line: 5, col: 1 },
    ...parts,
  });
  const left = (diagnostics: readonly Diagnostic[], ...exceptions: readonly InlineException[]) =>
    applyExceptions(diagnostics, handGraph({ "a.ts": { exceptions } })).map(
      ({ code, loc }) => `${code} ${loc?.span.start.line}`,
    );

  test("on its line, or on the line before", () => {
    expect(left([found(5)], exception())).toEqual([]);
    expect(left([found(6)], exception())).toEqual([]);
  });

  test("not two lines on, nor before, nor in another file, nor another code", () => {
    const unused = "E_ARCH_EXCEPTION_UNUSED 5";
    expect(left([found(7)], exception())).toEqual(["E_ARCH_AMBIENT 7", unused]);
    expect(left([found(4)], exception())).toEqual(["E_ARCH_AMBIENT 4", unused]);
    expect(left([found(5, {}, "b.ts")], exception())).toEqual(["E_ARCH_AMBIENT 5", unused]);
    expect(left([found(5, { code: "E_ARCH_CYCLE" })], exception())).toEqual([
      "E_ARCH_CYCLE 5",
      unused,
    ]);
    expect(left([], exception({ code: "E_ARCH_AMBIEN" }))).toEqual([unused]);
    const { loc: _, ...nowhere } = found(5);
    expect(left([nowhere], exception())).toEqual(["E_ARCH_AMBIENT undefined", unused]);
  });

  test("comments below each other are all for what follows", () => {
    const cycle = exception({ code: "E_ARCH_CYCLE", line: 6 });
    expect(left([found(7), found(7, { code: "E_ARCH_CYCLE" })], exception(), cycle)).toEqual([]);
  });

  test("without a reason it allows nothing", () => {
    expect(left([found(5)], exception({ reason: "" }))).toEqual([
      "E_ARCH_AMBIENT 5",
      "E_ARCH_EXCEPTION_REASON 5",
    ]);
  });

  test("one for two of the line, two for two codes", () => {
    expect(left([found(5), found(5)], exception())).toEqual([]);
    const cycle = found(5, { code: "E_ARCH_CYCLE" });
    expect(left([found(5), cycle], exception(), exception({ code: "E_ARCH_CYCLE" }))).toEqual([]);
  });
});

describe("baseline", () => {
  const known = (...list: readonly Diagnostic[]) => knownFrom(list);
  const result = (list: readonly Diagnostic[], entries: ReturnType<typeof known>) => {
    const { diagnostics, pruned } = applyBaseline(list, entries, "arch/baseline.json");
    return [
      diagnostics.map(({ code, data }) => `${code} ${data?.found ?? ""}`.trim()),
      pruned.map(({ count }) => count),
    ];
  };

  test("what is known is let be, wherever in the file it has gone", () => {
    expect(result([found(5)], known(found(900)))).toEqual([[], [1]]);
  });

  test("another file, another name, another code, another message is not", () => {
    const entries = known(found(5));
    const stale = "E_ARCH_BASELINE_STALE 0";
    expect(result([found(5, {}, "b.ts")], entries)).toEqual([["E_ARCH_AMBIENT", stale], []]);
    const other = found(5, { data: { module_path: "a.ts", name: "Math.random" } });
    expect(result([other], entries)).toEqual([["E_ARCH_AMBIENT", stale], []]);
    expect(result([found(5, { code: "E_ARCH_CYCLE" })], entries)).toEqual([
      ["E_ARCH_CYCLE", stale],
      [],
    ]);
    expect(result([found(5, { message: "n" })], entries)).toEqual([["E_ARCH_AMBIENT", stale], []]);
  });

  test("one more than are known is told, one fewer makes the entry stale", () => {
    const entries = known(found(1), found(2));
    expect(result([found(1), found(2), found(3)], entries)).toEqual([["E_ARCH_AMBIENT"], [2]]);
    expect(result([found(1)], entries)).toEqual([["E_ARCH_BASELINE_STALE 1"], [1]]);
    expect(result([], entries)).toEqual([["E_ARCH_BASELINE_STALE 0"], []]);
  });

  test("an entry that is there twice counts for both", () => {
    const [entry] = known(found(1));
    if (entry === undefined) throw new Error("no entry");
    expect(result([found(1), found(2)], [entry, entry])).toEqual([[], [2]]);
  });

  test("what is about the check itself is never known", () => {
    for (const code of [
      "E_ARCH_BASELINE_STALE",
      "E_ARCH_EXCEPTION_UNUSED",
      "E_ARCH_EXCEPTION_REASON",
      "E_ARCH_TOOL_BUDGET_EXCEEDED",
    ] as const) {
      expect(known(found(1, { code }))).toEqual([]);
    }
  });

  test("its text is sorted, without lines, and reads as what it was", () => {
    const list = [found(3, {}, "b.ts"), found(1), found(2), found(9, { code: "E_ARCH_CYCLE" })];
    const text = baselineText(known(...list));
    expect(baselineText(known(...[...list].reverse()))).toBe(text);
    expect(text).not.toContain('"line"');
    const read = readBaseline(JSON.parse(text));
    expect(read?.map(({ path, code, count }) => `${path} ${code} ${count}`)).toEqual([
      "a.ts E_ARCH_AMBIENT 2",
      "a.ts E_ARCH_CYCLE 1",
      "b.ts E_ARCH_AMBIENT 1",
    ]);
    expect(result(list, read ?? [])[0]).toEqual([]);
  });

  const good = {
    schema_version: "reprise.arch.baseline@0.1.0",
    known: [{ code: "c", path: "p", count: 1, about: {} }],
  };
  test.each<[string, unknown]>([
    ["nothing", null],
    ["a list", []],
    ["another version", { ...good, schema_version: "reprise.arch.baseline@0.2.0" }],
    ["no entries", { schema_version: good.schema_version }],
    ["a member too many", { ...good, more: 1 }],
    ["an entry with a member too many", { ...good, known: [{ ...good.known[0], more: 1 }] }],
    ["a count of none", { ...good, known: [{ ...good.known[0], count: 0 }] }],
    ["half a count", { ...good, known: [{ ...good.known[0], count: 1.5 }] }],
    ["a path that is none", { ...good, known: [{ ...good.known[0], path: 7 }] }],
    ["about a list", { ...good, known: [{ ...good.known[0], about: [] }] }],
  ])("refused: %s", (_, value) => {
    expect(readBaseline(JSON.parse(JSON.stringify(value)))).toBeUndefined();
    expect(readBaseline(JSON.parse(JSON.stringify(good)))).toHaveLength(1);
  });
});
