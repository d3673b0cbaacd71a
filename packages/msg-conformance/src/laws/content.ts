/** Laws of content: what is delivered is, byte for byte, what was published. */
import type { Delivery } from "@reprise/msg-core";
import { type Draft, encodeText, gatherAll, gatherOne, message, settleAll } from "../exchange.js";
import { expectSame, type Law, law, type Trial } from "../law.js";

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const notUtf8 = Uint8Array.of(0xff, 0xc3, 0x28, 0x00, 0xed, 0xa0, 0x80);
const empty = new Uint8Array(0);

const contents: readonly Draft[] = [
  { key: empty, value: empty },
  { key: "k", value: empty },
  { key: empty, value: "v" },
  { key: everyByte, value: everyByte },
  { key: notUtf8, value: notUtf8 },
  { key: Uint8Array.of(0), value: Uint8Array.of(0) },
  { key: "ключ 🔑 鍵", value: '{"naïve":"\u0000\uffff👩‍👩‍👧"}' },
  { key: "k".repeat(300), value: "v".repeat(10_000) },
  { key: "\ufeffk", value: "\ufeffv\r\n" },
];

const anyBytes = law(
  "any-bytes",
  "Keys and values are any bytes, none included, and come as they went.",
  async (trial) => {
    const sent = contents.map((draft) => message(trial, draft));
    const came = await exchanged(trial, contents);
    const shown = ({ key, value }: { key: Uint8Array; value: Uint8Array }) => ({ key, value });
    expectSame(
      "keys and values",
      came.map(({ envelope }) => shown(envelope)),
      sent.map(shown),
    );
  },
);

/** `__proto__` as a member: written in a literal it would set the prototype. */
const hostileNames: unknown = JSON.parse(
  '{"__proto__":"a header","constructor":"b","toString":"c","hasOwnProperty":""}',
);

const headerSets: readonly unknown[] = [
  {},
  { empty: "" },
  hostileNames,
  { unicode: "héader 🎈 \u0000 \u2028 日本", "Upper-Case": "x", "upper-case": "y" },
  { 10: "ten", 9: "nine", "a b": "space", "a=b;c": "marks", "~": "~" },
  { long: "x".repeat(2000), "line\nbreak": "a\r\nb", " padded ": "  v  " },
  Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`h${index}`, `v${index}`])),
];

const headersExact = law(
  "headers",
  "Headers come as they went, each name and each value.",
  async (trial) => {
    // Made of string members above.
    const drafts = headerSets.map((headers) => ({ headers: headers as Record<string, string> }));
    const came = await exchanged(trial, drafts);
    expectSame(
      "headers",
      came.map(({ envelope }) => envelope.headers),
      headerSets,
    );
  },
);

/** Publishes one after another and gives the deliveries in the order of the drafts. */
async function exchanged(trial: Trial, drafts: readonly Draft[]): Promise<readonly Delivery[]> {
  const driver = await trial.stage.open();
  const came: Delivery[] = [];
  for (const draft of drafts) {
    await driver.publish([message(trial, draft)]);
    came.push(...(await gatherAll(trial, driver, { count: 1, outcome: "ack" })));
  }
  return came;
}

const bytesKept = law(
  "bytes-kept",
  "What the program does to its bytes after `publish`, or to those of a delivery, changes nothing.",
  async (trial) => {
    const driver = await trial.stage.open();
    const sent = message(trial, { key: "key", value: "value" });
    await driver.publish([sent]);
    sent.key.fill(0);
    sent.value.fill(0);
    const first = await gatherOne(trial, driver);
    expectSame("value after publish", first.envelope.value, encodeText("value"));
    first.envelope.key.fill(1);
    first.envelope.value.fill(1);
    await settleAll(driver, [first], "retry");
    const second = await gatherOne(trial, driver);
    expectSame("key of the redelivery", second.envelope.key, encodeText("key"));
    expectSame("value of the redelivery", second.envelope.value, encodeText("value"));
    await settleAll(driver, [second], "ack");
  },
);

export const contentLaws: readonly Law[] = [anyBytes, headersExact, bytesKept];
