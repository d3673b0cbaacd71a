/**
 * Goal: what a program drew when it was recorded it draws again, call by call; a program that draws
 * something else is told, with the place; nothing that it saw is not written.
 * Method: sources that count, sessions in memory in each mode; cassettes compared entry by entry;
 * every way of drawing otherwise; what fails while recording.
 */
import {
  checkAllUsed,
  createMemoryStore,
  decodeCassette,
  decodeDraw,
  type MemoryStore,
  recordingDriver,
  replayDriver,
  sessionSources,
} from "@reprise/msg-rr";
import type { AmbientSources } from "@reprise/worlds";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";
import { delivery, scriptedDriver } from "./scripted-driver.ts";
import { type Options, recorded, sessionOn } from "./sessions.ts";

/** The nth draw is `n` nanoseconds, or bytes of `n`. */
function counting(from = 1): AmbientSources & { readonly asked: string[] } {
  const asked: string[] = [];
  const next = (call: string): number => from - 1 + asked.push(call);
  return {
    asked,
    clock: (call) => BigInt(next(call)),
    entropy: (call, size) => new Uint8Array(size).fill(next(call)),
  };
}

/** Date.now 1, Math.random 2, Date.now 3, crypto.randomUUID 4. */
function program(sources: AmbientSources) {
  return [
    sources.clock("Date.now"),
    [...sources.entropy("Math.random", 8)],
    sources.clock("Date.now"),
    [...sources.entropy("crypto.randomUUID", 16)],
  ];
}

const drawn = [1n, Array(8).fill(2), 3n, Array(16).fill(4)];

const taped = (options: Options = {}): Promise<MemoryStore> =>
  recorded((session) => void program(sessionSources(session, { live: counting() })), options);

const codeOf = (call: () => unknown): string => refusalOf(call).code;

describe.each(["lookup", "transcript"] as const)("by %s", (matchMode) => {
  test("a replay draws what was recorded, and asks nobody", async () => {
    const session = sessionOn(await taped(), { matchMode });
    expect(program(sessionSources(session))).toEqual(drawn);
    checkAllUsed(session);
  });

  test("so does a lenient one", async () => {
    const session = sessionOn(await taped(), { matchMode, strictness: "lenient" });
    expect(program(sessionSources(session))).toEqual(drawn);
  });

  test("one draw more is NO_MATCH, and every later call says so too", async () => {
    const session = sessionOn(await taped(), { matchMode });
    const sources = sessionSources(session);
    program(sources);
    const error = refusalOf(() => sources.entropy("Math.random", 8));
    expect(error.message).toBe(
      "Math.random, 8 bytes: the program draws more than was recorded" +
        "\n  recorded  4 draws of ambient, all replayed\n  accept    say yes",
    );
    expect(error.code).toBe("NO_MATCH");
    expect(refusalOf(() => sources.clock("Date.now"))).toBe(error);
    expect(refusalOf(() => checkAllUsed(session))).toBe(error);
  });

  test("what is left over is REPLAY_UNUSED", async () => {
    const session = sessionOn(await taped(), { matchMode });
    sessionSources(session).clock("Date.now");
    const error = refusalOf(() => checkAllUsed(session));
    expect([error.code, error.details.entry]).toEqual(["REPLAY_UNUSED", 1]);
    expect(error.message).toContain("unused    2 of std.rr.entropy_v1, 1 of std.rr.clock_v1");
    expect(error.message).toContain("draw of Math.random, 8 bytes, for ambient");
  });

  test.each<[string, string, string, (sources: AmbientSources) => unknown]>([
    ["another clock", "call", "performance.now", (sources) => sources.clock("performance.now")],
    ["randomness", "call", "Math.random, 8 bytes", (sources) => sources.entropy("Math.random", 8)],
  ])("%s where Date.now was recorded is REPLAY_DIFFERS", async (_, field, got, draw) => {
    const session = sessionOn(await taped(), { matchMode });
    const sources = sessionSources(session);
    const error = refusalOf(() => draw(sources));
    expect(error.message).toBe(
      `${got}: the draw differs from the recording` +
        "\n  nearest   entry 0, at byte 0, due next" +
        `\n  field     ${field}\n  recorded  Date.now\n  got       ${got}\n  accept    say yes`,
    );
    expect([error.code, error.details.entry, error.details.offset]).toEqual([
      "REPLAY_DIFFERS",
      0,
      0,
    ]);
    expect(refusalOf(() => sources.clock("Date.now"))).toBe(error);
    expect(refusalOf(() => checkAllUsed(session))).toBe(error);
  });

  test("another size is REPLAY_DIFFERS", async () => {
    const sources = sessionSources(sessionOn(await taped(), { matchMode }));
    sources.clock("Date.now");
    const error = refusalOf(() => sources.entropy("Math.random", 7));
    expect(error.message).toContain(
      "field     size\n  recorded  Math.random, 8 bytes\n  got       Math.random, 7 bytes",
    );
  });
});

