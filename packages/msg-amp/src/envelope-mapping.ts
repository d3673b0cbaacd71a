/**
 * A message as an envelope, so that it is recorded, replayed and measured like any other:
 *
 * ```
 *  topic                 the stream
 *  key                   op_id, UTF-8
 *  value                 canonical bytes
 *  header amp-type       type
 *  header amp-actor      actor
 *  header amp-snap-sha   snap_sha
 * ```
 *
 * What the headers and the key say twice must agree with the body: whoever routes by a header must not
 * be told something else than whoever reads the message. Other headers are left alone.
 */
import type { Envelope } from "@reprise/msg-core";
import { AmpError } from "./amp-error.js";
import type { AmpMessage } from "./message.js";
import { encodeAmpMessage, parseAmpMessage, type ReadAmpOptions } from "./message-text.js";

export interface AmpOnStream {
  readonly stream: string;
  readonly message: AmpMessage;
}

const headerNames = {
  type: "amp-type",
  actor: "amp-actor",
  snap_sha: "amp-snap-sha",
} as const;

const encoder = new TextEncoder();

/** Throws as `encodeAmpMessage` does. */
export function envelopeOfAmp({ stream, message }: AmpOnStream): Envelope {
  const value = encodeAmpMessage(message);
  const { op_id, type, actor, snap_sha } = message;
  return {
    topic: stream,
    key: encoder.encode(op_id),
    value,
    headers: {
      [headerNames.type]: type,
      [headerNames.actor]: actor,
      [headerNames.snap_sha]: snap_sha,
    },
  };
}

/** Throws ENVELOPE_MISMATCH (`details.pointer` names the field), and as `parseAmpMessage` does. */
export function ampOfEnvelope(envelope: Envelope, options?: ReadAmpOptions): AmpOnStream {
  const message = parseAmpMessage(envelope.value, options);
  if (!isText(envelope.key, message.op_id)) throw mismatch("op_id", "the envelope's key", message);
  for (const field of ["type", "actor", "snap_sha"] as const) {
    const name = headerNames[field];
    const { headers } = envelope;
    const said = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (said !== message[field]) throw mismatch(field, `header ${name}`, message);
  }
  return { stream: envelope.topic, message };
}

function isText(bytes: Uint8Array, text: string): boolean {
  const expected = encoder.encode(text);
  return bytes.length === expected.length && bytes.every((byte, at) => byte === expected[at]);
}

function mismatch(
  field: "op_id" | "type" | "actor" | "snap_sha",
  where: string,
  message: AmpMessage,
): AmpError {
  const expected = JSON.stringify(message[field]);
  const text = `${where} is not what the message has as ${field}: ${expected}`;
  return new AmpError("ENVELOPE_MISMATCH", text, { pointer: `/${field}` });
}
