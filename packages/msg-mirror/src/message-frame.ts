/** Makes the frame of a thing that was seen. */
import { ampFields, type SignatureOf } from "./amp-fields.js";
import { type ReadBody, readBody } from "./body.js";
import { type BrokerFrame, type MessageFrame, timeText } from "./frame.js";
import type { MessageSighting, Sighting } from "./sighting.js";

export interface FrameOptions {
  readonly seq: number;
  readonly bodySizeMax: number;
  readonly signatureOf?: SignatureOf | undefined;
}

const text = new TextEncoder();

/** Throws only what the message of a stream event throws while it is read or written. */
export function frameOf(sighting: Sighting, options: FrameOptions): MessageFrame | BrokerFrame {
  const { seq } = options;
  const time = timeText(sighting.time);
  if (sighting.kind === "broker") {
    const { source, name, detail } = sighting;
    return { frame: "broker", seq, time, source, name, detail };
  }
  const { direction, source, stream, id, partition, attempt, reason, latencyUs, error } = sighting;
  const key = sighting.key.size === 0 ? undefined : readBody(sighting.key.bytes, sighting.key.size);
  const headers = Object.fromEntries(sighting.headers.entries);
  const value = bodyOf(sighting, options.bodySizeMax);
  const amp = ampFields(
    { json: value.json, headers, key: key?.body.data ?? "" },
    options.signatureOf,
  );
  return {
    frame: "message",
    seq,
    time,
    direction,
    source,
    stream,
    id,
    ...(partition === undefined ? undefined : { partition }),
    ...(attempt === undefined ? undefined : { attempt }),
    ...(reason === undefined ? undefined : { reason }),
    ...(latencyUs === undefined ? undefined : { latency_us: latencyUs }),
    ...(error === undefined ? undefined : { error }),
    size: value.body.size,
    ...(amp === undefined ? undefined : { amp }),
    message: {
      ...(key === undefined ? undefined : { key: key.body }),
      ...(sighting.headers.entries.length === 0 ? undefined : { headers }),
      ...(sighting.headers.left === 0 ? undefined : { headers_left: sighting.headers.left }),
      value: value.body,
    },
  };
}

/** The value's body, and the JSON to look for AMP fields in: also where the body is cut. */
function bodyOf(sighting: MessageSighting, bodySizeMax: number): ReadBody {
  const { value, message } = sighting;
  if (value.size > 0 || message === undefined) {
    const read = readBody(value.bytes, value.size);
    return { ...read, json: read.json ?? message };
  }
  const bytes = text.encode(JSON.stringify(message) ?? "");
  return { ...readBody(bytes.subarray(0, bodySizeMax), bytes.length), json: message };
}
