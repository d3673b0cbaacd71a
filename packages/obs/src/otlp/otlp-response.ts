/**
 * What a collector answers: how much of a request it did not take, though it took the rest.
 *
 * ```
 * Export...ServiceResponse    1 partial_success   message
 * Export...PartialSuccess     1 rejected          int64     data points, spans or log records
 *                             2 error_message     string
 * ```
 *
 * Source: opentelemetry-proto, the three collector services. The rest of a response is passed over.
 */
import { parseJson } from "@reprise/canonical-json";

export interface PartialSuccess {
  readonly rejected: number;
  /** At most 1,024 characters of it. */
  readonly message: string;
}

const messageLengthMax = 1_024;
const nothing: PartialSuccess = { rejected: 0, message: "" };
const rejectedNames = ["rejectedDataPoints", "rejectedSpans", "rejectedLogRecords"] as const;

/** What the JSON of a response says; nothing, where it is none. Never throws. */
export function partialSuccessOfJson(text: string): PartialSuccess {
  try {
    const response = memberOf(parseJson(text), "partialSuccess");
    const rejected = rejectedNames
      .map((name) => Number(memberOf(response, name) ?? 0))
      .find((count) => Number.isSafeInteger(count) && count > 0);
    const message = memberOf(response, "errorMessage");
    return {
      rejected: rejected ?? 0,
      message: typeof message === "string" ? message.slice(0, messageLengthMax) : "",
    };
  } catch {
    return nothing;
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

/** Likewise of protocol buffers. */
export function partialSuccessOfProtobuf(bytes: Uint8Array): PartialSuccess {
  const inner = fieldsOf(bytes)?.get(1);
  if (!(inner instanceof Uint8Array)) return nothing;
  const fields = fieldsOf(inner);
  const rejected = fields?.get(1);
  const message = fields?.get(2);
  return {
    rejected: typeof rejected === "number" && Number.isSafeInteger(rejected) ? rejected : 0,
    message:
      message instanceof Uint8Array
        ? new TextDecoder().decode(message).slice(0, messageLengthMax)
        : "",
  };
}

/** The last value of each field; undefined for what is no message. */
function fieldsOf(bytes: Uint8Array): Map<number, number | Uint8Array> | undefined {
  const fields = new Map<number, number | Uint8Array>();
  let offset = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 10; shift++) {
      const byte = bytes[offset++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 0x7f) * 2 ** (7 * shift);
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (offset < bytes.length) {
    const key = varint();
    const wire = key % 8;
    const number = Math.floor(key / 8);
    if (wire === 0) fields.set(number, varint());
    else {
      const width = wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? varint() : Number.NaN;
      const end = offset + width;
      if (!(end <= bytes.length)) return undefined;
      if (wire === 2) fields.set(number, bytes.subarray(offset, end));
      offset = end;
    }
  }
  return fields;
}