test("each draw is one entry, written before it is answered", async () => {
  const store = createMemoryStore();
  const session = sessionOn(store, { mode: "record" });
  const live = counting();
  const seen: number[] = [];
  const written = (): number => decodeCassette(store.bytes()).length;
  const sources = sessionSources(session, {
    live: {
      clock(call) {
        seen.push(written());
        return live.clock(call);
      },
      entropy: live.entropy,
    },
  });
  sources.clock("Date.now");
  expect(written()).toBe(1);
  sources.clock("new Date()");
  expect([seen, written()]).toEqual([[0, 1], 2]);
  expect(decodeCassette(store.bytes()).map(decodeDraw)).toEqual([
    { kind: "clock", call: "Date.now", ns: 1n },
    { kind: "clock", call: "new Date()", ns: 2n },
  ]);
});

test("a recording is the same, byte for byte, if the draws are", async () => {
  expect((await taped()).bytes()).toEqual((await taped()).bytes());
});

test("what a program does to its bytes does not reach the next replay", async () => {
  const store = await taped();
  for (let round = 0; round < 2; round++) {
    const sources = sessionSources(sessionOn(store));
    sources.clock("Date.now");
    const bytes = sources.entropy("Math.random", 8);
    expect([...bytes]).toEqual(Array(8).fill(2));
    bytes.fill(0);
  }
});

test("keys have orders of their own, which may come in any order", async () => {
  const store = await recorded((session) => {
    const live = counting();
    const [a, b] = ["a", "b"].map((key) => sessionSources(session, { live, key }));
    a?.clock("Date.now");
    b?.entropy("Math.random", 1);
    a?.entropy("Math.random", 1);
  });
  const session = sessionOn(store);
  // Asked for once more for each draw, as a handler would.
  const of = (key: string) => sessionSources(session, { key });
  expect([...of("b").entropy("Math.random", 1)]).toEqual([2]);
  expect(of("a").clock("Date.now")).toBe(1n);
  expect([...of("a").entropy("Math.random", 1)]).toEqual([3]);
  checkAllUsed(session);
  const other = sessionOn(store);
  expect(refusalOf(() => sessionSources(other, { key: "c" }).clock("Date.now")).message).toContain(
    "recorded  0 draws of c, all replayed\n  cassette  has draws of a, b",
  );
});

test("by transcript, draws stand among the calls of drivers", async () => {
  const store = await recorded(
    async (session) => {
      const broker = scriptedDriver("e");
      const driver = recordingDriver(broker, session);
      const sources = sessionSources(session, { live: counting() });
      broker.polls.push([delivery("1")]);
      const [one] = await driver.poll({ maxItems: 1 });
      sources.clock("Date.now");
      if (one !== undefined) await driver.settle([{ delivery: one, outcome: "ack" }]);
    },
    { matchMode: "transcript" },
  );
  const begin = async () => {
    const session = sessionOn(store, { matchMode: "transcript" });
    return { session, driver: replayDriver(session, { kind: "memory", endpoint: "e" }) };
  };
  const good = await begin();
  const [one] = await good.driver.poll({ maxItems: 1 });
  expect(sessionSources(good.session).clock("Date.now")).toBe(1n);
  if (one !== undefined) await good.driver.settle([{ delivery: one, outcome: "ack" }]);
  checkAllUsed(good.session);

  const early = await begin();
  const error = refusalOf(() => sessionSources(early.session).clock("Date.now"));
  expect(error.message).toContain("something else comes first in the recording");
  expect([error.code, error.details.entry]).toEqual(["REPLAY_DIFFERS", 1]);
  await expect(early.driver.poll({ maxItems: 1 })).rejects.toBe(error);

  const late = await begin();
  const [two] = await late.driver.poll({ maxItems: 1 });
  if (two === undefined) throw new Error("there is one");
  await expect(late.driver.settle([{ delivery: two, outcome: "ack" }])).rejects.toThrow(
    /due +entry 2, at byte \d+: draw of Date.now, for ambient/,
  );
});

describe("record-missing", () => {
  test("gives what there is, then asks and writes; the next session has it all", async () => {
    const store = await taped();
    const live = counting(5);
    const session = sessionOn(store, { mode: "record-missing" });
    const sources = sessionSources(session, { live });
    expect(program(sources)).toEqual(drawn);
    expect(live.asked).toEqual([]);
    expect(sources.clock("Date.now")).toBe(5n);
    expect([...sources.entropy("Math.random", 1)]).toEqual([6]);
    const next = sessionOn(store);
    const replayed = sessionSources(next);
    expect([...program(replayed), replayed.clock("Date.now")]).toEqual([...drawn, 5n]);
    expect([...replayed.entropy("Math.random", 1)]).toEqual([6]);
    checkAllUsed(next);
  });

  test("a draw that differs is no missing one", async () => {
    const session = sessionOn(await taped(), { mode: "record-missing" });
    const live = counting();
    expect(codeOf(() => sessionSources(session, { live }).entropy("Math.random", 8))).toBe(
      "REPLAY_DIFFERS",
    );
    expect(live.asked).toEqual([]);
  });
});

