/**
 * Goal: whatever is wrong with what a driver is given, opening it is a typed error within its deadline
 * that says what to do, and holds no secret.
 * Method: real servers with passwords, users, TLS and a replica; a port where something else answers,
 * or nothing.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { freePort } from "@reprise/brokers/os";
import type { RedisProfile, RedisSecurity } from "@reprise/msg-redis";
import { openRedisDriver } from "@reprise/msg-redis/os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import { profileOn } from "./redis-harness.ts";
import { message, rejection, type Stand, startStand, take, textsOf, topicOf } from "./stand.ts";

expectNoLeaks();

const password = "correct-horse";
let stand: Stand;
beforeAll(async () => {
  stand = await startStand({ user: `shop on >${password} ~* &* +@all` });
});
afterAll(() => stand.end());

const secured = (security: RedisSecurity, port = stand.broker.port): RedisProfile => ({
  ...profileOn(port),
  security: { tls: false, ...security },
});
const times = { connectMs: 1_000, commandMs: 500 };

test("a port where nothing listens", async () => {
  const profile = profileOn(await freePort());
  const refusal = await rejection(openRedisDriver({ profile, times }));
  expect(refusal.code).toBe("BROKER_UNREACHABLE");
  expect(refusal.message).toMatch(/127\.0\.0\.1:\d+ without TLS.*ECONNREFUSED.*is Redis running/);
});

test("a host that does not exist", async () => {
  const profile = { ...profileOn(6379), host: "no-such-host.invalid" };
  const refusal = await rejection(openRedisDriver({ profile, times }));
  expect(refusal.code).toMatch(/BROKER_UNREACHABLE|BROKER_TIMEOUT/);
});

test.each([
  ["a web server", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"],
  ["an AMQP broker", "AMQP\0\0\x09\x01"],
  ["somebody who hangs up", ""],
])("a port where %s answers", async (_, said) => {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(said));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const refusal = await rejection(openRedisDriver({ profile: profileOn(port), times }));
  expect(refusal.code).toMatch(/BROKER_UNREACHABLE|CONNECTION_LOST|BROKER_TIMEOUT/);
  expect(refusal.message).toContain(`127.0.0.1:${port}`);
  await new Promise((resolve) => server.close(resolve));
});

test("a wrong password, and it is in no part of the error", async () => {
  const profile = secured({ username_secret_id: "user", password_secret_id: "pass" });
  const secrets = (id: string) => (id === "user" ? "shop" : "wrong-horse");
  const refusal = await rejection(openRedisDriver({ profile, secrets, times }));
  expect(refusal.code).toBe("AUTHENTICATION_FAILED");
  expect(refusal.message).toContain("secrets");
  expect(inspect(refusal, { depth: 20, showHidden: true })).not.toContain("wrong-horse");
});

test("the right one", async () => {
  const profile = secured({ username_secret_id: "user", password_secret_id: "pass" });
  const secrets = async (id: string) => (id === "user" ? "shop" : password);
  const topic = topicOf();
  const { driver } = await stand.open([topic], { profile, secrets });
  await driver.publish([message(topic, "let in")]);
  expect(textsOf(await take(driver, 1))).toEqual(["let in"]);
});

test("a password where the server has none", async () => {
  const profile = secured({ password_secret_id: "pass" });
  const refusal = await rejection(openRedisDriver({ profile, secrets: () => "needless", times }));
  expect(refusal.code).toBe("AUTHENTICATION_FAILED");
  expect(inspect(refusal, { depth: 20, showHidden: true })).not.toContain("needless");
});

test("no password where the server wants one", async () => {
  const locked = await startStandLocked();
  const refusal = await rejection(
    openRedisDriver({ profile: profileOn(locked.port), topics: [topicOf()], times }),
  );
  expect(refusal.code).toBe("AUTHENTICATION_FAILED");
  expect(refusal.message).toContain("name its secret in the profile");
  await locked.end();
});

/** The default user of the stand, switched off for as long. */
async function startStandLocked(): Promise<{ port: number; end(): Promise<void> }> {
  await stand.raw.call("ACL", "SETUSER", "default", "resetpass", ">closed");
  return {
    port: stand.broker.port,
    async end() {
      await stand.raw.call("ACL", "SETUSER", "default", "nopass");
    },
  };
}

