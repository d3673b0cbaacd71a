/** A span as one line of canonical JSON: what a run's traces are compared by. */
import { canonicalize, type JsonValue } from "@reprise/canonical-json";
import type { Attributes, AttributeValue, Span } from "./span.js";
import { formatTracestate, type TraceContext } from "./trace-context.js";

/** Times are decimal text: nanoseconds since 1970 are no number that JSON holds. */
export function spanLine(span: Span): string {
  const { name, kind, context, parentSpanId, startUnixNano, endUnixNano, error } = span;
  const line = canonicalize({
    attributes: attributesValue(span.attributes),
    end_unix_nano: `${endUnixNano}`,
    events: span.events.map((event) => ({
      attributes: attributesValue(event.attributes),
      name: event.name,
      time_unix_nano: `${event.timeUnixNano}`,
    })),
    kind,
    links: span.links.map((link) => contextValue(link.context)),
    name,
    start_unix_nano: `${startUnixNano}`,
    ...contextValue(context),
    ...(error === undefined ? {} : { error }),
    ...(parentSpanId === undefined ? {} : { parent_span_id: parentSpanId }),
  });
  return `${line}\n`;
}

function contextValue({
  traceId,
  spanId,
  sampled,
  state,
}: TraceContext): Record<string, JsonValue> {
  return {
    sampled,
    span_id: spanId,
    trace_id: traceId,
    ...(state.length === 0 ? {} : { trace_state: formatTracestate(state) }),
  };
}

function attributesValue(attributes: Attributes): Record<string, JsonValue> {
  const plain = (value: AttributeValue): JsonValue =>
    typeof value === "number" && !Number.isFinite(value) ? `${value}` : value;
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, plain(value)]));
}
