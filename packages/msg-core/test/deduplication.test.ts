/**
 * Goal: what a handler has been through is acked without it, and nothing else is: not what failed,
 * not what was rejected, not what has no id.
 * Method: scripted polls in which messages come again; the handler and the settlements are noted.
 */
import {
  type ConsumeOptions,
  consume,
  type Delivery,
  type Driver,
  type Handler,
  type Settlement,
} from "@reprise/msg-core";
import { expect, test } from "vitest";

const encoder = new TextEncoder();
const message = (position: string, id?: string): Delivery => ({
  envelope: {
    topic: "orders",
    key: new Uint8Array(0),
    value: encoder.encode(position),
    headers: id === undefined ? {} : { "event-id": id },
  },
  partition: 0,
  position,
  attempt: 1,
  redelivered: false,
});

async function run(
  polls: readonly (readonly Delivery[])[],
  handler: Handler,
  options: ConsumeOptions = {},
) {
  const handled: string[] = [];
  const settled: string[] = [];
  let next = 0;
  const driver: Driver = {
    kind: "memory",
    endpoint: "script",
    capabilities: {
      orderPerKey: true,
      orderAfterRetry: false,
      countsAttempts: true,
      durable: false,
    },
    publish: () => Promise.reject(new Error("consume does not publish")),
    async poll() {
      next += 1;
      return polls[next - 1] ?? [];
    },
    async settle(settlements: readonly Settlement[]) {
      for (const { delivery, outcome } of settlements)
        settled.push(`${delivery.position} ${outcome}`);
    },
    close: async () => undefined,
    observe: () => () => undefined,
  };
  const summary = await consume(
    driver,
    (delivery) => {
      handled.push(delivery.position);
      return handler(delivery);
    },
    {
      stopWhenIdle: true,
      deduplicate: { idOf: ({ headers }) => headers["event-id"] },
      ...options,
    },
  );
  return { handled, settled, summary };
}

test("a message that comes again is acked unseen, in the same batch and later", async () => {
  const polls = [
    [message("1", "a"), message("2", "a")],
    [message("3", "b"), message("4", "a")],
  ];
  const { handled, settled, summary } = await run(polls, () => undefined);
  expect(handled).toEqual(["1", "3"]);
  expect(settled).toEqual(["1 ack", "2 ack", "3 ack", "4 ack"]);
  expect(summary).toMatchObject({ delivered: 2, acked: 2, duplicates: 2, ended: "idle" });
});

test("without an id everything is handled", async () => {
  const { handled } = await run([[message("1"), message("2")]], () => undefined);
  expect(handled).toEqual(["1", "2"]);
});

test("what failed is handled again; what was rejected too", async () => {
  let calls = 0;
  const handler: Handler = () => {
    calls += 1;
    if (calls === 1) throw new Error("not yet");
    return calls === 3 ? { outcome: "reject" } : undefined;
  };
  const polls = [
    [message("1", "a")],
    [message("1", "a")],
    [message("2", "b")],
    [message("3", "b")],
  ];
  const { handled, settled } = await run(polls, handler);
  expect(handled).toEqual(["1", "1", "2", "3"]);
  expect(settled).toEqual(["1 retry", "1 ack", "2 reject", "3 ack"]);
});

test("duplicates do not count towards the limit", async () => {
  const polls = [[message("1", "a"), message("2", "a")], [message("3", "b")], [message("4", "c")]];
  const { summary } = await run(polls, () => undefined, { limit: 2 });
  expect(summary).toMatchObject({ acked: 2, duplicates: 1, ended: "limit" });
});

test("the window holds the last ids, and forgets what is older", async () => {
  const polls = [
    ["a", "b", "c", "b", "d", "e", "f", "a", "e", "f"].map((id, index) => message(`${index}`, id)),
  ];
  const deduplicate = {
    idOf: ({ headers }: Delivery["envelope"]) => headers["event-id"],
    window: 2,
  };
  const { handled } = await run(polls, () => undefined, { deduplicate });
  expect(handled).toEqual(["0", "1", "2", "4", "5", "6", "7"]);
});

test.each([0, -1, 1.5, 1_000_001, Number.NaN])(
  "a window of %s is LIMIT_EXCEEDED",
  async (window) => {
    const deduplicate = { idOf: () => undefined, window };
    await expect(run([], () => undefined, { deduplicate })).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
  },
);
