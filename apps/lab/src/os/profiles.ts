/**
 * The lab's profiles: the world that a command runs in, held by the process. A command starts the lab
 * again in the sandbox of its profile, and the second lab does the work.
 *
 * | profile | world | reaches |
 * |---|---|---|
 * | `os_record` | run-os-sandboxed | the brokers' ports on loopback; writes the cassette and the outputs |
 * | `rr_replay` | solve-rr | reads the cassette and `arch`; writes the outputs; no network |
 * | `ci_replay` | solve-rr | the same, in an empty network namespace where Linux gives one |
 *
 * The policy files are in `policy/`. Folders that the command line names are added to their roots; a
 * recording also gets the lab's secrets (REPRISE_SECRET_...), which its broker may ask for.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type JsonValue, parseJson } from "@reprise/canonical-json";
import { cassetteFolder } from "@reprise/msg-rr/os";
import { applyOverrides, readSandboxPolicy, type SandboxPolicy, WorldError } from "@reprise/worlds";
import { insideSandbox, relaunchSandboxed } from "@reprise/worlds/os";
import { findArchRoot } from "./contracts.js";
import { secretVariables } from "./secrets.js";

export type Profile = "os_record" | "rr_replay" | "ci_replay";

/** What the command line says of the sandbox. */
export interface SandboxOptions {
  /** false: `--no-sandbox`. */
  readonly sandbox: boolean;
  readonly policy?: string;
  readonly isolation?: "none" | "os";
  readonly allowHost: readonly string[];
  readonly denyHost: readonly string[];
  readonly allowReadRoot: readonly string[];
  readonly allowWriteRoot: readonly string[];
}

/** What a command reaches by its own options. */
export interface ReachOptions {
  readonly root: string;
  readonly arch?: string;
  readonly out?: string;
  readonly metricsPort?: number;
  readonly otlp?: string;
  readonly json?: true;
  /** A port of loopback to listen on. */
  readonly mirror?: number;
}

/** What the run's report says where nothing holds it. */
export const noSandbox = "none";

/** Where a mirror listens: who looks on is on this machine. */
export const mirrorHost = "127.0.0.1";

/** The id of the policy that this process runs under, or `none`. */
export function sandboxName(): string {
  return insideSandbox()?.policyId ?? noSandbox;
}

/** In CI a replay is isolated as far as the machine can. */
export function replayProfile(): Profile {
  return process.env.CI ? "ci_replay" : "rr_replay";
}

/** Runs `body` in the profile's world, and gives its status; 3 where the sandbox refused or ended it. */
export async function inProfile(
  profile: Profile,
  options: SandboxOptions & ReachOptions,
  body: () => Promise<number>,
): Promise<number> {
  if (!options.sandbox || insideSandbox() !== undefined) return await body();
  try {
    const archRoot = findArchRoot(options.arch);
    const exit = await relaunchSandboxed({
      // To look for it would mean to look where the sandbox does not let anybody look.
      argv: options.arch === undefined ? [...process.argv, "--arch", archRoot] : process.argv,
      policy: policyOf(profile, { ...options, arch: archRoot }),
      isolation: options.isolation ?? (profile === "ci_replay" ? "os" : "none"),
      onMissing: (what) => process.stderr.write(`lab: ${what}\n`),
    });
    if (exit === undefined) return await body();
    return exit.error === undefined ? exit.code : await reported(exit.error, options);
  } catch (error) {
    return await reported(error, options);
  }
}

/** What there is to be said of it is loaded when there is something to be said. */
async function reported(error: unknown, { json }: ReachOptions): Promise<number> {
  const { reportError } = await import("./terminal.js");
  return reportError(error, json === true);
}

function policyOf(
  profile: Profile,
  options: SandboxOptions & ReachOptions & { readonly arch: string },
): SandboxPolicy {
  const { root, out, arch } = options;
  const cassettes = join(resolve(root), cassetteFolder);
  // Node asks for the right to read of what is renamed.
  const outputs = out === undefined ? [] : [resolve(out)];
  const written = profile === "os_record" ? [cassettes, ...outputs] : outputs;
  const policy = readPolicy(options.policy ?? shippedPolicy(profile));
  return applyOverrides(profile === "os_record" ? withSecrets(policy) : policy, {
    // Listening goes by the same list as connecting.
    allowHosts: [...options.allowHost, ...watchersOf(options)],
    denyHosts: options.denyHost,
    allowReadRoots: [cassettes, resolve(arch), ...outputs, ...options.allowReadRoot],
    allowWriteRoots: [...written, ...options.allowWriteRoot],
  });
}

function withSecrets({ env, ...policy }: SandboxPolicy): SandboxPolicy {
  const allow_keys = [...new Set([...env.allow_keys, ...secretVariables()])];
  return { ...policy, env: { ...env, allow_keys } };
}

/** Where a recording is watched from. */
function watchersOf({ metricsPort, mirror, otlp }: ReachOptions): readonly string[] {
  const served = [metricsPort, mirror]
    .filter((port) => port !== undefined)
    .map((port) => `${mirrorHost}:${port}`);
  return otlp === undefined ? served : [...served, hostOf(new URL(otlp))];
}

function hostOf({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}

/** In the lab's own folder, wherever in it this file is. */
function shippedPolicy(profile: Profile): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, "policy", `${profile}.policy.json`);
    if (existsSync(file) || folder === dirname(folder)) return file;
  }
}

function readPolicy(file: string): SandboxPolicy {
  let document: JsonValue;
  try {
    document = parseJson(readFileSync(file, "utf8"));
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new WorldError("POLICY_INVALID", `sandbox policy ${file}: ${problem}`, { cause });
  }
  return readSandboxPolicy(document);
}
