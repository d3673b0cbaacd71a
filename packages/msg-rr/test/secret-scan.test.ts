/**
 * *Goal*: a secret of any known kind is found, wherever in a message it stands, and what is no secret
 * is let through.
 *
 * *Method*: for each rule at least three texts that hold a secret and three that come near. Each is
 * scanned as a payload at both alignments, inside JSON, as a key, as a header, as an escaped JSON
 * string, among bytes that are no text and as base64. Then names, places, and inputs made to be slow.
 */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSecretFilter, type Literal } from "../src/secret-filter.js";
import { nameRules, shapeRules } from "../src/secret-rules.js";
import { createSecretScanner, type SecretFinding } from "../src/secret-scan.js";
import { hex, mixed, nameRows as namedRows, shapeRows } from "./secret-vectors.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
function findings(
  scan: (scanner: ReturnType<typeof createSecretScanner>) => void,
): SecretFinding[] {
  const found: SecretFinding[] = [];
  scan(createSecretScanner((finding) => found.push(finding)));
  return found;
}
const rulesIn = (payload: string | Uint8Array): string[] =>
  findings((scanner) =>
    scanner.bytes(typeof payload === "string" ? bytes(payload) : payload, "/value"),
  ).map(({ rule }) => rule);

const pairOf = (text: string): [string, string] => [
  text.slice(0, text.indexOf("=")),
  text.slice(text.indexOf("=") + 1),
];

const escaped = (text: string): string =>
  `"${[...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}"`;

it("has rows for every rule, with three of each kind", () => {
  const rows = [...shapeRows, ...namedRows];
  expect(rows.map(({ rule }) => rule)).toEqual([...shapeRules, ...nameRules].map(({ id }) => id));
  for (const { secret, harmless } of rows) {
    expect(secret.length).toBeGreaterThanOrEqual(3);
    expect(harmless.length).toBeGreaterThanOrEqual(3);
  }
});

describe.each(shapeRows)("the shape $rule", ({ rule, secret, harmless }) => {
  it.each(secret)("is found wherever it stands (%#)", (text) => {
    for (const payload of [text, ` ${text}`, `Ωñ ${text}`, `x\ny "${text}`]) {
      expect(rulesIn(payload), payload).toContain(rule);
    }
    for (const json of [{ note: text }, { a: [1, { "b/c": ["", text] }] }, [text], text]) {
      expect(rulesIn(JSON.stringify(json))).toContain(rule);
    }
    expect(rulesIn(`{"note":${escaped(text)}}`)).toContain(rule);
    expect(rulesIn(JSON.stringify({ note: text }).replaceAll("/", "\\/"))).toContain(rule);
    for (const prefix of [
      [0xff, 0xfe],
      [0xff, 0xfe, 0x20],
    ]) {
      expect(rulesIn(Uint8Array.of(...prefix, ...bytes(` ${text}`), 0x80))).toContain(rule);
    }
    expect(rulesIn(btoa(`some text before: ${text}`))).toContain(rule);
    expect(rulesIn(JSON.stringify({ blob: btoa(JSON.stringify({ note: text })) }))).toContain(rule);
    const asHeader = findings((scanner) => scanner.member("x-note", text, "/headers"));
    expect(asHeader.map(({ where }) => where)).toContain("/headers/x-note");
    expect(asHeader.map((finding) => finding.rule)).toContain(rule);
  });

  it.each(harmless)("is not taken for what comes near (%#)", (text) => {
    expect(rulesIn(text)).toEqual([]);
    expect(rulesIn(JSON.stringify({ note: text }))).toEqual([]);
  });
});

