/**
 * Goal: a message becomes an envelope and the same message again; one whose headers or key say
 * something else than its body is refused.
 * Method: an envelope written by hand; through the envelope codec of msg-core; each place changed.
 */
import { ampOfEnvelope, envelopeOfAmp } from "@reprise/msg-amp";
import { decodeEnvelope, type Envelope, encodeEnvelope } from "@reprise/msg-core";
import { describe, expect, test } from "vitest";
import { refusal, sample, sampleText } from "./samples.ts";

const encoder = new TextEncoder();
const stream = "amp:fixer:out";
const envelope: Envelope = {
  topic: stream,
  key: encoder.encode("0b2e9f3c-52f4-4a8e-9b53-0c4d8f3a6a11"),
  value: encoder.encode(sampleText),
  headers: {
    "amp-type": "FIX.PATCH_APPLIED",
    "amp-actor": "fixer",
    "amp-snap-sha": "3f786850e387550fdab836ed7e6dc881de23001b",
  },
};

test("both ways", () => {
  expect(envelopeOfAmp({ stream, message: sample })).toEqual(envelope);
  expect(ampOfEnvelope(envelope)).toEqual({ stream, message: sample });
});

test("through bytes, with every field and with texts of any kind", () => {
  const message = {
    ...sample,
    actor: "Ä 😀",
    op_id: "é",
    snap_sha: "",
    proof: { a: [1] },
    sig: "s",
  };
  const bytes = encodeEnvelope(envelopeOfAmp({ stream, message }));
  expect(ampOfEnvelope(decodeEnvelope(bytes))).toEqual({ stream, message });
});

test("other headers are left alone", () => {
  const headers = { ...envelope.headers, "trace-id": "1" };
  expect(ampOfEnvelope({ ...envelope, headers }).message).toEqual(sample);
});

describe("what disagrees is refused", () => {
  const { headers } = envelope;
  const { "amp-type": _, ...untyped } = headers;
  const cases: readonly (readonly [string, Envelope, string])[] = [
    ["another key", { ...envelope, key: encoder.encode("other") }, "/op_id"],
    ["no key", { ...envelope, key: new Uint8Array(0) }, "/op_id"],
    ["a longer key", { ...envelope, key: encoder.encode(`${sample.op_id} `) }, "/op_id"],
    ["a shorter key", { ...envelope, key: envelope.key.subarray(0, 35) }, "/op_id"],
    ["another type", { ...envelope, headers: { ...headers, "amp-type": "X" } }, "/type"],
    ["no type", { ...envelope, headers: untyped }, "/type"],
    ["another actor", { ...envelope, headers: { ...headers, "amp-actor": "X" } }, "/actor"],
    ["another state", { ...envelope, headers: { ...headers, "amp-snap-sha": "X" } }, "/snap_sha"],
  ];
  for (const [name, wrong, pointer] of cases) {
    test(name, () => {
      const { code, details } = refusal(() => ampOfEnvelope(wrong));
      expect([code, details.pointer]).toEqual(["ENVELOPE_MISMATCH", pointer]);
    });
  }
  test("a value that is no message", () => {
    expect(refusal(() => ampOfEnvelope({ ...envelope, value: new Uint8Array(0) })).code).toBe(
      "JSON_INVALID",
    );
  });
});

test("a message that is invalid becomes no envelope", () => {
  const wrong = { ...sample, type: "" };
  expect(refusal(() => envelopeOfAmp({ stream, message: wrong })).code).toBe("MESSAGE_INVALID");
});
