/** What each command of `reprise brokers` does and prints. */
import {
  type BrokerKind,
  type BrokerReport,
  BrokersError,
  type Fleet,
  type Via,
} from "@reprise/brokers";
import { brokerAsJson, brokerLine, createLineCutter, serves } from "../brokers-listing.js";
import { status } from "../cli-error.js";
import { safeText } from "../safe-text.js";
import { type CommandContext, printJson } from "./command-group.js";
import { showWaiting } from "./terminal.js";

export interface ShowOptions {
  readonly json?: boolean;
}

export interface UpCommandOptions extends ShowOptions {
  readonly via?: Via;
}

export interface LogsOptions extends ShowOptions {
  readonly lines: number;
  readonly follow?: boolean;
}

export interface BrokersCall {
  readonly fleet: Fleet;
  readonly kinds: readonly BrokerKind[];
  readonly context: CommandContext;
}

/** Rejects with the first broker's error, after every broker was told of. */
export async function upCommand(
  { fleet, kinds, context }: BrokersCall,
  { via, json = false }: UpCommandOptions,
): Promise<number> {
  const { host, output } = context;
  const { signal, release } = host.interruption();
  const waited = showWaiting(host, `starting ${kinds.join(", ")}`);
  try {
    const choice = await fleet.choose(via);
    const reports = await fleet.up({ kinds, choice, signal });
    waited();
    if (!json && reports.some(({ state }) => state === "started" || state === "failed")) {
      await output.write(`${choice.via}: ${choice.why}\n`);
    }
    await print(context, reports, json);
    return firstError(reports);
  } finally {
    waited();
    release();
  }
}

export async function downCommand(
  { fleet, kinds, context }: BrokersCall,
  { json = false }: ShowOptions,
): Promise<number> {
  const waited = showWaiting(context.host, `stopping ${kinds.join(", ")}`);
  try {
    const reports = await fleet.down(kinds);
    waited();
    await print(context, reports, json);
    return firstError(reports);
  } finally {
    waited();
  }
}

export async function statusCommand(
  { fleet, kinds, context }: BrokersCall,
  { json = false }: ShowOptions,
): Promise<number> {
  const reports = await fleet.status(kinds);
  await print(context, reports, json);
  return reports.every(serves) ? status.fine : status.failed;
}

/** One that never ran has no log: an error if none of those asked for has one. */
export async function logsCommand(
  { fleet, kinds, context }: BrokersCall,
  { lines, follow = false, json = false }: LogsOptions,
): Promise<number> {
  const { host, output } = context;
  const { signal: interrupted, release } = host.interruption();
  // What goes wrong with one, a reader that has gone for example, ends the others too.
  const over = new AbortController();
  const signal = AbortSignal.any([interrupted, over.signal]);
  const several = kinds.length > 1;
  const show = async (kind: BrokerKind): Promise<unknown> => {
    const cutter = createLineCutter();
    const line = (text: string): Promise<void> =>
      json
        ? printJson(context, { type: "line", broker: kind, text: text.toWellFormed() })
        : output.write(`${several ? `${kind.padEnd(5)} | ` : ""}${safeText(text)}\n`);
    const write = async (text: string): Promise<void> => {
      for (const each of cutter.add(text)) await line(each);
    };
    try {
      await fleet.logs({ kind, lines, follow, signal, write });
      const last = cutter.end();
      if (last !== "") await line(last);
      return undefined;
    } catch (error) {
      if (BrokersError.is(error) && error.code === "NOT_RUNNING") return error;
      throw error;
    }
  };
  try {
    const missing: unknown[] = [];
    if (follow) missing.push(...(await Promise.all(kinds.map(show))));
    else for (const kind of kinds) missing.push(await show(kind));
    const [first] = missing;
    if (missing.every((error) => error !== undefined)) throw first;
    return status.fine;
  } finally {
    over.abort();
    release();
  }
}

async function print(
  context: CommandContext,
  reports: readonly BrokerReport[],
  json: boolean,
): Promise<void> {
  for (const report of reports) {
    if (json) await printJson(context, brokerAsJson(report));
    else await context.output.write(`${brokerLine(report)}\n`);
  }
}

function firstError(reports: readonly BrokerReport[]): number {
  const failed = reports.find(({ error }) => error !== undefined);
  if (failed?.error !== undefined) throw failed.error;
  return status.fine;
}
