/** Laws of stream buses: adding, and reading outside of groups. */
import {
  addAll,
  blockMs,
  codeOf,
  numbers,
  reader,
  type StreamLaw,
  textsOf,
} from "./stream-stage.ts";

export const adding: readonly StreamLaw[] = [
  {
    says: "what is added is read, in order, with ids that rise and are those that adding gave",
    async holds({ stream, open }, expect) {
      const bus = await open();
      const ids = await Promise.all(numbers(0, 300).map((text) => bus.streamAdd(stream, { text })));
      const entries = await bus.streamRead([stream], { count: 1000 });
      expect(textsOf(entries)).toEqual(numbers(0, 300));
      expect(entries.map(({ id }) => id)).toEqual(ids);
      expect(new Set(ids).size).toBe(300);
      expect(entries[0]?.delivery).toBe(undefined);
    },
  },
  {
    says: "a stream keeps maxLength of its newest, and little more",
    async holds({ stream, open }, expect) {
      const bus = await open();
      const texts = numbers(0, 2000);
      await Promise.all(texts.map((text) => bus.streamAdd(stream, { text }, { maxLength: 200 })));
      const kept = await bus.streamRead([stream], { count: 1000 });
      expect(kept.length >= 200 && kept.length <= 400).toBe(true);
      expect(textsOf(kept)).toEqual(texts.slice(2000 - kept.length));
    },
  },
  {
    says: "by default a stream keeps 1,000",
    async holds({ stream, open }, expect) {
      const bus = await open();
      await addAll(bus, stream, numbers(0, 1500));
      let kept = 0;
      for (let more = -1; more !== 0; kept += more) {
        more = (await bus.streamRead([stream], { count: 1000 })).length;
      }
      expect(kept >= 1000 && kept <= 1200).toBe(true);
    },
  },
  {
    says: "what the codec refuses is not added, and its error is the caller's",
    async holds({ stream, open }, expect) {
      const bus = await open();
      expect(await codeOf(bus.streamAdd(stream, { text: "unspeakable" }))).toBe(
        "Error: cannot be written",
      );
      expect(await bus.streamRead([stream])).toEqual([]);
    },
  },
  {
    says: "names and numbers out of range are LIMIT_EXCEEDED",
    async holds({ stream, open }, expect) {
      const bus = await open();
      const message = { text: "x" };
      const g = reader("c");
      const calls: readonly (() => Promise<unknown>)[] = [
        () => bus.streamAdd("", message),
        () => bus.streamAdd("x".repeat(257), message),
        () => bus.streamAdd(stream, message, { maxLength: 0 }),
        () => bus.streamAdd(stream, message, { maxLength: 1.5 }),
        () => bus.streamRead([]),
        () => bus.streamRead([stream, stream]),
        () => bus.streamRead([stream], { count: 0 }),
        () => bus.streamRead([stream], { count: 1001 }),
        () => bus.streamRead([stream], { blockMs: -1 }),
        () => bus.streamRead([stream], { blockMs: Number.POSITIVE_INFINITY }),
        () => bus.streamRead(numbers(0, 101)),
        () => bus.streamReadGroup([stream], { ...g, group: "" }),
        () => bus.streamReadGroup([stream], { ...g, consumer: "" }),
        () => bus.streamReadGroup([stream], { ...g, consumer: "x".repeat(257) }),
        () => bus.streamIterate([stream], { group: "g" }).next(),
        () => bus.streamIterate([stream], { count: 0 }).next(),
      ];
      for (const call of calls) expect(await codeOf(call())).toBe("LIMIT_EXCEEDED");
    },
  },
];

export const readingAlone: readonly StreamLaw[] = [
  {
    says: "reading goes on where it stopped, and each bus has a place of its own",
    async holds({ stream, open }, expect) {
      const [one, two] = [await open(), await open()];
      await addAll(one, stream, numbers(0, 5));
      expect(textsOf(await one.streamRead([stream], { count: 2 }))).toEqual(["0", "1"]);
      expect(textsOf(await one.streamRead([stream], { count: 2 }))).toEqual(["2", "3"]);
      expect(textsOf(await two.streamRead([stream]))).toEqual(numbers(0, 5));
      expect(textsOf(await one.streamRead([stream]))).toEqual(["4"]);
      expect(await one.streamRead([stream])).toEqual([]);
    },
  },
  {
    says: "several streams in one read, each in order",
    async holds({ stream, other, open }, expect) {
      const bus = await open();
      await addAll(bus, stream, ["a0", "a1"]);
      await addAll(bus, other, ["b0", "b1"]);
      const entries = await bus.streamRead([stream, other]);
      const of = (name: string) => textsOf(entries.filter((entry) => entry.stream === name));
      expect([of(stream), of(other)]).toEqual([
        ["a0", "a1"],
        ["b0", "b1"],
      ]);
    },
  },
  {
    says: "a read that waits is ended by what comes",
    async holds({ stream, open }, expect) {
      const [writer, bus] = [await open(), await open()];
      const waiting = bus.streamRead([stream], { blockMs });
      await writer.streamAdd(stream, { text: "late" });
      expect(textsOf(await waiting)).toEqual(["late"]);
    },
  },
  {
    says: "two reads at once share what there is",
    async holds({ stream, open }, expect) {
      const bus = await open();
      await addAll(bus, stream, numbers(0, 4));
      const both = await Promise.all([
        bus.streamRead([stream], { count: 2 }),
        bus.streamRead([stream], { count: 2 }),
      ]);
      expect(both.map(textsOf)).toEqual([
        ["0", "1"],
        ["2", "3"],
      ]);
    },
  },
  {
    says: "a bus that begins at the end reads what is added after its first read",
    async holds({ stream, open }, expect) {
      const [writer, bus] = [await open(), await open({ start: "end" })];
      await writer.streamAdd(stream, { text: "old" });
      expect(await bus.streamRead([stream])).toEqual([]);
      await writer.streamAdd(stream, { text: "new" });
      expect(textsOf(await bus.streamRead([stream]))).toEqual(["new"]);
    },
  },
  {
    says: "a signal ends the waiting, with none, and nothing is lost",
    async holds({ stream, open }, expect) {
      const bus = await open();
      const abort = new AbortController();
      const waiting = bus.streamRead([stream], { blockMs, signal: abort.signal });
      abort.abort();
      expect(await waiting).toEqual([]);
      await bus.streamAdd(stream, { text: "after" });
      expect(await bus.streamRead([stream], { signal: abort.signal })).toEqual([]);
      expect(textsOf(await bus.streamRead([stream], { blockMs }))).toEqual(["after"]);
    },
  },
];
