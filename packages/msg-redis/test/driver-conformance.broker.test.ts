/**
 * Goal: the Redis driver obeys every law, on either wire.
 * Method: the suite of @reprise/msg-conformance against the Redis that `reprise brokers up` starts;
 * each trial has streams and groups of its own.
 */
import { describeDriver } from "@reprise/msg-conformance/vitest";
import { redisHarness } from "./redis-harness.ts";

describeDriver("redis", redisHarness());
describeDriver("redis, whole envelopes", redisHarness({ wire: "envelope" }));
