/**
 * Goal: names of streams are made and read without confusion.
 * Method: names by hand, both ways; names that are refused.
 */
import { ampStreamNames, readAmpStreamName } from "@reprise/msg-amp";
import { describe, expect, test } from "vitest";
import { refusal } from "./samples.ts";

test("both ways, with a tenant and without", () => {
  const plain = ampStreamNames();
  const ours = ampStreamNames("acme");
  const names = [plain.in("fixer"), plain.out("fixer"), plain.events];
  expect(names).toEqual(["amp:fixer:in", "amp:fixer:out", "amp:global:events"]);
  const oursNames = [ours.in("fixer"), ours.out("fixer"), ours.events];
  expect(oursNames).toEqual(["amp:acme:fixer:in", "amp:acme:fixer:out", "amp:acme:global:events"]);
  const kinds = ["in", "out", "events"] as const;
  for (const [at, kind] of kinds.entries()) {
    const agent = kind === "events" ? undefined : "fixer";
    expect(readAmpStreamName(names[at] ?? "")).toEqual({ tenant: undefined, kind, agent });
    expect(readAmpStreamName(oursNames[at] ?? "")).toEqual({ tenant: "acme", kind, agent });
  }
});

describe.each(["", ":", "a:b", "-a", ".a", "a b", "é", "global", "x".repeat(65), "a\n"])(
  "agent %j",
  (agent) => {
    test("is refused", () => {
      expect(refusal(() => ampStreamNames().in(agent)).code).toBe("NAME_INVALID");
      expect(refusal(() => ampStreamNames("t").out(agent)).code).toBe("NAME_INVALID");
      expect(readAmpStreamName(`amp:t:${agent}:in`)).toBeUndefined();
    });
  },
);

test.each(["", "a:b", "x".repeat(65)])("tenant %j is refused", (tenant) => {
  expect(refusal(() => ampStreamNames(tenant)).code).toBe("NAME_INVALID");
});

test.each([
  "amp",
  "amp:fixer",
  "amp::in",
  "AMP:fixer:in",
  "amp:fixer:events",
  "amp:fixer:in.dead-letter",
  "amp:a:b:c:in",
  "amp:a b:fixer:in",
  "xamp:fixer:in",
  "",
])("%j is no stream of the protocol", (name) => {
  expect(readAmpStreamName(name)).toBeUndefined();
});
