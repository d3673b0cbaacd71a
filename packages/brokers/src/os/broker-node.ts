/**
 * One process of a broker: started, asked until it answers, killed, paused, started again.
 *
 * The process that is started is the broker itself (no shell and no script stays between), so its
 * pid is the broker's and a signal reaches the right one.
 */
import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { BrokersError } from "../errors.js";
import type { ProcessIdentity } from "../fleet-state.js";
import { type BrokerKind, loopback } from "../options.js";
import { type Command, spawnBroker } from "./children.js";
import { logTail } from "./log-tail.js";
import { untilPaused } from "./paused-process.js";
import { checkPortFree } from "./ports.js";
import { identityOf } from "./process-identity.js";

/** How a process is started, and how one knows that it is up. */
export interface NodePlan {
  readonly kind: BrokerKind;
  /** For messages: `kafka node 2`. */
  readonly name: string;
  /** For clients; the first of `ports`. */
  readonly port: number;
  /** All that it listens on. */
  readonly ports: readonly number[];
  readonly command: Command;
  /** One question; true once the broker serves clients. */
  answers(): Promise<boolean>;
  readonly answerWithinMs: number;
  readonly signal: AbortSignal | undefined;
  readonly onProcess: ((identity: ProcessIdentity) => void) | undefined;
}

/** A process of a broker, which may come and go. */
export interface BrokerNode {
  readonly host: string;
  readonly port: number;
  /** Of the process that runs, or ran last; a restart changes it. */
  readonly pid: number;
  readonly identity: ProcessIdentity;
  readonly logFile: string;
  /** The process is there, perhaps paused. */
  isAlive(): boolean;
  /** SIGKILL; resolves when the process is gone. Idempotent. */
  kill(): Promise<void>;
  /**
   * SIGSTOP: it keeps its connections and says nothing; resolves when every thread has stopped.
   * Rejects with NOT_RUNNING, NOT_ANSWERING.
   */
  pause(): Promise<void>;
  /** SIGCONT. Rejects with NOT_RUNNING. */
  resume(): Promise<void>;
  /** Starts it again on the same folder and port, killed first if it lives; resolves when it answers. */
  restart(): Promise<void>;
  /** SIGTERM, and SIGKILL when that takes longer than 10 s. Idempotent. */
  stop(): Promise<void>;
}

interface RunningProcess {
  readonly child: ChildProcess;
  readonly identity: ProcessIdentity;
  readonly exited: Promise<void>;
}

const askEveryMs = 20;
const stopWithinMs = 10_000;
/** RabbitMQ says why it ends, and then what that did to each of its supervisors: 50 lines. */
const tailLines = 60;

/** Rejects with PORT_TAKEN, BROKER_EXITED, NOT_ANSWERING, ABORTED; then nothing is left running. */
export async function startNode(plan: NodePlan): Promise<BrokerNode> {
  let running = await launch(plan);
  const { logFile } = plan.command;
  const isAlive = (): boolean => lives(running.child);
  const kill = async (): Promise<void> => {
    running.child.ref();
    running.child.kill("SIGKILL");
    await running.exited;
  };
  const signal = async (name: NodeJS.Signals): Promise<void> => {
    if (!isAlive() || !running.child.kill(name)) throw notRunning(plan, running.identity.pid);
  };
  return {
    host: loopback,
    port: plan.port,
    get pid() {
      return running.identity.pid;
    },
    get identity() {
      return running.identity;
    },
    logFile,
    isAlive,
    kill,
    async pause() {
      const { pid } = running.identity;
      await signal("SIGSTOP");
      if (!(await untilPaused(pid))) throw notPaused(plan, pid);
    },
    resume: () => signal("SIGCONT"),
    async restart() {
      await kill();
      running = await launch(plan);
    },
    async stop() {
      if (!isAlive()) return;
      running.child.ref();
      running.child.kill("SIGTERM");
      // A paused one only sees the signal when it goes on.
      running.child.kill("SIGCONT");
      const timer = new AbortController();
      const late = sleep(stopWithinMs, "late", { signal: timer.signal }).catch(() => "in time");
      if ((await Promise.race([running.exited, late])) === "late") await kill();
      timer.abort();
    },
  };
}

function lives({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function launch(plan: NodePlan): Promise<RunningProcess> {
  for (const port of plan.ports) await checkPortFree(port);
  const child = spawnBroker(plan.command);
  const spawned = new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    await spawned;
  } catch (cause) {
    const { program } = plan.command;
    throw new BrokersError("BINARY_MISSING", `${program} cannot be run: ${String(cause)}`, {
      cause,
    });
  }
  const identity = child.pid === undefined ? undefined : identityOf(child.pid);
  try {
    if (identity !== undefined) plan.onProcess?.(identity);
  } catch (error) {
    child.kill("SIGKILL");
    await exited;
    throw error;
  }
  await untilAnswer(plan, child, exited);
  if (identity === undefined) throw brokerExited(plan, child);
  // Only now: whoever waits for the end of a process must not end first.
  if (plan.command.detached) child.unref();
  return { child, identity, exited };
}

async function untilAnswer(
  plan: NodePlan,
  child: ChildProcess,
  exited: Promise<void>,
): Promise<void> {
  const { answerWithinMs, signal, kind, port } = plan;
  const deadline = performance.now() + answerWithinMs;
  while (lives(child)) {
    const answered = (await plan.answers()) && lives(child);
    const aborted = signal?.aborted === true;
    if (answered && !aborted) return;
    if (aborted || performance.now() > deadline) {
      child.kill("SIGKILL");
      await exited;
      if (aborted) throw new BrokersError("ABORTED", `starting ${plan.name} was given up`);
      const message = `${plan.name} did not answer on port ${port} within ${answerWithinMs} ms`;
      throw new BrokersError("NOT_ANSWERING", message + tailText(plan), {
        kind,
        port,
        ...tail(plan),
      });
    }
    await sleep(askEveryMs);
  }
  throw brokerExited(plan, child);
}

function brokerExited(plan: NodePlan, { exitCode, signalCode }: ChildProcess): BrokersError {
  const { kind, name, port } = plan;
  const how = signalCode ?? `status ${exitCode}`;
  const message = `${name} ended with ${how} before it answered on port ${port}`;
  return new BrokersError("BROKER_EXITED", message + tailText(plan), { kind, port, ...tail(plan) });
}

function tail({ command: { logFile } }: NodePlan): { logFile: string; logTail: string } {
  return { logFile, logTail: logTail(logFile, tailLines) };
}

function tailText(plan: NodePlan): string {
  const { logFile, logTail: lines } = tail(plan);
  return `; the end of ${logFile}:\n${lines}`;
}

function notPaused({ kind, name, port }: NodePlan, pid: number): BrokersError {
  const message = `${name} (pid ${pid}, port ${port}) runs on after SIGSTOP`;
  return new BrokersError("NOT_ANSWERING", message, { kind, port });
}

function notRunning({ kind, name, port }: NodePlan, pid: number): BrokersError {
  const message = `${name} (pid ${pid}, port ${port}) is not running`;
  return new BrokersError("NOT_RUNNING", message, { kind, port });
}
