/**
 * Goal: only requests that name this mirror, from its own page or from no page, get through.
 * Method: tables of Host, Origin and Authorization headers, with what a rebinding attack would send.
 */
import { expect, test } from "vitest";
import {
  authority,
  bearerToken,
  isHostAllowed,
  isLoopback,
  isOriginAllowed,
} from "../src/request-guard.js";

test.each(["127.0.0.1", "127.9.9.9", "localhost", "LOCALHOST", "::1", "[::1]"])(
  "%s is loopback",
  (host) => {
    expect(isLoopback(host)).toBe(true);
  },
);

test.each([
  "0.0.0.0",
  "::",
  "192.168.0.1",
  "128.0.0.1",
  "127.0.0.1.evil.example",
  "localhost.evil",
  "evil-127.0.0.1",
  "",
])("%j is not loopback", (host) => {
  expect(isLoopback(host)).toBe(false);
});

const onLoopback = { host: "127.0.0.1", allowedHosts: [] };
const onAll = { host: "0.0.0.0", allowedHosts: ["Mirror.Example", "[2001:db8::7]"] };

test.each([
  ["127.0.0.1:4711", onLoopback, true],
  ["localhost", onLoopback, true],
  ["LOCALHOST:1", onLoopback, true],
  ["[::1]:4711", onLoopback, true],
  [undefined, onLoopback, false],
  ["", onLoopback, false],
  ["evil.example", onLoopback, false],
  ["evil.example:4711", onLoopback, false],
  ["127.0.0.1.evil.example:4711", onLoopback, false],
  ["192.168.0.7", onLoopback, false],
  ["user@localhost", onLoopback, false],
  ["localhost:4711/..", onLoopback, false],
  ["localhost:999999", onLoopback, false],
  ["localhost localhost", onLoopback, false],
  ["192.168.0.7:4711", onAll, true],
  ["[fe80::1]:4711", onAll, true],
  ["mirror.example:4711", onAll, true],
  ["[2001:db8::7]", onAll, true],
  ["other.example", onAll, false],
  ["0.0.0.0:4711", onAll, true],
  ["mirror.lan", { host: "mirror.lan", allowedHosts: [] }, true],
] as const)("Host %j on %j: %s", (header, rule, allowed) => {
  expect(isHostAllowed(header, rule)).toBe(allowed);
});

test.each([
  [undefined, "127.0.0.1:1", true],
  ["http://127.0.0.1:1", "127.0.0.1:1", true],
  ["HTTP://LocalHost:1", "localhost:1", true],
  ["https://mirror.example", "mirror.example", true],
  ["http://127.0.0.1:2", "127.0.0.1:1", false],
  ["http://localhost:1", "127.0.0.1:1", false],
  ["http://evil.example", "127.0.0.1:1", false],
  ["http://127.0.0.1:1.evil.example", "127.0.0.1:1", false],
  ["http://evil.example/127.0.0.1:1", "127.0.0.1:1", false],
  ["null", "127.0.0.1:1", false],
  ["", "127.0.0.1:1", false],
  ["file://", "127.0.0.1:1", false],
  ["ws://127.0.0.1:1", "127.0.0.1:1", false],
  ["http://x", undefined, false],
])("Origin %j at %j: %s", (origin, host, allowed) => {
  expect(isOriginAllowed(origin, host)).toBe(allowed);
});

test.each([
  ["Bearer abc", "abc"],
  ["bearer  a.b-c_~+/= ", "a.b-c_~+/="],
  ["Bearer", undefined],
  ["Bearer ", undefined],
  ["Bearer a b", undefined],
  ["Basic abc", undefined],
  ["xBearer abc", undefined],
  ["Bearer ä", undefined],
  [undefined, undefined],
])("Authorization %j: %j", (header, token) => {
  expect(bearerToken(header)).toBe(token);
});

test("an address of IPv6 stands in brackets in a URL", () => {
  expect([authority("::1", 1), authority("[::1]", 1), authority("localhost", 1)]).toEqual([
    "[::1]:1",
    "[::1]:1",
    "localhost:1",
  ]);
});
