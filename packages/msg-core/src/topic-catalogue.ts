/**
 * The topic catalogue: which topics there are and how large a value each takes. It is read from an
 * `x07.arch.msg.index@0.1.0` document (`arch/msg/index.x07msg.json`) and gives a codec that knows
 * its topics, where `encodeEnvelope` alone knows none.
 */
import type { JsonValue } from "@reprise/canonical-json";
import * as v from "valibot";
import { readContract } from "./contract.js";
import { type Envelope, encodeEnvelope } from "./envelope.js";
import { checkBytes, checkShape, kindOf } from "./envelope-refusal.js";
import { MsgError } from "./errors.js";

export interface Topic {
  readonly id: string;
  readonly keyBrand: string;
  readonly valueBrand: string;
  /** 1 to 2^30; a value of exactly so many bytes is fine. */
  readonly maxValueBytes: number;
}

export interface TopicCatalogue {
  readonly topics: ReadonlyMap<string, Topic>;
  readonly rrPolicyId: string;
  /** Throws TOPIC_UNKNOWN, then VALUE_TOO_LONG; HEADERS_INVALID where the value is not bytes. */
  check(envelope: Envelope): void;
  /** `check`, then `encodeEnvelope`. */
  encode(envelope: Envelope): Uint8Array;
}

/** Lengths are characters, as a JSON Schema counts them: an emoji is one. */
const text = (minimum: number, maximum: number) =>
  v.pipe(
    v.string(),
    v.minLength(minimum),
    v.check((value) => [...value].length <= maximum, `expected at most ${maximum} characters`),
  );

const indexSchema = v.strictObject({
  schema_version: v.literal("x07.arch.msg.index@0.1.0"),
  topics: v.pipe(
    v.array(
      v.strictObject({
        id: text(1, 256),
        key_brand: text(0, 256),
        value_brand: text(1, 256),
        max_value_bytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 30)),
      }),
    ),
    v.minLength(1),
  ),
  rr_policy_id: text(1, 128),
});

/** Throws CONTRACT_INVALID with the JSON Pointer of what is wrong. */
export function readTopicCatalogue(document: JsonValue): TopicCatalogue {
  const index = readContract(indexSchema, document, "message index");
  const topics = new Map<string, Topic>();
  for (const [position, topic] of index.topics.entries()) {
    if (topics.has(topic.id)) {
      const pointer = `/topics/${position}/id`;
      throw new MsgError("CONTRACT_INVALID", `message index: topic ${topic.id} is there twice`, {
        pointer,
      });
    }
    topics.set(topic.id, {
      id: topic.id,
      keyBrand: topic.key_brand,
      valueBrand: topic.value_brand,
      maxValueBytes: topic.max_value_bytes,
    });
  }
  const check = (envelope: Envelope): void => checkEnvelope(topics, envelope);
  return {
    topics,
    rrPolicyId: index.rr_policy_id,
    check,
    encode(envelope) {
      check(envelope);
      return encodeEnvelope(envelope);
    },
  };
}

function checkEnvelope(topics: ReadonlyMap<string, Topic>, envelope: Envelope): void {
  checkShape(envelope);
  const { topic, value } = envelope;
  const known = topics.get(topic);
  if (known === undefined) {
    const shown = typeof topic === "string" ? JSON.stringify(topic) : kindOf(topic);
    throw new MsgError("TOPIC_UNKNOWN", `topic ${shown} is not in the catalogue (arch/msg)`);
  }
  checkBytes("value", value);
  if (value.length <= known.maxValueBytes) return;
  const message = `value is ${value.length} bytes, at most ${known.maxValueBytes} on ${topic}`;
  throw new MsgError("VALUE_TOO_LONG", message, {
    limit: known.maxValueBytes,
    actual: value.length,
  });
}
