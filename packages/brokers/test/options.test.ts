/*
 * Goal: what a broker cannot be started with is refused before anything is started, with what was
 * expected and what was got; a configuration line cannot smuggle in another.
 * Method: vectors by hand, each option at and beyond its limits.
 */
import {
  answerWithinMsMax,
  type BrokerOptions,
  checkBrokerOptions,
  configLineLengthMax,
  configLinesMax,
} from "@reprise/brokers";
import { expect, test } from "vitest";
import { refusal } from "./refusals.js";

const redis = { kind: "redis", folder: "brokers/redis" } as const;

test("what is left out has its default", () => {
  expect(checkBrokerOptions(redis)).toEqual({
    kind: "redis",
    folder: "brokers/redis",
    port: undefined,
    config: {},
    nodes: 1,
    answerWithinMs: 60_000,
    detached: false,
    cacheFolder: undefined,
    signal: undefined,
    onProcess: undefined,
  });
});

const accepted: readonly [string, Partial<BrokerOptions>][] = [
  ["the lowest port", { port: 1 }],
  ["the highest port", { port: 65_535 }],
  ["two nodes of Kafka", { kind: "kafka", nodes: 2 }],
  ["the longest wait", { answerWithinMs: answerWithinMsMax }],
  ["names with dots, stars, dollars and slashes", { config: { "a.b-c_*.$d/1": "x" } }],
  ["an empty value", { config: { requirepass: "" } }],
  ["a value with what only a shell minds", { config: { a: `' " $(x) ; # ü` } }],
  ["the longest value", { config: { a: "x".repeat(configLineLengthMax) } }],
];
test.each(accepted)("%s", (_, options) => {
  expect(checkBrokerOptions({ ...redis, ...options })).toMatchObject(options);
});

const lines = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`name${index}`, "v"]));

// What the types do not allow reaches the function from JavaScript all the same.
const refused: readonly [string, Record<string, unknown>, string][] = [
  ["an unknown kind", { kind: "nats" }, 'kind: expected one of kafka, amqp, redis, got "nats"'],
  ["a kind of the prototype", { kind: "toString" }, "kind: expected one of"],
  ["no kind", { kind: undefined }, "kind: expected one of kafka, amqp, redis, got undefined"],
  ["an empty folder", { folder: "" }, "folder: expected a path"],
  ["no folder", { folder: undefined }, "folder: expected a path"],
  ["a folder with a newline", { folder: "a\nb" }, "folder: expected a path"],
  ["a folder too long", { folder: "x".repeat(1001) }, "at most 1000 characters"],
  ["an empty cache folder", { cacheFolder: "" }, "cacheFolder: expected a path"],
  ["port 0", { port: 0 }, "port: expected a whole number from 1 to 65535, got 0"],
  ["port 65536", { port: 65_536 }, "got 65536"],
  ["half a port", { port: 6379.5 }, "got 6379.5"],
  ["a port in text", { port: "6379" }, 'got "6379"'],
  ["a port that is none", { port: Number.NaN }, "got NaN"],
  ["three nodes", { kind: "kafka", nodes: 3 }, "nodes: expected 1 or 2, got 3"],
  ["two nodes of Redis", { nodes: 2 }, "nodes: expected 1 for redis, got 2"],
  ["two detached nodes", { kind: "kafka", nodes: 2, detached: true }, "expected 1 for a detached"],
  ["no wait", { answerWithinMs: 0 }, "answerWithinMs: expected"],
  ["too long a wait", { answerWithinMs: answerWithinMsMax + 1 }, "answerWithinMs: expected"],
  ["a second line", { config: { a: "x\nprotected-mode no" } }, "config a: expected one line"],
  ["a carriage return", { config: { a: "x\rb" } }, "config a: expected one line"],
  ["a zero byte", { config: { a: "x\0" } }, "config a: expected one line"],
  ["a line in a name", { config: { "a\nb": "x" } }, "config: expected names"],
  ["a space in a name", { config: { "a b": "x" } }, "config: expected names"],
  ["an empty name", { config: { "": "x" } }, "config: expected names"],
  ["a number as value", { config: { a: 1 } }, "config a: expected a string, got 1"],
  ["a value too long", { config: { a: "x".repeat(10_001) } }, "(10001 characters)"],
  ["too many lines", { config: lines(configLinesMax + 1) }, "at most 200, got 201"],
];
test.each(refused)("refused: %s", (_, options, message) => {
  // The cast is the point: these are not BrokerOptions.
  const error = refusal(() => checkBrokerOptions({ ...redis, ...options } as BrokerOptions));
  expect(error.code).toBe("OPTIONS_INVALID");
  expect(error.message).toContain(message);
});
