/**
 * The profile of a Redis server: an `x07.arch.msg.redis.profile@0.1.0` document, as it lies under
 * `arch/msg/redis/profiles`. It says where the server is and what may be asked of it. It names secrets
 * by id and holds none.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { readContract } from "@reprise/msg-core";
import * as v from "valibot";

/** The document as it is. Unknown fields are refused. */
export interface RedisProfile {
  readonly schema_version: "x07.arch.msg.redis.profile@0.1.0";
  /** 1 to 128 characters: letters, digits, `.`, `_`, `-`. It is the driver's endpoint. */
  readonly id: string;
  readonly v: number;
  readonly host: string;
  readonly port: number;
  readonly security?: RedisSecurity | undefined;
  readonly limits: RedisProfileLimits;
}

export interface RedisSecurity {
  /** Default true. */
  readonly tls?: boolean | undefined;
  /** Without it the server's default user is meant. */
  readonly username_secret_id?: string | undefined;
  readonly password_secret_id?: string | undefined;
}

export interface RedisProfileLimits {
  /** Names and values of one entry's fields, 1 to 2^29: the server takes no longer text. */
  readonly max_entry_bytes: number;
  /** 1 to 100,000. */
  readonly max_poll_items: number;
  /** How long one read waits at the server, 0 to 60,000 milliseconds. 0 is taken as 1. */
  readonly max_poll_wait_ms: number;
}

export const profileSchemaVersion = "x07.arch.msg.redis.profile@0.1.0";
export const indexSchemaVersion = "x07.arch.msg.redis.index@0.1.0";

const whole = (minimum: number, maximum: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(minimum), v.maxValue(maximum));
const text = (maximum: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(maximum));
const id = v.pipe(text(128), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/));

const profileSchema = v.strictObject({
  schema_version: v.literal(profileSchemaVersion),
  id,
  v: whole(1, Number.MAX_SAFE_INTEGER),
  host: text(256),
  port: whole(1, 65_535),
  security: v.optional(
    v.pipe(
      v.strictObject({
        tls: v.optional(v.boolean()),
        username_secret_id: v.optional(id),
        password_secret_id: v.optional(id),
      }),
      v.check(
        ({ username_secret_id: username, password_secret_id: password }) =>
          username === undefined || password !== undefined,
        "expected a password_secret_id beside username_secret_id",
      ),
    ),
  ),
  limits: v.strictObject({
    max_entry_bytes: whole(1, 2 ** 29),
    max_poll_items: whole(1, 100_000),
    max_poll_wait_ms: whole(0, 60_000),
  }),
});

/** Throws CONTRACT_INVALID with the JSON Pointer of what is wrong. */
export function readRedisProfile(document: JsonValue): RedisProfile {
  return readContract(profileSchema, document, "Redis profile");
}
