/**
 * Goal: what the page remembers is bounded, a filter finds what is kept and what comes, a pause holds
 * the view, and text of others cannot mislead.
 * Method: the page's own modules, as they are served, with frames by hand.
 */
import { expect, test } from "vitest";
import type { Body, MessageFrame } from "../src/index.js";

interface View {
  readonly base: number;
  readonly length: number;
  at(place: number): { frame: { seq?: number } } | undefined;
}
interface Journal {
  readonly view: View;
  readonly kept: number;
  readonly seen: number;
  readonly held: number;
  readonly turn: number;
  add(frame: unknown, length: number): void;
  filterBy(filter: unknown): void;
  pause(): void;
  resume(): void;
  clear(): void;
}
interface PageModules {
  createJournal(): Journal;
  readonly rowsMax: number;
  readonly charactersMax: number;
  createFilter(wanted: { find: string; stream: string; type: string }): unknown;
  safe(text: string): string;
  jsonPieces(json: string): { text: string; kind: string }[];
  sizeText(bytes: number): string;
  countText(number: number): string;
}

/** The page has no types of its own that a program could import. */
const load = async (name: string): Promise<object> =>
  (await import(new URL(`../page/${name}.js`, import.meta.url).href)) as object;
const modules = {
  ...(await load("journal")),
  ...(await load("filter")),
  ...(await load("wording")),
};
const page = modules as PageModules;

const value = (data: string): Body => ({ encoding: "text", data, size: data.length });
const message = (seq: number, given: Partial<MessageFrame> = {}): MessageFrame => ({
  frame: "message",
  seq,
  time: "2026-01-01T00:00:00.000Z",
  direction: "added",
  source: "",
  stream: "s",
  id: "",
  size: 1,
  message: { value: value("x") },
  ...given,
});
const seqs = ({ view }: Journal): (number | undefined)[] =>
  Array.from({ length: view.length }, (_, n) => view.at(view.base + n)?.frame.seq);

test("no more rows than the bound, the newest of them, each at its place", () => {
  const journal = page.createJournal();
  for (let seq = 0; seq < page.rowsMax * 3 + 17; seq++) journal.add(message(seq), 100);
  const { view } = journal;
  expect([view.length, view.base, journal.seen]).toEqual([2000, 4017, 6017]);
  expect([view.at(4017)?.frame.seq, view.at(6016)?.frame.seq]).toEqual([4017, 6016]);
  expect([view.at(4016), view.at(6017)]).toEqual([undefined, undefined]);
});

test("no more characters than the bound, and always the last one", () => {
  const journal = page.createJournal();
  for (let seq = 0; seq < 100; seq++) journal.add(message(seq), page.charactersMax / 10);
  expect(journal.view.length).toBe(9);
  journal.add(message(100), page.charactersMax * 2);
  expect(seqs(journal)).toEqual([100]);
});

const filterOf = (wanted: Partial<{ find: string; stream: string; type: string }>): unknown =>
  page.createFilter({ find: "", stream: "", type: "", ...wanted });
const amp = (type: string): Partial<MessageFrame> => ({
  amp: { type, actor: "Fixer", op_id: "OP-1", snap_sha: "sha", signature: "valid" },
});

test.each([
  [{ find: "fixer" }, [1, 2]],
  [{ find: "op-1  valid" }, [1, 2]],
  [{ find: "fixer nobody" }, []],
  [{ find: "needle" }, [3]],
  [{ find: "x-trace" }, [3]],
  [{ stream: "amp:*" }, [1]],
  [{ stream: "s" }, [0, 2, 3]],
  [{ stream: "other, amp:a" }, [1]],
  [{ type: "FIX.*" }, [1]],
  [{ type: "FIX" }, []],
  [{ type: "*" }, [1, 2]],
  [{ stream: "s", type: "PLAN", find: "fixer" }, [2]],
  [{ find: " " }, [0, 1, 2, 3]],
])("filter %j keeps %j", (wanted, kept) => {
  const journal = page.createJournal();
  const headers = { "X-Trace": "1" };
  const all = [
    message(0),
    message(1, { ...amp("FIX.A"), stream: "amp:a" }),
    message(2, amp("PLAN")),
    message(3, { message: { value: value("a Needle in it"), headers } }),
  ];
  for (const frame of all.slice(0, 2)) journal.add(frame, 10);
  journal.filterBy(filterOf(wanted));
  for (const frame of all.slice(2)) journal.add(frame, 10);
  expect(seqs(journal)).toEqual(kept);
  journal.filterBy(undefined);
  expect(seqs(journal)).toEqual([0, 1, 2, 3]);
});

