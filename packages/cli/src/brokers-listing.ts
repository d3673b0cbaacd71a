/** What `reprise brokers` prints of its brokers: a line for each, or an object of `--json`. */
import type { BrokerReport, BrokerState } from "@reprise/brokers";
import type { JsonObject } from "@reprise/canonical-json";

/** A state as a person reads it, and whether clients find a broker. */
const words: Readonly<Record<BrokerState, { readonly word: string; readonly serves: boolean }>> = {
  started: { word: "up", serves: true },
  up: { word: "up", serves: true },
  foreign: { word: "answers", serves: true },
  silent: { word: "silent", serves: false },
  stopped: { word: "stopped", serves: false },
  down: { word: "down", serves: false },
  failed: { word: "failed", serves: false },
};

export function serves({ state }: BrokerReport): boolean {
  return words[state].serves;
}

/** `kafka  127.0.0.1:9092   up       started in 2.1 s, native, pid 4711` */
export function brokerLine(report: BrokerReport): string {
  const { kind, host, port, state } = report;
  const place = `${host}:${port}`.padEnd(15);
  return `${kind.padEnd(5)}  ${place}  ${words[state].word.padEnd(7)}  ${remark(report)}`.trimEnd();
}

function remark({ state, via, pid, tookMs, error }: BrokerReport): string {
  const seconds = tookMs === undefined ? "" : ` in ${(tookMs / 1000).toFixed(1)} s`;
  const origin = [via, pid === undefined ? undefined : `pid ${pid}`];
  const said: Readonly<Record<BrokerState, readonly (string | undefined)[]>> = {
    started: [`started${seconds}`, ...origin],
    up: ["since before", ...origin],
    foreign: ["not started by reprise"],
    silent: ["started before, does not answer", ...origin],
    stopped: [`ended${seconds}`],
    down: [],
    failed: [error?.code, via],
  };
  return said[state].filter((part) => part !== undefined).join(", ");
}

/** `state` is that of the report; `error` is its code. */
export function brokerAsJson(report: BrokerReport): JsonObject {
  const { kind, host, port, state, via, pid, logFile, tookMs, error } = report;
  return {
    type: "broker",
    broker: kind,
    host,
    port,
    state,
    serves: serves(report),
    ...(via === undefined ? {} : { via }),
    ...(pid === undefined ? {} : { pid }),
    ...(logFile === undefined ? {} : { log: logFile.toWellFormed() }),
    ...(tookMs === undefined ? {} : { took_ms: tookMs }),
    ...(error === undefined ? {} : { error: error.code }),
  };
}

/** Cuts text that comes in pieces into lines; `end` gives what has no newline yet. */
export function createLineCutter(): { add(text: string): readonly string[]; end(): string } {
  let rest = "";
  return {
    add(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      return lines;
    },
    end() {
      const last = rest;
      rest = "";
      return last;
    },
  };
}
