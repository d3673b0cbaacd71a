/** Laws of stream buses: iterators, malformed entries, observers, closing. */
import {
  addAll,
  blockMs,
  codeOf,
  gather,
  type NoteEvent,
  type Notice,
  numbers,
  reader,
  type StreamLaw,
  textsOf,
} from "./stream-stage.ts";

export const iterating: readonly StreamLaw[] = [
  {
    says: "an iterator gives every entry as it comes, from a place of its own, and ends with close",
    async holds({ stream, open }, expect) {
      const [bus, writer] = [await open(), await open()];
      await addAll(writer, stream, ["0", "1"]);
      await bus.streamRead([stream]);
      const got: string[] = [];
      for await (const { message } of bus.streamIterate([stream], { count: 1 })) {
        got.push(message.text);
        if (got.length === 2) await writer.streamAdd(stream, { text: "2" });
        if (got.length === 3) await bus.close();
      }
      expect(got).toEqual(["0", "1", "2"]);
    },
  },
  {
    says: "close ends an iterator that waits, and one that has more at hand",
    async holds({ stream, other, open }, expect) {
      const bus = await open();
      await addAll(bus, other, numbers(0, 10));
      const waiting = bus.streamIterate([stream])[Symbol.asyncIterator]();
      const next = waiting.next();
      const busy = bus.streamIterate([other]);
      await busy.next();
      await bus.close();
      expect((await next).done).toBe(true);
      expect((await busy.next()).done).toBe(true);
      expect((await waiting.next()).done).toBe(true);
    },
  },
  {
    says: "a signal ends an iterator that waits; the bus goes on",
    async holds({ stream, open }, expect) {
      const bus = await open();
      const abort = new AbortController();
      const next = bus.streamIterate([stream], { signal: abort.signal }).next();
      abort.abort();
      expect((await next).done).toBe(true);
      await bus.streamAdd(stream, { text: "on" });
      expect(textsOf(await bus.streamRead([stream]))).toEqual(["on"]);
    },
  },
  {
    says: "an iterator of a group that is left gives back, uncounted, what it had not handed out",
    async holds({ stream, open }, expect) {
      const [bus, heir] = [await open(), await open()];
      await addAll(bus, stream, numbers(0, 5));
      for await (const entry of bus.streamIterate([stream], { group: "g", consumer: "a" })) {
        if (entry.message.text === "1") break;
        await bus.acknowledge([entry]);
      }
      const rest = await gather(heir, stream, { count: 3, consumer: "b" });
      expect(textsOf(rest)).toEqual(["2", "3", "4"]);
      expect(rest.map(({ delivery }) => delivery?.attempt)).toEqual([1, 1, 1]);
    },
  },
  {
    says: "an iterator reads no further than it is asked",
    async holds({ stream, open }, expect) {
      const [bus, other] = [await open(), await open()];
      await addAll(bus, stream, numbers(0, 30));
      const slow = bus.streamIterate([stream], { group: "g", consumer: "slow", count: 10 });
      expect((await slow.next()).value?.message.text).toBe("0");
      const rest = await other.streamReadGroup([stream], { ...reader("quick"), count: 1000 });
      expect(textsOf(rest)).toEqual(numbers(10, 30));
      await slow.return?.();
    },
  },
];

export const malformed: readonly StreamLaw[] = [
  {
    says: "a malformed entry goes to the dead letters with the reason, and reading goes on",
    async holds({ stream, open, addRaw, deadLetters }, expect) {
      const notices: Notice[] = [];
      const bus = await open({ log: (notice) => notices.push(notice) });
      await bus.streamAdd(stream, { text: "before" });
      await addRaw(stream, "note", "gibberish");
      await addRaw(stream, "novel", "note:x");
      await bus.streamAdd(stream, { text: "after" });
      expect(textsOf(await bus.streamRead([stream]))).toEqual(["before", "after"]);
      const letters = await deadLetters(stream);
      expect(letters.map(({ reason }) => reason)).toEqual([
        "expected note:, got gibberish",
        'expected the one field note, got ["novel"]',
      ]);
      expect(letters[0]?.fields).toEqual([["6e6f7465", "676962626572697368"]]);
      expect(letters[0]?.stream).toBe(stream);
      const told = notices.filter(({ name }) => name === "malformed");
      expect(told.map(({ detail }) => detail.includes(stream))).toEqual([true, true]);
    },
  },
  {
    says: "in a group, a malformed entry is put aside once and acknowledged",
    async holds({ stream, open, addRaw, deadLetters }, expect) {
      const [bus, heir] = [await open(), await open()];
      await addRaw(stream, "note", "gibberish");
      await bus.streamAdd(stream, { text: "good" });
      const entries = await bus.streamReadGroup([stream], reader("a"));
      expect(textsOf(entries)).toEqual(["good"]);
      await bus.close();
      expect(textsOf(await heir.streamReadGroup([stream], reader("b")))).toEqual(["good"]);
      expect((await deadLetters(stream)).length).toBe(1);
    },
  },
  {
    says: "a read that meets nothing but malformed entries waits on",
    async holds({ stream, open, addRaw, deadLetters }, expect) {
      const [bus, writer] = [await open(), await open()];
      for (let at = 0; at < 5; at++) await addRaw(stream, "note", `no ${at}`);
      const waiting = bus.streamReadGroup([stream], reader("c"));
      await writer.streamAdd(stream, { text: "yes" });
      expect(textsOf(await waiting)).toEqual(["yes"]);
      expect((await deadLetters(stream)).length).toBe(5);
    },
  },
];

export const besides: readonly StreamLaw[] = [
  {
    says: "observers see what is added and read; one that throws is dropped, and close tells",
    async holds({ stream, open, addRaw }, expect) {
      const bus = await open();
      const events: NoteEvent[] = [];
      const stop = bus.observe((event) => events.push(event));
      bus.observe(() => {
        throw new Error("broken");
      });
      const id = await bus.streamAdd(stream, { text: "x" });
      await addRaw(stream, "note", "gibberish");
      await bus.streamRead([stream]);
      await bus.streamReadGroup([stream], reader("c"));
      stop();
      await bus.streamAdd(stream, { text: "unseen" });
      const event = { stream, id, message: { text: "x" } };
      expect(events).toEqual([
        { ...event, direction: "added" },
        { ...event, direction: "read" },
        { ...event, direction: "read" },
      ]);
      expect(await codeOf(bus.close())).toBe("OBSERVER_FAILED");
    },
  },
  {
    says: "close ends what waits, may be called again, and everything after it is CLOSED",
    async holds({ stream, open }, expect) {
      const bus = await open();
      const waiting = [
        bus.streamRead([stream], { blockMs }),
        bus.streamReadGroup([stream], reader("c")),
        bus.streamReadGroup([stream], reader("d", "other")),
      ];
      await bus.close();
      expect(await Promise.all(waiting)).toEqual([[], [], []]);
      await bus.close();
      expect(await codeOf(bus.streamAdd(stream, { text: "x" }))).toBe("CLOSED");
      expect(await codeOf(bus.streamRead([stream]))).toBe("CLOSED");
      expect(await codeOf(bus.streamReadGroup([stream], reader("c")))).toBe("CLOSED");
      expect(await codeOf(bus.acknowledge([]))).toBe("CLOSED");
      expect(await codeOf(bus.streamIterate([stream]).next())).toBe("CLOSED");
    },
  },
];
