/**
 * Log records as text: a line of canonical JSON for machines, a line that reads well for people. A
 * record is one line whatever it holds: what could end the line, move the cursor or turn the text
 * around (control characters, bidirectional overrides) is written as an escape.
 *
 *     {"event":"connection.lost","fields":{"attempt":2},"index":7,"level":"warn"}
 *         7 warn   connection.lost  attempt=2
 */
import { canonicalize, type JsonValue } from "@reprise/canonical-json";
import type { LogLevel, LogRecord } from "./log-record.js";

/** One line of canonical JSON (RFC 8785), line feed included. A time is decimal text. */
export function logLine(record: LogRecord): string {
  const { level, event, index, fields, traceId, spanId, timeUnixNano } = record;
  const line = canonicalize({
    event,
    fields: { ...fields },
    index,
    level,
    ...(spanId === undefined ? {} : { span_id: spanId }),
    ...(timeUnixNano === undefined ? {} : { time_unix_nano: `${timeUnixNano}` }),
    ...(traceId === undefined ? {} : { trace_id: traceId }),
  });
  return `${line}\n`;
}

export interface TerminalOptions {
  /** ANSI colours. Default: none. */
  readonly colour?: boolean;
}

const colours: Readonly<Record<LogLevel, string>> = {
  trace: "\u001b[2m",
  debug: "\u001b[2m",
  info: "\u001b[36m",
  warn: "\u001b[33m",
  error: "\u001b[31m",
  fatal: "\u001b[1;31m",
};

/** One line for people, line feed included. */
export function terminalLine(record: LogRecord, options: TerminalOptions = {}): string {
  const { level, event, index, fields, traceId } = record;
  const name = level.padEnd(6);
  const shownLevel = options.colour === true ? `${colours[level]}${name}\u001b[0m` : name;
  const shown = Object.entries(fields).map(([key, value]) => `${plain(key)}=${valueText(value)}`);
  if (traceId !== undefined) shown.push(`trace=${plain(traceId)}`);
  const rest = shown.length === 0 ? "" : `  ${shown.join(" ")}`;
  return `${`${index}`.padStart(5)} ${shownLevel} ${plain(event)}${rest}\n`;
}

const wordForm = /^[A-Za-z0-9_.:/+@-]+$/;

function valueText(value: JsonValue): string {
  if (typeof value === "string") return wordForm.test(value) ? value : safe(JSON.stringify(value));
  return safe(JSON.stringify(value));
}

function plain(text: string): string {
  return wordForm.test(text) ? text : safe(JSON.stringify(text));
}

/** DEL, C1 controls, and what has no width or turns text around. */
const hazards = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** `JSON.stringify` escapes C0 controls and lone surrogates; these are the rest. */
function safe(json: string): string {
  return json.replace(
    hazards,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
