/**
 * Goal: a publish that is not the recorded one is explained: the nearest entry, content or order, the
 * field, the byte, both values, and what would accept it.
 * Method: one recording of five publishes; the whole message of each refusal.
 */
import { type Envelope, MsgError } from "@reprise/msg-core";
import { type MemoryStore, recordingDriver, replayDriver } from "@reprise/msg-rr";
import { expect, test } from "vitest";
import { delivery, message, receiptAt, scriptedDriver } from "./scripted-driver.ts";
import { type Options, recorded, sessionOn } from "./sessions.ts";

const ada = (total: number): Envelope =>
  message({ topic: "orders", key: "ada", value: `{"customer":"ada","total":${total}}` });
const bob = message({ topic: "orders", key: "bob", value: "two books", headers: { trace: "7f" } });
const raw = message({
  topic: "blobs",
  key: Uint8Array.of(0xff, 0x01),
  value: Uint8Array.of(0, 1, 2, 3),
});
const publishes = [
  ada(1200),
  bob,
  ada(1300),
  raw,
  message({ topic: "orders", key: "", value: "" }),
];

/** `{3}` becomes the byte at which entry 3 begins: the lengths of the frames before it, summed. */
function placed(lines: readonly string[], store: MemoryStore): string {
  const bytes = store.bytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts: number[] = [];
  for (let at = 0; at < bytes.length; at += 4 + view.getUint32(at, true)) starts.push(at);
  return [...lines, "  accept    say yes"]
    .join("\n")
    .replace(/\{(\d)\}/g, (_, entry: string) => String(starts[Number(entry)]));
}

const tape = recorded(async (session) => {
  const script = scriptedDriver();
  const driver = recordingDriver(script, session);
  script.publishes.push(...publishes.map((_, index) => [receiptAt(String(index))]));
  for (const envelope of publishes) await driver.publish([envelope]);
});

async function refusalOf(batch: readonly Envelope[], options: Options = {}, endpoint = "e") {
  const session = sessionOn(await tape, options);
  const driver = replayDriver(session, { kind: "memory", endpoint });
  for (const envelope of batch.slice(0, -1)) await driver.publish([envelope]);
  try {
    await driver.publish(batch.slice(-1));
  } catch (error) {
    if (MsgError.is(error)) return `${error.code}\n${error.message}`;
    throw error;
  }
  return "nothing";
}

const exact: Options = { matching: { order: "exact", volatile: [] } };
const any: Options = { matching: { order: "any", volatile: [] } };
const volatile: Options = {
  matching: { order: "per-key", volatile: ["/value/total", "/headers/trace"] },
};
const transcript: Options = { matchMode: "transcript" };

const table: readonly [string, readonly Envelope[], Options, readonly string[]][] = [
  [
    "a member of JSON",
    [ada(1250)],
    {},
    [
      "REPLAY_DIFFERS",
      'publish to orders, key "ada": the content differs from the recording',
      "  nearest   entry 1, at byte {1}, due next",
      "  field     value /total, at byte 28",
      "  recorded  1200",
      "  got       1250",
    ],
  ],
  [
    "a header that is missing",
    [{ ...bob, headers: {} }],
    {},
    [
      "REPLAY_DIFFERS",
      'publish to orders, key "bob": the content differs from the recording',
      "  nearest   entry 2, at byte {2}, due next",
      "  field     header trace",
      '  recorded  "7f"',
      "  got       (none)",
    ],
  ],
  [
    "a text",
    [{ ...bob, value: new TextEncoder().encode("two boots") }],
    {},
    [
      "REPLAY_DIFFERS",
      'publish to orders, key "bob": the content differs from the recording',
      "  nearest   entry 2, at byte {2}, due next",
      "  field     value, at byte 7",
      '  recorded  "two books"',
      '  got       "two boots"',
    ],
  ],
  [
    "binary",
    [{ ...raw, value: Uint8Array.of(0, 1, 0xff, 3) }],
    {},
    [
      "REPLAY_DIFFERS",
      "publish to blobs, key hex ff01: the content differs from the recording",
      "  nearest   entry 4, at byte {4}, due next",
      "  field     value, at byte 2",
      "  recorded  ...hex 0203",
      "  got       ...hex ff03",
    ],
  ],
  [
    "a key that was not recorded: the nearest by value",
    [{ ...bob, key: new TextEncoder().encode("bobby") }],
    {},
    [
      "REPLAY_DIFFERS",
      'publish to orders, key "bobby": the content differs from the recording',
      "  nearest   entry 2, at byte {2}",
      "  field     key, at byte 3",
      '  recorded  "bob"',
      '  got       "bobby"',
    ],
  ],
  [
    "a topic that was not recorded",
    [{ ...bob, topic: "order" }],
    {},
    [
      "REPLAY_DIFFERS",
      'publish to order, key "bob": the content differs from the recording',
      "  nearest   entry 2, at byte {2}",
      "  field     topic, at byte 5",
      '  recorded  "orders"',
      '  got       "order"',
    ],
  ],
  [
    "the order within a key",
    [ada(1300)],
    {},
    [
      "REPLAY_DIFFERS",
      'publish to orders, key "ada": the order differs from the recording',
      "  nearest   entry 3, at byte {3}: the same message, byte for byte",
      '  due       entry 1, at byte {1}: publish to orders, key "ada"',
      "  order     per-key",
    ],
  ],
  [
    "the order of all",
    [ada(1200), ada(1300)],
    exact,
    [
      "REPLAY_DIFFERS",
      'publish to orders, key "ada": the order differs from the recording',
      "  nearest   entry 3, at byte {3}: the same message, byte for byte",
      '  due       entry 2, at byte {2}: publish to orders, key "bob"',
      "  order     exact",
    ],
  ],
  [
    "in any order, the nearest of the same key",
    [ada(1301)],
    any,
    [
      "REPLAY_DIFFERS",
      'publish to orders, key "ada": the content differs from the recording',
      "  nearest   entry 3, at byte {3}",
      "  field     value /total, at byte 29",
      "  recorded  1300",
      "  got       1301",
    ],
  ],
  [
    "what is volatile is not shown as the difference",
    [message({ topic: "orders", key: "ada", value: '{"customer":"eve","total":7}' })],
    volatile,
    [
      "REPLAY_DIFFERS",
      'publish to orders, key "ada": the content differs from the recording',
      "  nearest   entry 1, at byte {1}, due next",
      "  field     value /customer",
      '  recorded  "ada"',
      '  got       "eve"',
    ],
  ],
  [
    "one more of a key whose publishes are used up",
    [bob, bob],
    {},
    [
      "REPLAY_DIFFERS",
      'publish to orders, key "bob": the content differs from the recording',
      "  nearest   entry 1, at byte {1}",
      "  field     key, at byte 0",
      '  recorded  "ada"',
      '  got       "bob"',
    ],
  ],
  [
    "one more than all",
    [...publishes, bob],
    {},
    [
      "NO_MATCH",
      'publish to orders, key "bob": the program publishes more than was recorded',
      "  recorded  5 publishes, all replayed",
    ],
  ],
  [
    "in a transcript, the wrong publish",
    [bob],
    transcript,
    [
      "REPLAY_DIFFERS",
      'publish to orders, key "bob": the order differs from the recording',
      "  nearest   entry 2, at byte {2}: the same message, byte for byte",
      '  due       entry 1, at byte {1}: publish to orders, key "ada"',
      "  order     transcript",
    ],
  ],
];

