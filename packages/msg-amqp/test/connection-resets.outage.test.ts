/**
 * Goal: a connection that is reset in any phase loses nothing that was confirmed, doubles nothing
 * without saying so, and leaves a driver that works or an error that says why (A1, A2, A8).
 * Method: a real RabbitMQ behind a proxy that reads AMQP frames and resets the connection at the first
 * frame of the phase. Closing, and consumers that die, in an outage.
 */

import { openAmqpDriver } from "@reprise/msg-amqp/os";
import { MsgError } from "@reprise/msg-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import { startProxy } from "../../../tools/testing/tcp-proxy.ts";
import { profileAt } from "./amqp-harness.ts";
import { type PrivateBroker, startPrivateBroker } from "./private-broker.ts";
import { message, openWatched, signal, textOf, topology } from "./stand.ts";

expectNoLeaks();

let rabbit: PrivateBroker;
beforeAll(async () => {
  rabbit = await startPrivateBroker();
});
afterAll(() => rabbit.end());

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
  await rabbit.administer(async (channel) => {
    for (const { name } of topology.queues) await channel.deleteQueue(name);
  });
});

interface Phase {
  readonly from: "client" | "server";
  readonly classId: number;
  readonly methodId: number;
}
const phases: Readonly<Record<string, Phase>> = {
  "connection.start": { from: "server", classId: 10, methodId: 10 },
  "connection.open": { from: "client", classId: 10, methodId: 40 },
  "channel.open": { from: "client", classId: 20, methodId: 10 },
  "exchange.declare": { from: "client", classId: 40, methodId: 10 },
  "queue.declare": { from: "client", classId: 50, methodId: 10 },
  "queue.bind-ok": { from: "server", classId: 50, methodId: 21 },
  "confirm.select": { from: "client", classId: 85, methodId: 10 },
  "basic.consume": { from: "client", classId: 60, methodId: 20 },
  "basic.publish": { from: "client", classId: 60, methodId: 40 },
  "the confirm": { from: "server", classId: 60, methodId: 80 },
  "basic.deliver": { from: "server", classId: 60, methodId: 60 },
  "the acknowledgement": { from: "client", classId: 60, methodId: 80 },
};

/** Whether a chunk has a frame of the phase. Chunks begin with a frame here: they are small. */
function shows({ classId, methodId }: Phase, chunk: Uint8Array): boolean {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  for (let at = 0; at + 11 <= chunk.length; ) {
    const size = view.getUint32(at + 3);
    const isMethod = view.getUint8(at) === 1;
    if (isMethod && view.getUint16(at + 7) === classId && view.getUint16(at + 9) === methodId) {
      return true;
    }
    at += size + 8;
  }
  return false;
}

/** A proxy that is armed with a phase: the next frame of it resets its connection, once. */
async function armedProxy() {
  let armed: Phase | undefined;
  const struck = signal();
  const proxy = await startProxy({
    targetPort: rabbit.broker.port,
    onData(chunk, from) {
      if (armed === undefined || armed.from !== from || !shows(armed, chunk)) return "pass";
      armed = undefined;
      struck.give();
      return "reset";
    },
  });
  open.push(proxy);
  return {
    proxy,
    struck: struck.promise,
    arm(phase: Phase) {
      armed = phase;
    },
  };
}

const count = 200;

test.each(Object.entries(phases))("A2: reset at %s, while messages flow", async (_, phase) => {
  const { proxy, struck, arm } = await armedProxy();
  const { driver } = await openWatched(proxy.port);
  open.push(driver);
  const times = new Map([["first", 1]]);
  const unflagged: string[] = [];
  const take = async (): Promise<void> => {
    const deliveries = await driver.poll({ maxItems: 20 });
    for (const delivery of deliveries) {
      const value = textOf(delivery);
      if (times.has(value) && !delivery.redelivered) unflagged.push(value);
      times.set(value, (times.get(value) ?? 0) + 1);
    }
    await driver.settle(deliveries.map((delivery) => ({ delivery, outcome: "ack" as const })));
  };
  const first = driver.poll({ maxItems: 1 });
  await driver.publish([message("first")]);
  const [delivery] = await first;
  if (delivery === undefined) throw new Error("nothing came");
  await driver.settle([{ delivery, outcome: "ack" }]);

  arm(phase);
  // Of the phases of connecting there is one only after a reset.
  if (phase.classId !== 60 || phase.methodId === 20) proxy.reset();
  const publishing: Promise<unknown>[] = [];
  for (let from = 0; from < count; from += 20) {
    const batch = Array.from({ length: 20 }, (__, index) => message(String(from + index)));
    publishing.push(driver.publish(batch));
  }
  while (times.size <= count) await take();
  await Promise.all(publishing);
  await struck;
  expect(times.size).toBe(count + 1);
  expect(unflagged).toEqual([]);
});

