/**
 * Goal: a profile is what the contract says, and nothing else; what is wrong is said by JSON Pointer.
 * Method: one good document, changed in one place at a time; and the lab's own, from disk.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { MsgError } from "@reprise/msg-core";
import { readRedisProfile } from "@reprise/msg-redis";
import { expect, test } from "vitest";
import { loadProfile } from "../src/os/profile.ts";
import { refusal } from "./refusal.ts";

const good = {
  schema_version: "x07.arch.msg.redis.profile@0.1.0",
  id: "lab_redis_v1",
  v: 1,
  host: "127.0.0.1",
  port: 6379,
  security: { tls: false, username_secret_id: "redis.user", password_secret_id: "redis.password" },
  limits: { max_entry_bytes: 262_144, max_poll_items: 1000, max_poll_wait_ms: 1000 },
};

test("a whole document, and the least one", () => {
  expect(readRedisProfile(good)).toEqual(good);
  const { security: _, ...least } = good;
  expect(readRedisProfile(least)).toEqual(least);
});

const changes: readonly [pointer: string, change: object][] = [
  ["/schema_version", { schema_version: "x07.arch.msg.kafka.profile@0.1.0" }],
  ["/id", { id: "" }],
  ["/id", { id: "-starts-with-a-dash" }],
  ["/id", { id: "x".repeat(129) }],
  ["/id", { id: "with space" }],
  ["/v", { v: 0 }],
  ["/v", { v: 1.5 }],
  ["/host", { host: "" }],
  ["/host", { host: "h".repeat(257) }],
  ["/port", { port: 0 }],
  ["/port", { port: 65_536 }],
  ["/port", { port: "6379" }],
  ["/password", { password: "hunter2" }],
  ["/security/password", { security: { password: "hunter2" } }],
  ["/security/tls", { security: { tls: "yes" } }],
  ["/security", { security: { username_secret_id: "u" } }],
  ["/security/password_secret_id", { security: { password_secret_id: "" } }],
  ["/limits", { limits: undefined }],
  ["/limits/max_entry_bytes", { limits: { ...good.limits, max_entry_bytes: 0 } }],
  ["/limits/max_entry_bytes", { limits: { ...good.limits, max_entry_bytes: 2 ** 29 + 1 } }],
  ["/limits/max_poll_items", { limits: { ...good.limits, max_poll_items: 100_001 } }],
  ["/limits/max_poll_wait_ms", { limits: { ...good.limits, max_poll_wait_ms: -1 } }],
  ["/limits/max_poll_wait_ms", { limits: { ...good.limits, max_poll_wait_ms: 60_001 } }],
  ["/limits/prefetch", { limits: { ...good.limits, prefetch: 1 } }],
];

test.each(changes)("%s is refused where it is wrong: %j", (pointer, change) => {
  const document = JSON.parse(JSON.stringify({ ...good, ...change })) as JsonValue;
  const error = refusal(() => readRedisProfile(document));
  expect([error.code, error.details.pointer]).toEqual(["CONTRACT_INVALID", pointer]);
  expect(error.message).not.toContain("hunter2");
});

test.each([null, [], "lab_redis_v1", 7])("%j is no profile", (document) => {
  expect(refusal(() => readRedisProfile(document)).code).toBe("CONTRACT_INVALID");
});

test("the lab's profile is found by its id, and only that", () => {
  const archRoot = new URL("../../../arch", import.meta.url).pathname;
  const profile = loadProfile({ archRoot, id: "lab_redis_v1" });
  expect(profile).toMatchObject({ id: "lab_redis_v1", host: "127.0.0.1", port: 6379 });
  const unknown = refusal(() => loadProfile({ archRoot, id: "nobody_v1" }));
  expect(unknown.code).toBe("CONTRACT_INVALID");
  expect(unknown.message).toContain("lab_redis_v1");
  const nowhere = refusal(() => loadProfile({ archRoot: "/nowhere", id: "lab_redis_v1" }));
  expect(MsgError.is(nowhere) && nowhere.code).toBe("CONTRACT_INVALID");
});
