/**
 * The profile of a RabbitMQ broker: where it is, which credentials, which limits. It is read from an
 * `x07.arch.msg.amqp.profile@0.1.0` document, or given as an object of the same fields. It holds ids
 * of secrets, never a secret.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { readContract } from "@reprise/msg-core";
import * as v from "valibot";

export interface AmqpProfile {
  /** 1 to 128 of `A-Z a-z 0-9 . _ -`, the first a letter or digit. The cassette's key. */
  readonly id: string;
  readonly v: number;
  readonly host: string;
  readonly port: number;
  readonly vhost: string;
  /** Absent: RabbitMQ's guest, whom it lets in from the same machine only. */
  readonly auth?:
    | {
        readonly username_secret_id?: string | undefined;
        readonly password_secret_id?: string | undefined;
      }
    | undefined;
  readonly limits: {
    /** The bytes of a value, and of an envelope as a body. Keep it under the broker's own limit. */
    readonly max_body_bytes: number;
    /** Deliveries that may be unsettled at a time. AMQP counts to 65,535: more is taken as that. */
    readonly prefetch_count: number;
    /** Messages asked for in one `poll`. */
    readonly max_poll_items: number;
  };
}

const profileSchemaVersion = "x07.arch.msg.amqp.profile@0.1.0";

/** Lengths are characters, as a JSON Schema counts them: an emoji is one. */
const text = (minimum: number, maximum: number) =>
  v.pipe(
    v.string(),
    v.minLength(minimum),
    v.check((value) => [...value].length <= maximum, `expected at most ${maximum} characters`),
  );
const whole = (minimum: number, maximum: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(minimum), v.maxValue(maximum));
const id = v.pipe(text(1, 128), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "expected an id"));

const fields = {
  id,
  v: whole(1, Number.MAX_SAFE_INTEGER),
  host: text(1, 256),
  port: whole(1, 65_535),
  vhost: text(1, 256),
  auth: v.optional(
    v.strictObject({
      username_secret_id: v.optional(text(1, 256)),
      password_secret_id: v.optional(text(1, 256)),
    }),
  ),
  limits: v.strictObject({
    max_body_bytes: whole(1, 2 ** 30),
    prefetch_count: whole(1, 1_000_000),
    max_poll_items: whole(1, 100_000),
  }),
};
const documentSchema = v.strictObject({
  schema_version: v.literal(profileSchemaVersion),
  ...fields,
});
const profileSchema = v.strictObject(fields);

/** Throws CONTRACT_INVALID with the JSON Pointer of what is wrong. */
export function readAmqpProfile(document: JsonValue): AmqpProfile {
  const { schema_version: _, ...profile } = readContract(documentSchema, document, "amqp profile");
  return profile;
}

/** A profile given as an object. Throws CONTRACT_INVALID. */
export function checkedProfile(profile: AmqpProfile): AmqpProfile {
  return readContract(profileSchema, profile as unknown as JsonValue, "amqp profile");
}