test.each([
  ["no resolver", undefined],
  ["a resolver that does not know it", () => undefined],
  [
    "a resolver that throws",
    () => {
      throw new Error("vault is sealed");
    },
  ],
])("a secret, with %s", async (_, secrets) => {
  const profile = secured({ password_secret_id: "redis.password" });
  const options = secrets === undefined ? { profile, times } : { profile, secrets, times };
  const refusal = await rejection(openRedisDriver(options));
  expect(refusal.code).toBe("SECRET_MISSING");
  expect(refusal.message).toContain("redis.password");
});

test("a topic whose key holds something else", async () => {
  const topic = topicOf();
  await stand.raw.set(topic, "a string");
  const refusal = await rejection(stand.open([topic]));
  expect(refusal.code).toBe("TOPOLOGY_MISMATCH");
  expect(refusal.message).toContain("something else than a stream");
});

test("a topic to publish to whose key holds something else, and one that is not allowed", async () => {
  const topic = topicOf();
  await stand.raw.set(topic, "a string");
  const { driver } = await stand.open([], { publishTopics: [topic] });
  expect((await rejection(driver.publish([message(topic, "v")]))).code).toBe("TOPOLOGY_MISMATCH");
  const unknown = await rejection(driver.publish([message("unheard-of", "v")]));
  expect(unknown.code).toBe("TOPIC_UNKNOWN");
});

test("a message that is too large", async () => {
  const topic = topicOf();
  const { driver } = await stand.open([]);
  const limit = 1_000_000;
  const tooLong = await rejection(driver.publish([message(topic, "v".repeat(limit + 1))]));
  expect(tooLong.code).toBe("VALUE_TOO_LONG");
  const tooLarge = await rejection(driver.publish([message(topic, "v".repeat(limit))]));
  expect(tooLarge.code).toBe("ENVELOPE_TOO_LARGE");
});

test("a server whose memory is full refuses, and says so", async () => {
  await stand.raw.config("SET", "maxmemory", "1");
  const { driver } = await stand.open([]);
  const refusal = await rejection(driver.publish([message(topicOf(), "v")]));
  expect(refusal.code).toBe("BROKER_REFUSED");
  expect(refusal.message).toContain("memory is full");
  await stand.raw.config("SET", "maxmemory", "0");
});

test("a replica", async () => {
  const replica = await startStand();
  await replica.raw.replicaof("127.0.0.1", stand.broker.port);
  const refusal = await rejection(replica.open([]));
  expect(refusal.code).toBe("BROKER_REFUSED");
  expect(refusal.message).toContain("primary");
  await replica.end();
});

test("TLS: with the right authority; without it, and without TLS, it is refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "reprise-redis-tls-"));
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
  execFileSync("openssl", [...request, "-keyout", keyFile, "-out", certFile, ...subject], {
    stdio: "ignore",
  });
  const port = await freePort();
  const files = {
    "tls-cert-file": certFile,
    "tls-key-file": keyFile,
    "tls-ca-cert-file": certFile,
  };
  const secure = await startStand({
    ...files,
    "tls-port": String(port),
    "tls-auth-clients": "no",
  });
  const profile = secured({ tls: true }, port);
  const ca = readFileSync(certFile, "utf8");
  const topic = topicOf();
  const { driver } = await secure.open([topic], { profile, tls: { ca } });
  await driver.publish([message(topic, "private")]);
  expect(textsOf(await take(driver, 1))).toEqual(["private"]);
  const untrusted = await rejection(openRedisDriver({ profile, times }));
  expect(untrusted.code).toBe("BROKER_UNREACHABLE");
  expect(untrusted.message).toContain("with TLS");
  const plain = await rejection(openRedisDriver({ profile: secured({ tls: false }, port), times }));
  expect(plain.code).toMatch(/BROKER_UNREACHABLE|CONNECTION_LOST|BROKER_TIMEOUT/);
  await secure.end();
  rmSync(folder, { recursive: true });
});
