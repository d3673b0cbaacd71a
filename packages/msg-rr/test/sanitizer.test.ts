/**
 * *Goal*: what a sanitizer lets through may be written; what it refuses, it refuses without saying
 * the secret; what it is told to allow, and nothing more, passes.
 *
 * *Method*: documents good and bad; pseudonyms computed with openssl; every vector of the scanner in
 * every part of an envelope, with the error searched for the secret and its allow line tried out.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { type Envelope, MsgError } from "@reprise/msg-core";
import { describe, expect, it } from "vitest";
import { readSanitizer, type Sanitizer } from "../src/sanitizer.js";
import { shapeRules } from "../src/secret-rules.js";
import { hex, mixed, nameRows, shapeRows } from "./secret-vectors.js";

const encoder = new TextEncoder();
const document = {
  schema_version: "x07.arch.rr.sanitize@0.1.0",
  id: "redact_v1",
  v: 1,
  redact_headers: ["authorization", "X-Api-Key"],
  redact_token: "[redacted]",
};
const salted = { ...document, redact_token: "", stable_pseudonym_salt: "pepper" };
/** The pseudonym of `Bearer abc` and of the empty value, by openssl. */
const bearerAbc = "f179ced6771280f3";
const empty = "83be6d3a18e45778";

const envelopeOf = (parts: { [Name in keyof Envelope]?: Envelope[Name] }): Envelope => ({
  topic: "orders",
  key: new Uint8Array(),
  value: new Uint8Array(),
  headers: {},
  ...parts,
});
const withHeaders = (headers: Record<string, string>): Envelope => envelopeOf({ headers });
const withValue = (value: JsonValue): Envelope =>
  envelopeOf({ value: encoder.encode(JSON.stringify(value)) });

