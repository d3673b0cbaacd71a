/**
 * Goal: a session does what X07's does, mode by mode and by either way of matching: what it reads,
 * answers and appends, which refusal comes first, and its account of itself to the letter.
 * Method: one cassette in memory and the table of modes; stores that notice whether they are touched.
 */
import {
  type CassetteEntry,
  type CassetteStore,
  crc32,
  createMemoryStore,
  decodeCassette,
  type MatchMode,
  type MemoryStore,
  type Mode,
  modes,
  openSession,
  type Session,
  type SessionOptions,
} from "@reprise/msg-rr";
import { describe, expect, test } from "vitest";
import { minimalEntry, samplePolicy, sealed } from "./entry-samples.ts";
import { refusalOf } from "./refusal.ts";

const entryOf = (op: string, rest: Partial<CassetteEntry> = {}): CassetteEntry => ({
  ...minimalEntry,
  op,
  ...rest,
});
const text = new TextEncoder();
/** a, b, a of key k; a of another key; a of another kind. */
const cassette = sealed([
  entryOf("a", { resp: text.encode("0") }),
  entryOf("b", { resp: text.encode("1") }),
  entryOf("a", { resp: text.encode("2") }),
  entryOf("a", { key: "other", resp: text.encode("3") }),
  entryOf("a", { kind: "http", resp: text.encode("4") }),
]);
const size = cassette.length;

interface Asked extends Partial<Omit<SessionOptions, "policy">> {
  readonly matchMode?: MatchMode;
}

function open({ matchMode = "lookup", ...options }: Asked = {}): Session {
  return openSession({
    policy: { ...samplePolicy, matchMode },
    mode: "replay",
    store: createMemoryStore(cassette),
    ...options,
  });
}

const respOf = (session: Session, op: string, [kind, key] = ["rr", "k"]): string =>
  new TextDecoder().decode(session.next(kind, op, key).resp);
const codeOf = (run: () => unknown): readonly unknown[] => {
  const { code, x07 } = refusalOf(run);
  return [code, x07];
};

const modeRows: readonly (readonly [Mode, number, boolean, boolean])[] = [
  // mode, its number, whether it replays, whether it appends
  ["off", 0, false, false],
  ["record", 1, false, true],
  ["replay", 2, true, false],
  ["record-missing", 3, true, true],
  ["rewrite", 4, false, true],
];
const matchRows: readonly (readonly [MatchMode, number])[] = [
  ["lookup", 0],
  ["transcript", 1],
];

describe.each(modeRows)("mode %s", (mode, number, replays, appends) => {
  describe.each(matchRows)("matching by %s", (matchMode, matchNumber) => {
    const line = (modeShown: number, entries: number, [used, bytes]: readonly number[]): string =>
      `{"v":1,"mode":${modeShown},"match_mode":${matchNumber},"cassettes":1,"entries":${entries},"used":${used},"bytes":${bytes}}`;
    const loaded = replays ? 5 : 0;
    const bytes = replays ? size : 0;

    test("next", () => {
      const session = open({ mode, matchMode });
      if (replays) {
        expect(respOf(session, "a")).toBe("0");
        expect(session.stats()).toBe(line(number, 5, [matchMode === "lookup" ? 1 : 0, size]));
      } else {
        expect(codeOf(() => session.next("rr", "a", "k"))).toEqual(["MODE_NO_REPLAY", 2012]);
      }
    });

    test("append", () => {
      const store = createMemoryStore(cassette);
      const session = open({ mode, matchMode, store });
      expect(session.stats()).toBe(line(number, loaded, [0, bytes]));
      if (!appends) {
        expect(codeOf(() => session.append(minimalEntry))).toEqual(["MODE_NO_APPEND", 2013]);
        expect(store.bytes()).toEqual(cassette);
        return;
      }
      session.append(minimalEntry);
      session.append(minimalEntry, minimalEntry);
      expect(session.stats()).toBe(line(mode === "rewrite" ? 1 : number, loaded + 3, [0, bytes]));
      const all = decodeCassette(store.bytes());
      expect(all).toHaveLength(mode === "rewrite" ? 3 : 8);
    });

    test("a cassette that is not there", () => {
      const store = createMemoryStore();
      if (mode === "replay") {
        expect(codeOf(() => open({ mode, matchMode, store }))).toEqual([
          "CASSETTE_UNAVAILABLE",
          2002,
        ]);
        return;
      }
      const session = open({ mode, matchMode, store });
      expect(session.stats()).toBe(line(number, 0, [0, 0]));
      if (replays) expect(codeOf(() => session.next("rr", "a", "k"))).toEqual(["NO_MATCH", 2009]);
    });
  });
});

test("the modes have X07's names", () => {
  expect(Object.entries(modes).map(([mode, { x07, number }]) => [mode, x07, number])).toEqual([
    ["off", "off", 0],
    ["record", "record_v1", 1],
    ["replay", "replay_v1", 2],
    ["record-missing", "record_missing_v1", 3],
    ["rewrite", "rewrite_v1", 4],
  ]);
});

test.each<Mode>(["off", "rewrite"])("mode %s does not read the cassette", (mode) => {
  const store: CassetteStore = {
    ...createMemoryStore(),
    load: () => {
      throw new Error("it was read");
    },
  };
  open({ mode, store }).close();
});

