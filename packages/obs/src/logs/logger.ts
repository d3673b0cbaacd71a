/**
 * A log of what a program did. The same calls give the same records: there is no time in them but
 * from a clock that was given, and none of the machine's names, paths or numbers. Nothing is written
 * anywhere but by the sinks, and logging never throws.
 */
import { boundedFields, boundedText, logLimits, type Redact } from "./log-fields.js";
import { type LogLevel, type LogRecord, type LogSink, logLevels } from "./log-record.js";

export interface LoggerOptions {
  readonly sinks: readonly LogSink[];
  /** What is less grave is not written. Default `info`. */
  readonly level?: LogLevel;
  /** Nanoseconds since 1970. Absent: records have no time, and two runs compare equal. */
  readonly now?: () => bigint;
  /** Every text and name goes through it. Absent: all is shown. */
  readonly redact?: Redact;
}

/** What every record of a logger carries. */
export interface LogContext {
  readonly traceId?: string;
  readonly spanId?: string;
  /** Under the record's own fields, which win. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** `fields` may hold anything; see `logLimits` for how much of it is kept. */
export interface Logger {
  log(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void;
  trace(event: string, fields?: Readonly<Record<string, unknown>>): void;
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void;
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
  fatal(event: string, fields?: Readonly<Record<string, unknown>>): void;
  /** To the same sinks, counted with the same index. */
  with(context: LogContext): Logger;
  isEnabled(level: LogLevel): boolean;
  /** Records that a sink threw on. */
  readonly lost: number;
}

interface LogState {
  readonly options: LoggerOptions;
  readonly least: number;
  next: number;
  lost: number;
}

/** `level` that is none counts as `info`. */
export function createLogger(options: LoggerOptions): Logger {
  const least = Math.max(0, logLevels.indexOf(options.level ?? "info"));
  return loggerOf({ options, least, next: 0, lost: 0 }, {});
}

function loggerOf(state: LogState, context: LogContext): Logger {
  const isEnabled = (level: LogLevel): boolean => logLevels.indexOf(level) >= state.least;
  const log = (
    level: LogLevel,
    event: string,
    fields?: Readonly<Record<string, unknown>>,
  ): void => {
    const index = state.next++;
    if (!isEnabled(level)) return;
    write(state, recordOf(state.options, { level, event, index, fields, context }));
  };
  return {
    log,
    trace: (event, fields) => log("trace", event, fields),
    debug: (event, fields) => log("debug", event, fields),
    info: (event, fields) => log("info", event, fields),
    warn: (event, fields) => log("warn", event, fields),
    error: (event, fields) => log("error", event, fields),
    fatal: (event, fields) => log("fatal", event, fields),
    with: ({ fields, ...ids }) =>
      loggerOf(state, { ...context, ...ids, fields: { ...context.fields, ...fields } }),
    isEnabled,
    get lost() {
      return state.lost;
    },
  };
}

interface Told {
  readonly level: LogLevel;
  readonly event: string;
  readonly index: number;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
  readonly context: LogContext;
}

function recordOf({ now, redact }: LoggerOptions, told: Told): LogRecord {
  const { level, index, context } = told;
  const { traceId, spanId } = context;
  const event = boundedText(`${told.event}`, "/event", {
    redact,
    lengthMax: logLimits.eventLengthMax,
  });
  const fields = context.fields === undefined ? told.fields : { ...context.fields, ...told.fields };
  return {
    level,
    event,
    index,
    fields: fields === undefined ? {} : boundedFields(fields, redact),
    ...(traceId === undefined ? {} : { traceId }),
    ...(spanId === undefined ? {} : { spanId }),
    ...(now === undefined ? {} : { timeUnixNano: now() }),
  };
}

function write(state: LogState, record: LogRecord): void {
  for (const sink of state.options.sinks) {
    try {
      sink(record);
    } catch {
      state.lost += 1;
    }
  }
}
