/**
 * Goal: recording and replaying run in the sandbox of their profile, which holds, says which it is, and
 * changes nothing of a run; what the profile does not allow is refused with status 3 and the rule.
 * Method: the built lab, in processes of its own, with the shipped policies and with others.
 */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { parseJson } from "@reprise/canonical-json";
import { readSandboxPolicy, type SandboxPolicy } from "@reprise/worlds";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPlace, labFolder, repositoryArch } from "./lab-in-process.js";
import { labProcess, startLab } from "./lab-process.js";

const place = createPlace();
const out = join(place.folder, "out");
afterAll(place.remove);

const record = (...args: readonly string[]) =>
  labProcess(["record", "--out", out, ...place.options, ...args]);

function shipped(profile: string): SandboxPolicy {
  const file = join(labFolder, "policy", `${profile}.policy.json`);
  return readSandboxPolicy(parseJson(readFileSync(file, "utf8")));
}

/** A policy file of the user's: a shipped one, with changes. */
function policyFile(profile: string, changes: Partial<SandboxPolicy>): string {
  const file = join(place.folder, `${profile}.changed.json`);
  writeFileSync(file, JSON.stringify({ ...shipped(profile), ...changes }));
  return file;
}

beforeAll(async () => {
  const { status, stderr } = await record("--messages", "50", "--cassette", "held");
  expect(stderr).toBe("");
  expect(status).toBe(0);
}, 60_000);

test("each shipped policy is named as its file, and only recording has a network", () => {
  const profiles = readdirSync(join(labFolder, "policy")).map((file) => file.split(".")[0] ?? "");
  expect(profiles.sort()).toEqual(["ci_replay", "os_record", "rr_replay"]);
  for (const profile of profiles) {
    const { policy_id, net, process: processes } = shipped(profile);
    expect(policy_id).toBe(profile);
    expect(net.enabled).toBe(profile === "os_record");
    expect(processes.enabled).toBe(false);
    for (const { host } of net.allow_hosts) expect(host).toBe("127.0.0.1");
  }
});

test("the report says which policy held the recording, and `none` with --no-sandbox", async () => {
  const report = () => JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
  expect(report().run.sandbox).toBe("os_record");
  const { status, stdout } = await record("--messages", "50", "--cassette", "free", "--no-sandbox");
  expect(status).toBe(0);
  expect(stdout).toContain("world     run-os: no sandbox held it");
  expect(report().run.sandbox).toBe("none");
});

test("what was recorded in a sandbox replays in another, and without", async () => {
  const replayOut = join(place.folder, "again");
  const args = ["--cassette", "held", ...place.options];
  const replayed = await labProcess(["replay", "--out", replayOut, ...args]);
  expect(replayed).toMatchObject({ status: 0, stderr: "" });
  expect(replayed.stdout).toContain("world     solve-rr, held by rr_replay");
  for (const name of readdirSync(replayOut)) {
    const recorded = readFileSync(join(place.folder, ".x07_rr/held", name), "utf8");
    expect(readFileSync(join(replayOut, name), "utf8")).toBe(recorded);
  }
  const free = await labProcess(["verify", "--no-sandbox", ...args]);
  expect(free).toMatchObject({ status: 0, stderr: "" });
});

test("in CI a replay is held by ci_replay", async () => {
  const args = ["verify", "--cassette", "held", "--json", ...place.options];
  const { status, stdout } = await labProcess(args, { CI: "true" });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, sandbox: "ci_replay" });
});

test("handlers that ask for time and randomness replay where the process has no clock", async () => {
  const cassette = ["--cassette", "ambient", ...place.options];
  const recorded = await labProcess([
    "record",
    "--ambient",
    "--messages",
    "50",
    "--out",
    out,
    ...cassette,
  ]);
  expect(recorded).toMatchObject({ status: 0, stderr: "" });
  expect(await labProcess(["verify", ...cassette])).toMatchObject({ status: 0, stderr: "" });
});

test.each([
  [["--allow-host", "127.0.0.1"], "POLICY_OVERRIDE_INVALID", 2],
  [["--policy", join(place.folder, "absent.json")], "POLICY_INVALID", 2],
] as const)("%j is refused before anything runs", async (args, code, expected) => {
  const { status, stdout, stderr } = await record("--cassette", "never", ...args);
  expect(stderr).toMatch(new RegExp(`^lab: ${code}: `));
  expect(stderr).toContain("next: ");
  expect(status).toBe(expected);
  expect(stdout).toBe("");
  expect(existsSync(join(place.folder, ".x07_rr/never"))).toBe(false);
});

