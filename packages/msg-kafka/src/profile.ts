/**
 * The profile of a Kafka cluster: an `x07.arch.msg.kafka.profile@0.1.0` document. It names secrets
 * and never holds one.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { MsgError, readContract } from "@reprise/msg-core";
import * as v from "valibot";

export const kafkaProfileVersion = "x07.arch.msg.kafka.profile@0.1.0" as const;
export const kafkaIndexVersion = "x07.arch.msg.kafka.index@0.1.0" as const;

export interface KafkaProfile {
  readonly schema_version: typeof kafkaProfileVersion;
  /** 1 to 128 letters, digits, `.`, `_`, `-`: the driver's endpoint, the cassette's key. */
  readonly id: string;
  readonly v: number;
  /** `host:port` of at least one broker; the others are found through it. */
  readonly bootstrap: readonly string[];
  /** Absent: TLS, and no login. */
  readonly security?: KafkaSecurity | undefined;
  readonly limits: KafkaProfileLimits;
}

export interface KafkaSecurity {
  /** Default `none_v1`. */
  readonly sasl_mode?: "none_v1" | "plain_v1" | "scram_v1" | undefined;
  /** Default true. */
  readonly tls?: boolean | undefined;
  /** Of `plain_v1` and `scram_v1`: both. */
  readonly username_secret_id?: string | undefined;
  readonly password_secret_id?: string | undefined;
}

export interface KafkaProfileLimits {
  /** The topics' `max.message.bytes`: a batch of records, as it is stored. */
  readonly max_message_bytes: number;
  readonly max_poll_items: number;
  /** How long a broker may hold a fetch that finds nothing. What is retried waits as long, too. */
  readonly max_poll_wait_ms: number;
}

const secretId = v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(256)));
const whole = (minimum: number, maximum: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(minimum), v.maxValue(maximum));

const schema = v.strictObject({
  schema_version: v.literal(kafkaProfileVersion),
  id: v.pipe(
    v.string(),
    v.maxLength(128),
    v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "is not an id: letters, digits, . _ -"),
  ),
  v: whole(1, Number.MAX_SAFE_INTEGER),
  bootstrap: v.pipe(
    v.array(
      v.pipe(
        v.string(),
        v.maxLength(1024),
        v.check(isHostAndPort, "is not host:port (a name or an IPv4 address, a port to 65535)"),
      ),
    ),
    v.minLength(1),
  ),
  security: v.optional(
    v.strictObject({
      sasl_mode: v.optional(v.picklist(["none_v1", "plain_v1", "scram_v1"])),
      tls: v.optional(v.boolean()),
      username_secret_id: secretId,
      password_secret_id: secretId,
    }),
  ),
  limits: v.strictObject({
    max_message_bytes: whole(1, 2 ** 30),
    max_poll_items: whole(1, 100_000),
    max_poll_wait_ms: whole(0, 60_000),
  }),
});

/** kafkajs cuts at the first colon: an IPv6 address does not survive that. */
function isHostAndPort(text: string): boolean {
  const match = /^([A-Za-z0-9._-]+):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  return match !== null && port >= 1 && port <= 65535;
}

/**
 * The profile in `document`. Throws CONTRACT_INVALID, with the JSON Pointer of what is wrong: a field
 * that is not as above, a field that there is not, a login without its secrets, and PLAIN, which
 * sends the password as it is, without TLS to anywhere but this machine.
 */
export function readKafkaProfile(document: JsonValue): KafkaProfile {
  const profile = readContract(schema, document, "Kafka profile");
  const { security = {}, bootstrap } = profile;
  const mode = security.sasl_mode ?? "none_v1";
  for (const name of ["username_secret_id", "password_secret_id"] as const) {
    const wanted = mode !== "none_v1";
    if ((security[name] !== undefined) === wanted) continue;
    const problem = wanted ? `${mode} needs it` : "there is no sasl_mode to use it";
    throw refusal(`/security/${name}`, problem);
  }
  if (mode === "plain_v1" && security.tls === false && !bootstrap.every(isLoopback)) {
    const problem = "plain_v1 without TLS shows the password: set tls, or use scram_v1";
    throw refusal("/security/tls", problem);
  }
  return profile;
}

function isLoopback(broker: string): boolean {
  const host = broker.slice(0, broker.lastIndexOf(":"));
  return host === "localhost" || /^127(\.[0-9]{1,3}){3}$/.test(host);
}

function refusal(pointer: string, problem: string): MsgError {
  return new MsgError("CONTRACT_INVALID", `Kafka profile: ${pointer}: ${problem}`, { pointer });
}
