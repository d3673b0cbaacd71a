/**
 * Goal: what a session appends is all there or not at all, within the budgets that loading has, behind
 * what is there, and sealed on from it.
 * Method: sessions on memory: budgets one short and just enough, each on an empty cassette and behind
 * one; a store that fails; entries that carry a checksum already.
 */
import {
  type Budgets,
  type CassetteEntry,
  type CassetteStore,
  createMemoryStore,
  decodeCassette,
  encodeCassetteEntry,
  type MemoryStore,
  type Mode,
  openSession,
  type Session,
  type SessionPolicy,
} from "@reprise/msg-rr";
import { describe, expect, test } from "vitest";
import { minimalEntry, samplePolicy, sealed } from "./entry-samples.ts";
import { refusalOf } from "./refusal.ts";

const text = new TextEncoder();
/** The minimal frame of 91 bytes with the 16 of a checksum. */
const frameSize = 107;
const two = sealed([minimalEntry, { ...minimalEntry, err: 1 }]);

interface Asked {
  readonly mode?: Mode;
  readonly store?: CassetteStore;
  readonly budgets?: Partial<Budgets>;
  readonly allowed?: Pick<SessionPolicy, "opsAllowed" | "kindsAllowed">;
}

function open({ mode = "record", store = createMemoryStore(), budgets, allowed }: Asked): Session {
  const policy = {
    ...samplePolicy,
    ...allowed,
    budgets: { ...samplePolicy.budgets, ...budgets },
  };
  return openSession({ policy, mode, store });
}

function replayed(store: MemoryStore): readonly CassetteEntry[] {
  const { recorded } = openSession({
    policy: samplePolicy,
    mode: "replay",
    store,
    requireChecksums: true,
  });
  return Array.from({ length: recorded.count }, (_, entry) => recorded.entry(entry));
}

test("a frame is the entry's, with 16 bytes of checksum", () => {
  expect(two.length).toBe(2 * frameSize);
  expect(encodeCassetteEntry(minimalEntry).length).toBe(frameSize - 16);
});

test.each<Mode>(["record", "record-missing"])("%s goes on behind a cassette, sealed on", (mode) => {
  const store = createMemoryStore(two);
  const session = open({ mode, store });
  session.append({ ...minimalEntry, err: 2 }, { ...minimalEntry, err: 3 });
  session.append({ ...minimalEntry, err: 4 });
  expect(store.bytes().subarray(0, two.length)).toEqual(two);
  expect(replayed(store).map(({ err }) => err)).toEqual([0, 1, 2, 3, 4]);
  expect(store.bytes()).toEqual(sealed([0, 1, 2, 3, 4].map((err) => ({ ...minimalEntry, err }))));
});

test("rewrite replaces with its first append and goes on behind that", () => {
  const store = createMemoryStore(two);
  const session = open({ mode: "rewrite", store });
  expect(store.bytes()).toEqual(two);
  session.append({ ...minimalEntry, err: 8 });
  session.append({ ...minimalEntry, err: 9 });
  expect(replayed(store).map(({ err }) => err)).toEqual([8, 9]);
});

test("to append nothing replaces nothing", () => {
  const store = createMemoryStore(two);
  const session = open({ mode: "rewrite", store });
  session.append();
  session.close();
  expect(store.bytes()).toEqual(two);
});

test("a checksum that an entry carries is replaced by the one it gets", () => {
  const store = createMemoryStore();
  const session = open({ store });
  const carried = [...decodeCassette(two)].reverse();
  session.append(...carried);
  session.append({
    ...minimalEntry,
    extra: [[text.encode("zz"), null], ...(carried[0]?.extra ?? [])],
  });
  expect(replayed(store).map(({ err }) => err)).toEqual([1, 0, 0]);
  expect(replayed(store)[2]?.extra.map(([key]) => new TextDecoder().decode(key))).toEqual([
    "crc",
    "zz",
  ]);
});

test("large entries and many of them make one run", () => {
  const store = createMemoryStore();
  const session = open({ store });
  const entries = Array.from({ length: 50 }, (_, index) => ({
    ...minimalEntry,
    req: new Uint8Array(index * 3000).fill(index),
  }));
  session.append(...entries);
  session.append(...entries.slice(0, 3));
  // Compared by size and content: element by element takes seconds.
  const shape = ({ req }: CassetteEntry): readonly unknown[] => [req.length, new Set(req)];
  expect(replayed(store).map(shape)).toEqual([...entries, ...entries.slice(0, 3)].map(shape));
});

const budgetRows: readonly (readonly [
  string,
  (held: number) => Partial<Budgets>,
  number,
  string,
])[] = [
  ["req", () => ({ maxReqBytes: 0 }), 2005, "BUDGET_REQ"],
  ["resp", () => ({ maxRespBytes: 0 }), 2006, "BUDGET_RESP"],
  ["key", () => ({ maxKeyBytes: 0 }), 2007, "BUDGET_KEY"],
  ["entries", (held) => ({ maxEntries: held }), 2004, "BUDGET_ENTRIES"],
  [
    "bytes",
    (held) => ({ maxCassetteBytes: held * frameSize + frameSize - 1 }),
    2003,
    "BUDGET_BYTES",
  ],
];

