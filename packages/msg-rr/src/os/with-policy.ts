/**
 * `withPolicy`: a session for one scope. The session is bound to everything that the body calls and
 * awaits (AsyncLocalStorage), so that two scopes may run at once and none leaks into another test.
 *
 * Which mode it is: the one in the code; else `REPRISE_MODE`; else replay where `CI` is set; else the
 * policy's own. Where `CI` is set nothing records by itself: `record-missing` replays.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { resolve } from "node:path";
import { crc32 } from "node:zlib";
import { MsgError } from "@reprise/msg-core";
import { checkDraws } from "../draw-failure.js";
import { isMode, type Mode, modes } from "../modes.js";
import { openSession, type Session } from "../session.js";
import { checkAllUsed } from "../unused-entries.js";
import { openCassetteFile } from "./cassette-file.js";
import { type LoadedPolicy, loadPolicy } from "./policy-files.js";

export interface WithPolicyOptions {
  /** The folder of contracts: `arch`. */
  readonly archRoot: string;
  readonly policyId: string;
  /** Below `.x07_rr/` in `root`. */
  readonly cassette: string;
  readonly mode?: Mode;
  /** The folder that holds `.x07_rr`. Default: the working directory. */
  readonly root?: string;
  /** Default strict. */
  readonly strictness?: "strict" | "lenient";
  /** The world the body runs in; the policy must allow it. Default: solve-rr to replay, run-os otherwise. */
  readonly world?: string;
  readonly requireChecksums?: boolean;
  readonly acceptHint?: string;
}

const scopes = new AsyncLocalStorage<Session>();

/** The session of the scope that is running. Throws SESSION_MISSING outside of `withPolicy`. */
export function currentSession(): Session {
  const session = scopes.getStore();
  if (session !== undefined) return session;
  throw new MsgError("SESSION_MISSING", "no session here: call this inside withPolicy(...)");
}

/**
 * Runs `body` with a session, and closes it whatever happens. Resolves with what `body` gives.
 *
 * Rejects with POLICY_UNKNOWN, POLICY_REFUSED (a mode or a world that the policy does not allow),
 * SESSION_CONFIG (`REPRISE_MODE`, or another scope is recording this cassette), CONTRACT_INVALID,
 * CASSETTE_PATH, what opening the session throws; with what `body` rejects with, which nothing
 * masks; and, after a strict replay that `body` took for a success, with the first difference, or
 * REPLAY_UNUSED.
 */
export async function withPolicy<Result>(
  options: WithPolicyOptions,
  body: (session: Session) => Result | Promise<Result>,
): Promise<Result> {
  const loaded = loadPolicy(options.archRoot, options.policyId);
  const mode = modeFor(options, loaded);
  checkPolicy(loaded, { mode, world: options.world ?? worldOf(mode) });
  const release = modes[mode].appends ? holdCassette(options) : undefined;
  try {
    return await runScope(sessionFor(options, { loaded, mode }), body);
  } finally {
    release?.();
  }
}

async function runScope<Result>(
  session: Session,
  body: (session: Session) => Result | Promise<Result>,
): Promise<Result> {
  let result: Result;
  try {
    result = await scopes.run(session, () => body(session));
    checkDraws(session);
    if (session.strictness === "strict" && session.mode === "replay") checkAllUsed(session);
  } catch (error) {
    try {
      session.close();
    } catch {
      // The body's own error says more than that the file could not be closed.
    }
    throw error;
  }
  session.close();
  return result;
}

function sessionFor(
  options: WithPolicyOptions,
  { loaded, mode }: { loaded: LoadedPolicy; mode: Mode },
): Session {
  const { policy, entry, matching, sanitizer } = loaded;
  const { requireChecksums } = options;
  return openSession({
    policy: {
      id: policy.id,
      matchMode: policy.matchMode,
      budgets: policy.budgets,
      opsAllowed: entry.opsAllowed,
      kindsAllowed: entry.kindsAllowed,
    },
    mode,
    store: openCassetteFile(options.root ?? process.cwd(), options.cassette),
    strictness: options.strictness ?? "strict",
    matching,
    sanitizer,
    checksum: crc32,
    acceptHint: options.acceptHint ?? hintFor(options),
    ...(requireChecksums === undefined ? {} : { requireChecksums }),
  });
}

/** Cassettes that a scope of this process is recording: two would write into each other. */
const recording = new Set<string>();

/** Throws SESSION_CONFIG. The result lets go of it. */
function holdCassette({ root, cassette }: WithPolicyOptions): () => void {
  const name = resolve(root ?? process.cwd(), cassette);
  if (recording.has(name)) {
    const message = `cassette ${cassette} is being recorded by another scope; give each its own`;
    throw new MsgError("SESSION_CONFIG", message);
  }
  recording.add(name);
  return () => {
    recording.delete(name);
  };
}

function hintFor({ mode }: WithPolicyOptions): string {
  return mode === undefined
    ? "run the same command once with REPRISE_MODE=rewrite"
    : `run it once with mode: "rewrite" in this withPolicy`;
}

function modeFor({ mode }: WithPolicyOptions, { policy }: LoadedPolicy): Mode {
  const { CI, REPRISE_MODE } = process.env;
  const isCi = CI !== undefined && CI !== "" && CI !== "false" && CI !== "0";
  const asked = mode ?? modeFromEnvironment(REPRISE_MODE);
  if (!isCi) return asked ?? policy.modeDefault;
  return asked === undefined || asked === "record-missing" ? "replay" : asked;
}

function modeFromEnvironment(name: string | undefined): Mode | undefined {
  if (name === undefined || name === "") return undefined;
  if (isMode(name)) return name;
  const known = Object.keys(modes).join(", ");
  throw new MsgError("SESSION_CONFIG", `REPRISE_MODE is ${name}; expected one of ${known}`);
}

function worldOf(mode: Mode): string {
  return mode === "replay" ? "solve-rr" : "run-os";
}

function checkPolicy(
  { index, entry }: LoadedPolicy,
  { mode, world }: { mode: Mode; world: string },
): void {
  if (!index.modesAllowed.includes(mode)) {
    const allowed = index.modesAllowed.map((one) => modes[one].x07).join(", ");
    const message = `mode ${mode} is not allowed: defaults.record_modes_allowed of arch/rr has ${allowed}`;
    throw new MsgError("POLICY_REFUSED", message);
  }
  if (!entry.worldsAllowed.includes(world)) {
    const allowed = entry.worldsAllowed.join(", ");
    const message = `policy ${entry.id} is not allowed in world ${world}; worlds_allowed: ${allowed}`;
    throw new MsgError("POLICY_REFUSED", message);
  }
}