describe.each(namedRows)("the name $rule", ({ rule, secret, harmless }) => {
  it.each(secret)("keeps %s", (text) => {
    const [name, value] = pairOf(text);
    for (const json of [{ [name]: value }, { a: { [name]: [value] } }, { [name]: { value } }]) {
      expect(rulesIn(JSON.stringify(json))).toEqual([rule]);
    }
    for (const [label, member] of [
      ["name", "value"],
      ["key", "value"],
      ["k", "v"],
    ] as const) {
      expect(rulesIn(JSON.stringify([{ [label]: name, [member]: value }]))).toEqual([rule]);
      expect(rulesIn(JSON.stringify([{ [member]: value, [label]: name }]))).toEqual([rule]);
    }
    expect(rulesIn(`{${escaped(name)}:${escaped(value)}}`)).toEqual([rule]);
    expect(rulesIn(JSON.stringify({ log: JSON.stringify({ [name]: value }) }))).toEqual([rule]);
    expect(rulesIn(`${JSON.stringify({ [name]: value })}\n{"next":1}`)).toEqual([rule]);
    const [found] = findings((scanner) => scanner.member(name, value, "/headers"));
    expect(found).toMatchObject({ rule, where: `/headers/${name}` });
    expect(found?.fingerprint).toBe(createHash("sha256").update(value).digest("hex").slice(0, 16));
  });

  it.each(harmless)("lets %s through", (text) => {
    const [name, value] = pairOf(text);
    expect(rulesIn(JSON.stringify({ [name]: value }))).toEqual([]);
    expect(rulesIn(JSON.stringify([{ name, value }]))).toEqual([]);
    expect(findings((scanner) => scanner.member(name, value, "/headers"))).toEqual([]);
  });
});

const whereIn = (payload: string): [string, number | undefined][] =>
  findings((scanner) => scanner.bytes(bytes(payload), "/value")).map(({ where, offset }) => [
    where,
    offset,
  ]);

describe("where a secret is", () => {
  const key = `sk-ant-${mixed(24)}`;

  it.each<[string, string, number | undefined]>([
    [`{"a":{"b~/":[0,{"c":"${key}"}]}}`, "/value/a/b~0~1/1/c", undefined],
    [`[[],{},[],"${key}"]`, "/value/3", undefined],
    [`"${key}"`, "/value", undefined],
    [`{"":"${key}"}`, "/value/", undefined],
    [`{"schön":{"日本":"${key}"}}`, "/value/schön/日本", undefined],
    [`{"a":{"x":[1,2]},"b":"${key}"}`, "/value/b", undefined],
    [` \n{"a" : [ "x\\\\" , "y\\"" , "${key}" ] }`, "/value/a/2", undefined],
    [`\ufeff{"a":"${key}"}`, "/value/a", undefined],
    [`{"a":"${key}","a":"harmless"}`, "/value/a", undefined],
    [`{"a":1,"__proto__":{"x":"${key}"}}`, "/value/__proto__/x", undefined],
    [`no JSON: ${key}`, "/value", 9],
    [`nö JSÖN 🎉 ${key}`, "/value", 15],
    [`{"a":"${key}"`, "/value", 6],
    [`{"a":1}\n{"a":"${key}"}\n`, "/value", 14],
    [btoa(`{"a":"${key}"}`), "/value", undefined],
    [`{"n":[{"data":"${btoa(`[{"x":1},{"y":"${key}"}]`)}"}]}`, "/value/n/0/data", undefined],
  ])("%# is said by pointer and offset", (payload, where, offset) => {
    expect(whereIn(payload)).toEqual([[where, offset]]);
  });

  it("is a byte offset where the bytes are no text", () => {
    const payload = Uint8Array.of(0xff, 0x80, 0x00, ...bytes(key), 0xc0);
    const found = findings((scanner) => scanner.bytes(payload, "/key"));
    expect(found).toMatchObject([{ where: "/key", offset: 3, rule: "anthropic-key" }]);
  });

  it("leaves out a name that is itself the secret", () => {
    const payload = `{"users":{"${key}":{"x-token":"${hex(32)}"}}}`;
    expect(whereIn(payload)).toEqual([
      ["/value/users", undefined],
      ["/value/users/*/x-token", undefined],
    ]);
    const headers = findings((scanner) => scanner.member(key, key, "/headers"));
    expect(headers.map(({ where }) => where)).toEqual(["/headers", "/headers/*"]);
  });

  it("is every place, in order", () => {
    const payload = JSON.stringify({ a: key, b: [`x ${key} y`, `password=hunter2 ${key}`] });
    expect(rulesIn(payload)).toEqual([
      ...["anthropic-key", "anthropic-key", "anthropic-key", "password-value"],
    ]);
  });
});