test("a replay has no network that a host could be added to", async () => {
  const args = ["replay", "--cassette", "held", "--out", out, ...place.options];
  const { status, stderr } = await labProcess([...args, "--allow-host", "127.0.0.1:80"]);
  expect(stderr).toContain("POLICY_OVERRIDE_INVALID");
  expect(status).toBe(2);
});

test("a folder that the policy does not list is not written to", async () => {
  const { fs } = shipped("os_record");
  const policy = policyFile("os_record", { fs: { ...fs, enabled: false } });
  const { status, stderr } = await record("--cassette", "never", "--policy", policy);
  expect(stderr).toContain("POLICY_OVERRIDE_INVALID");
  expect(status).toBe(2);
});

test("the time that a policy gives is all there is", async () => {
  const { limits } = shipped("os_record");
  const policy = policyFile("os_record", { limits: { ...limits, wall_ms: 1 } });
  const { status, stdout } = await record("--cassette", "late", "--policy", policy, "--json");
  expect(status).toBe(3);
  const { error } = JSON.parse(stdout);
  expect(error).toMatchObject({ code: "LIMIT_MET", details: { limit: "wall_ms" } });
});

test("a broker that the policy does not list is refused before a packet leaves", async () => {
  let calls = 0;
  const server = createServer((socket) => {
    calls += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const port = (server.address() as AddressInfo).port;
    const arch = archWithRedisAt(port);
    const args = ["--driver", "redis", "--cassette", "never", "--json", "--out", out];
    const contracts = ["--root", place.folder, "--arch", arch];
    const { status, stdout } = await labProcess(["record", ...args, ...contracts]);
    expect(status).toBe(3);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "SANDBOX_REFUSED",
      details: { where: `127.0.0.1:${port}`, rule: "net.allow_hosts", policy: "os_record" },
    });
    expect(calls).toBe(0);
    // The same, allowed: it arrives.
    const allowed = await labProcess([
      "record",
      ...args,
      ...contracts,
      "--allow-host",
      `127.0.0.1:${port}`,
    ]);
    expect(JSON.parse(allowed.stdout).error.code).not.toBe("SANDBOX_REFUSED");
    expect(calls).toBeGreaterThan(0);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test("a recording has the lab's secrets in its sandbox, and no other variables", async () => {
  // Nobody listens on the port of discarded messages; the secret is asked for before.
  const arch = archWithRedisAt(9, { tls: false, password_secret_id: "redis-password" });
  const args = ["record", "--driver", "redis", "--cassette", "never", "--json", "--out", out];
  const all = [...args, "--root", place.folder, "--arch", arch, "--allow-host", "127.0.0.1:9"];
  const missing = await labProcess(all, { REDIS_PASSWORD: "hidden" });
  expect(JSON.parse(missing.stdout).error.code).toBe("SECRET_MISSING");
  const given = await labProcess(all, { REPRISE_SECRET_REDIS_PASSWORD: "hidden" });
  expect(JSON.parse(given.stdout).error.code).toBe("BROKER_UNREACHABLE");
  expect(given.stdout + given.stderr).not.toContain("hidden");
});

/** The repository's contracts, with a Redis elsewhere. */
function archWithRedisAt(port: number, security: object = { tls: false }): string {
  const arch = join(place.folder, "arch");
  cpSync(repositoryArch, arch, { recursive: true });
  const file = join(arch, "msg/redis/profiles/lab_redis_v1.profile.json");
  writeFileSync(
    file,
    JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), port, security }),
  );
  return arch;
}

test("Ctrl-C ends both processes, and says what to do", async () => {
  const { child, ended } = startLab([
    ...["record", "--messages", "1000000", "--cassette", "stopped", "--out", out],
    ...place.options,
  ]);
  const cassette = join(place.folder, ".x07_rr/stopped/cassette.rrbin");
  while (!existsSync(cassette)) await new Promise((resolve) => setImmediate(resolve));
  child.kill("SIGINT");
  const { status, stderr } = await ended;
  expect(stderr).toContain("lab: ABORTED");
  expect(status).toBe(130);
}, 60_000);
