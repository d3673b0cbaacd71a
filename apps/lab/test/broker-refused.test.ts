/**
 * Goal: a broker that cannot be opened is status 3, with a code and the next step, in its time.
 * Method: the contracts copied, with a profile that points where nobody listens, that asks for a
 * secret nobody has, or that is no profile.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lab, repositoryArch } from "./lab-in-process.js";

const profiles = {
  kafka: "msg/kafka/profiles/lab_kafka_v1.profile.json",
  amqp: "msg/amqp/profiles/lab_amqp_v1.profile.json",
  redis: "msg/redis/profiles/lab_redis_v1.profile.json",
} as const;
type Kind = keyof typeof profiles;
const kinds: readonly Kind[] = ["kafka", "amqp", "redis"];
type Profile = Record<string, unknown>;

/** A port of this machine where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function record(kind: Kind, change: (profile: Profile) => Profile) {
  const folder = mkdtempSync(join(tmpdir(), "reprise-refused-"));
  try {
    const arch = join(folder, "arch");
    cpSync(repositoryArch, arch, { recursive: true });
    const file = join(arch, profiles[kind]);
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")))));
    const places = ["--root", folder, "--arch", arch, "--out", join(folder, "out")];
    return await lab("record", "--driver", kind, "--cassette", "x", ...places);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const at = (kind: Kind, port: number): Profile =>
  kind === "kafka" ? { bootstrap: [`127.0.0.1:${port}`] } : { host: "127.0.0.1", port };

test.each(kinds)("%s: nobody listens", { timeout: 60_000 }, async (kind) => {
  const port = await closedPort();
  const { status, stdout, stderr } = await record(kind, (profile) => ({
    ...profile,
    ...at(kind, port),
  }));
  expect(stderr).toMatch(/^lab: BROKER_UNREACHABLE: /);
  expect(stderr).toContain(String(port));
  expect(stderr).toMatch(/\nnext: start a broker \(reprise brokers up\)/);
  expect([status, stdout]).toEqual([3, ""]);
});

function secretsOf(kind: Kind, { security }: Profile): Profile {
  const ids = { username_secret_id: "nobody-knows", password_secret_id: "nobody-knows" };
  if (kind === "amqp") return { auth: ids };
  const mode = kind === "kafka" ? { sasl_mode: "plain_v1" } : {};
  return { security: { ...(security as object), ...mode, ...ids } };
}

test.each(kinds)("%s: a secret that is not set", async (kind) => {
  const { status, stderr } = await record(kind, (profile) => ({
    ...profile,
    ...secretsOf(kind, profile),
  }));
  expect(stderr).toMatch(/^lab: SECRET_MISSING: .*nobody-knows/);
  expect(stderr).toContain("next: set REPRISE_SECRET_<ID>");
  expect(status).toBe(3);
});

test.each(kinds)("%s: a profile that is none", async (kind) => {
  const { status, stderr } = await record(kind, (profile) => ({ ...profile, limits: "none" }));
  expect(stderr).toMatch(/^lab: CONTRACT_INVALID: .*\/limits/);
  expect(stderr).toContain("next: mend the contract file");
  expect(status).toBe(3);
});
