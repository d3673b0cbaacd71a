/**
 * Broker processes that belong to this one: they end when it does. Where there is `setpriv` the
 * kernel sees to it, even when this process is killed with SIGKILL; everywhere a handler for exit,
 * SIGINT, SIGTERM and SIGHUP does. A broker that is detached is in nobody's hands.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { findSetpriv } from "./binaries.js";

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Gets stdout and stderr, appended. */
  readonly logFile: string;
  readonly detached: boolean;
}

const children = new Set<ChildProcess>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Starts a program; the child's pid is the program's own. */
export function spawnBroker(command: Command): ChildProcess {
  const { env, cwd, logFile, detached } = command;
  const setpriv = detached ? undefined : findSetpriv();
  const [program, ...args] = [
    ...(setpriv === undefined ? [] : [setpriv, "--pdeathsig", "KILL", "--"]),
    command.program,
    ...command.args,
  ];
  const log = openSync(logFile, "a");
  try {
    const stdio = ["ignore", log, log] as const;
    const child = spawn(program ?? command.program, args, {
      env,
      cwd,
      stdio: [...stdio],
      detached,
    });
    if (!detached) keep(child);
    return child;
  } finally {
    closeSync(log);
  }
}

function keep(child: ChildProcess): void {
  if (children.size === 0) {
    process.on("exit", killAll);
    for (const signal of signals) process.on(signal, onSignal);
  }
  children.add(child);
  child.once("exit", () => {
    children.delete(child);
    if (children.size === 0) letGo();
  });
}

function letGo(): void {
  process.off("exit", killAll);
  for (const signal of signals) process.off(signal, onSignal);
}

function killAll(): void {
  for (const child of children) child.kill("SIGKILL");
}

/** Nobody else listens: then the signal does what it would have done without us. */
function onSignal(signal: NodeJS.Signals): void {
  killAll();
  letGo();
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
