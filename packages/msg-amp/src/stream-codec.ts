/** Messages as entries of a stream: one field, `amp_json`, with the canonical text. */
import type { StreamCodec } from "@reprise/msg-core";
import type { AmpMessage } from "./message.js";
import { encodeAmpMessage, parseAmpMessage, type ReadAmpOptions } from "./message-text.js";

/** For the stream buses of `@reprise/msg-redis` and `@reprise/msg-memory`. */
export function ampStreamCodec(options: ReadAmpOptions = {}): StreamCodec<AmpMessage> {
  return {
    field: "amp_json",
    encode: encodeAmpMessage,
    decode: (bytes) => parseAmpMessage(bytes, options),
  };
}
