/**
 * Goal: the Kafka driver obeys every law, on a real broker, whichever way an envelope travels.
 * Method: the suite of @reprise/msg-conformance; each trial has topics and groups of its own.
 */
import { describeDriver } from "@reprise/msg-conformance/vitest";
import { kafkaHarness } from "./kafka-harness.ts";

describeDriver("kafka, native", kafkaHarness("native"));
describeDriver("kafka, whole envelopes", kafkaHarness("envelope"));
