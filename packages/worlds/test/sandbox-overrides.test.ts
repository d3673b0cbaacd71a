/**
 * Goal: a command line changes a policy as X07's does: only sections that are enabled, what is allowed
 * first, what is denied afterwards.
 * Method: changes to one policy, with what becomes of it written out; more that are refused.
 */
import { applyOverrides, type SandboxOverrides, WorldError } from "@reprise/worlds";
import { expect, test } from "vitest";
import { refusalBy } from "../../../tools/testing/refusal.ts";
import { policyWith } from "./sandbox-stage.js";

const hosts = [
  { host: "Broker.Example", ports: [9092] },
  { host: "127.0.0.1", ports: [5672, 6379] },
  { host: "::1", ports: [9093] },
];

const policy = policyWith({
  net: { enabled: true, allow_dns: false, allow_tcp: true, allow_udp: false, allow_hosts: hosts },
  fs: { enabled: true, read_roots: ["."], write_roots: ["out"], deny_hidden: true },
});
const closed = policyWith();

/** The hosts, each as `host ports`. */
function hostsAfter(overrides: SandboxOverrides): readonly string[] {
  return applyOverrides(policy, overrides).net.allow_hosts.map(
    ({ host, ports }) => `${host} ${ports}`,
  );
}

const [broker, local, local6] = ["broker.example 9092", "127.0.0.1 5672,6379", "::1 9093"];

test("no change", () => {
  expect(applyOverrides(policy, {})).toEqual(policy);
  expect(applyOverrides(closed, { allowHosts: [], denyHosts: [], allowReadRoots: [] })).toEqual(
    closed,
  );
});

test.each<[SandboxOverrides, readonly (string | undefined)[]]>([
  [{ allowHosts: ["new:1,2"] }, [broker, local, local6, "new 1,2"]],
  [{ allowHosts: ["BROKER.example:9092,9093"] }, ["broker.example 9092,9093", local, local6]],
  [{ allowHosts: ["[0:0::1]:1"] }, [broker, local, "::1 9093,1"]],
  [{ allowHosts: ["[::ffff:127.0.0.1]:1"] }, [broker, "127.0.0.1 5672,6379,1", local6]],
  [{ denyHosts: ["broker.EXAMPLE:*"] }, [local, local6]],
  [{ denyHosts: ["127.0.0.1:5672"] }, [broker, "127.0.0.1 6379", local6]],
  [{ denyHosts: ["[::1]:9093"] }, [broker, local]],
  // A star is a name like any other, which nobody has.
  [{ denyHosts: ["nobody:*", "127.0.0.1:1", "*:*"] }, [broker, local, local6]],
  [{ allowHosts: ["new:1"], denyHosts: ["new:*"] }, [broker, local, local6]],
  [{ allowHosts: ["127.0.0.1:7"], denyHosts: ["127.0.0.1:7"] }, [broker, local, local6]],
])("%j", (overrides, after) => {
  expect(hostsAfter(overrides)).toEqual(after);
});

test("roots are added once each", () => {
  const { fs } = applyOverrides(policy, {
    allowReadRoots: ["data", "."],
    allowWriteRoots: ["new"],
  });
  expect([fs.read_roots, fs.write_roots]).toEqual([
    [".", "data"],
    ["out", "new"],
  ]);
});

const errorOf = refusalBy(WorldError.is);
const many = (count: number) => Array.from({ length: count }, (_, place) => place + 1);

test.each<[string, SandboxOverrides]>([
  ["--allow-host", { allowHosts: ["broker"] }],
  ["--allow-host", { allowHosts: ["broker:"] }],
  ["--allow-host", { allowHosts: [":9092"] }],
  ["--allow-host", { allowHosts: ["broker:*"] }],
  ["--allow-host", { allowHosts: ["broker:0"] }],
  ["--allow-host", { allowHosts: ["broker:65536"] }],
  ["--allow-host", { allowHosts: ["broker:09"] }],
  ["--allow-host", { allowHosts: ["broker:1,"] }],
  ["--allow-host", { allowHosts: ["broker:1,x"] }],
  ["--allow-host", { allowHosts: ["broker: 1"] }],
  ["--allow-host", { allowHosts: ["bro ker:1"] }],
  ["--allow-host", { allowHosts: ["bro;ker:1"] }],
  ["--allow-host", { allowHosts: ["::1:9092"] }],
  ["--allow-host", { allowHosts: ["[broker]:1"] }],
  ["--allow-host", { allowHosts: ["[127.0.0.1]:1"] }],
  ["--allow-host", { allowHosts: ["[::1]"] }],
  ["--allow-host", { allowHosts: [`${"a".repeat(256)}:1`] }],
  ["--allow-host", { allowHosts: [`a:${many(65)}`] }],
  ["--allow-host", { allowHosts: many(254).map((place) => `h${place}:1`) }],
  ["--deny-host", { denyHosts: ["broker"] }],
  ["--deny-host", { denyHosts: ["broker:1,2"] }],
  ["--allow-read-root", { allowReadRoots: [""] }],
  ["--allow-read-root", { allowReadRoots: many(128).map((place) => `r${place}`) }],
  ["--allow-write-root", { allowWriteRoots: ["a".repeat(4097)] }],
])("%s refuses %j", (option, overrides) => {
  const error = errorOf(() => applyOverrides(policy, overrides));
  expect([error.code, error.details.rule]).toEqual(["POLICY_OVERRIDE_INVALID", option]);
});

test.each<[string, SandboxOverrides]>([
  ["net", { allowHosts: ["broker:1"] }],
  ["net", { denyHosts: ["broker:*"] }],
  ["fs", { allowReadRoots: ["."] }],
  ["fs", { allowWriteRoots: ["out"] }],
])("where the policy does not enable %s: %j", (section, overrides) => {
  const error = errorOf(() => applyOverrides(closed, overrides));
  expect(error.code).toBe("POLICY_OVERRIDE_INVALID");
  expect(error.message).toContain(`the policy does not enable ${section}`);
});