describe("a name and its value in running text", () => {
  it.each([
    ["DB_PASSWORD=hunter2\n", "password-value"],
    ['password: "hunter2"', "password-value"],
    ["password := 'letmein'", "password-value"],
    ["<password>letmein</password>", "password-value"],
    ["Server=db;User Id=sa;Password=letmein;", "password-value"],
    ["user=a&client_secret=Zx9Zx8Cv7Bn6Mq&x=1", "secret-value"],
    ["your password: hunter2.", "password-value"],
    ["{'api_key': 'Zx9Zx8Cv7Bn6Mq'}", "api-key-value"],
    ["<user password='letmein'/>", "password-value"],
    ["api key = Zx9Zx8Cv7Bn6Mq", "api-key-value"],
  ])("%j is found", (text, rule) => {
    expect(rulesIn(text)).toEqual([rule]);
    expect(rulesIn(JSON.stringify({ text }))).toEqual([rule]);
  });

  it.each([
    "Reset your password: instructions follow.",
    "password = process.env.DB_PASSWORD",
    "const token = createToken2024(user1, user2)",
    "the token: a thing to hold",
    "password -> hunter2",
    "password? hunter2",
    "passwords are kept elsewhere",
    '{"password":null,"token":12345678901234,"secret":{"minimum":12}} trailing',
    '{"password":12345678} trailing',
    "arn:aws:secretsmanager:eu-west-1:123456789012:x",
    "SELECT password FROM users",
  ])("%j is let through", (text) => {
    expect(rulesIn(text)).toEqual([]);
    expect(rulesIn(JSON.stringify({ text }))).toEqual([]);
  });
});

it("lets through what ordinary messages hold", () => {
  const image = Uint8Array.of(
    0x89,
    0x50,
    0x4e,
    0x47,
    0x0d,
    0x0a,
    0x1a,
    0x0a,
    ...new Array(3000).keys(),
  );
  const message = {
    id: "550e8400-e29b-41d4-a716-446655440000",
    orderId: "ORD-2024-0001234",
    sha256: hex(64),
    etag: `W/"${hex(32)}"`,
    createdAt: "2024-05-01T12:34:56.789+02:00",
    image: btoa(String.fromCharCode(...image)),
    thumbnail: `data:image/png;base64,${btoa(String.fromCharCode(...image.subarray(0, 90)))}`,
    text: "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor",
    prices: [1299, 12.5, "1.299,00 €", "$12.50"],
    email: "jane.roe@example.com",
    links: ["https://shop.example/orders/1?page=2&sort=a:b", "mailto:jane@example.com"],
    time: "at 12:30 call jane@example.com; see http://a.example:80/ and jane@b.example",
    usage: { prompt_tokens: 512, max_tokens: 1024, nextPageToken: null, tokenType: "Bearer" },
    form: { name: "password", type: "password", label: "Password", required: true },
    basics: "basic training, bearer bonds, the secret garden, an author's credentials",
    iban: "DE89 3704 0044 0532 0130 00",
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    unicode: "パスワード pässwörd 🔑",
    ids: { keyId: "A1B2C3D4", publicKey: mixed(43), author: hex(20), monkey: mixed(30) },
  };
  expect(rulesIn(JSON.stringify(message))).toEqual([]);
  expect(rulesIn(JSON.stringify(message, null, 2))).toEqual([]);
  expect(rulesIn(Object.values(message).map(String).join("\n"))).toEqual([]);
  expect(rulesIn(Uint8Array.from(image))).toEqual([]);
  expect(rulesIn(message.image)).toEqual([]);
  expect(rulesIn("")).toEqual([]);
});

