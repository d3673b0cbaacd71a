/**
 * Goal: a connection that is reset in any phase loses nothing: connect, declare, publish, confirm,
 * deliver, ack, retry, close. What comes twice is flagged.
 * Method: a real Redis behind a proxy that resets the connection at the phase's own words, on the way
 * there or back.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import { startProxy } from "../../../tools/testing/tcp-proxy.ts";
import { profileOn } from "./redis-harness.ts";
import {
  gather,
  numbered,
  rejection,
  type Stand,
  settle,
  shortTimes,
  startStand,
  textOf,
  topicOf,
} from "./stand.ts";

expectNoLeaks();

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.end());

interface Breaking {
  readonly port: number;
  /** How often it has struck. */
  strikes(): number;
  close(): Promise<void>;
}

/** Resets, so many times, the connection on which `word` goes by, or comes the answer to it. */
async function breakAt(word: string, side: "client" | "server", times: number): Promise<Breaking> {
  let strikes = 0;
  const asked = new WeakSet<object>();
  const proxy = await startProxy({
    targetPort: stand.broker.port,
    onData(chunk, from, pair) {
      if (strikes >= times) return undefined;
      const isIt = Buffer.from(chunk).includes(word);
      if (from === "client" && isIt) asked.add(pair);
      if (from !== side || !asked.has(pair)) return undefined;
      strikes += 1;
      return "reset";
    },
  });
  return { port: proxy.port, strikes: () => strikes, close: proxy.close };
}

const sides = ["client", "server"] as const;
const whileOpen = ["XADD", "XREADGROUP", "XACK", "XCLAIM", "XAUTOCLAIM"];
const phases = whileOpen.flatMap((word) => sides.map((side) => [word, side] as const));

test.each(phases)(
  "%s, reset at the %s's words, three times: nothing is lost",
  async (word, side) => {
    const topic = topicOf();
    const proxy = await breakAt(word, side, 3);
    // A small inbox, so that there is more than one read; and nothing is late enough to be claimed.
    const times = { ...shortTimes, claimIdleMs: 60_000 };
    const options = { profile: profileOn(proxy.port), limits: { inboxMax: 10 }, times };
    const { driver } = await stand.open([topic], options);
    const total = 60;
    for (let from = 0; from < total; from += 20) await driver.publish(numbered(topic, from, 20));
    const done = new Set<string>();
    const seen = new Set<string>();
    let retries = 3;
    while (done.size < total) {
      const batch = await gather(driver, 5);
      if (batch.length === 0) break;
      for (const delivery of batch) {
        if (seen.has(textOf(delivery))) expect(delivery.redelivered).toBe(true);
        seen.add(textOf(delivery));
      }
      const outcome = retries > 0 ? "retry" : "ack";
      retries -= 1;
      await settle(driver, outcome, batch);
      if (outcome === "ack") for (const delivery of batch) done.add(textOf(delivery));
    }
    expect(done.size).toBe(total);
    expect(proxy.strikes()).toBe(3);
    await driver.close();
    await proxy.close();
  },
);

test.each(["INFO", "XGROUP"])(
  "%s, at opening: a typed error, and the next is fine",
  async (word) => {
    const topic = topicOf();
    const proxy = await breakAt(word, "server", 1);
    const options = { profile: profileOn(proxy.port) };
    expect((await rejection(stand.open([topic], options))).code).toBe("CONNECTION_LOST");
    const { driver } = await stand.open([topic], options);
    await driver.publish(numbered(topic, 0, 1));
    await settle(driver, "ack", await gather(driver, 1));
    await driver.close();
    await proxy.close();
  },
);

test.each(["UNBLOCK", "DELCONSUMER"])("%s, at the end: what was held comes again", async (word) => {
  const topic = topicOf();
  const proxy = await breakAt(word, "client", 1);
  const { driver, heard } = await stand.open([topic], { profile: profileOn(proxy.port) });
  await driver.publish(numbered(topic, 0, 5));
  const held = await gather(driver, 2);
  await driver.close();
  expect(await heard("close.late")).toContain("given back");
  const heir = await stand.open([topic]);
  const again = await gather(heir.driver, 5);
  expect(again.map(textOf).sort()).toEqual(["0", "1", "2", "3", "4"]);
  for (const { position } of held) {
    expect(again.find((one) => one.position === position)?.redelivered).toBe(true);
  }
  await settle(heir.driver, "ack", again);
  await proxy.close();
});