describe("modes", () => {
  test("off asks and writes nothing", () => {
    const store = createMemoryStore();
    const session = sessionOn(store, { mode: "off" });
    expect(program(sessionSources(session, { live: counting() }))).toEqual(drawn);
    expect(store.bytes()).toHaveLength(0);
  });

  test.each(["off", "record", "rewrite", "record-missing"] as const)(
    "%s needs real sources",
    (mode) => {
      const session = sessionOn(createMemoryStore(), { mode });
      expect(codeOf(() => sessionSources(session))).toBe("SESSION_CONFIG");
    },
  );
});

describe("a lenient replay", () => {
  test("does not compare the call, but bytes must be as many as are asked", async () => {
    const sources = sessionSources(sessionOn(await taped(), { strictness: "lenient" }));
    expect(sources.clock("performance.now")).toBe(1n);
    expect(codeOf(() => sources.entropy("crypto.randomUUID", 16))).toBe("RECORDED_MISMATCH");
  });

  test("has no more than was recorded", async () => {
    const session = sessionOn(await taped(), { strictness: "lenient" });
    const sources = sessionSources(session);
    sources.clock("Date.now");
    sources.clock("Date.now");
    expect(codeOf(() => sources.clock("Date.now"))).toBe("NO_MATCH");
  });
});

describe("what cannot be recorded ends the recording", () => {
  const publishOnly = { opsAllowed: ["std.msg.memory.event_v1", "std.msg.memory.publish_env_v1"] };

  test.each<[string, Options, string]>([
    ["an operation that the policy does not allow", publishOnly, "POLICY_REFUSED"],
    ["a full cassette", { budgets: { maxCassetteBytes: 20 } }, "BUDGET_BYTES"],
    ["a long answer", { budgets: { maxRespBytes: 7 } }, "BUDGET_RESP"],
    ["a long key", { budgets: { maxKeyBytes: 3 } }, "BUDGET_KEY"],
  ])("%s", async (_, options, code) => {
    const store = createMemoryStore();
    const session = sessionOn(store, { mode: "record", ...options });
    const broker = scriptedDriver("e");
    const driver = recordingDriver(broker, session);
    const sources = sessionSources(session, { live: counting() });
    const error = refusalOf(() => sources.clock("Date.now"));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^Date\.now was asked, but it could not be recorded: /);
    expect(refusalOf(() => sources.entropy("Math.random", 1))).toBe(error);
    // A handler that swallowed it does not hide it: the driver says it again, before it does anything.
    await expect(driver.settle([{ delivery: delivery("1"), outcome: "ack" }])).rejects.toBe(error);
    await driver.close();
    expect(store.bytes()).toHaveLength(0);
  });

  test("a driver that is only closed says it then", async () => {
    const session = sessionOn(createMemoryStore(), { mode: "record", ...publishOnly });
    const driver = recordingDriver(scriptedDriver("e"), session);
    const error = refusalOf(() => sessionSources(session, { live: counting() }).clock("Date.now"));
    await expect(driver.close()).rejects.toBe(error);
  });

  test.each<[string, Partial<AmbientSources>]>([
    [
      "a clock that throws",
      {
        clock: () => {
          throw new Error("stopped");
        },
      },
    ],
    ["a clock that reads a number", { clock: () => 5 as unknown as bigint }],
    ["a clock past 64 bits", { clock: () => 2n ** 64n }],
  ])("%s", (_, broken) => {
    const session = sessionOn(createMemoryStore(), { mode: "record" });
    const sources = sessionSources(session, { live: { ...counting(), ...broken } });
    expect(codeOf(() => sources.clock("Date.now"))).toBe("RESULT_INVALID");
    expect(codeOf(() => sources.entropy("Math.random", 1))).toBe("RESULT_INVALID");
  });

  test("too few bytes of a real source", () => {
    const session = sessionOn(createMemoryStore(), { mode: "record" });
    const live = { ...counting(), entropy: () => new Uint8Array(3) };
    expect(codeOf(() => sessionSources(session, { live }).entropy("Math.random", 8))).toBe(
      "RECORDED_MISMATCH",
    );
  });
});

describe("a closed session", () => {
  test.each(["record", "replay", "record-missing"] as const)("%s", async (mode) => {
    const session = sessionOn(await taped(), { mode });
    const sources = sessionSources(session, { live: counting() });
    session.close();
    expect(codeOf(() => sources.clock("Date.now"))).toBe("SESSION_CLOSED");
  });
});

test("an entry that is not in the form of a draw is RECORDED_MISMATCH", async () => {
  const store = await recorded((session) => {
    const nothing = new Uint8Array(0);
    const entry = { kind: "rr", key: "ambient", resp: nothing, err: 0, extra: [] };
    session.append({ ...entry, op: "std.rr.clock_v1", req: Uint8Array.of(1, 2) });
  });
  const session = sessionOn(store);
  expect(codeOf(() => sessionSources(session).clock("Date.now"))).toBe("RECORDED_MISMATCH");
  expect(codeOf(() => checkAllUsed(session))).toBe("RECORDED_MISMATCH");
});
