/**
 * A tracer of ours that makes spans with OpenTelemetry's. The ids are theirs, so what travels in a
 * message's headers is what their exporters show.
 */
import {
  type Span as ApiSpan,
  type SpanContext as ApiSpanContext,
  SpanKind as ApiSpanKind,
  type Tracer as ApiTracer,
  createTraceState,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import type { SpanKind } from "../traces/span.js";
import { formatTracestate, parseTracestate, type TraceContext } from "../traces/trace-context.js";
import type { OpenSpan, SpanStart, Tracer } from "../traces/tracer.js";
import { hrTime } from "./opentelemetry-time.js";

const kinds: Readonly<Record<SpanKind, ApiSpanKind>> = {
  internal: ApiSpanKind.INTERNAL,
  server: ApiSpanKind.SERVER,
  client: ApiSpanKind.CLIENT,
  producer: ApiSpanKind.PRODUCER,
  consumer: ApiSpanKind.CONSUMER,
};

/** `now`: nanoseconds since 1970, for events and for spans that are ended without a time. */
export function createOpenTelemetryTracer(tracer: ApiTracer, now: () => bigint): Tracer {
  return {
    start: (start) => openSpan(startSpan(tracer, start, now), now),
    now,
    // Their processors do not say.
    lost: 0,
  };
}

function startSpan(tracer: ApiTracer, start: SpanStart, now: () => bigint): ApiSpan {
  const { name, kind, parent, links = [], attributes = {}, startUnixNano = now() } = start;
  const context =
    parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, apiContext(parent));
  return tracer.startSpan(
    name,
    {
      kind: kinds[kind],
      startTime: hrTime(startUnixNano),
      attributes: { ...attributes },
      links: links.map((link) => ({
        context: apiContext(link.context),
        attributes: { ...link.attributes },
      })),
    },
    context,
  );
}

function openSpan(span: ApiSpan, now: () => bigint): OpenSpan {
  return {
    context: ourContext(span.spanContext()),
    set(name, value) {
      if (value !== undefined) span.setAttribute(name, value);
    },
    addEvent(name, attributes = {}) {
      span.addEvent(name, { ...attributes }, hrTime(now()));
    },
    fail(errorType, description = errorType) {
      span.setAttribute("error.type", errorType);
      span.setStatus({ code: SpanStatusCode.ERROR, message: description });
    },
    end(endUnixNano = now()) {
      span.end(hrTime(endUnixNano));
    },
  };
}

function apiContext({ traceId, spanId, sampled, state }: TraceContext): ApiSpanContext {
  return {
    traceId,
    spanId,
    isRemote: true,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    ...(state.length === 0 ? {} : { traceState: createTraceState(formatTracestate(state)) }),
  };
}

function ourContext({ traceId, spanId, traceFlags, traceState }: ApiSpanContext): TraceContext {
  const parsed = parseTracestate(traceState?.serialize());
  const sampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  return { traceId, spanId, sampled, state: parsed.ok ? parsed.state : [] };
}
