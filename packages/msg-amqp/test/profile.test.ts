/**
 * Goal: a profile document is read as it stands, and a wrong one is refused where it is wrong.
 * Method: the lab's own document, then one change at a time.
 */
import { readFileSync } from "node:fs";
import { type JsonValue, parseJson } from "@reprise/canonical-json";
import { readAmqpProfile } from "@reprise/msg-amqp";
import { expect, test } from "vitest";
import { checkedProfile } from "../src/profile.js";
import { refusal } from "./refusal.ts";

const file = new URL("../../../arch/msg/amqp/profiles/lab_amqp_v1.profile.json", import.meta.url);
/** The lab's profile is an object. */
const lab = parseJson(readFileSync(file, "utf8")) as Record<string, JsonValue>;
const limits = { max_body_bytes: 1_048_576, prefetch_count: 1000, max_poll_items: 10_000 };
const { schema_version: _, ...withoutVersion } = lab;

test("the lab's profile", () => {
  expect(readAmqpProfile(lab)).toStrictEqual({
    id: "lab_amqp_v1",
    v: 1,
    host: "127.0.0.1",
    port: 5672,
    vhost: "/",
    limits,
  });
});

const fine: readonly Record<string, JsonValue>[] = [
  { auth: {} },
  { auth: { username_secret_id: "user", password_secret_id: "pass" } },
  { id: "a", vhost: "🎈".repeat(256), port: 65_535 },
  { limits: { max_body_bytes: 2 ** 30, prefetch_count: 1_000_000, max_poll_items: 100_000 } },
];

test.each(fine)("%o is fine", (change) => {
  expect(readAmqpProfile({ ...lab, ...change })).toMatchObject(change);
});

const bad: readonly (readonly [string, Record<string, JsonValue>])[] = [
  ["/schema_version", { schema_version: "x07.arch.msg.amqp.profile@0.2.0" }],
  ["/id", { id: "" }],
  ["/id", { id: "-a" }],
  ["/id", { id: "x".repeat(129) }],
  ["/v", { v: 0 }],
  ["/v", { v: 1.5 }],
  ["/host", { host: "" }],
  ["/host", { host: "h".repeat(257) }],
  ["/port", { port: 0 }],
  ["/port", { port: 65_536 }],
  ["/port", { port: "5672" }],
  ["/vhost", { vhost: "" }],
  ["/auth", { auth: null }],
  ["/auth/password", { auth: { password: "secret" } }],
  ["/auth/username_secret_id", { auth: { username_secret_id: "" } }],
  ["/password", { password: "secret" }],
  ["/limits", { limits: 7 }],
  ["/limits/max_body_bytes", { limits: { ...limits, max_body_bytes: 2 ** 30 + 1 } }],
  ["/limits/prefetch_count", { limits: { ...limits, prefetch_count: 0 } }],
  ["/limits/max_poll_items", { limits: { ...limits, max_poll_items: 100_001 } }],
  ["/limits/more", { limits: { ...limits, more: 1 } }],
];

test.each(bad)("wrong at %s: %o", (pointer, change) => {
  const error = refusal(() => readAmqpProfile({ ...lab, ...change }));
  expect(error.code).toBe("CONTRACT_INVALID");
  expect(error.details.pointer).toBe(pointer);
});

test.each(Object.keys(lab))("refused without %s", (name) => {
  const { [name]: _gone, ...rest } = lab;
  expect(refusal(() => readAmqpProfile(rest)).details.pointer).toBe(`/${name}`);
});

test("an object is a profile without the version, and held to the same", () => {
  const profile = readAmqpProfile(lab);
  expect(checkedProfile(profile)).toStrictEqual(withoutVersion);
  expect(refusal(() => checkedProfile({ ...profile, port: 0 })).details.pointer).toBe("/port");
});