test("a gap is shown whatever the filter; a rare match outlives what does not match", () => {
  const journal = page.createJournal();
  journal.filterBy(filterOf({ stream: "rare" }));
  journal.add(message(1, { stream: "rare" }), 10);
  journal.add({ frame: "gap", missed: 3 }, 10);
  for (let seq = 2; seq < 5000; seq++) journal.add(message(seq), 10);
  expect(seqs(journal)).toEqual([1, undefined]);
});

test("a pause holds the view, counts what comes, and ends with all of it", () => {
  const journal = page.createJournal();
  journal.add(message(1), 10);
  journal.pause();
  for (let seq = 2; seq < 3000; seq++) journal.add(message(seq), 10);
  expect([seqs(journal), journal.held, journal.seen]).toEqual([[1], 2998, 2999]);
  journal.resume();
  expect([journal.view.length, journal.held]).toEqual([2000, 0]);
});

test("another filter during a pause looks at all that is kept, and holds again", () => {
  const journal = page.createJournal();
  journal.add(message(1, { stream: "a" }), 10);
  journal.pause();
  journal.add(message(2, { stream: "a" }), 10);
  journal.add(message(3, { stream: "b" }), 10);
  journal.filterBy(filterOf({ stream: "a" }));
  journal.add(message(4, { stream: "a" }), 10);
  expect([seqs(journal), journal.held]).toEqual([[1, 2], 1]);
});

test("clear forgets what is kept, not what was counted, and places begin anew", () => {
  const journal = page.createJournal();
  journal.add(message(1), 10);
  const { turn } = journal;
  journal.clear();
  expect([journal.view.length, journal.kept, journal.seen]).toEqual([0, 0, 1]);
  expect(journal.turn).not.toBe(turn);
});

test("what would mislead the eye is shown by its number", () => {
  expect(page.safe("a\u202egnp.exe\u0000\n\u200b")).toBe("a⟨202E⟩gnp.exe⟨0000⟩⟨000A⟩⟨200B⟩");
  expect(page.safe("<b>ü€😀</b>")).toBe("<b>ü€😀</b>");
});

test("JSON is laid out and otherwise left as it came", () => {
  const laid = (json: string): string =>
    page
      .jsonPieces(json)
      .map(({ text }) => text)
      .join("");
  expect(laid('{"a":1.0,"b":[12345678901234567890,"x:{}\\"",{}],"c":[ ]}')).toBe(
    '{\n  "a": 1.0,\n  "b": [\n    12345678901234567890,\n    "x:{}\\"",\n    {}\n  ],\n  "c": []\n}',
  );
  expect(page.jsonPieces('{"a":"b"}').map(({ kind }) => kind)).toEqual([
    "mark",
    "name",
    "mark",
    "text",
    "mark",
  ]);
  expect(laid("[".repeat(3000) + "]".repeat(3000)).length).toBeLessThan(1_000_000);
});

test("sizes and counts", () => {
  expect([0, 999, 1000, 999_949, 999_950, 5_000_000].map(page.sizeText)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "999.9 kB",
    "1.0 MB",
    "5.0 MB",
  ]);
  expect([0, 999, 1000, 1_234_567].map(page.countText)).toEqual(["0", "999", "1,000", "1,234,567"]);
});
