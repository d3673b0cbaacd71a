/**
 * Goal: agents on Redis Streams say what they say on the embedded broker; the run is recorded, and
 * comes again from the cassette alone, without machine or key in it.
 * Method: the command in this process, on the broker that `reprise brokers up redis` starts.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createChance } from "../src/agents/chance.js";
import { createPlace, lab, repositoryArch } from "./lab-in-process.js";

const place = createPlace();
afterAll(place.remove);

const agents = (cassette: string, driver: string): ReturnType<typeof lab> => {
  const options = ["--driver", driver, "--rounds", "25", "--agents", "7", "--seed", "11"];
  const out = ["--out", join(place.folder, "out")];
  return lab("agents", ...options, ...out, "--cassette", cassette, ...place.options, "--json");
};
const aggregateOf = (cassette: string) =>
  JSON.parse(readFileSync(join(place.folder, ".x07_rr", cassette, "aggregate.json"), "utf8"));

test("a run of agents on redis is recorded, and its outputs come again from the cassette", async () => {
  const recorded = await agents("run", "redis");
  expect(recorded).toMatchObject({ status: 0, stderr: "" });
  const { run, counts, consumed } = JSON.parse(recorded.stdout);
  expect(run).toMatchObject({ kind: "agents", driver: "redis", rounds: 25, time: "real" });
  expect(counts).toMatchObject({ ended: 25, refused: 1, repeated: 1 });
  expect(consumed.rejected).toBe(1);
  const verified = await lab("verify", "--cassette", "run", ...place.options);
  expect(verified).toMatchObject({ status: 0, stderr: "" });
  const cassette = readFileSync(join(place.folder, ".x07_rr/run/cassette.rrbin"), "latin1");
  const secret = Buffer.from(createChance(11).bytes("secret")).toString("latin1");
  for (const hidden of ["127.0.0.1", "localhost", repositoryArch, secret]) {
    expect(cassette).not.toContain(hidden);
  }
});

test("what was said is the same as on the embedded broker; the order may be another", async () => {
  expect((await agents("again", "redis")).status).toBe(0);
  expect((await agents("embedded", "memory")).status).toBe(0);
  const { chain_sha256: _, ...onRedis } = aggregateOf("again");
  const { chain_sha256: __, ...embedded } = aggregateOf("embedded");
  expect(onRedis).toEqual(embedded);
});
