/*
 * Goal: a broker that serves clients is told from one that is still starting, from another protocol,
 * and from half an answer.
 * Method: questions and answers by hand from the protocols' documents; each good answer at every
 * length short of whole, which must say "more", never "no".
 */
import { describe, expect, test } from "vitest";
import { bytesOf, hexOf } from "../../../tools/testing/hex.ts";
import {
  amqpProbe,
  apiVersionsProbe,
  nodeIsInProbe,
  type Probe,
  redisProbe,
} from "../src/probe-bytes.js";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** `good` is an answer of one that serves; each of its beginnings asks for more. */
function checkPrefixes(probe: Probe, good: Uint8Array): void {
  expect(probe.verdict(good)).toBe(true);
  for (let length = 0; length < good.length; length++) {
    expect(probe.verdict(good.subarray(0, length)), `${length} bytes`).toBeUndefined();
  }
}

describe("Redis", () => {
  test("asks PING", () => {
    expect(redisProbe().question).toEqual(text("PING\r\n"));
  });
  test("+PONG, in any pieces", () => checkPrefixes(redisProbe(), text("+PONG\r\n")));
  test.each([
    ["-NOAUTH Authentication required.\r\n", true],
    ["-DENIED Redis is running in protected mode\r\n", true],
    ["-LOADING Redis is loading the dataset in memory\r\n", false],
    ["-ERR unknown command\r\n", false],
    ["HTTP/1.1 400 Bad Request\r\n", false],
    ["PONG\r\n", false],
  ])("%j %s", (answer, verdict) => {
    expect(redisProbe().verdict(text(answer))).toBe(verdict);
  });
});

describe("AMQP", () => {
  // type 1, channel 0, size 0x1f0, class 10, method 10
  const start = bytesOf("010000000001f0000a000a");
  test("asks with the header of 0-9-1", () => {
    expect(hexOf(amqpProbe().question)).toBe("414d515000000901");
  });
  test("Connection.Start, in any pieces", () => checkPrefixes(amqpProbe(), start));
  test.each([
    ["another version's header", "414d5150000009010000000000"],
    ["Connection.Close", "010000000001f0000a0032"],
    ["a header frame", "020000000001f0000a000a"],
    ["another channel", "010001000001f0000a000a"],
    ["text", hexOf(text("HTTP/1.1 400 Bad Request"))],
  ])("%s is no answer", (_, hex) => {
    expect(amqpProbe().verdict(bytesOf(hex))).toBe(false);
  });
});

describe("Kafka, ApiVersions", () => {
  // size, correlation id, error 0, no keys
  const good = bytesOf("0000000a00000001000000000000");
  test("asks version 0, with a correlation id and a client id", () => {
    const name = hexOf(text("reprise-brokers"));
    expect(hexOf(apiVersionsProbe().question)).toBe(`000000190012000000000001000f${name}`);
  });
  test("no error, in any pieces", () => checkPrefixes(apiVersionsProbe(), good));
  test.each([
    ["error 35", "0000000a00000001002300000000"],
    ["no body", "0000000400000001"],
  ])("%s is no answer", (_, hex) => {
    expect(apiVersionsProbe().verdict(bytesOf(hex))).toBe(false);
  });
});

describe("Kafka, Metadata", () => {
  const int16 = (value: number): string => hexOf(Uint8Array.of(value >> 8, value));
  const int32 = (value: number): string => int16(value >> 16) + int16(value);
  const textField = (value: string): string => int16(value.length) + hexOf(text(value));
  const array = (elements: readonly string[]): string => int32(elements.length) + elements.join("");
  const broker = (id: number, rack = int16(-1)): string =>
    `${int32(id)}${textField("127.0.0.1")}${int32(9092)}${rack}`;
  const partition = (leader: number, replicas: number[], inSync: number[]): string =>
    `${int16(0)}${int32(0)}${int32(leader)}${array(replicas.map(int32))}${array(inSync.map(int32))}`;
  const topic = (...partitions: readonly string[]): string =>
    `${int16(0)}${textField("orders")}00${array(partitions)}`;
  const answer = (brokers: readonly string[], topics: readonly string[] = []): Uint8Array => {
    const body = `${int32(1)}${array(brokers)}${int32(100)}${array(topics)}`;
    return bytesOf(int32(body.length / 2) + body);
  };

  test("asks version 1, for all topics", () => {
    const name = hexOf(text("reprise-brokers"));
    expect(hexOf(nodeIsInProbe(1).question)).toBe(`0000001d0003000100000001000f${name}ffffffff`);
  });
  test("one broker with a topic, by hand; in any pieces", () => {
    const hex = `00000049 00000001
      00000001 00000001 0009 3132372e302e302e31 00002384 ffff
      00000001
      00000001 0000 0001 61 00 00000001 0000 00000000 00000001 00000001 00000001 00000001 00000001`;
    checkPrefixes(nodeIsInProbe(1), bytesOf(hex));
  });
  const two = [broker(1, textField("r1")), broker(2)];
  test.each([
    ["second, after one with a rack", 2, two, [], true],
    ["not listed", 3, two, [], false],
    ["nobody is listed", 1, [], [], false],
    ["in sync everywhere", 2, two, [topic(partition(1, [1, 2], [1, 2]))], true],
    ["not in sync in the second topic", 2, two, [topic(), topic(partition(1, [1, 2], [1]))], false],
    [
      "not in sync in the second partition",
      2,
      two,
      [topic(partition(2, [1, 2], [1, 2]), partition(1, [1, 2], [1]))],
      false,
    ],
    ["of no partition it has a copy", 2, two, [topic(partition(1, [1], [1]))], true],
    [
      "nobody leads, and the one in sync is away",
      2,
      two,
      [topic(partition(-1, [1, 2], [1]))],
      true,
    ],
  ])("%s", (_, nodeId, brokers, topics, verdict) => {
    expect(nodeIsInProbe(nodeId).verdict(answer(brokers, topics))).toBe(verdict);
  });
  test("an answer that says it is whole and ends within a field is none", () => {
    const whole = answer(two, [topic(partition(1, [1, 2], [1, 2]))]);
    for (let length = 8; length < whole.length; length++) {
      const cut = whole.slice(0, length);
      new DataView(cut.buffer).setUint32(0, length - 4);
      expect(nodeIsInProbe(1).verdict(cut), `${length} bytes`).toBe(false);
    }
  });
  test("a count beyond all is not believed", () => {
    const cut = bytesOf("00000008 00000001 7fffffff");
    expect(nodeIsInProbe(1).verdict(cut)).toBe(false);
  });
});
