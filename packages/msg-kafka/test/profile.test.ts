/**
 * Goal: a profile is what the contract says, and nothing else; a password never goes over a network
 * as it is.
 * Method: one that is fine, and changes to it, each with the place that is told.
 */
import { expect, test } from "vitest";
import { readKafkaProfile } from "../src/index.js";
import { refusal } from "./refusal.ts";

const fine = {
  schema_version: "x07.arch.msg.kafka.profile@0.1.0",
  id: "orders_v1",
  v: 1,
  bootstrap: ["broker-1.example.org:9093", "10.0.0.7:1"],
  security: {
    sasl_mode: "scram_v1",
    tls: true,
    username_secret_id: "kafka_user",
    password_secret_id: "kafka_password",
  },
  limits: { max_message_bytes: 1048576, max_poll_items: 500, max_poll_wait_ms: 0 },
};

test("a profile is read as it is", () => {
  expect(readKafkaProfile(fine)).toEqual(fine);
  const { security: _, ...plain } = fine;
  expect(readKafkaProfile(plain)).toEqual(plain);
});

test.each([
  { security: {} },
  { security: { tls: false } },
  { security: { sasl_mode: "none_v1", tls: false } },
  { security: { ...fine.security, tls: false } },
  { security: { ...fine.security, sasl_mode: "plain_v1" } },
  { bootstrap: ["localhost:9092", "127.0.0.1:9093", "127.1.2.3:1"], security: plain(false) },
  { limits: { max_message_bytes: 2 ** 30, max_poll_items: 100000, max_poll_wait_ms: 60000 } },
])("%o is fine", (change) => {
  expect(readKafkaProfile({ ...fine, ...change })).toMatchObject(change);
});

const bad: readonly (readonly [string, object])[] = [
  ["/schema_version", { schema_version: "x07.arch.msg.kafka.profile@0.2.0" }],
  ["/id", { id: "" }],
  ["/id", { id: "-a" }],
  ["/id", { id: "x".repeat(129) }],
  ["/v", { v: 0 }],
  ["/v", { v: 1.5 }],
  ["/bootstrap", { bootstrap: [] }],
  ["/bootstrap/0", { bootstrap: ["broker"] }],
  ["/bootstrap/0", { bootstrap: ["broker:0"] }],
  ["/bootstrap/0", { bootstrap: ["broker:65536"] }],
  ["/bootstrap/0", { bootstrap: ["[::1]:9092"] }],
  ["/bootstrap/0", { bootstrap: ["user:password@broker:9092"] }],
  ["/bootstrap/1", { bootstrap: ["broker:9092", ""] }],
  ["/security/sasl_mode", { security: { sasl_mode: "oauth" } }],
  ["/security/password", { security: { ...fine.security, password: "hunter2" } }],
  ["/security/username_secret_id", { security: { sasl_mode: "scram_v1" } }],
  [
    "/security/password_secret_id",
    { security: { sasl_mode: "plain_v1", username_secret_id: "kafka_user" } },
  ],
  ["/security/username_secret_id", { security: { username_secret_id: "kafka_user" } }],
  ["/security/tls", { security: plain(false) }],
  ["/security/tls", { bootstrap: ["127.0.0.1.example.org:1"], security: plain(false) }],
  ["/security/tls", { bootstrap: ["localhost:1", "broker:1"], security: plain(false) }],
  ["/limits", { limits: undefined }],
  ["/limits/max_message_bytes", { limits: { ...fine.limits, max_message_bytes: 0 } }],
  ["/limits/max_message_bytes", { limits: { ...fine.limits, max_message_bytes: 2 ** 30 + 1 } }],
  ["/limits/max_poll_items", { limits: { ...fine.limits, max_poll_items: 100001 } }],
  ["/limits/max_poll_wait_ms", { limits: { ...fine.limits, max_poll_wait_ms: -1 } }],
  ["/extra", { extra: 1 }],
];

test.each(bad)("%s is told of %o", (pointer, change) => {
  const error = refusal(() => readKafkaProfile({ ...fine, ...change } as typeof fine));
  expect(error).toMatchObject({ code: "CONTRACT_INVALID", details: { pointer } });
  expect(error.message).toContain("Kafka profile");
  expect(error.message).not.toContain("hunter2");
});

function plain(tls: boolean) {
  return { ...fine.security, sasl_mode: "plain_v1", tls };
}
