/** What a person sees: results on stdout, progress and errors on stderr, progress only on a terminal. */
import { MsgError } from "@reprise/msg-core";
import { MirrorError } from "@reprise/msg-mirror";
import { ObsError } from "@reprise/obs";
import { WorldError } from "@reprise/worlds";
import type { Progress } from "../run.js";
import { BrokerNotOpened } from "./broker-not-opened.js";
import { status } from "./exit-status.js";

const drawEveryMs = 100;

/** Draws one line that is drawn over; nothing where stderr is no terminal. */
export function createProgress(): { show(progress: Progress): void; end(): void } {
  const terminal = process.stderr.isTTY === true;
  let drawnAt = 0;
  let drawn = false;
  return {
    show({ phase, done, total }) {
      if (!terminal) return;
      const now = performance.now();
      if (now - drawnAt < drawEveryMs && done < total) return;
      drawnAt = now;
      drawn = true;
      const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
      process.stderr.write(`\r\u001b[K${phase}  ${done} of ${total}  ${percent} %`);
    },
    end() {
      if (drawn) process.stderr.write("\r\u001b[K");
      drawn = false;
    },
  };
}

/** Resolves when the process has had a turn for signals, timers and streams. */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Prints rows of a name and a text, aligned. */
export function printRows(rows: readonly (readonly [name: string, text: string])[]): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, text] of rows) process.stdout.write(`${name.padEnd(width)}  ${text}\n`);
}

/** Says on stderr what went wrong and what to do, and gives the exit status. */
export function reportError(thrown: unknown, json: boolean): number {
  const error = refusalIn(thrown) ?? (thrown instanceof BrokerNotOpened ? thrown.cause : thrown);
  if (!isKnown(error)) throw error;
  const next = nextSteps[error.code];
  if (json) {
    const details = detailsOf(error);
    const shown = { code: error.code, details, message: error.message };
    process.stdout.write(`${JSON.stringify({ ok: false, error: shown })}\n`);
  } else {
    process.stderr.write(`lab: ${error.code}: ${error.message}\n`);
    if (next !== undefined) process.stderr.write(`next: ${next}\n`);
  }
  if (WorldError.is(error)) return worldStatus(error);
  if (ObsError.is(error)) return error.code === "LISTEN_FAILED" ? status.refused : status.usage;
  if (MirrorError.is(error)) return status.refused;
  return thrown === error ? statusOf(error) : status.refused;
}

/** What the sandbox refused, however a client wrapped it: that is what there is to do something about. */
function refusalIn(error: unknown): WorldError | undefined {
  for (let one = error, depth = 0; one instanceof Error && depth < 16; one = one.cause, depth++) {
    if (WorldError.is(one)) return one;
  }
  return undefined;
}

type KnownError = MsgError | WorldError | ObsError | MirrorError;

function isKnown(error: unknown): error is KnownError {
  return MsgError.is(error) || WorldError.is(error) || ObsError.is(error) || MirrorError.is(error);
}

function detailsOf(error: KnownError): Readonly<Record<string, unknown>> {
  if (MsgError.is(error)) return placeOf(error);
  if (WorldError.is(error)) return ruleOf(error);
  return MirrorError.is(error) ? { address: error.details.address } : {};
}

function ruleOf({ details }: WorldError): Readonly<Record<string, unknown>> {
  const { limit, policyId, pointer, rule, where } = details;
  return { limit, policy: policyId, pointer, rule, where };
}

function worldStatus({ code }: WorldError): number {
  return code === "POLICY_INVALID" || code === "POLICY_OVERRIDE_INVALID"
    ? status.usage
    : status.refused;
}

function placeOf({ details }: MsgError): Readonly<Record<string, unknown>> {
  const { entry, offset, pointer } = details;
  return { entry, offset, pointer };
}

const nextSteps: Partial<Record<KnownError["code"], string>> = {
  ADDRESS_UNAVAILABLE: "give the mirror another port: --mirror PORT",
  ABORTED: "a cassette that was being recorded holds what came before; record it again",
  CASSETTE_UNAVAILABLE: "lab record --cassette NAME makes one; ls .x07_rr shows those there are",
  CASSETTE_TRUNCATED: "reprise cassette repair shows what can be kept; or record it again",
  CASSETTE_ENTRY_INVALID: "restore the file (git checkout), or record it again",
  CASSETTE_CHECKSUM: "restore the file (git checkout), or record it again",
  CASSETTE_PATH: "give a name such as orders or team/orders",
  CONTRACT_INVALID: "mend the contract file that is named, under arch",
  POLICY_UNKNOWN: "declare the policy in arch/rr/index.x07rr.json",
  AUTHENTICATION_FAILED: "set REPRISE_SECRET_<ID> for the secret ids of the profile in arch/msg",
  BROKER_REFUSED: "look at the broker's log: reprise brokers logs",
  BROKER_TIMEOUT: "see whether the broker is well: reprise brokers status",
  BROKER_UNREACHABLE: "start a broker (reprise brokers up), or mend the profile in arch/msg",
  CONNECTION_LOST: "see whether the broker is well (reprise brokers status), and record again",
  SECRET_MISSING: "set REPRISE_SECRET_<ID> in the environment",
  TOPIC_UNKNOWN: "create the topic on the broker",
  LISTEN_FAILED: "give --metrics-port another port",
  SANDBOX_REFUSED: "allow it (--allow-host, --allow-read-root, --allow-write-root), or leave it",
  LIMIT_MET: "give it less to do, or a policy with another limit: --policy FILE",
  SANDBOX_UNAVAILABLE: "see that this node has --permission; or run with --no-sandbox",
  POLICY_INVALID: "mend the policy file; its schema is x07.run-os-policy@0.1.0",
  POLICY_OVERRIDE_INVALID:
    "lab record --help shows the forms; a section must be enabled in the policy",
  TOPOLOGY_MISMATCH: "remove what the broker has under that name, or mend the topology in arch/msg",
};

const usageCodes: ReadonlySet<string> = new Set([
  "CASSETTE_PATH",
  "CASSETTE_UNAVAILABLE",
  "CONTRACT_INVALID",
  "POLICY_REFUSED",
  "POLICY_UNKNOWN",
  "SESSION_CONFIG",
  "BUDGET_BYTES",
  "BUDGET_ENTRIES",
  "BUDGET_REQ",
  "BUDGET_RESP",
  "BUDGET_KEY",
]);

/** The world refused: the broker, the way there, or what it is asked with. */
const refusedCodes: ReadonlySet<string> = new Set([
  "AUTHENTICATION_FAILED",
  "BROKER_REFUSED",
  "BROKER_TIMEOUT",
  "BROKER_UNREACHABLE",
  "CODEC_MISSING",
  "CONNECTION_LOST",
  "PUBLISH_INCOMPLETE",
  "QUEUE_FULL",
  "SECRET_MISSING",
  "TOPIC_UNKNOWN",
  "TOPOLOGY_MISMATCH",
  "UNROUTABLE",
  "VALUE_TOO_LONG",
]);

function statusOf({ code }: MsgError): number {
  if (code === "ABORTED") return status.interrupted;
  if (refusedCodes.has(code)) return status.refused;
  return usageCodes.has(code) ? status.usage : status.differs;
}
