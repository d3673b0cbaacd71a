/**
 * Goal: anything can be logged: it becomes bounded JSON, secrets go, and nothing throws.
 * Method: hostile values by hand, and what has to be shown of each; generated ones, with their seed.
 */
import { canonicalize } from "@reprise/canonical-json";
import { createLogger, type LogRecord, logLimits, type Redact } from "@reprise/obs";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";

function fieldsOf(fields: unknown, redact?: Redact): LogRecord["fields"] {
  const records: LogRecord[] = [];
  const logger = createLogger({
    sinks: [(record) => records.push(record)],
    ...(redact === undefined ? {} : { redact }),
  });
  // A caller without types can pass anything.
  logger.info("event", fields as Record<string, unknown>);
  expect(logger.lost).toBe(0);
  return records[0]?.fields ?? {};
}

const circular: Record<string, unknown> = { name: "loop" };
circular.self = circular;
const nested = (depth: number): unknown => (depth === 0 ? "end" : { in: nested(depth - 1) });
const throwing = {
  get secret(): string {
    throw new Error("no");
  },
};
const revoked = Proxy.revocable({}, {});
revoked.revoke();

describe("values", () => {
  test.each<[string, unknown, unknown]>([
    ["text", "a", "a"],
    ["lone surrogate", "a\ud800", "a\ufffd"],
    [
      "numbers",
      [1, -0, 1.5, Number.NaN, Number.NEGATIVE_INFINITY],
      [1, 0, 1.5, "NaN", "-Infinity"],
    ],
    ["null and undefined in an array", [null, undefined], [null, null]],
    ["bigint", 2n ** 70n, "1180591620717411303424"],
    ["function", () => 1, "[function]"],
    ["symbol", Symbol("x"), "[symbol]"],
    ["bytes", new Uint8Array(12), "[12 bytes]"],
    ["date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["invalid date", new Date(Number.NaN), "[invalid date]"],
    ["map", new Map([[1, 2]]), "[1 entries]"],
    ["toJSON is not called", { toJSON: () => "no" }, { toJSON: "[function]" }],
    ["getter that throws", throwing, { secret: "[unreadable]" }],
    ["revoked proxy", revoked.proxy, "[unreadable]"],
    ["circular", circular, { name: "loop", self: "[circular]" }],
    ["too deep", nested(7), { in: { in: { in: { in: { in: "[deeper]" } } } } }],
    [
      "error without its stack",
      Object.assign(new TypeError("bad", { cause: new Error("why") }), { code: "E1" }),
      { name: "TypeError", message: "bad", code: "E1", cause: { name: "Error", message: "why" } },
    ],
    ["long text", "x".repeat(5_000), `${"x".repeat(4_096)}[+904]`],
  ])("%s", (_, value, shown) => {
    expect(JSON.stringify(fieldsOf({ value }))).toBe(JSON.stringify({ value: shown }));
  });

  test("undefined is left out; what are no fields is one", () => {
    expect(fieldsOf({ a: undefined, b: 1 })).toEqual({ b: 1 });
    expect(fieldsOf([1, 2])).toEqual({ value: [1, 2] });
    expect(fieldsOf("text")).toEqual({ value: "text" });
    expect(fieldsOf(undefined)).toEqual({});
  });

  test("a member called __proto__ is a member", () => {
    const fields = fieldsOf(JSON.parse('{"__proto__":{"polluted":1}}'));
    expect(Object.keys(fields)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("members, items, values in all and text in all are bounded, and the cut shows", () => {
    const wide = fieldsOf(Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`k${n}`, n])));
    expect(Object.keys(wide)).toHaveLength(65);
    expect(wide["[more]"]).toBe(6);
    expect(fieldsOf({ a: Array.from({ length: 70 }, () => 0) }).a).toHaveLength(65);
    const many = fieldsOf(
      Array.from({ length: 64 }, () => Array.from({ length: 64 }, () => [1, 2, 3])),
    );
    expect(canonicalize({ ...many }).length).toBeLessThan(10_000);
    const texts = fieldsOf({ a: Array.from({ length: 64 }, () => "y".repeat(4_000)) });
    expect(canonicalize({ ...texts }).length).toBeLessThan(logLimits.textTotalMax + 2_000);
    expect(canonicalize({ ...texts })).toContain("[cut]");
    const sparse: unknown[] = [];
    sparse.length = 4_294_967_295;
    expect(fieldsOf({ sparse }).sparse).toHaveLength(65);
  });
});

describe("redaction", () => {
  const seen: string[] = [];
  const redact: Redact = (text, pointer) => {
    seen.push(pointer);
    return text.replaceAll("hunter2", "***");
  };

  test("goes over every text and name, with its place", () => {
    const fields = fieldsOf(
      { password: "hunter2", list: ["a hunter2"], hunter2: 1, "a/b": { "~": "x" }, n: 7 },
      redact,
    );
    expect(fields).toEqual({
      password: "***",
      list: ["a ***"],
      "***": 1,
      "a/b": { "~": "x" },
      n: 7,
    });
    expect(seen).toContain("/event");
    expect(seen).toContain("/fields/list/0");
    expect(seen).toContain("/fields/a~1b/~0");
  });

  test("sees a text whole before it is cut", () => {
    const { text } = fieldsOf({ text: `${"x".repeat(4_093)}hunter2` }, redact);
    expect(text).not.toContain("hun");
  });

  test("a check that throws hides the text; one that returns no text, too", () => {
    const refuse: Redact = (text) => {
      if (text.includes("hunter2")) throw new Error("SECRET_FOUND");
      return text;
    };
    expect(fieldsOf({ a: "hunter2", b: "fine" }, refuse)).toEqual({ a: "[redacted]", b: "fine" });
    const odd = (() => 7) as unknown as Redact;
    expect(fieldsOf({ a: "x" }, odd)).toEqual({ "[redacted]": "[redacted]" });
  });

  test("what is too long to look through is not shown", () => {
    expect(fieldsOf({ a: "z".repeat(70_000) }, redact)).toEqual({ a: "[text of 70000]" });
  });

  test("an error's message, code and cause are redacted", () => {
    const error = new Error("login hunter2", { cause: new Error("hunter2") });
    expect(canonicalize({ ...fieldsOf({ error }, redact) })).not.toContain("hunter2");
  });
});

test("3,000 generated values are canonical JSON of bounded size", () => {
  const seed = 20261120;
  const draw = seededRandom(seed);
  const below = (most: number): number => draw() % most;
  const leaves: readonly (() => unknown)[] = [
    () => draw() * 10 ** below(300),
    () => '\u0000\ud800\u202e"\\é'.slice(0, below(8)).repeat(below(2_000)),
    () => undefined,
    () => null,
    () => BigInt(below(1_000_000)),
    () => revoked.proxy,
    () => circular,
    () => throwing,
    () => new Date(below(1e9)),
    () => new Uint8Array(below(9)),
  ];
  const value = (depth: number): unknown => {
    const kind = below(depth > 7 ? leaves.length : leaves.length + 4);
    if (kind < leaves.length) return leaves[kind]?.();
    const length = below(12);
    return kind % 2 === 0
      ? Array.from({ length }, () => value(depth + 1))
      : Object.fromEntries(Array.from({ length }, (_, n) => [`k${n}`, value(depth + 1)]));
  };
  for (let round = 0; round < 3_000; round++) {
    const text = canonicalize({ ...fieldsOf({ value: value(0) }) });
    expect(text.length, `seed ${seed}, round ${round}`).toBeLessThan(450_000);
  }
});