describe("lookup", () => {
  test("gives the earliest unused of kind, op and key, each once", () => {
    const session = open();
    expect(respOf(session, "a")).toBe("0");
    expect(respOf(session, "a", ["http", "k"])).toBe("4");
    expect(respOf(session, "a")).toBe("2");
    expect(respOf(session, "a", ["rr", "other"])).toBe("3");
    expect(codeOf(() => session.next("rr", "a", "k"))).toEqual(["NO_MATCH", 2009]);
    expect(respOf(session, "b")).toBe("1");
    expect(session.stats()).toContain('"used":5');
    expect(session.cursor()).toBe(-1);
  });

  test("passes over what was used otherwise, and counts it once", () => {
    const session = open();
    session.use(0);
    session.use(0);
    expect([session.isUsed(0), session.isUsed(2)]).toEqual([true, false]);
    expect(respOf(session, "a")).toBe("2");
    expect(session.stats()).toContain('"used":2');
  });

  test("compares bytes: another case, another form of the same text, is another key", () => {
    const store = createMemoryStore(sealed([entryOf("a", { key: "é" })]));
    const session = open({ store });
    for (const key of ["É", "e\u0301", "é ", ""]) {
      expect(codeOf(() => session.next("rr", "a", key))).toEqual(["NO_MATCH", 2009]);
    }
    expect(session.next("rr", "a", "é").key).toBe("é");
  });
});

describe("transcript", () => {
  const session = (): Session => open({ matchMode: "transcript" });

  test("goes entry by entry; the key is not compared", () => {
    const all = session();
    expect(respOf(all, "a", ["rr", "anything"])).toBe("0");
    expect(all.cursor()).toBe(1);
    expect(respOf(all, "b")).toBe("1");
    expect([all.isUsed(1), all.isUsed(2)]).toEqual([true, false]);
    expect(all.stats()).toContain('"used":0');
  });

  test("kind is told before op, and the cursor has moved on all the same", () => {
    const all = session();
    expect(codeOf(() => all.next("http", "b", "k"))).toEqual(["KIND_MISMATCH", 2010]);
    expect(codeOf(() => all.next("rr", "a", "k"))).toEqual(["OP_MISMATCH", 2011]);
    expect(respOf(all, "a")).toBe("2");
  });

  test("ends with 2009, again and again", () => {
    const all = session();
    for (let count = 0; count < 4; count++) all.next("rr", count === 1 ? "b" : "a", "k");
    expect(codeOf(() => all.next("rr", "a", "k"))).toEqual(["KIND_MISMATCH", 2010]);
    for (let count = 0; count < 3; count++) {
      expect(codeOf(() => all.next("rr", "a", "k"))).toEqual(["NO_MATCH", 2009]);
    }
    expect(all.cursor()).toBe(-1);
  });

  test("use puts the cursor behind an entry", () => {
    const all = session();
    all.use(2);
    expect([all.cursor(), all.isUsed(2), all.isUsed(3)]).toEqual([3, true, false]);
  });
});

test("the mode is told before the key's length, and that before the policy", () => {
  const long = "k".repeat(129);
  expect(codeOf(() => open({ mode: "off" }).next("rr", "a", long))).toEqual([
    "MODE_NO_REPLAY",
    2012,
  ]);
  const policy = { ...samplePolicy, opsAllowed: ["b"], kindsAllowed: ["rr"] };
  const session = openSession({ policy, mode: "replay", store: createMemoryStore(cassette) });
  expect(codeOf(() => session.next("rr", "a", long))).toEqual(["BUDGET_KEY", 2007]);
  expect(codeOf(() => session.next("rr", "a", "日".repeat(43)))).toEqual(["BUDGET_KEY", 2007]);
  expect(codeOf(() => session.next("rr", "a", "k"))).toEqual(["POLICY_REFUSED", 2000]);
  expect(codeOf(() => session.next("http", "b", "k"))).toEqual(["POLICY_REFUSED", 2000]);
  expect(session.next("rr", "b", "k".repeat(1)).op).toBe("b");
});

test("what is appended in a session is never matched in it, and is in the next", () => {
  for (const [matchMode] of matchRows) {
    const store: MemoryStore = createMemoryStore(sealed([entryOf("a")]));
    const session = open({ mode: "record-missing", matchMode, store });
    session.next("rr", "a", "k");
    session.append(entryOf("a", { err: 5 }));
    expect(codeOf(() => session.next("rr", "a", "k"))).toEqual(["NO_MATCH", 2009]);
    expect(session.recorded.count).toBe(1);
    session.close();
    const next = open({ store, matchMode, requireChecksums: true });
    expect([next.next("rr", "a", "k").err, next.next("rr", "a", "k").err]).toEqual([0, 5]);
  }
});

test("a closed session does nothing but tell what it was", () => {
  let closes = 0;
  const memory = createMemoryStore(cassette);
  const store: CassetteStore = { ...memory, close: () => (closes += 1) };
  const session = open({ mode: "record-missing", store });
  session.next("rr", "a", "k");
  const stats = session.stats();
  session.close();
  session.close();
  expect(closes).toBe(1);
  for (const run of [
    () => session.next("rr", "a", "k"),
    () => session.append(minimalEntry),
    () => session.use(1),
  ]) {
    expect(codeOf(run)).toEqual(["SESSION_CLOSED", 9611]);
  }
  expect(session.stats()).toBe(stats);
  expect(session.isUsed(0)).toBe(true);
  expect(memory.bytes()).toEqual(cassette);
});

test("a cassette that is cut short is refused by every mode that reads it", () => {
  for (const mode of ["record", "replay", "record-missing"] as const) {
    const store = createMemoryStore(cassette.subarray(0, size - 1));
    expect(codeOf(() => open({ mode, store }))).toEqual(["CASSETTE_TRUNCATED", 2014]);
  }
});

test("a checksum that is handed in is the one that is used", () => {
  let calls = 0;
  const checksum = (bytes: Uint8Array, previous: number): number => {
    calls += 1;
    return crc32(bytes, previous);
  };
  const session = open({ mode: "record", checksum });
  session.append(minimalEntry);
  expect(calls).toBe(6);
});
