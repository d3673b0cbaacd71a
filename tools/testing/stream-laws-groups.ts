/** Laws of stream buses: groups, acknowledgement, taking over. */
import {
  addAll,
  codeOf,
  gather,
  type NoteEntry,
  numbers,
  reader,
  type StreamLaw,
  textsOf,
} from "./stream-stage.ts";

/** As msg-core has it. */
const heldEntriesMax = 10_000;

export const readingInGroups: readonly StreamLaw[] = [
  {
    says: "each entry goes to one consumer of a group, and to every group",
    async holds({ stream, open }, expect) {
      const [one, two] = [await open(), await open()];
      await addAll(one, stream, numbers(0, 6));
      const a = await one.streamReadGroup([stream], { ...reader("a"), count: 3 });
      const b = await two.streamReadGroup([stream], { ...reader("b"), count: 3 });
      expect([...textsOf(a), ...textsOf(b)]).toEqual(numbers(0, 6));
      expect(a[0]?.delivery).toEqual({ group: "g", consumer: "a", attempt: 1 });
      const whole = await two.streamReadGroup([stream], reader("a", "other"));
      expect(textsOf(whole)).toEqual(numbers(0, 6));
    },
  },
  {
    says: "a group begins with what was added before it was there",
    async holds({ stream, open }, expect) {
      const bus = await open({ start: "end" });
      await bus.streamAdd(stream, { text: "before" });
      expect(textsOf(await bus.streamReadGroup([stream], reader("c")))).toEqual(["before"]);
    },
  },
  {
    says: "a group may wait for a stream that is not there",
    async holds({ stream, open }, expect) {
      const [bus, writer] = [await open(), await open()];
      const waiting = bus.streamReadGroup([stream], reader("c"));
      await writer.streamAdd(stream, { text: "first" });
      expect(textsOf(await waiting)).toEqual(["first"]);
    },
  },
  {
    says: "what is acknowledged is done with, once; the rest is another's when the bus is closed",
    async holds({ stream, open }, expect) {
      const [one, two] = [await open(), await open()];
      await addAll(one, stream, numbers(0, 4));
      const entries = await one.streamReadGroup([stream], reader("a"));
      expect(await one.acknowledge(entries.slice(0, 1))).toBe(1);
      expect(await one.acknowledge(entries.slice(0, 2))).toBe(1);
      expect(await two.streamReadGroup([stream], { ...reader("b"), blockMs: 0 })).toEqual([]);
      await one.close();
      const taken = await gather(two, stream, { count: 2, consumer: "b" });
      expect(textsOf(taken)).toEqual(["2", "3"]);
      expect(taken.map(({ delivery }) => delivery?.attempt)).toEqual([2, 2]);
      expect(await two.acknowledge(taken)).toBe(2);
    },
  },
  {
    says: "a consumer that waits is given what another gives back",
    async holds({ stream, open }, expect) {
      const [one, two] = [await open(), await open()];
      await one.streamAdd(stream, { text: "x" });
      await one.streamReadGroup([stream], reader("a"));
      const waiting = two.streamReadGroup([stream], reader("b"));
      await one.close();
      expect(textsOf(await waiting)).toEqual(["x"]);
    },
  },
  {
    says: "what was not read in a group cannot be acknowledged, and then nothing is",
    async holds({ stream, open }, expect) {
      const bus = await open();
      await addAll(bus, stream, ["0", "1"]);
      const alone = await bus.streamRead([stream]);
      const held = await bus.streamReadGroup([stream], reader("c"));
      expect(await codeOf(bus.acknowledge([...held, ...alone]))).toBe("DELIVERY_UNKNOWN");
      expect(await bus.acknowledge(held)).toBe(2);
      expect(await bus.acknowledge([])).toBe(0);
    },
  },
  {
    says: "who acknowledges nothing is given no more than ten thousand",
    async holds({ stream, open }, expect) {
      const bus = await open();
      const held: NoteEntry[] = [];
      const maxLength = 20_000;
      while (held.length < heldEntriesMax) {
        const texts = numbers(0, 1000);
        await Promise.all(texts.map((text) => bus.streamAdd(stream, { text }, { maxLength })));
        held.push(...(await bus.streamReadGroup([stream], { ...reader("c"), count: 1000 })));
      }
      expect(held.length).toBe(heldEntriesMax);
      await bus.streamAdd(stream, { text: "more" }, { maxLength });
      expect(await codeOf(bus.streamReadGroup([stream], reader("c")))).toBe("LIMIT_EXCEEDED");
      await bus.acknowledge(held.slice(0, 5));
      expect(textsOf(await bus.streamReadGroup([stream], reader("c")))).toEqual(["more"]);
    },
  },
];
