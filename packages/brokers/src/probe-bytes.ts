/**
 * Does it answer? A question and an answer of each protocol, in bytes.
 *
 * Redis: `PING` inline. `+PONG` is an answer, and so is an error that says it wants a password;
 * `-LOADING` is not: it still reads its log.
 *
 *     AMQP 0-9-1   "AMQP" 0 0 9 1   ->   1 (method), channel 0 0, size (4), class 0 10, method 0 10
 *
 * Kafka: a request is a length (4), api key (2), api version (2), correlation id (4), client id
 * (2 and text), then the body; a response is a length (4), the correlation id (4), then the body.
 * ApiVersions 0 has no body and is answered before anybody has authenticated; for Metadata 1 with
 * no list of topics (all of them) see kafka-metadata.ts.
 */
import { decodeMetadata } from "./kafka-metadata.js";

export interface Probe {
  readonly question: Uint8Array;
  /** undefined: more bytes are needed. */
  verdict(answer: Uint8Array): boolean | undefined;
}

const utf8 = new TextEncoder();
const text = new TextDecoder();

export function redisProbe(): Probe {
  return {
    question: utf8.encode("PING\r\n"),
    verdict(answer) {
      const line = text.decode(answer);
      if (!line.includes("\r\n")) return undefined;
      return /^(\+PONG|-NOAUTH|-DENIED|-NOPERM)/.test(line);
    },
  };
}

export function amqpProbe(): Probe {
  const start = [1, 0, 0, undefined, undefined, undefined, undefined, 0, 10, 0, 10];
  return {
    question: Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1),
    verdict(answer) {
      if (answer.length < start.length) return undefined;
      return start.every((byte, index) => byte === undefined || byte === answer[index]);
    },
  };
}

const clientId = "reprise-brokers";

function kafkaRequest(apiKey: number, apiVersion: number, body: readonly number[]): Uint8Array {
  const name = utf8.encode(clientId);
  const size = 10 + name.length + body.length;
  const head = [...int32(size), 0, apiKey, 0, apiVersion, ...int32(1), 0, name.length];
  return Uint8Array.from([...head, ...name, ...body]);
}

function int32(value: number): readonly number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/** The response's body once it is whole; undefined before. */
function kafkaBody(answer: Uint8Array): DataView | undefined {
  if (answer.length < 4) return undefined;
  const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
  const size = view.getUint32(0);
  if (answer.length < 4 + size || size < 4) return undefined;
  return new DataView(answer.buffer, answer.byteOffset + 8, size - 4);
}

/** Asks any broker which versions it speaks: one that answers without error is up. */
export function apiVersionsProbe(): Probe {
  return {
    question: kafkaRequest(18, 0, []),
    verdict(answer) {
      const body = kafkaBody(answer);
      if (body === undefined) return undefined;
      return body.byteLength >= 2 && body.getInt16(0) === 0;
    },
  };
}

/**
 * Asks a broker whether the cluster has the node `nodeId`, itself for one: admitted, and in sync with
 * the leader of each partition that it has a copy of. (Else its neighbour could not yet be lost
 * without the partition being lost too.) A partition that nobody leads is not waited for.
 */
export function nodeIsInProbe(nodeId: number): Probe {
  return {
    question: kafkaRequest(3, 1, int32(-1)),
    verdict(answer) {
      const body = kafkaBody(answer);
      if (body === undefined) return undefined;
      const facts = decodeMetadata(body);
      if (facts?.brokers.includes(nodeId) !== true) return false;
      return facts.partitions.every(
        ({ leader, replicas, inSync }) =>
          leader < 0 || !replicas.includes(nodeId) || inSync.includes(nodeId),
      );
    },
  };
}
