/** What the lab's tests on each real broker have in common. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DriverKind } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { createPlace, lab, repositoryArch } from "./lab-in-process.js";

/** kafkajs, on Node 24 and later, asks for a timer of less than nothing: harmless, and not ours. */
const knownWarning = /^(?:\(node:\d+\) TimeoutNegativeWarning: .*\n.*\n\(Use .*\n)?/;

/** Declares the tests of one broker, which must answer at its usual port. */
export function describeRecording(kind: DriverKind): void {
  test(`a run on ${kind} is recorded, and its outputs come again from the cassette alone`, async () => {
    const place = createPlace();
    try {
      const options = ["--driver", kind, "--messages", "300", "--seed", "11", "--cassette", "run"];
      const out = ["--out", join(place.folder, "out")];
      const recorded = await lab("record", ...options, ...out, ...place.options, "--json");
      expect(recorded.status, recorded.stderr).toBe(0);
      expect(recorded.stderr.replace(knownWarning, "")).toBe("");
      const { run, consumed } = JSON.parse(recorded.stdout);
      expect(run).toMatchObject({ driver: kind, messages: 300, seed: 11, time: "real" });
      expect(consumed.acked + consumed.rejected).toBe(300);
      const verified = await lab("verify", "--cassette", "run", ...place.options);
      expect(verified).toMatchObject({ status: 0, stderr: "" });
      const cassette = readFileSync(join(place.folder, ".x07_rr/run/cassette.rrbin"), "latin1");
      for (const secret of ["127.0.0.1", "localhost", "guest", repositoryArch]) {
        expect(cassette).not.toContain(secret);
      }
    } finally {
      place.remove();
    }
  });
}