describe("opening through a connection that is reset", () => {
  const connecting = ["connection.start", "connection.open", "queue.declare", "confirm.select"];
  test.each(connecting)("at %s: a typed error, and nothing is left open", async (name) => {
    const { proxy, arm } = await armedProxy();
    const phase = phases[name];
    if (phase !== undefined) arm(phase);
    const error = await openAmqpDriver({ profile: profileAt(proxy.port), topology }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(
      MsgError.is(error) && ["BROKER_UNREACHABLE", "CONNECTION_LOST"].includes(error.code),
    ).toBe(true);
    expect(proxy.accepted).toBe(1);
  });
});

describe("closing", () => {
  test.each([
    ["channel.close", { from: "client", classId: 20, methodId: 40 }],
    ["connection.close", { from: "client", classId: 10, methodId: 50 }],
    ["connection.close-ok", { from: "server", classId: 10, methodId: 51 }],
  ] as const)("the connection is reset at %s: it closes", async (_, phase) => {
    const { proxy, struck, arm } = await armedProxy();
    const { driver } = await openWatched(proxy.port);
    arm(phase);
    await driver.close({ deadlineMs: 2000 });
    await struck;
    expect(driver.health().state).toBe("closed");
  });

  test("while the broker is not there: within the deadline, and publishes are answered", async () => {
    const { proxy } = await armedProxy();
    const { driver, told } = await openWatched(proxy.port);
    await proxy.close();
    await told("connection.lost");
    const publishing = driver.publish([message("x")]).catch((reason: unknown) => reason);
    const polling = driver.poll({ maxItems: 1 });
    const started = performance.now();
    await driver.close({ deadlineMs: 300 });
    expect(performance.now() - started).toBeLessThan(1000);
    expect(await publishing).toMatchObject({ code: "CLOSED" });
    expect(await polling).toEqual([]);
  });

  test("while nothing is answered any more: within the deadline", async () => {
    const { proxy } = await armedProxy();
    const { driver } = await openWatched(proxy.port);
    await driver.poll({ maxItems: 1, waitMs: 0 });
    proxy.pause();
    const started = performance.now();
    await driver.close({ deadlineMs: 300 });
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

test("A8: a consumer dies with messages unsettled: another gets them, flagged", async () => {
  const { proxy } = await armedProxy();
  const dying = await openWatched(proxy.port);
  open.push(dying.driver);
  const values = ["1", "2", "3"];
  const publisher = await openWatched(rabbit.broker.port, { topics: [] });
  open.push(publisher.driver);
  await publisher.driver.publish(values.map((value) => message(value)));
  const held = [];
  while (held.length < 3) held.push(...(await dying.driver.poll({ maxItems: 3 })));
  // The proxy takes no more connections: it is dead for the broker.
  await proxy.close();
  await dying.told("connection.lost");
  const heir = await openWatched(rabbit.broker.port);
  open.push(heir.driver);
  const came = [];
  while (came.length < 3) came.push(...(await heir.driver.poll({ maxItems: 3 })));
  expect(came.map(textOf).sort()).toEqual(values);
  expect(came.every(({ redelivered, attempt }) => redelivered && attempt === 2)).toBe(true);
  await dying.driver.settle(held.map((delivery) => ({ delivery, outcome: "ack" as const })));
  expect(dying.events.filter(({ type }) => type === "stale").length).toBe(3);
});
