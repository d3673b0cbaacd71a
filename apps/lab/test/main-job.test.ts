/**
 * Goal: what is recorded replays from the cassette alone, byte for byte; and the same seed gives the
 * same cassette.
 * Method: the real commands, on real files in a temporary folder; files are compared as bytes.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createPlace, lab, labFolder, repositoryArch } from "./lab-in-process.js";
import { labProcess } from "./lab-process.js";

const place = createPlace();
const outputs = ["aggregate.json", "metrics.txt", "report.json"];
const read = (...path: string[]): Buffer => readFileSync(join(place.folder, ...path));

function record(cassette: string, { messages = 300, seed = 42 } = {}): ReturnType<typeof lab> {
  const out = join(place.folder, "out", cassette);
  const numbers = ["--messages", String(messages), "--seed", String(seed)];
  return lab("record", ...place.options, ...numbers, "--cassette", cassette, "--out", out);
}

beforeAll(async () => {
  const { status, stderr } = await record("first");
  expect(stderr).toBe("");
  expect(status).toBe(0);
});
afterAll(place.remove);

test("replay writes the recording's three files, byte for byte", async () => {
  const out = join(place.folder, "replayed");
  const result = await lab("replay", ...place.options, "--cassette", "first", "--out", out);
  expect(result).toMatchObject({ status: 0, stderr: "" });
  for (const name of outputs) {
    expect(read("replayed", name)).toEqual(read("out", "first", name));
    expect(read(".x07_rr", "first", name)).toEqual(read("out", "first", name));
  }
});

test("verify agrees", async () => {
  const result = await lab("verify", ...place.options, "--cassette", "first");
  expect(result).toMatchObject({ status: 0, stderr: "" });
  expect(result.stdout).toContain("byte-identical");
});

test("the same seed gives the same cassette, another seed another one", async () => {
  await record("again");
  await record("other", { seed: 43 });
  const first = read(".x07_rr", "first", "cassette.rrbin");
  expect(read(".x07_rr", "again", "cassette.rrbin").equals(first)).toBe(true);
  expect(read(".x07_rr", "other", "cassette.rrbin").equals(first)).toBe(false);
});

test("recording again replaces the cassette", async () => {
  await record("twice", { seed: 7 });
  await record("twice");
  const first = read(".x07_rr", "first", "cassette.rrbin");
  expect(read(".x07_rr", "twice", "cassette.rrbin").equals(first)).toBe(true);
});

test.each([0, 1, 2, 101])("%i messages go round", async (messages) => {
  await record(`count-${messages}`, { messages });
  const result = await lab("verify", ...place.options, "--cassette", `count-${messages}`);
  expect(result).toMatchObject({ status: 0, stderr: "" });
});

test("with CI set the command still records: it was asked to", async () => {
  vi.stubEnv("CI", "true");
  try {
    expect((await record("in-ci", { messages: 5 })).status).toBe(0);
  } finally {
    vi.unstubAllEnvs();
  }
  expect(existsSync(join(place.folder, ".x07_rr/in-ci/cassette.rrbin"))).toBe(true);
});

test.each(["record", "replay"])("%s ends soon after Ctrl-C, and says so", async (command) => {
  const cassette = ["--cassette", `${command}-stopped`];
  if (command === "replay") await record("replay-stopped", { messages: 2000 });
  const messages = command === "record" ? ["--messages", "100000"] : [];
  const running = lab(command, ...place.options, ...messages, ...cassette);
  setImmediate(() => process.emit("SIGINT"));
  const { status, stdout, stderr } = await running;
  expect(stderr).toMatch(/^lab: ABORTED: interrupted/);
  expect(status).toBe(130);
  expect(stdout).toBe("");
});

test("--json prints one line for machines", async () => {
  const result = await lab("verify", ...place.options, "--cassette", "first", "--json");
  const printed = JSON.parse(result.stdout) as { ok: boolean; run: { messages: number } };
  expect(printed).toMatchObject({ ok: true, differences: [], run: { messages: 300, seed: 42 } });
  expect(result.stdout.trimEnd().split("\n")).toHaveLength(1);
});

test("an output that differs from the recording's is shown, with its line", async () => {
  await record("spoilt", { messages: 20 });
  const report = join(place.folder, ".x07_rr/spoilt/metrics.txt");
  writeFileSync(report, readFileSync(report, "utf8").replace('"ack"} ', '"ack"} 1'));
  const result = await lab("verify", ...place.options, "--cassette", "spoilt");
  expect(result.status).toBe(1);
  expect(result.stderr).toMatch(/metrics\.txt differs between recording and replay, line \d+/);
  rmSync(report);
  expect((await lab("verify", ...place.options, "--cassette", "spoilt")).status).toBe(2);
});

test("the committed cassette replays, and its outputs are those that were committed", async () => {
  const options = ["--root", labFolder, "--arch", repositoryArch];
  const result = await lab("verify", ...options, "--cassette", "orders-with-a-dead-letter");
  expect(result).toMatchObject({ status: 0, stderr: "" });
  // Recorded in the sandbox, and the cassette says so.
  const again = ["--messages", "100", "--seed", "5", "--cassette", "orders-with-a-dead-letter"];
  const recorded = await labProcess(["record", ...again, ...place.options, "--out", place.folder]);
  expect(recorded.status, recorded.stderr).toBe(0);
  const committed = readFileSync(
    join(labFolder, ".x07_rr/orders-with-a-dead-letter/cassette.rrbin"),
  );
  expect(read(".x07_rr", "orders-with-a-dead-letter", "cassette.rrbin").equals(committed)).toBe(
    true,
  );
});