function refusalOf(action: () => unknown): MsgError {
  try {
    action();
  } catch (error) {
    if (MsgError.is(error)) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const allowing = (...allow: JsonValue[]): Sanitizer =>
  readSanitizer(document, { schema_version: "reprise.rr.secret-allow@0.1.0", allow });

describe("the document", () => {
  it.each<[string, JsonValue, string]>([
    [
      "another version",
      { ...document, schema_version: "x07.arch.rr.sanitize@0.2.0" },
      "/schema_version",
    ],
    ["no id", { ...document, id: "" }, "/id"],
    ["a bad id", { ...document, id: "-a" }, "/id"],
    ["v of 0", { ...document, v: 0 }, "/v"],
    ["an empty header", { ...document, redact_headers: ["a", ""] }, "/redact_headers/1"],
    ["a long header", { ...document, redact_headers: ["a".repeat(129)] }, "/redact_headers/0"],
    ["a long token", { ...document, redact_token: "a".repeat(257) }, "/redact_token"],
    ["a number for a salt", { ...document, stable_pseudonym_salt: 1 }, "/stable_pseudonym_salt"],
    [
      "a long salt",
      { ...document, stable_pseudonym_salt: "a".repeat(257) },
      "/stable_pseudonym_salt",
    ],
    ["one field more", { ...document, extra: 1 }, "/extra"],
    ["no object", null, ""],
    ["a list", [], "/schema_version"],
  ])("is refused with %s", (_, bad, pointer) => {
    const error = refusalOf(() => readSanitizer(bad));
    expect(error.code).toBe("CONTRACT_INVALID");
    expect(error.details.pointer).toBe(pointer);
  });

  it("gives its id, and may hold nothing to redact", () => {
    expect(readSanitizer({ ...document, redact_headers: [] }).id).toBe("redact_v1");
  });
});

describe("redacting", () => {
  it("replaces listed headers in any case, and keeps the rest", () => {
    const { apply } = readSanitizer(document);
    const before = withHeaders({ AUTHORIZATION: "Bearer x", "x-api-key": "1", "x-api": "2" });
    const after = apply(before);
    expect(after.headers).toEqual({
      AUTHORIZATION: "[redacted]",
      "x-api-key": "[redacted]",
      "x-api": "2",
    });
    expect(Object.keys(after.headers)).toEqual(Object.keys(before.headers));
    expect(before.headers["x-api-key"]).toBe("1");
    expect(after).toMatchObject({ topic: before.topic, key: before.key, value: before.value });
  });

  it("gives the same envelope where nothing changes", () => {
    for (const rules of [document, salted]) {
      const { apply } = readSanitizer(rules);
      const plain = withHeaders({ trace: "1" });
      expect(apply(plain)).toBe(plain);
      const once = apply(withHeaders({ authorization: "Bearer x" }));
      expect(apply(once)).toBe(once);
      expect(readSanitizer(rules).apply(once)).toBe(once);
    }
  });

  it("folds ASCII only, and keeps a header named __proto__", () => {
    const { apply } = readSanitizer({ ...document, redact_headers: ["K", "__proto__"] });
    const headers = JSON.parse('{"\u212a":"1","k":"2","__proto__":"3"}');
    expect(Object.entries(apply(withHeaders(headers)).headers)).toEqual([
      ["\u212a", "1"],
      ["k", "[redacted]"],
      ["__proto__", "[redacted]"],
    ]);
  });

  it("may leave an empty value", () => {
    const { apply } = readSanitizer({ ...document, redact_token: "" });
    expect(apply(withHeaders({ authorization: "x" })).headers).toEqual({ authorization: "" });
  });

  it("ignores an empty salt", () => {
    const { apply } = readSanitizer({ ...document, stable_pseudonym_salt: "" });
    expect(apply(withHeaders({ authorization: "x" })).headers.authorization).toBe("[redacted]");
  });
});

describe("pseudonyms", () => {
  const of = (value: string, rules: JsonValue = salted): string | undefined =>
    readSanitizer(rules).apply(withHeaders({ authorization: value })).headers.authorization;

  it("are those of openssl", () => {
    expect(of("Bearer abc")).toBe(`pseudonym-${bearerAbc}`);
    expect(of("")).toBe(`pseudonym-${empty}`);
    expect(of("Bearer abc", { ...salted, redact_token: "hidden" })).toBe(`hidden-${bearerAbc}`);
  });

  it("keep equal values equal and different ones apart", () => {
    const values = ["", "a", "b", "A", "a ", "ä", "pseudonym-", "pseudonym-0123456789abcdef"];
    expect(new Set(values.map((value) => of(value))).size).toBe(values.length);
    expect(of("a")).toBe(of("a"));
    expect(of("a", { ...salted, stable_pseudonym_salt: "other" })).not.toBe(of("a"));
  });

  it("are not made of what only looks like one", () => {
    const other = bearerAbc.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
    for (const value of [
      `pseudonym-${other}`,
      `Pseudonym-${bearerAbc}`,
      `pseudonym-${bearerAbc}0`,
    ]) {
      expect(of(value)).not.toBe(value);
    }
    const elsewhere = of("x", { ...salted, stable_pseudonym_salt: "other" }) ?? "";
    expect(of(elsewhere)).not.toBe(elsewhere);
  });

  it("stay right when more are made than are remembered", () => {
    const { apply } = readSanitizer(salted);
    for (let count = 0; count < 1000; count++) apply(withHeaders({ authorization: `${count}` }));
    expect(apply(withHeaders({ authorization: "Bearer abc" })).headers.authorization).toBe(
      `pseudonym-${bearerAbc}`,
    );
  });
});

describe("inspecting", () => {
  it("lets through what was redacted, by token or pseudonym, and only that", () => {
    for (const rules of [document, salted, { ...document, redact_token: mixed(40) }]) {
      const { apply, inspect } = readSanitizer(rules);
      const raw = withHeaders({ Authorization: `Bearer ${mixed(30)}`, "x-api-key": hex(32) });
      expect(refusalOf(() => inspect(raw)).code).toBe("SECRET_FOUND");
      expect(() => inspect(apply(raw))).not.toThrow();
      const moved = withHeaders({
        "x-token": apply(withHeaders({ authorization: hex(32) })).headers.authorization ?? "",
      });
      if (rules === salted) expect(refusalOf(() => inspect(moved)).code).toBe("SECRET_FOUND");
    }
  });

  it("says where: topic, key, header, value, and what it was told to look at", () => {
    const { inspect, inspectText } = readSanitizer(document);
    const key = `sk-ant-${mixed(24)}`;
    const cases: [Partial<Envelope>, string][] = [
      [{ topic: key }, "/topic"],
      [{ key: encoder.encode(key) }, "/key"],
      [{ key: encoder.encode(`{"a":"${key}"}`) }, "/key/a"],
      [{ headers: { [key]: "1" } }, "/headers"],
      [{ headers: { "a/b": key } }, "/headers/a~1b"],
      [{ value: encoder.encode(key) }, "/value"],
      [{ value: encoder.encode(`[{"a":"${key}"}]`) }, "/value/0/a"],
    ];
    for (const [parts, pointer] of cases) {
      const error = refusalOf(() => inspect(envelopeOf(parts)));
      expect(error).toMatchObject({ code: "SECRET_FOUND", fault: "caller" });
      expect(error.details.pointer).toBe(pointer);
    }
    expect(refusalOf(() => inspectText(`refused: ${key}`, "/reason")).details.pointer).toBe(
      "/reason",
    );
    expect(() => inspectText("out of stock", "/reason")).not.toThrow();
    const plain = refusalOf(() => inspect(envelopeOf({ value: encoder.encode(`ö ${key}`) })));
    expect(plain.details.offset).toBe(3);
  });

  it("says what to do next", () => {
    const { inspect } = readSanitizer(document);
    const header = refusalOf(() => inspect(withHeaders({ "x-token": hex(32) })));
    expect(header.message).toBe(
      '/headers/x-token: looks like a random value under a name such as token (token-value); nothing was written. Next: list the header in redact_headers of sanitizer redact_v1, or, if it is no secret, add to the allow list of sanitizer redact_v1: {"rule":"token-value","where":"/headers/x-token","fingerprint":"6721246223140285","reason":"<why this is no secret>"}',
    );
    const member = refusalOf(() => inspect(withValue({ token: hex(32) })));
    expect(member.message).toContain("Next: keep it out of the message, or");
  });
});

/** Every vector, as the envelopes that carry it. */
const carriers: [string, string, Envelope[]][] = [
  ...shapeRows.flatMap(({ rule, secret }) =>
    secret.map((text): [string, string, Envelope[]] => {
      const pattern = shapeRules.find(({ id }) => id === rule)?.pattern ?? /$/;
      const [match] = text.matchAll(pattern);
      const envelopes = [
        envelopeOf({ topic: text }),
        envelopeOf({ key: encoder.encode(text) }),
        envelopeOf({ value: encoder.encode(text) }),
        withValue({ a: [{ [text]: text }] }),
        withHeaders({ note: text }),
      ];
      return [rule, match?.[1] ?? match?.[0] ?? text, envelopes];
    }),
  ),
  ...nameRows.flatMap(({ rule, secret }) =>
    secret.map((text): [string, string, Envelope[]] => {
      const name = text.slice(0, text.indexOf("="));
      const value = text.slice(name.length + 1);
      return [rule, value, [withValue({ a: { [name]: value } }), withHeaders({ [name]: value })]];
    }),
  ),
];

describe("a refusal", () => {
  it.each(carriers)(
    "of %s never holds the secret, and its line allows it (%#)",
    (_, secret, envelopes) => {
      for (const envelope of envelopes) {
        const allow: JsonValue[] = [];
        // One envelope may hold several secrets: each refusal gives one line.
        for (let lines = 0; ; lines++) {
          expect(lines).toBeLessThan(8);
          const { inspect } = allowing(...allow);
          if (allow.length > 0 && !throws(() => inspect(envelope))) break;
          const error = refusalOf(() => inspect(envelope));
          expect(error.code).toBe("SECRET_FOUND");
          const told = `${error.message}${error.stack}${JSON.stringify(error.details)}`;
          expect(told).not.toContain(secret);
          allow.push(JSON.parse(error.message.slice(error.message.indexOf('{"rule"'))));
        }
      }
    },
  );
});

function throws(action: () => void): boolean {
  try {
    action();
    return false;
  } catch {
    return true;
  }
}

describe("the allow list", () => {
  const secret = hex(32);
  const envelope = withValue({ items: [{ token: secret }, { token: secret }] });
  const fingerprint = "6721246223140285";
  const reason = "made for a test";
  const rule = "token-value";

  it.each<[string, JsonValue[]]>([
    ["a rule", [{ rule, reason }]],
    ["a place for each", [0, 1].map((at) => ({ rule, where: `/value/items/${at}/token`, reason }))],
    ["any item", [{ rule, where: "/value/items/*/token", reason }]],
    ["a fingerprint", [{ rule, fingerprint, reason }]],
    ["all three", [{ rule, where: "/value/*/*/token", fingerprint, reason }]],
  ])("allows by %s", (_, allow) => {
    expect(() => allowing(...allow).inspect(envelope)).not.toThrow();
  });

  it.each<[string, JsonValue[]]>([
    ["another rule", [{ rule: "jwt", where: "/value/items/*/token", fingerprint, reason }]],
    ["one place of two", [{ rule, where: "/value/items/0/token", reason }]],
    ["a place above", [{ rule, where: "/value/items", reason }]],
    ["a place too short", [{ rule, where: "/value/*/token", reason }]],
    ["another fingerprint", [{ rule, fingerprint: "0123456789abcdef", reason }]],
    [
      "the right place and another fingerprint",
      [{ rule, where: "/value/items/*/token", fingerprint: "0123456789abcdef", reason }],
    ],
    ["nothing", []],
  ])("does not allow by %s", (_, allow) => {
    expect(refusalOf(() => allowing(...allow).inspect(envelope)).code).toBe("SECRET_FOUND");
  });

  it("finds the secret behind an allowed one", () => {
    const both = withValue({ a: `ghp_${mixed(36)}`, b: `glpat-${mixed(20)}` });
    const error = refusalOf(() => allowing({ rule: "github-token", reason }).inspect(both));
    expect(error.details.pointer).toBe("/value/b");
  });

  it.each<[string, JsonValue, string]>([
    ["an unknown rule", { rule: "tokens", reason }, "/allow/0/rule"],
    ["no rule", { reason }, "/allow/0/rule"],
    ["no reason", { rule }, "/allow/0/reason"],
    ["an empty reason", { rule, reason: " \n" }, "/allow/0/reason"],
    ["a short fingerprint", { rule, reason, fingerprint: "0123" }, "/allow/0/fingerprint"],
    [
      "a fingerprint in upper case",
      { rule, reason, fingerprint: "0123456789ABCDEF" },
      "/allow/0/fingerprint",
    ],
    ["a place that is no pointer", { rule, reason, where: "value" }, "/allow/0/where"],
    ["one field more", { rule, reason, until: "2030-01-01" }, "/allow/0/until"],
  ])("is refused with %s", (_, entry, pointer) => {
    const error = refusalOf(() => allowing(entry));
    expect(error).toMatchObject({ code: "CONTRACT_INVALID" });
    expect(error.details.pointer).toBe(pointer);
  });

  it("is refused in another version", () => {
    const list = { schema_version: "reprise.rr.secret-allow@0.2.0", allow: [] };
    expect(refusalOf(() => readSanitizer(document, list)).details.pointer).toBe("/schema_version");
  });
});
