/**
 * Goal: a message is an entry of one field, `amp_json`, with the canonical text; what another writer puts
 * there is read as any JSON is, and what is no message is refused with a reason.
 * Method: the codec alone, on the texts of the other suites.
 */
import { ampStreamCodec } from "@reprise/msg-amp";
import { expect, test } from "vitest";
import { refusal, sample, sampleText } from "./samples.ts";

const encoder = new TextEncoder();
const codec = ampStreamCodec();

test("both ways", () => {
  expect(codec.field).toBe("amp_json");
  expect(codec.encode(sample)).toEqual(encoder.encode(sampleText));
  expect(codec.decode(encoder.encode(` ${sampleText}\n`))).toEqual(sample);
});

test("what is no message is refused, with a reason", () => {
  expect(refusal(() => codec.decode(encoder.encode("{}"))).message).toContain("/op_id");
  expect(refusal(() => codec.encode({ ...sample, type: "" })).code).toBe("MESSAGE_INVALID");
  const extra = encoder.encode(sampleText.replace("{", '{"priority":1,'));
  expect(refusal(() => codec.decode(extra)).details.pointer).toBe("/priority");
  expect(ampStreamCodec({ lenient: true }).decode(extra)).toMatchObject({ priority: 1 });
});