describe.each(budgetRows)("the budget of %s", (_, short, x07, code) => {
  test.each([
    ["on an empty cassette", new Uint8Array(0), 0],
    ["behind two entries", sealed([0, 1].map((err) => ({ ...emptied, err }))), 2],
  ])("%s: one over is refused and nothing is written; as much is taken", (_, held, count) => {
    const budgets = short(count);
    const store = createMemoryStore(held);
    // Behind entries that fit, so that what refuses is the append.
    const longer =
      "maxCassetteBytes" in budgets ? { maxCassetteBytes: held.length + frameSize - 1 } : budgets;
    const session = open({ store, budgets: longer });
    const refusal = refusalOf(() => session.append(minimalEntry));
    expect([refusal.code, refusal.x07]).toEqual([code, x07]);
    expect(store.bytes()).toEqual(held);
    const [[name, limit] = ["", 0]] = Object.entries(longer);
    const enough = open({ store, budgets: { [name]: limit + 1 } });
    enough.append(minimalEntry);
    expect(decodeCassette(store.bytes())).toHaveLength(count + 1);
  });
});

/** An entry of no bytes at all. */
const emptied: CassetteEntry = {
  ...minimalEntry,
  key: "",
  req: new Uint8Array(0),
  resp: new Uint8Array(0),
};

test("budgets count what is there: a recording that is loaded again fits its policy", () => {
  const budgets = { maxEntries: 3 };
  const store = createMemoryStore(two);
  const session = open({ store, budgets });
  session.append(minimalEntry);
  expect(refusalOf(() => session.append(minimalEntry)).code).toBe("BUDGET_ENTRIES");
  session.close();
  expect(open({ mode: "replay", store, budgets }).recorded.count).toBe(3);
});

test("budgets count what this session appended before", () => {
  const store = createMemoryStore();
  const session = open({ store, budgets: { maxCassetteBytes: 2 * frameSize } });
  session.append(minimalEntry);
  session.append(minimalEntry);
  expect(refusalOf(() => session.append(minimalEntry)).code).toBe("BUDGET_BYTES");
  expect(store.bytes()).toHaveLength(2 * frameSize);
});

test("a rewrite counts from nothing", () => {
  const store = createMemoryStore(two);
  const session = open({ mode: "rewrite", store, budgets: { maxEntries: 1 } });
  session.append(minimalEntry);
  expect(refusalOf(() => session.append(minimalEntry)).code).toBe("BUDGET_ENTRIES");
  expect(decodeCassette(store.bytes())).toHaveLength(1);
});

test("of several entries of which one is wrong, none is written", () => {
  const store = createMemoryStore(two);
  const session = open({ store, budgets: { maxEntries: 4, maxReqBytes: 1 } });
  const long = { ...minimalEntry, req: text.encode("long") };
  expect(refusalOf(() => session.append(minimalEntry, long)).details.entry).toBe(3);
  expect(refusalOf(() => session.append(minimalEntry, minimalEntry, minimalEntry)).x07).toBe(2004);
  expect(store.bytes()).toEqual(two);
  session.append(minimalEntry, minimalEntry);
  expect(replayed(store)).toHaveLength(4);
});

test.each([
  ["the entry before its sizes", { ...minimalEntry, err: 0.5 }, { maxReqBytes: 0 }, 2008],
  ["sizes before entries", minimalEntry, { maxKeyBytes: 0, maxEntries: 0 }, 2007],
  ["entries before bytes", minimalEntry, { maxEntries: 0, maxCassetteBytes: 0 }, 2004],
])("told first: %s", (_, entry, budgets, x07) => {
  expect(refusalOf(() => open({ budgets }).append(entry)).x07).toBe(x07);
});

test("a policy's kinds and operations are held to", () => {
  const allowed = { opsAllowed: ["op"], kindsAllowed: ["rr"] };
  const store = createMemoryStore();
  const session = open({ store, allowed });
  session.append(minimalEntry);
  for (const wrong of [{ op: "other" }, { kind: "http" }]) {
    const run = (): void => session.append(minimalEntry, { ...minimalEntry, ...wrong });
    expect(refusalOf(run).code).toBe("POLICY_REFUSED");
  }
  expect(decodeCassette(store.bytes())).toHaveLength(1);
});

test("after a store that failed, the next entry is sealed on from what was written", () => {
  const memory = createMemoryStore();
  let fails = false;
  const store: CassetteStore = {
    ...memory,
    append(bytes) {
      if (fails) throw new Error("disk full");
      memory.append(bytes);
    },
  };
  const session = open({ store });
  session.append(minimalEntry);
  fails = true;
  expect(() => session.append(minimalEntry)).toThrow("disk full");
  fails = false;
  session.append({ ...minimalEntry, err: 7 });
  expect(session.stats()).toContain('"entries":2');
  expect(replayed(memory).map(({ err }) => err)).toEqual([0, 7]);
});