describe("the filter", () => {
  const literals: Literal[] = [
    ...shapeRules.flatMap(({ literals: texts, fold = false, follow }) =>
      texts.map((text) => ({ text, fold, follow })),
    ),
    { text: "api-key", fold: true },
    { text: "pwd", fold: true },
  ];

  it.each(literals)("meets $text at every offset, whole and in its case", (literal) => {
    const { text, fold, follow } = literal;
    const tail = follow === undefined ? "" : "u:p@";
    const swapped = text.replace(/[a-z]/gi, (c) => (c < "a" ? c.toLowerCase() : c.toUpperCase()));
    const alone = createSecretFilter([literal]);
    for (const filter of [alone, createSecretFilter(literals)]) {
      for (let offset = 0; offset < 10; offset++) {
        const before = ",".repeat(offset);
        for (const after of ["", "x", "xyz"]) {
          const input = bytes(before + text + tail + after);
          expect(filter(input, input.length)).toBe(true);
          expect(alone(input, offset + text.length + tail.length - 1)).toBe(false);
        }
        const other = bytes(before + swapped + tail);
        expect(alone(other, other.length)).toBe(fold || swapped === text);
      }
    }
  });

  it("agrees with a plain search, on random text made of pieces of literals", () => {
    const seed = 20240501;
    let state = seed;
    const draw = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const plain = literals.filter(({ follow }) => follow === undefined);
    const subject = createSecretFilter(plain);
    for (let round = 0; round < 3000; round++) {
      let text = "";
      while (text.length < 40) {
        const piece = plain[draw(plain.length)]?.text ?? "";
        text += piece.slice(draw(3), piece.length - draw(3)) + "Aa -:._".charAt(draw(12));
      }
      const expected = plain.some((literal) =>
        (literal.fold ? text.toLowerCase() : text).includes(literal.text),
      );
      const input = bytes(text);
      expect(subject(input, input.length), `seed ${seed}, round ${round}: ${text}`).toBe(expected);
    }
  });

  it("looks for an @ after ://, not far, and not past the host", () => {
    const filter = createSecretFilter(literals);
    const holds = (text: string): boolean => filter(bytes(text), bytes(text).length);
    for (const text of ["://u:p@h", `://${"u".repeat(258)}@`]) expect(holds(text)).toBe(true);
    for (const text of ["://h/a@b", "://h a@b", "://h?a@b", "://", `://${"u".repeat(260)}@`]) {
      expect(holds(text), text).toBe(false);
    }
  });
});

describe("an input made to be slow", () => {
  const size = 1_000_000;
  const fill = (unit: string): string => unit.repeat(Math.ceil(size / unit.length));

  it.each([
    ...[
      "eyJ",
      ".eyJ",
      "eyJaaaaaaaa.",
      "eyJaaaaaaaa.x.",
      "-----BEGIN ",
      "-----BEGIN PRIVATE KEY-----",
    ],
    ...["://a:", "://", "password", "password=", "password:", "token ", "sk-ant-", "ghp_", "xoxb-"],
    ...["bearer ", "basic ", "8Q~", "\\u0041", "[", '{"a":', '"', "\\", '\\"', "SG.", "&sig="],
    ...[
      "AccountKey=",
      "https://u:p",
      "a",
      "A1",
      "Basic aaaaaaaa",
      "age-",
      "secret_",
      "api",
      "apikey.",
      "apikey=A1b2C3d4",
    ],
  ])("%j, a million bytes of it, takes linear time", (unit) => {
    const time = (text: string): number => {
      const started = performance.now();
      findings((scanner) => scanner.bytes(bytes(text), "/value"));
      return performance.now() - started;
    };
    const start = fill(unit).slice(0, 50_000);
    for (const text of [start, JSON.stringify({ token: start }), `"${start}`, fill(unit)]) {
      // Quadratic would be minutes: the bound says linear, not fast.
      expect(time(text)).toBeLessThan(3_000);
    }
  });

  it("goes as deep as it gets", () => {
    const depth = 100_000;
    const payload = `${"[".repeat(depth)}"password=hunter2"${"]".repeat(depth)}`;
    expect(whereIn(payload)).toEqual([[`/value${"/0".repeat(depth)}`, undefined]]);
  });
});
