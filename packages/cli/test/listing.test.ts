/*
 * Goal: a listing is read at any width, and its rows are the same ones whatever it is written to.
 * Method: a cassette recorded over the embedded broker, against the text that was read and found
 * good; the same at every width, for what must hold of each line.
 */
import { decodeCassette, encodeCassetteEntry } from "@reprise/msg-rr";
import { describe, expect, test } from "vitest";
import { factsOf } from "../src/entry-facts.js";
import { colourInk } from "../src/ink.js";
import { createListing, type ListingOptions } from "../src/listing.js";
import { createSummary } from "../src/listing-summary.js";
import { textWidth } from "../src/text-width.js";
import { cassetteOf, handMade, recordedOrders } from "./recordings.js";

const orders = await recordedOrders();

function list(bytes: Uint8Array, options: Partial<ListingOptions> = {}): readonly string[] {
  const listing = createListing({ form: "rows", title: "cassette orders", ...options });
  const summary = createSummary();
  let text = "";
  let offset = 0;
  for (const [index, entry] of decodeCassette(bytes).entries()) {
    const { length: size } = encodeCassetteEntry(entry);
    const facts = factsOf({ index, offset, size, entry });
    summary.add(facts, true);
    text += listing.add(facts);
    offset += size;
  }
  return (text + listing.end(summary.summary())).trimEnd().split("\n");
}

test("at 80 columns", () => {
  expect(list(orders, { width: 80 })).toEqual([
    "cassette orders",
    "entry  op       topic   place  key         outcome   value",
    '    0  event    -       -      -           -         driver.opened {"countsAtte…',
    '    1  publish  orders  0/0    customer-1  ok        {"order":1,"total":"19.90"…',
    '    2  publish  orders  0/1    customer-2  ok        {"order":2,"total":"29.90"…',
    '    3  publish  orders  0/2    customer-3  ok        {"order":3,"total":"39.90"…',
    "    4  event    -       -      -           -         rebalanced generation 1: 1…",
    '    5  deliver  orders  0/0    customer-1  1         {"order":1,"total":"19.90"…',
    '    6  deliver  orders  0/1    customer-2  1         {"order":2,"total":"29.90"…',
    '    7  deliver  orders  0/2    customer-3  1         {"order":3,"total":"39.90"…',
    "    8  settle   orders  0/0    -           1 ack     -",
    "    9  settle   orders  0/1    -           1 retry   card service is away",
    '   10  deliver  orders  0/1    customer-2  2 again   {"order":2,"total":"29.90"…',
    '   11  deliver  orders  0/2    customer-3  2 again   {"order":3,"total":"39.90"…',
    "   12  settle   orders  0/1    -           2 ack     -",
    "   13  settle   orders  0/2    -           2 reject  no such customer",
    "",
    "entries     14 in 5.0 KiB",
    "operations  publish 3, deliver 5, settle 4, event 2",
    "endpoints   shop_v1 14",
    "topics      orders 12",
    "checksums   all 14 verified",
    "left out    bytes, offset, size, endpoint, latency: a wider terminal, --full or",
    "            a pipe shows them",
  ]);
});

test("where nothing is cut, every column is there and the value is whole", () => {
  const lines = list(orders);
  expect(lines[1]).toBe(
    "entry   offset  bytes  op       endpoint  topic   place  key         outcome   latency  size  value",
  );
  expect(lines[2]).toBe(
    "    0        0    257  event    shop_v1   -       -      -           -               -     -  " +
      'driver.opened {"countsAttempts":true,"durable":false,"orderAfterRetry":true,"orderPerKey":true}',
  );
  expect(lines[11]).toBe(
    "    9     3544    209  settle   shop_v1   orders  0/1    -           1 retry     750us     -  " +
      "card service is away",
  );
  expect(lines.join("\n")).not.toContain("left out");
});

