/**
 * Goal: the dead letter of a message that is no envelope has all of it, says why, and can be read.
 * Method: one message with everything in it; then read by the mapping, as a dead-letter reader does.
 */
import { MsgError } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { envelopeOf } from "../src/mapping.js";
import { rawLetterOf } from "../src/raw-letter.js";

const body = Uint8Array.of(1, 2, 3);
const properties = {
  contentType: "text/plain",
  expiration: "60000",
  userId: "bob",
  headers: { CC: ["elsewhere"], ключ: "v", n: 2 ** 60, "reprise-wire": 5 },
};
const letter = {
  message: { topic: "orders", properties, body },
  position: "p-1",
  attempt: 2,
  error: new MsgError("MESSAGE_UNMAPPABLE", "header name is not ASCII"),
  topic: "orders.dead-letter",
  messageId: "id-9",
  whole: true,
};

test("headers and properties stand in tables of their own, where RabbitMQ does not act on them", () => {
  expect(rawLetterOf(letter)).toEqual({
    topic: "orders.dead-letter",
    body,
    properties: {
      deliveryMode: 2,
      messageId: "id-9",
      headers: {
        "reprise-wire": "native",
        "reprise-dead-letter-reason": "MESSAGE_UNMAPPABLE: header name is not ASCII",
        "reprise-dead-letter-topic": "orders",
        "reprise-dead-letter-partition": "0",
        "reprise-dead-letter-position": "p-1",
        "reprise-dead-letter-attempt": "2",
        "reprise-dead-letter-headers": properties.headers,
        "reprise-dead-letter-properties": {
          contentType: "text/plain",
          expiration: "60000",
          userId: "bob",
        },
      },
    },
  });
});

test.each(["native", "envelope"] as const)("it is read where %s is asked for", (wire) => {
  const { value, headers } = envelopeOf(rawLetterOf(letter), wire);
  expect(value).toBe(body);
  expect(headers["reprise-dead-letter-headers"]).toBe(
    '{"CC":["elsewhere"],"n":1152921504606847000,"reprise-wire":5,"ключ":"v"}',
  );
  expect(headers["reprise-dead-letter-properties"]).toContain('"userId":"bob"');
});

test.each([
  ["asked for", { ...letter, whole: false }],
  [
    "of the tables' size",
    {
      ...letter,
      message: { topic: "orders", body, properties: { headers: { a: "x".repeat(20_001) } } },
    },
  ],
])("without the tables, because %s", (_, without) => {
  const headers = Object.keys(rawLetterOf(without).properties.headers ?? {});
  expect(headers).not.toContain("reprise-dead-letter-headers");
  expect(headers).toContain("reprise-dead-letter-reason");
});
