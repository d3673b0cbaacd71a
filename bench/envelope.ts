/**
 * Encoding and decoding an envelope, against the serializers a user would otherwise pick, each in its
 * fastest configuration for this message: msgpackr with shared record structures (and its native
 * string reader, where it is installed), protobufjs with the code it generates from a descriptor,
 * avsc with a compiled schema.
 *
 * The message: a topic, a key of 13 bytes, a value of 60 to 20,000, three headers. One header value
 * is another in each of 64 messages, as a correlation id is; the rest comes again. All peers give
 * back key and value as views of the input, as we do; avsc copies.
 *
 * At 20,000 bytes the numbers are shown and not judged: encoding is then the price of memory, which
 * is the same for all, and every message is a buffer of its own, which costs us a DataView.
 */

import { decodeEnvelope, type Envelope, encodeEnvelope } from "@reprise/msg-core";
import avsc from "avsc";
import { Packr } from "msgpackr";
import protobuf from "protobufjs";
import type { Benchmark, BenchmarkCase } from "./benchmark.ts";

const messageCount = 64;
const judgedSizes: readonly number[] = [60, 300, 1500];
const shownSizes: readonly number[] = [20_000];
const atLeast = 2;

/** The peers take and give Node's buffers. */
interface Message {
  readonly topic: string;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const packr = new Packr({ useRecords: true, structures: [] });
const protobufType = protobuf
  .parse(
    `syntax = "proto3";
     message Envelope {
       string topic = 1; bytes key = 2; bytes value = 3; map<string, string> headers = 4;
     }`,
  )
  .root.lookupType("Envelope");
const avroType = avsc.Type.forSchema({
  type: "record",
  name: "Envelope",
  fields: [
    { name: "topic", type: "string" },
    { name: "key", type: "bytes" },
    { name: "value", type: "bytes" },
    { name: "headers", type: { type: "map", values: "string" } },
  ],
});

export const benchmark: Benchmark = {
  name: "envelope",
  cases: [
    ...judgedSizes.flatMap((size) => casesFor(size, { atLeast })),
    ...shownSizes.flatMap((size) => casesFor(size, {})),
  ],
};

function casesFor(size: number, judged: { readonly atLeast?: number }): readonly BenchmarkCase[] {
  const messages = Array.from({ length: messageCount }, () => messageOf(size));
  const envelopes: readonly Envelope[] = messages.map(({ key, value, ...rest }) => ({
    ...rest,
    key: new Uint8Array(key),
    value: new Uint8Array(value),
  }));
  return [
    {
      name: `encode, value of ${size} B`,
      ours: inTurn(envelopes, encodeEnvelope),
      peers: [
        { name: "msgpackr", run: inTurn(messages, packMessage), ...judged },
        { name: "protobufjs", run: inTurn(messages, protobufMessage), ...judged },
        { name: "avsc", run: inTurn(messages, avroMessage), ...judged },
      ],
    },
    {
      name: `decode, value of ${size} B`,
      ours: inTurn(envelopes.map(encodeEnvelope), decodeEnvelope),
      peers: [
        {
          name: "msgpackr",
          run: inTurn(messages.map(packMessage), (bytes) => packr.unpack(bytes)),
          ...judged,
        },
        {
          name: "protobufjs",
          run: inTurn(messages.map(protobufMessage), (bytes) => protobufType.decode(bytes)),
          ...judged,
        },
        {
          name: "avsc",
          run: inTurn(messages.map(avroMessage), (bytes) => avroType.fromBuffer(bytes)),
          ...judged,
        },
      ],
    },
  ];
}

function messageOf(size: number): Message {
  return {
    topic: "orders.created",
    key: Buffer.from("customer-4711"),
    value: Buffer.alloc(size, "a"),
    headers: {
      "content-type": "application/json",
      "correlation-id": crypto.randomUUID(),
      source: "checkout",
    },
  };
}

function packMessage(message: Message): Buffer {
  return packr.pack(message);
}

function protobufMessage(message: Message): Uint8Array {
  return protobufType.encode(message).finish();
}

function avroMessage(message: Message): Buffer {
  return avroType.toBuffer(message);
}

/** Runs `run` on the next of `inputs` each time, round and round. */
function inTurn<Input, Result>(
  inputs: readonly Input[],
  run: (input: Input) => Result,
): () => Result {
  let next = 0;
  return () => {
    const input = inputs[next] as Input; // `next` is below the length, which is not 0
    next = next + 1 === inputs.length ? 0 : next + 1;
    return run(input);
  };
}
