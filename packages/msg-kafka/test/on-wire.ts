/** What kafkajs does to a record on the way: its own encoder and decoder, which its exports hide. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { KafkaRecord } from "../src/mapping.js";

const require = createRequire(import.meta.url);

/** A file of kafkajs by its place in `src`. */
export function kafkajsFile(path: string): unknown {
  return require(join(dirname(require.resolve("kafkajs")), "src", path));
}

interface Buffered {
  readonly buffer: Buffer;
}

const encode = kafkajsFile("protocol/recordBatch/record/v0/index.js") as (
  record: object,
) => Buffered;
const decode = kafkajsFile("protocol/recordBatch/record/v0/decoder.js") as (
  decoder: { readVarIntBytes(): Buffer },
  context: object,
) => KafkaRecord;
const Decoder = kafkajsFile("protocol/decoder.js") as new (
  buffer: Buffer,
) => { readVarIntBytes(): Buffer };

export function onWire({ key, value, headers }: KafkaRecord): KafkaRecord {
  const record = {
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers,
  };
  const { buffer } = encode(record);
  const body = new Decoder(buffer).readVarIntBytes();
  const read = decode(new Decoder(body) as never, { firstOffset: "0", firstTimestamp: "0" });
  return { key: read.key, value: read.value, headers: read.headers };
}
