/**
 * Goal: no more is in flight than there is room for, and who waits is let in in turn.
 * Method: amounts by hand; what has been let in is noted.
 */
import { MsgError } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { createRoom, type Room } from "../src/broker-driver/room.js";

const limits = { inFlightMax: 10, inFlightBytesMax: 100, waitingPublishesMax: 3 };
const turn = () => new Promise(setImmediate);

function taker(room: Room) {
  const log: string[] = [];
  return {
    log,
    take(name: string, messages: number, bytes = 1, signal?: AbortSignal): void {
      const waiting = room.take({ messages, bytes }, signal);
      if (waiting === undefined) log.push(`${name} at once`);
      else
        waiting.then(
          () => log.push(`${name} later`),
          (error: MsgError) => log.push(`${name} ${error.code}`),
        );
    },
  };
}

test("there is room until either bound is met", async () => {
  const room = createRoom(limits);
  const { log, take } = taker(room);
  take("messages", 10);
  take("one more", 1);
  room.give({ messages: 10, bytes: 1 });
  await turn();
  room.give({ messages: 1, bytes: 1 });
  take("bytes", 1, 100);
  take("a byte more", 1, 1);
  await turn();
  expect(log).toEqual(["messages at once", "one more later", "bytes at once"]);
});

test("nobody overtakes: a small one waits behind a large one", async () => {
  const room = createRoom(limits);
  const { log, take } = taker(room);
  take("a", 8);
  take("large", 9);
  take("small", 1);
  await turn();
  expect(log).toEqual(["a at once"]);
  room.give({ messages: 8, bytes: 1 });
  await turn();
  expect(log).toEqual(["a at once", "large later", "small later"]);
});

test("only so many are let in as fit", async () => {
  const room = createRoom(limits);
  const { log, take } = taker(room);
  take("a", 10);
  take("b", 6);
  take("c", 6);
  room.give({ messages: 10, bytes: 1 });
  await turn();
  expect(log).toEqual(["a at once", "b later"]);
});

test("more than all the room goes alone", async () => {
  const room = createRoom(limits);
  const { log, take } = taker(room);
  take("huge", 1000, 1e9);
  take("next", 1);
  await turn();
  expect(log).toEqual(["huge at once"]);
});

test("the line is bounded, an abort leaves it, and the end refuses it", async () => {
  const room = createRoom(limits);
  const { log, take } = taker(room);
  const controller = new AbortController();
  take("a", 10);
  take("b", 1, 1, controller.signal);
  take("c", 1);
  take("d", 1);
  take("e", 1);
  controller.abort();
  await turn();
  room.end(new MsgError("CLOSED", "closed"));
  take("f", 1);
  await turn();
  expect(log).toEqual([
    "a at once",
    "e QUEUE_FULL",
    "b ABORTED",
    "c CLOSED",
    "d CLOSED",
    "f CLOSED",
  ]);
});
