/*
 * Goal: the state file comes back as it was written, and a file that is not ours never gives a pid
 * to signal: least of all 0, 1 or a negative one.
 * Method: one file by hand, both directions; every field broken, one by one.
 */
import {
  decodeFleetState,
  encodeFleetState,
  type FleetState,
  stateSizeMax,
} from "@reprise/brokers";
import { expect, test } from "vitest";
import { refusal } from "./refusals.js";

const redis = {
  via: "native",
  port: 6379,
  pid: 4711,
  birth: "boot/77",
  logFile: "/b/redis/redis.log",
} as const;
const state: FleetState = {
  redis,
  kafka: { via: "docker", port: 9092, composeFile: "/w/compose.yaml" },
};
const text = `{
  "version": 1,
  "brokers": {
    "redis": {
      "via": "native",
      "port": 6379,
      "pid": 4711,
      "birth": "boot/77",
      "logFile": "/b/redis/redis.log"
    },
    "kafka": {
      "via": "docker",
      "port": 9092,
      "composeFile": "/w/compose.yaml"
    }
  }
}
`;

test("there and back", () => {
  expect(encodeFleetState(state)).toBe(text);
  expect(decodeFleetState(text, "state.json")).toEqual(state);
  expect(decodeFleetState(encodeFleetState({}), "state.json")).toEqual({});
});

test("what it does not know in a record is left out", () => {
  const more = JSON.stringify({ version: 1, brokers: { redis: { ...redis, more: 1 } } });
  expect(decodeFleetState(more, "state.json")).toEqual({ redis });
});

const file = (brokers: unknown): string => JSON.stringify({ version: 1, brokers });
const broken = (change: Record<string, unknown>): string =>
  file({ redis: { ...redis, ...change } });

test.each([
  ["nothing", "", "a JSON object"],
  ["half a file", text.slice(0, -20), "a JSON object"],
  ["a list", "[]", "a JSON object"],
  ["null", "null", "a JSON object"],
  ["another version", '{"version":2,"brokers":{}}', "version 1, got 2"],
  ["no version", '{"brokers":{}}', "version 1, got undefined"],
  ["no brokers", '{"version":1}', "an object under brokers"],
  ["a list of brokers", file([]), "an object under brokers"],
  ["an unknown broker", file({ nats: redis }), "brokers of kafka, amqp, redis, got nats"],
  ["a record that is text", file({ redis: "up" }), "a record of a broker under redis"],
  ["no record", file({ redis: null }), "a record of a broker under redis"],
  ["pid 1", broken({ pid: 1 }), "a record"],
  ["pid 0", broken({ pid: 0 }), "a record"],
  ["pid -1, everybody", broken({ pid: -1 }), "a record"],
  ["a pid in text", broken({ pid: "4711" }), "a record"],
  ["half a pid", broken({ pid: 4711.5 }), "a record"],
  ["no pid", broken({ pid: undefined }), "a record"],
  ["no birth", broken({ birth: undefined }), "a record"],
  ["an empty birth", broken({ birth: "" }), "a record"],
  ["a port beyond all", broken({ port: 65_536 }), "a record"],
  ["no log", broken({ logFile: 7 }), "a record"],
  ["an unknown way", broken({ via: "ssh" }), "a record"],
  ["docker with no compose file", broken({ via: "docker" }), "a record"],
  ["too long a file", " ".repeat(stateSizeMax + 1), "at most 65536 characters"],
])("refused: %s", (_, content, expected) => {
  const error = refusal(() => decodeFleetState(content, "b/state.json"));
  expect(error.code).toBe("STATE_INVALID");
  expect(error.message).toContain(`b/state.json: expected ${expected}`);
});