describe("at every width", () => {
  const hostile = cassetteOf(
    handMade({ key: "注文".repeat(20), value: "\u001b[2J".repeat(50) }),
    handMade({ topic: "a".repeat(60), key: "שלום", value: "🙂".repeat(80) }),
    handMade({ endpoint: "e".repeat(128), value: "\n\n\n", latencyTicks: 4_294_967_295 }),
  );

  test.each([40, 60, 79, 80, 81, 100, 120, 140, 200])("%i columns", (width) => {
    const rows = list(hostile, { width, terminal: true });
    const end = rows.indexOf("");
    for (const line of rows.slice(end)) expect(textWidth(line)).toBeLessThanOrEqual(width);
    for (const line of rows.slice(1, end)) {
      expect(textWidth(line)).toBeLessThanOrEqual(Math.max(width, 60));
      expect(line).toBe(line.trimEnd());
    }
    const plain = list(orders, { width });
    const coloured = list(orders, { width, ink: colourInk });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(coloured.map((line) => line.replace(/\u001b\[\d*m/g, ""))).toEqual(plain);
  });

  test("a hostile message is one row, and drives nothing", () => {
    const text = list(hostile, { ink: colourInk, terminal: true }).join("\n");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(text.replace(/\u001b\[\d+m/g, "")).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    expect(text.split("\n").filter((line) => line.includes("publish"))).toHaveLength(4);
    expect(text).toContain("שלום\u200e");
    expect(list(hostile).join("\n")).not.toContain("\u200e");
  });
});

test("columns are laid out by the first rows, and later ones keep to them", () => {
  const many = Array.from({ length: 300 }, (_, index) => handMade({ key: `k${index}` }));
  const last = handMade({ key: "a-key-that-is-much-longer-than-those-before" });
  const lines = list(cassetteOf(...many, last), { width: 100 });
  expect(lines[1]?.indexOf("outcome")).toBe(lines[2]?.indexOf("ok"));
  expect(lines[302]).toContain("a-key…");
  expect(textWidth(lines[302] ?? "")).toBeLessThanOrEqual(100);
  const uncut = list(cassetteOf(...many, last));
  expect(uncut[302]).toContain("a-key-that-is-much-longer-than-those-before  ok");
});

test("pages hold every field, and values whole", () => {
  const value = '{"items":[{"sku":"a-1","count":2.50}],"note":"Grüße"}';
  const page = list(
    cassetteOf(handMade({ value, headers: { "x-hostile": "a\nb" }, latencyTicks: 1500 })),
    { form: "pages" },
  );
  expect(page).toEqual([
    "cassette orders",
    "",
    "entry 0, at byte 0, 432 bytes",
    "  operation   publish (std.msg.kafka.publish_env_v1)",
    "  kind        rr",
    "  driver      kafka",
    "  endpoint    local_dev_v1",
    "  topic       events",
    "  headers     x-hostile = a\\nb",
    "  key         k1 (2 bytes)",
    "  value       55 bytes, JSON",
    "              {",
    '                "items": [',
    "                  {",
    '                    "sku": "a-1",',
    '                    "count": 2.50',
    "                  }",
    "                ],",
    '                "note": "Grüße"',
    "              }",
    "  outcome     ok",
    "  err         0",
    "  latency     1.5ms (1,500 us)",
    "  resp tags   op 1, driver 1, ack 1",
    "  ack         OK (2 bytes)",
    "  sizes       req 115, resp 165",
    "  checksum    none",
    "",
    "entries     1 in 432 bytes",
    "operations  publish 1",
    "endpoints   local_dev_v1 1",
    "topics      events 1",
    "checksums   none: a changed byte would not be noticed",
  ]);
});

test("pages of a recording tell a delivery and its settlement", () => {
  const text = list(orders, { form: "pages" }).join("\n");
  expect(text).toContain(
    "  place       partition 0, position 1\n  handover    attempt 2, redelivered, 1 of 2",
  );
  expect(text).toContain(
    "  attempt     1\n  outcome     retry\n  reason      card service is away\n",
  );
  expect(text).toMatch(/ {2}checksum {4}[0-9a-f]{8}, verified\n/);
});

test("binary values are dumped", () => {
  const value = Uint8Array.from({ length: 18 }, (_, index) => 0xf0 + index);
  const page = list(cassetteOf(handMade({ value })), { form: "pages" });
  expect(page).toContain(
    "              0000  f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 fa fb fc fd fe ff  ................",
  );
  expect(page).toContain("              0010  00 01                                            ..");
});

test("JSON is a line for each entry, canonical, and one with the summary", () => {
  const lines = list(orders, { form: "json" });
  expect(lines).toHaveLength(15);
  expect(lines[1]).toBe(
    '{"bytes":478,"checksum":"' +
      String(JSON.parse(lines[1] ?? "").checksum) +
      '","driver":"memory","endpoint":"shop_v1","entry":1,"err":0,' +
      '"headers":{"content-type":"application/json","trace":"t-1"},"key":{"utf8":"customer-1"},' +
      '"kind":"rr","offset":257,"op":"std.msg.memory.publish_env_v1","operation":"publish",' +
      '"outcome":"ok","partition":0,"position":"0","rr":{"ack_tag":1,"driver_kind":4,"op_tag":1},' +
      '"topic":"orders","type":"entry",' +
      '"value":{"utf8":"{\\"order\\":1,\\"total\\":\\"19.90\\",\\"note\\":\\"Grüße\\"}"}}',
  );
  expect(JSON.parse(lines[14] ?? "")).toEqual({
    type: "summary",
    entries: 14,
    listed: 14,
    bytes: orders.length,
    operations: { publish: 3, deliver: 5, settle: 4, event: 2 },
    endpoints: { shop_v1: 14 },
    topics: { orders: 12 },
    checksummed: 14,
    checksums: "all",
  });
});

test("no entries: no columns, and no word about checksums", () => {
  expect(list(new Uint8Array(0), { width: 80 })).toEqual([
    "cassette orders",
    "",
    "entries  0 in 0 bytes",
  ]);
});

test("checksums of some", () => {
  const mixed = Buffer.concat([orders, cassetteOf(handMade({}))]);
  expect(list(mixed)).toContain("checksums   14 verified, 1 entry without");
});
