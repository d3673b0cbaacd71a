/**
 * Goal: an op_id is applied once: in sequence, at the same time, after a failure, across processes with
 * a store; and what is forgotten is forgotten.
 * Method: applications that a test lets end when it wants; a store in a set.
 */
import { type AmpMessage, ampDeduplication, createAmpOnce } from "@reprise/msg-amp";
import { expect, test } from "vitest";
import { refusal, sample } from "./samples.ts";

const message = (op_id: string): AmpMessage => ({ ...sample, op_id });
const nothing = (): void => undefined;

test("once, then repeated", async () => {
  const once = createAmpOnce();
  let count = 0;
  const apply = (): void => {
    count += 1;
  };
  expect(await once.run(message("a"), apply)).toBe("applied");
  expect(await once.run(message("a"), apply)).toBe("repeated");
  expect(await once.run(message("b"), apply)).toBe("applied");
  expect(count).toBe(2);
});

test("at the same time: the second waits for the first", async () => {
  const once = createAmpOnce();
  let end: () => void = nothing;
  const first = once.run(message("a"), () => new Promise<void>((resolve) => (end = resolve)));
  const others = [1, 2, 3].map(() => once.run(message("a"), () => expect.unreachable()));
  await Promise.resolve();
  await Promise.resolve();
  end();
  expect(await first).toBe("applied");
  expect(await Promise.all(others)).toEqual(["repeated", "repeated", "repeated"]);
});

test("one that fails is not applied: the next in the line takes its turn", async () => {
  const once = createAmpOnce();
  const failing = once.run(message("a"), () => Promise.reject(new Error("no disk")));
  const next = once.run(message("a"), nothing);
  const last = once.run(message("a"), () => expect.unreachable());
  await expect(failing).rejects.toThrow("no disk");
  expect(await next).toBe("applied");
  expect(await last).toBe("repeated");
});

test("a store tells across processes, and is asked once", async () => {
  const ids = new Set<string>();
  let asked = 0;
  const store = {
    has: async (id: string) => {
      asked += 1;
      return ids.has(id);
    },
    add: async (id: string) => void ids.add(id),
  };
  expect(await createAmpOnce({ store }).run(message("a"), nothing)).toBe("applied");
  const restarted = createAmpOnce({ store });
  expect(await restarted.run(message("a"), () => expect.unreachable())).toBe("repeated");
  expect(await restarted.run(message("a"), () => expect.unreachable())).toBe("repeated");
  expect(asked).toBe(2);
});

test("a store that fails says so, and the message may come again", async () => {
  let works = false;
  const add = async (): Promise<void> => {
    if (!works) throw new Error("no store");
  };
  const once = createAmpOnce({ store: { has: async () => false, add } });
  await expect(once.run(message("a"), nothing)).rejects.toThrow("no store");
  works = true;
  expect(await once.run(message("a"), nothing)).toBe("applied");
});

test("the window is bounded: at least the last, at most twice as many", async () => {
  const once = createAmpOnce({ window: 10 });
  for (let at = 0; at < 100; at++) await once.run(message(`m${at}`), nothing);
  for (let at = 90; at < 100; at++) {
    expect(await once.run(message(`m${at}`), () => expect.unreachable())).toBe("repeated");
  }
  expect(await once.run(message("m79"), nothing)).toBe("applied");
});

test.each([0, -1, 1.5, Number.NaN, 1_000_001])("a window of %d is refused", (window) => {
  expect(refusal(() => createAmpOnce({ window })).code).toBe("LIMIT_EXCEEDED");
});

test("no more than ten thousand at a time", async () => {
  const once = createAmpOnce();
  let end: () => void = nothing;
  const until = new Promise<void>((resolve) => (end = resolve));
  const running = Array.from({ length: 10_000 }, (_, at) =>
    once.run(message(`m${at}`), () => until),
  );
  await expect(once.run(message("more"), nothing)).rejects.toMatchObject({
    code: "LIMIT_EXCEEDED",
  });
  end();
  await Promise.all(running);
  expect(await once.run(message("more"), nothing)).toBe("applied");
});

test("for consume: the id is the envelope's key", () => {
  const { idOf, window } = ampDeduplication(5);
  const envelope = {
    topic: "t",
    key: new TextEncoder().encode("é"),
    value: new Uint8Array(0),
    headers: {},
  };
  expect([idOf(envelope), window]).toEqual(["é", 5]);
  expect(idOf({ ...envelope, key: new Uint8Array(0) })).toBeUndefined();
  expect(idOf({ ...envelope, key: Uint8Array.of(0xff) })).toBeUndefined();
});
