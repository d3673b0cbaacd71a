/**
 * Goal: a mirror is not started with options that are wrong, or that would open it to other machines.
 * Method: defaults by hand; a table of bad options, each with its code; no token in any message.
 */
import { expect, test } from "vitest";
import { refusalBy } from "../../../tools/testing/refusal.ts";
import { MirrorError } from "../src/mirror-error.js";
import { checkedOptions, type MirrorOptions, mirrorLimits } from "../src/options.js";

const refusal = refusalBy(MirrorError.is);
const clock = () => 0;

test("the defaults: loopback, any free port, no token", () => {
  expect(checkedOptions({}, clock)).toEqual({
    port: 0,
    host: "127.0.0.1",
    token: undefined,
    allowedHosts: [],
    limits: mirrorLimits,
    clock,
    signatureOf: undefined,
  });
  expect(checkedOptions({ limits: { clientsMax: 7 } }, clock).limits).toEqual({
    ...mirrorLimits,
    clientsMax: 7,
  });
});

test.each(["0.0.0.0", "::", "192.168.0.7", "mirror.example", "127.0.0.1.example"])(
  "host %s asks for a token",
  (host) => {
    expect(refusal(() => checkedOptions({ host }, clock))).toMatchObject({
      code: "TOKEN_REQUIRED",
      fault: "caller",
      retryable: false,
    });
    expect(checkedOptions({ host, token: "sixteen-or-more!" }, clock).host).toBe(host);
  },
);

test.each([
  ["port", { port: -1 }],
  ["port", { port: 65_536 }],
  ["port", { port: 1.5 }],
  ["port", { port: "80" }],
  ["host", { host: "" }],
  ["host", { host: "a b" }],
  ["host", { host: "http://a" }],
  ["host", { host: 7 }],
  ["token", { token: "" }],
  ["token", { token: "fifteen-letters" }],
  ["token", { token: "with a space in it" }],
  ["token", { token: "x".repeat(513) }],
  ["token", { token: 1234567890123456 }],
  ["allowedHosts", { allowedHosts: "a" }],
  ["allowedHosts", { allowedHosts: [1] }],
  ["limits.clientsMax", { limits: { clientsMax: 0 } }],
  ["limits.heartbeatMs", { limits: { heartbeatMs: Number.POSITIVE_INFINITY } }],
  ["limits.bodySizeMax", { limits: { bodySizeMax: 2 ** 31 } }],
  ["limits.nothing", { limits: { nothing: 1 } }],
])("%s: %j is refused", (option, given) => {
  // What a caller without types may give.
  const error = refusal(() => checkedOptions(given as unknown as MirrorOptions, clock));
  expect(error).toMatchObject({ code: "OPTIONS_INVALID", details: { option } });
  expect(MirrorError.is(error)).toBe(true);
});

test("a token that is refused is not told", () => {
  const error = refusal(() => checkedOptions({ token: "s3cret with space" }, clock));
  expect(error.message).not.toContain("s3cret");
});