test.each(table)("%s", async (_, batch, options, lines) => {
  expect(await refusalOf(batch, options)).toBe(placed(lines, await tape));
});

test("an endpoint that was not recorded is told what was", async () => {
  expect(await refusalOf([bob], {}, "shop")).toBe(
    placed(
      [
        "NO_MATCH",
        'publish to orders, key "bob": the program publishes more than was recorded',
        "  recorded  0 publishes, all replayed",
        "  cassette  has nothing of memory shop; it has memory e",
      ],
      await tape,
    ),
  );
});

test("a poll past the end, a smaller one, a settlement: the same form", async () => {
  const store = await recorded(async (session) => {
    const script = scriptedDriver();
    const driver = recordingDriver(script, session);
    script.polls.push([delivery("1"), delivery("2")]);
    await driver.poll({ maxItems: 2 });
    await driver.settle([{ delivery: delivery("1"), outcome: "retry", reason: "busy" }]);
  });
  const messageOf = async (
    call: (driver: ReturnType<typeof replayDriver>) => Promise<unknown>,
    options: Options = {},
  ): Promise<string> => {
    const session = sessionOn(store, options);
    const driver = replayDriver(session, { kind: "memory", endpoint: "e" });
    return await call(driver).then(
      () => "nothing",
      (error: Error) => error.message,
    );
  };
  expect(await messageOf((driver) => driver.poll({ maxItems: 1 }))).toBe(
    placed(
      [
        "poll: the program takes fewer messages at once than the recording handed out",
        '  nearest   entry 1, at byte {1}: delivery of t, key "k", to e',
        "  recorded  2 messages in one batch",
        "  got       maxItems 1",
      ],
      store,
    ),
  );
  const twice = async (driver: ReturnType<typeof replayDriver>) => {
    await driver.poll({ maxItems: 2 });
    await driver.poll({ maxItems: 2 });
  };
  expect(await messageOf(twice)).toBe(
    placed(
      [
        "poll of e: the program asks for more than was recorded",
        "  recorded  2 deliveries, all replayed",
      ],
      store,
    ),
  );
  const ack = (driver: ReturnType<typeof replayDriver>) =>
    driver.settle([{ delivery: delivery("1"), outcome: "ack" }]);
  expect(await messageOf(ack)).toBe(
    placed(
      [
        "settlement of t/0 position 1, attempt 1: the outcome differs from the recording",
        "  nearest   entry 3, at byte {3}",
        '  recorded  retry, reason "busy"',
        "  got       ack",
      ],
      store,
    ),
  );
  expect(await messageOf(ack, transcript)).toBe(
    placed(
      [
        "settlement of t/0 position 1, attempt 1: something else comes first in the recording",
        '  due       entry 1, at byte {1}: delivery of t, key "k", to e',
        "  order     transcript",
        "  got       ack",
      ],
      store,
    ),
  );
});
