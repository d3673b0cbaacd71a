/**
 * Goal: every text we render is one that others accept: the Python client's parser for OpenMetrics,
 * Prometheus' own for the old format.
 * Method: 10,000 generated registries, hostile where they may be, through
 * tools/openmetrics-judge/judge.py (Debian: python3-prometheus-client); 200 of them through
 * `promtool check metrics` (Debian: prometheus), which ends with 3 where it only dislikes a name.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { renderOpenMetrics, renderPrometheusText } from "@reprise/obs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { hostileRegistry } from "./hostile-registry.ts";

const seed = Number(process.env.REPRISE_SEED ?? 20_261_120);
const judge = fileURLToPath(new URL("../../../tools/openmetrics-judge/judge.py", import.meta.url));
const total = 10_000;
const batch = 500;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "reprise-openmetrics-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(`an independent parser accepts ${total} generated texts (seed ${seed})`, () => {
  const draw = seededRandom(seed);
  let recorded = 0;
  let refused = 0;
  for (let first = 0; first < total; first += batch) {
    const files = Array.from({ length: batch }, (_, place) => {
      const hostile = hostileRegistry(draw);
      recorded += hostile.recorded;
      refused += hostile.refused;
      const file = join(folder, `${place}.txt`);
      writeFileSync(file, renderOpenMetrics(hostile.registry));
      return file;
    });
    const { status, stdout } = spawnSync("/usr/bin/python3", [judge, ...files], {
      encoding: "utf8",
    });
    const faults = stdout.split("\n").filter((line) => line.startsWith("NOT OK"));
    expect(faults, `seed ${seed}, from text ${first}`).toEqual([]);
    expect(status).toBe(0);
  }
  // The generator reaches both: what is written and what is refused.
  expect(recorded).toBeGreaterThan(total * 5);
  expect(refused).toBeGreaterThan(total / 10);
});

test(`Prometheus' parser accepts the old format (seed ${seed})`, () => {
  const draw = seededRandom(seed);
  for (let round = 0; round < 200; round++) {
    const input = renderPrometheusText(hostileRegistry(draw).registry);
    const { status, stderr } = spawnSync("promtool", ["check", "metrics"], {
      input,
      encoding: "utf8",
    });
    expect([0, 3], `seed ${seed}, round ${round}: ${stderr}\n${input}`).toContain(status);
  }
});
