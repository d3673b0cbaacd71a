/**
 * Goal: the commands that the README lists are all that a user must be allowed; without CLIENT and INFO
 * the driver does the same, only later. And an entry that is no message goes to the dead letter.
 * Method: a real Redis with a user who may do no more.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import { profileOn } from "./redis-harness.ts";
import {
  gather,
  numbered,
  rejection,
  type Stand,
  settle,
  startStand,
  take,
  textOf,
  topicOf,
} from "./stand.ts";

expectNoLeaks();

const commands =
  "+xadd +xreadgroup +xack +xgroup +xpending +xclaim +xautoclaim +xinfo +xlen +xrevrange +exists +eval";
let stand: Stand;
beforeAll(async () => {
  stand = await startStand({ user: `worker on >secret ~test.* ${commands}` });
});
afterAll(() => stand.end());

const options = () => ({
  profile: {
    ...profileOn(stand.broker.port),
    security: { tls: false, username_secret_id: "user", password_secret_id: "pass" },
  },
  secrets: (id: string) => (id === "user" ? "worker" : "secret"),
});

test("publish, consume, retry, reject, give back", async () => {
  const topic = topicOf();
  const { driver, heard } = await stand.open([topic], options());
  await driver.publish(numbered(topic, 0, 4));
  const [first, second, ...held] = await gather(driver, 4);
  if (first === undefined || second === undefined) throw new Error("nothing came");
  await settle(driver, "retry", [first]);
  await settle(driver, "reject", [second]);
  expect((await take(driver, 1)).map(({ attempt }) => attempt)).toEqual([2]);
  await driver.close();
  expect(await stand.raw.xlen(`${topic}.dead-letter`)).toBe(1);
  const heir = await stand.open([topic], options());
  expect((await take(heir.driver, 2)).map(textOf)).toEqual(held.map(textOf));
  expect(await heard("health")).toBe("closed");
});

test("a stream that the user may not touch", async () => {
  const refusal = await rejection(stand.open(["other.stream"], options()));
  expect(refusal.code).toBe("BROKER_REFUSED");
  expect(refusal.message).toContain("ACL");
});

test("entries that are no message are put aside whole, told, and hold up nobody", async () => {
  const topic = topicOf();
  const { driver, heard } = await stand.open([topic], options());
  const id = await stand.raw.xadd(topic, "*", "amount", "3");
  await driver.publish(numbered(topic, 0, 1));
  expect((await take(driver, 1)).map(textOf)).toEqual(["0"]);
  expect(await heard("message.unmappable")).toContain("no field value");
  const letters = await stand.open([`${topic}.dead-letter`], options());
  const [letter] = await take(letters.driver, 1);
  if (letter === undefined) throw new Error("no letter");
  expect(textOf(letter)).toBe('{"fields":[["616d6f756e74","33"]]}');
  expect(letter.envelope.headers["reprise-dead-letter-position"]).toBe(id);
  expect(letter.envelope.headers["reprise-dead-letter-reason"]).toContain("MESSAGE_UNMAPPABLE");
  expect((await stand.raw.xpending(topic, "test_redis_v1"))[0]).toBe(0);
});
