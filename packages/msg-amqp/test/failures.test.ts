/**
 * Goal: each failure of the client becomes the code that says who has to act, and no secret shows.
 * Method: the client's errors as they were seen from RabbitMQ 3.10 and amqplib 2.3.1.
 */
import { inspect } from "node:util";
import { MsgError } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { connectFailure, declareFailure, isFinal, lostConnection } from "../src/failures.js";

const address = { host: "broker.example", port: 5672, vhost: "/shop", secrets: ["pa55", "bob"] };
const failure = (message: string, code?: unknown): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

test.each([
  [
    "AUTHENTICATION_FAILED",
    'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused"',
    undefined,
    "check the secrets",
  ],
  [
    "AUTHENTICATION_FAILED",
    "Expected ConnectionOpenOk; got <ConnectionClose channel:0>",
    undefined,
    'virtual host "/shop"',
  ],
  ["BROKER_UNREACHABLE", "connect ECONNREFUSED 127.0.0.1:9", "ECONNREFUSED", "is the broker up"],
  ["BROKER_UNREACHABLE", "getaddrinfo ENOTFOUND broker.example", "ENOTFOUND", "is the broker up"],
  ["BROKER_UNREACHABLE", "", "ECONNREFUSED", "ECONNREFUSED"],
  ["BROKER_UNREACHABLE", "Socket closed abruptly during opening handshake", undefined, "greet"],
  ["BROKER_UNREACHABLE", "Frame size 1414548560 exceeds maxFrameSize", undefined, "greet"],
])("connecting: %s for %s", (code, message, systemCode, advice) => {
  const cause = failure(message, systemCode);
  const error = connectFailure(cause, address);
  expect(error.code).toBe(code);
  expect(error.message).toContain("broker.example:5672");
  expect(error.message).toContain(advice);
  expect(error.cause).toBe(cause);
});

test.each([
  ["TOPOLOGY_MISMATCH", 406, "other settings"],
  ["TOPOLOGY_MISMATCH", 403, "may not declare"],
  ["TOPOLOGY_MISMATCH", 405, "for itself"],
  ["BROKER_REFUSED", 404, "does not find it"],
  ["CONNECTION_LOST", 320, "was lost"],
  ["CONNECTION_LOST", undefined, "was lost"],
])("declaring: %s for %s", (code, replyCode, advice) => {
  const cause = failure("refused", replyCode);
  const error = declareFailure(cause, { what: 'queue "q"', address });
  expect(error.code).toBe(code);
  expect(error.message).toContain(advice);
  expect(isFinal(error)).toBe(code === "TOPOLOGY_MISMATCH");
});

test("credentials are crossed out, in the cause too", () => {
  const cause = failure("access to vhost refused for user 'bob' with pa55", 403);
  for (const error of [
    connectFailure(cause, address),
    lostConnection(cause, address),
    declareFailure(cause, { what: "queue", address }),
  ]) {
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/bob|pa55/);
    expect(error.message).toContain("***");
  }
});

test("an error of ours stays what it is; no reason is no reason", () => {
  const ours = new MsgError("BROKER_TIMEOUT", "late");
  expect(connectFailure(ours, address)).toBe(ours);
  expect(declareFailure(ours, { what: "queue", address })).toBe(ours);
  expect(lostConnection(ours, address)).toBe(ours);
  expect(lostConnection(undefined, address).message).toContain("closed by the broker");
});
