/**
 * Goal: the embedded bus stands in where no Redis is configured, is announced, and never stands in for
 * one that is down; options out of range are refused.
 * Method: a fallback that counts; a port on which nobody listens.
 */
import { createStreamBus, type StreamBus, type StreamNotice } from "@reprise/msg-core";
import { openRedisStreams } from "@reprise/msg-redis/os";
import { describe, expect, test } from "vitest";
import { type Note, noteCodec } from "../../../tools/testing/stream-stage.ts";
import { streamLimitsOf } from "../src/stream-options.ts";
import { profileOn } from "./redis-harness.ts";
import { refusal } from "./refusal.ts";
import { rejection } from "./stand.ts";

const codec = noteCodec;

/** Takes everything, and holds nothing. */
const embedded = (): StreamBus<Note> =>
  createStreamBus({
    codec,
    log: undefined,
    deadLetterSuffix: undefined,
    link: {
      capabilities: { embedded: true, durable: false },
      add: async () => "1-0",
      read: async () => [],
      readGroup: async () => [],
      acknowledge: async () => 0,
      putBack: async () => undefined,
      close: async () => undefined,
    },
  });

test("no profile: the fallback, announced", async () => {
  const notices: StreamNotice[] = [];
  const log = (notice: StreamNotice): number => notices.push(notice);
  const bus = await openRedisStreams({ codec, fallback: embedded, log });
  expect(bus.capabilities).toEqual({ embedded: true, durable: false });
  expect(notices.map(({ name }) => name)).toEqual(["embedded"]);
  expect(await bus.streamAdd("s", { text: "x" })).toBe("1-0");
});

test("no profile and no fallback is CONTRACT_INVALID", async () => {
  expect((await rejection(openRedisStreams({ codec }))).code).toBe("CONTRACT_INVALID");
});

test("a Redis that is configured and down is an error: the fallback is not asked", async () => {
  const fallback = (): StreamBus<Note> => expect.unreachable();
  // Port 1 is nobody's.
  const opening = openRedisStreams({ codec, fallback, profile: profileOn(1) });
  expect((await rejection(opening)).code).toBe("BROKER_UNREACHABLE");
});

test("a secret that nobody has", async () => {
  const security = { tls: false, password_secret_id: "p" };
  const opening = openRedisStreams({ codec, profile: { ...profileOn(1), security } });
  expect((await rejection(opening)).code).toBe("SECRET_MISSING");
});

describe("out of range", () => {
  test("limits", () => {
    for (const limits of [
      { waitingAddsMax: 0 },
      { waitingBytesMax: 0.5 },
      { waitingReadsMax: -1 },
    ]) {
      expect(refusal(() => streamLimitsOf(limits)).code).toBe("LIMIT_EXCEEDED");
    }
  });
  test("times, and the suffix of dead letters", async () => {
    const profile = profileOn(1);
    const times = { claimIdleMs: 299 };
    expect((await rejection(openRedisStreams({ codec, profile, times }))).code).toBe(
      "LIMIT_EXCEEDED",
    );
    const opening = openRedisStreams({ codec, profile, deadLetterSuffix: "" });
    expect((await rejection(opening)).code).toBe("LIMIT_EXCEEDED");
  });
});
