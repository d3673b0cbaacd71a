/*
 * Goal: a Redis that is ours is on loopback, and keeps what it acknowledged; the caller's lines win.
 * Method: the whole file, written by hand from Redis's own redis.conf.
 */
import { renderRedisConfig } from "@reprise/brokers";
import { expect, test } from "vitest";
import { redisIsSecure } from "../src/redis-config.js";

const plain = `bind 127.0.0.1
protected-mode yes
port 6380
dir data
daemonize no
appendonly yes
appendfsync always
save ""
tcp-backlog 128
maxmemory 256mb
maxmemory-policy noeviction
always-show-logo no
`;

test("the file", () => {
  expect(renderRedisConfig({ port: 6380, config: {} })).toBe(plain);
});

test("a line of the caller replaces ours in its place, or comes last", () => {
  const config = { maxmemory: "3mb", requirepass: "secret word" };
  expect(renderRedisConfig({ port: 6380, config })).toBe(
    `${plain.replace("maxmemory 256mb", "maxmemory 3mb")}requirepass secret word\n`,
  );
});

test.each([
  [{}, false],
  [{ "tls-port": "6380" }, true],
  [{ "tls-port": "6381" }, false],
])("TLS on the port that is probed: %o %s", (config, secure) => {
  expect(redisIsSecure({ port: 6380, config })).toBe(secure);
});
