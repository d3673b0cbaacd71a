/**
 * Log records to pino, or to any logger of its form. Trace and span ids go by the names that
 * OpenTelemetry's own pino bridge gives them.
 */
import type { LogLevel, LogSink } from "../logs/log-record.js";

/** A pino logger, as far as it is used. */
export type PinoLike = {
  readonly [Level in LogLevel]: (fields: object, message: string) => void;
};

/** The event is the message. Pino adds its time; it filters by its own level, too. */
export function createPinoSink(pino: PinoLike): LogSink {
  return ({ level, event, index, fields, traceId, spanId, timeUnixNano }) => {
    pino[level](
      {
        event_index: index,
        ...(traceId === undefined ? {} : { trace_id: traceId }),
        ...(spanId === undefined ? {} : { span_id: spanId }),
        ...(timeUnixNano === undefined ? {} : { time_unix_nano: `${timeUnixNano}` }),
        // Below a name of their own: a field called `level` or `time` would stand twice in the line.
        fields,
      },
      event,
    );
  };
}
