/**
 * What a command line may change of a policy: `--allow-host HOST:PORT[,PORT...]`,
 * `--deny-host HOST:*` or `HOST:PORT`, `--allow-read-root`, `--allow-write-root`.
 *
 * A section that the policy does not enable stays as it is: a change to it is an error. What is
 * allowed is merged first, what is denied is taken away afterwards. Names are lower-cased; IPv6 is
 * written in brackets, `[::1]:9092`.
 */
import { canonicalAddress } from "./network-address.js";
import { policyLimits, type SandboxHost, type SandboxPolicy } from "./sandbox-policy.js";
import { WorldError } from "./world-error.js";

export interface SandboxOverrides {
  readonly allowHosts?: readonly string[];
  readonly denyHosts?: readonly string[];
  readonly allowReadRoots?: readonly string[];
  readonly allowWriteRoots?: readonly string[];
}

/** The policy with the changes. Throws POLICY_OVERRIDE_INVALID, naming the option and its value. */
export function applyOverrides(policy: SandboxPolicy, overrides: SandboxOverrides): SandboxPolicy {
  const { allowHosts = [], denyHosts = [], allowReadRoots = [], allowWriteRoots = [] } = overrides;
  const { fs, net } = policy;
  checkEnabled(net.enabled, "net", [
    ["--allow-host", allowHosts],
    ["--deny-host", denyHosts],
  ]);
  checkEnabled(fs.enabled, "fs", [
    ["--allow-read-root", allowReadRoots],
    ["--allow-write-root", allowWriteRoots],
  ]);
  return {
    ...policy,
    fs: {
      ...fs,
      read_roots: withRoots(fs.read_roots, "--allow-read-root", allowReadRoots),
      write_roots: withRoots(fs.write_roots, "--allow-write-root", allowWriteRoots),
    },
    net: { ...net, allow_hosts: withHosts(net.allow_hosts, allowHosts, denyHosts) },
  };
}

function checkEnabled(
  enabled: boolean,
  section: string,
  options: readonly (readonly [name: string, values: readonly string[]])[],
): void {
  if (enabled) return;
  const [given] = options.filter(([, values]) => values.length > 0);
  if (given === undefined) return;
  refuse(given[0], given[1][0] ?? "", `the policy does not enable ${section}`);
}

function withRoots(
  roots: readonly string[],
  option: string,
  added: readonly string[],
): readonly string[] {
  const most = policyLimits.textLengthMax;
  for (const root of added) {
    const length = [...root].length;
    if (length < 1 || length > most) refuse(option, root, `expected 1 to ${most} characters`);
  }
  const all = [...new Set([...roots, ...added])];
  const last = added.at(-1);
  if (last !== undefined && all.length > policyLimits.rootsMax) {
    refuse(
      option,
      last,
      `the policy would have ${all.length} roots, ${policyLimits.rootsMax} at most`,
    );
  }
  return all;
}

function withHosts(
  hosts: readonly SandboxHost[],
  allowed: readonly string[],
  denied: readonly string[],
): readonly SandboxHost[] {
  if (allowed.length === 0 && denied.length === 0) return hosts;
  /** By the one spelling of its address; the first spelling stays. */
  const merged = new Map<string, { readonly host: string; readonly ports: Set<number> }>();
  const add = ({ host, ports }: SandboxHost): number => {
    const key = canonicalAddress(host) ?? host.toLowerCase();
    const known = merged.get(key) ?? { host: host.toLowerCase(), ports: new Set() };
    merged.set(key, known);
    for (const port of ports) known.ports.add(port);
    return known.ports.size;
  };
  for (const host of hosts) add(host);
  for (const value of allowed) {
    const count = add(hostOf("--allow-host", value));
    if (count > policyLimits.portsMax) {
      refuse("--allow-host", value, `${count} ports, ${policyLimits.portsMax} at most`);
    }
    if (merged.size > policyLimits.hostsMax) {
      refuse("--allow-host", value, `${merged.size} hosts, ${policyLimits.hostsMax} at most`);
    }
  }
  for (const value of denied) {
    const { host, ports } = hostOf("--deny-host", value);
    const key = canonicalAddress(host) ?? host;
    const known = merged.get(key);
    for (const port of ports) known?.ports.delete(port);
    if (ports.length === 0 || known?.ports.size === 0) merged.delete(key);
  }
  return [...merged.values()].map(({ host, ports }) => ({ host, ports: [...ports] }));
}

/** `HOST:PORT`, `[ADDRESS]:PORT`; no ports stand for `*`. */
function hostOf(option: "--allow-host" | "--deny-host", value: string): SandboxHost {
  const isAllow = option === "--allow-host";
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(value);
  const [, bracketed, plain, portText] = parts ?? [];
  const expected = isAllow ? "HOST:PORT[,PORT...]" : "HOST:PORT or HOST:*";
  const host = (bracketed ?? plain ?? "").toLowerCase();
  if (portText === undefined || !/^[^;\s]{1,255}$/u.test(host)) {
    return refuse(option, value, `expected ${expected}, IPv6 in brackets`);
  }
  if (bracketed !== undefined && (!host.includes(":") || canonicalAddress(host) === undefined)) {
    return refuse(option, value, "expected an IPv6 address in the brackets");
  }
  if (!isAllow && portText === "*") return { host, ports: [] };
  const ports = (isAllow ? portText.split(",") : [portText]).map((port) =>
    portOf(option, value, port),
  );
  return { host, ports };
}

function portOf(option: string, value: string, text: string): number {
  const port = /^[1-9][0-9]{0,4}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) {
    return refuse(option, value, `expected a port from 1 to 65535, got ${JSON.stringify(text)}`);
  }
  return port;
}

function refuse(option: string, value: string, problem: string): never {
  throw new WorldError(
    "POLICY_OVERRIDE_INVALID",
    `${option} ${JSON.stringify(value)}: ${problem}`,
    {
      where: value,
      rule: option,
    },
  );
}
