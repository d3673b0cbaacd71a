/**
 * Goal: the memory driver obeys every law.
 * Method: the suite of @reprise/msg-conformance; each trial has a broker of its own.
 */
import { describeDriver } from "@reprise/msg-conformance/vitest";
import { memoryHarness } from "./memory-harness.ts";

describeDriver("memory", memoryHarness());
