/**
 * Goal: each order accepts exactly the permutations it says, and finding an entry takes the same time
 * however many there are.
 * Method: all permutations of a small recording are replayed under each order and compared with a
 * rule; replays of 100,000 publishes, of one key and of many, are timed against each other.
 */
import { type Envelope, encodeEnvelope } from "@reprise/msg-core";
import {
  checkAllUsed,
  crc32,
  type MemoryStore,
  recordingDriver,
  replayDriver,
} from "@reprise/msg-rr";
import { describe, expect, test } from "vitest";
import { message, receiptAt, scriptedDriver } from "./scripted-driver.ts";
import { recorded, sessionOn } from "./sessions.ts";

const options = { kind: "memory", endpoint: "e" } as const;

function tapeOf(envelopes: readonly Envelope[]): Promise<MemoryStore> {
  return recorded(async (session) => {
    const script = scriptedDriver();
    script.publishes.push(envelopes.map((_, index) => receiptAt(String(index))));
    await recordingDriver(script, session).publish(envelopes);
  });
}

const [a1, a2, b1, otherTopic] = [
  message({ key: "a", value: "1" }),
  message({ key: "a", value: "2" }),
  message({ key: "b", value: "1" }),
  message({ topic: "u", key: "a", value: "1" }),
];
const all = [a1, a2, b1, otherTopic, a1];

function* permutations<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  if (items.length === 0) yield [];
  for (const [index, item] of items.entries()) {
    const others = [...items.slice(0, index), ...items.slice(index + 1)];
    for (const rest of permutations(others)) yield [item, ...rest];
  }
}

const isInOrder = {
  exact: (batch: readonly Envelope[]) => batch.every((envelope, index) => envelope === all[index]),
  // The publishes of topic t and key a: 1, 2, 1.
  "per-key": (batch: readonly Envelope[]) =>
    batch.filter((envelope) => envelope === a1 || envelope === a2)[1] === a2,
  any: () => true,
} as const;

describe.each(["exact", "per-key", "any"] as const)("order %s", (order) => {
  test("accepts its permutations, and no others", async () => {
    const store = await tapeOf(all);
    const counts = { fine: 0, refused: 0 };
    for (const batch of permutations(all)) {
      const session = sessionOn(store, { matching: { order, volatile: [] } });
      const driver = replayDriver(session, options);
      const got = await driver.publish(batch).then(
        () => true,
        () => false,
      );
      expect(got, batch.map(({ value }) => String(value)).join()).toBe(isInOrder[order](batch));
      if (got) checkAllUsed(session);
      counts[got ? "fine" : "refused"] += 1;
    }
    expect(counts.fine).toBeGreaterThan(0);
    expect(counts.fine + counts.refused).toBe(120);
  });

  test("each message gets the receipt of its own entry", async () => {
    const session = sessionOn(await tapeOf(all), { matching: { order, volatile: [] } });
    const receipts = await replayDriver(session, options).publish(all);
    expect(receipts.map(({ position }) => position)).toEqual(["0", "1", "2", "3", "4"]);
  });
});

/** Two values of one CRC-32: they differ by the bits of its polynomial, which leaves no remainder. */
function sameChecksum(): readonly [Uint8Array, Uint8Array] {
  const polynomial = `1${(0x04c11db7).toString(2).padStart(32, "0")}`;
  const [zeros, bits] = [new Uint8Array(5), new Uint8Array(5)];
  // The first bit of a byte is its lowest.
  for (const [index, bit] of [...polynomial].entries()) {
    bits[index >> 3] = (bits[index >> 3] ?? 0) | (Number(bit) << (index & 7));
  }
  return [zeros, bits];
}

test("messages that differ and have one checksum are told apart (order any)", async () => {
  const [one, other] = sameChecksum().map((value) => message({ value }));
  if (one === undefined || other === undefined) throw new Error("there are two");
  expect(crc32(encodeEnvelope(one), 0)).toBe(crc32(encodeEnvelope(other), 0));
  const session = sessionOn(await tapeOf([one, other]), {
    matching: { order: "any", volatile: [] },
  });
  const driver = replayDriver(session, options);
  const receipts = await driver.publish([other, one]);
  expect(receipts.map(({ position }) => position)).toEqual(["1", "0"]);
  await expect(driver.publish([one])).rejects.toMatchObject({ code: "NO_MATCH" });
});

test("a volatile key does not count for the order either", async () => {
  const store = await tapeOf([a1, b1]);
  const matching = { order: "per-key", volatile: ["/key"] } as const;
  const driver = replayDriver(sessionOn(store, { matching }), options);
  await driver.publish([message({ key: "zoe", value: "1" })]);
  await driver.publish([message({ key: "yan", value: "1" })]);
  await expect(driver.publish([message({ key: "x" })])).rejects.toMatchObject({ code: "NO_MATCH" });
});

const count = 100_000;
const keyCounts = { "one key": 1, "many keys": 10_000 };
/** Generous: the machine does other things too. */
const ratioMax = 4;

test("a replay of 100,000 publishes costs the same per publish, of one key or of many", async () => {
  const times: number[] = [];
  for (const keys of Object.values(keyCounts)) {
    const batch = Array.from({ length: count }, (_, index) =>
      message({ key: `k${index % keys}`, value: String(index) }),
    );
    const store = await tapeOf(batch);
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 3; round++) {
      const driver = replayDriver(sessionOn(store), options);
      const start = performance.now();
      for (let from = 0; from < count; from += 100) {
        await driver.publish(batch.slice(from, from + 100));
      }
      best = Math.min(best, performance.now() - start);
    }
    times.push(best);
  }
  const [slow, fast] = [Math.max(...times), Math.min(...times)];
  expect(slow / fast, `ms: ${times.map(Math.round).join(", ")}`).toBeLessThan(ratioMax);
}, 120_000);

test("ten times the publishes take about ten times the time", async () => {
  const timeOf = async (size: number): Promise<number> => {
    const batch = Array.from({ length: size }, (_, index) => message({ value: String(index) }));
    const store = await tapeOf(batch);
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 3; round++) {
      const driver = replayDriver(sessionOn(store), options);
      const start = performance.now();
      await driver.publish(batch);
      best = Math.min(best, performance.now() - start);
    }
    return best;
  };
  const [small, large] = [await timeOf(count / 10), await timeOf(count)];
  expect(large / small, `ms: ${small}, ${large}`).toBeLessThan(10 * ratioMax);
}, 120_000);
