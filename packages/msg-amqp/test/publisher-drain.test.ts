/**
 * Goal: writing stops while the client's buffer is full, and goes on with `drain` or with the next
 * session (A6).
 * Method: the publisher alone, with a channel that says when it is full.
 */
import { EventEmitter } from "node:events";
import { MsgError } from "@reprise/msg-core";
import { expect, test } from "vitest";
import type { ClientChannel, ClientConnection } from "../src/os/client.js";
import type { Session } from "../src/os/line.js";
import { createPublisher, type Shipment } from "../src/os/publisher.js";

const lost = (cause: unknown): MsgError => new MsgError("CONNECTION_LOST", String(cause));

/** A session whose channel takes `room` messages before it is full. */
function sessionOf(room: number) {
  const written: unknown[] = [];
  const emitter = new EventEmitter();
  const channel = Object.assign(emitter, {
    publish(_: string, __: string, ___: unknown, { messageId }: { messageId: string }) {
      written.push(messageId);
      return written.length < room;
    },
  });
  const connection = Object.assign(new EventEmitter(), {
    createConfirmChannel: async () => channel,
  });
  const session: Session = {
    // Nothing else of them is used here.
    connection: connection as unknown as ClientConnection,
    generation: 1,
    isOver: () => false,
    end: () => undefined,
    whileUp: (work) => work,
  };
  return { session, written, channel: channel as unknown as EventEmitter & ClientChannel };
}

const shipments: readonly Shipment[] = ["a", "b", "c", "d"].map((messageId) => ({
  message: { topic: "t", properties: { messageId }, body: new Uint8Array(1) },
  exchange: "e",
  messageId,
}));

function publisher() {
  return createPublisher({
    timer: () => () => undefined,
    now: () => 0,
    publishTimeoutMs: 1000,
    unconfirmedMax: 100,
    tell: () => undefined,
    lost,
  });
}

test("A6: full after two: no more until drain", async () => {
  const { session, written, channel } = sessionOf(2);
  const made = publisher();
  await made.setUp(session);
  made.start();
  const sending = made.send(shipments);
  expect(written).toEqual(["a", "b"]);
  channel.emit("drain");
  // It is full again after each.
  expect(written).toEqual(["a", "b", "c"]);
  channel.emit("drain");
  channel.emit("ack", { deliveryTag: 4, multiple: true });
  expect((await sending).length).toBe(4);
});

test("A6: drain never comes: the next session has it all", async () => {
  const first = sessionOf(2);
  const made = publisher();
  await made.setUp(first.session);
  made.start();
  const sending = made.send(shipments);
  made.ended(first.session);
  const second = sessionOf(100);
  await made.setUp(second.session);
  expect(second.written).toEqual([]);
  made.start();
  expect(second.written).toEqual(["a", "b", "c", "d"]);
  second.channel.emit("ack", { deliveryTag: 4, multiple: true });
  expect((await sending).length).toBe(4);
});
