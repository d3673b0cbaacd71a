/**
 * Goal: agents run in the sandbox of recordings, are replayed in that of replays, and their mirror
 * listens where the command line says and nowhere else; the committed cassette is what they say today.
 * Method: the built lab, in processes of its own.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createPlace, labFolder, repositoryArch } from "./lab-in-process.js";
import { labProcess, startLab } from "./lab-process.js";

const place = createPlace();
const out = join(place.folder, "out");
afterAll(place.remove);

const agents = (...args: readonly string[]) =>
  labProcess(["agents", "--out", out, ...place.options, ...args]);

test("the committed cassette verifies, and comes again from its seed", async () => {
  const committed = ["--root", labFolder, "--arch", repositoryArch, "--cassette", "agents"];
  const verified = await labProcess(["verify", ...committed]);
  expect(verified).toMatchObject({ status: 0, stderr: "" });
  expect(verified.stdout).toContain("world     solve-rr, held by rr_replay");
  const recorded = await agents("--rounds", "20", "--seed", "7", "--cassette", "agents");
  expect(recorded).toMatchObject({ status: 0, stderr: "" });
  expect(recorded.stdout).toContain("world       run-os-sandboxed, held by os_record");
  for (const name of ["cassette.rrbin", "aggregate.json", "metrics.txt", "report.json"]) {
    const today = readFileSync(join(place.folder, ".x07_rr/agents", name));
    expect(today.equals(readFileSync(join(labFolder, ".x07_rr/agents", name))), name).toBe(true);
  }
}, 60_000);

test("in CI a replay of agents is held by ci_replay", async () => {
  const committed = ["--root", labFolder, "--arch", repositoryArch, "--cassette", "agents"];
  const { status, stdout } = await labProcess(["verify", ...committed, "--json"], { CI: "true" });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, sandbox: "ci_replay" });
}, 60_000);

test("a mirror that the sandbox is told not to have is refused, with the rule", async () => {
  const denied = ["--mirror", "--deny-host", "127.0.0.1:4711"];
  const { status, stdout } = await agents("--cassette", "never", ...denied, "--json");
  expect(JSON.parse(stdout).error).toMatchObject({
    code: "SANDBOX_REFUSED",
    details: { where: "127.0.0.1:4711", rule: "net.allow_hosts", policy: "os_record" },
  });
  expect(status).toBe(3);
  expect(existsSync(join(place.folder, ".x07_rr/never"))).toBe(false);
}, 60_000);

test("Ctrl-C ends a run of agents, and says what to do", async () => {
  const { child, ended } = startLab([
    ...["agents", "--rounds", "10000", "--cassette", "stopped", "--out", out],
    ...place.options,
  ]);
  const cassette = join(place.folder, ".x07_rr/stopped/cassette.rrbin");
  while (!existsSync(cassette)) await new Promise((resolve) => setImmediate(resolve));
  child.kill("SIGINT");
  const { status, stderr } = await ended;
  expect(stderr).toContain("lab: ABORTED: interrupted");
  expect(status).toBe(130);
}, 60_000);
