/**
 * Spans, begun and ended by hand. Ids and time come from ports, so that a replay gives the same
 * trace. Finished spans go to a sink, as they end.
 */
import { boundedText, type Redact } from "../logs/log-fields.js";
import {
  type Attributes,
  type AttributeValue,
  type Span,
  type SpanEvent,
  type SpanKind,
  type SpanLink,
  spanLimits,
} from "./span.js";
import type { TraceContext } from "./trace-context.js";
import type { TraceIds } from "./trace-ids.js";

export interface TracerOptions {
  readonly ids: TraceIds;
  /** Nanoseconds since 1970. */
  readonly now: () => bigint;
  /** Gets each span as it ends. One that throws loses the span, and the tracer counts it. */
  readonly sink: (span: Span) => void;
  /** Every name and text goes through it. Absent: all is shown. */
  readonly redact?: Redact;
}

export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  /** Absent: the span begins a trace. */
  readonly parent?: TraceContext | undefined;
  readonly links?: readonly SpanLink[];
  readonly attributes?: Readonly<Record<string, AttributeValue | undefined>>;
  /** Default: now. */
  readonly startUnixNano?: bigint;
}

export interface OpenSpan {
  readonly context: TraceContext;
  set(name: string, value: AttributeValue | undefined): void;
  addEvent(name: string, attributes?: Attributes): void;
  /** Sets `error.type`, and the status to error. */
  fail(errorType: string, description?: string): void;
  /** Once; later it does nothing. */
  end(endUnixNano?: bigint): void;
}

export interface Tracer {
  start(start: SpanStart): OpenSpan;
  now(): bigint;
  /** Spans that the sink threw on. */
  readonly lost: number;
}

export function createTracer({ ids, now, sink, redact }: TracerOptions): Tracer {
  let lost = 0;
  const finish = (span: Span): void => {
    try {
      sink(span);
    } catch {
      lost += 1;
    }
  };
  return {
    start(start) {
      const { parent } = start;
      const context: TraceContext = {
        traceId: parent?.traceId ?? ids.traceId(),
        spanId: ids.spanId(),
        sampled: parent?.sampled ?? true,
        state: parent?.state ?? [],
      };
      return openSpan(start, { context, now, finish, shown: shownBy(redact) });
    },
    now,
    get lost() {
      return lost;
    },
  };
}

interface SpanPorts {
  readonly context: TraceContext;
  readonly now: () => bigint;
  readonly finish: (span: Span) => void;
  readonly shown: Shown;
}

type Shown = (text: string, place: string) => string;

function openSpan(start: SpanStart, { context, now, finish, shown }: SpanPorts): OpenSpan {
  const { name, kind, parent, links = [] } = start;
  const startUnixNano = start.startUnixNano ?? now();
  const kept = links.slice(0, spanLimits.linksMax);
  const attributes: Record<string, AttributeValue> = {};
  const events: SpanEvent[] = [];
  let count = 0;
  let droppedAttributes = 0;
  let droppedEvents = 0;
  let error: string | undefined;
  let ended = false;

  const set = (key: string, value: AttributeValue | undefined): void => {
    if (ended || value === undefined) return;
    if (!Object.hasOwn(attributes, key)) {
      if (count >= spanLimits.attributesMax) {
        droppedAttributes += 1;
        return;
      }
      count += 1;
    }
    attributes[key] = typeof value === "string" ? shown(value, key) : value;
  };
  for (const key in start.attributes) set(key, start.attributes[key]);

  return {
    context,
    set,
    addEvent(event, given = {}) {
      if (ended) return;
      if (events.length >= spanLimits.eventsMax) droppedEvents += 1;
      else events.push({ name: event, timeUnixNano: now(), attributes: boundedAll(given, shown) });
    },
    fail(errorType, description = errorType) {
      if (ended) return;
      set("error.type", errorType);
      error = shown(description, "status");
    },
    end(endUnixNano = now()) {
      if (ended) return;
      ended = true;
      const wentBack = endUnixNano < startUnixNano;
      finish({
        name: shown(name, "name"),
        kind,
        context,
        ...(parent === undefined ? {} : { parentSpanId: parent.spanId }),
        startUnixNano,
        // A clock that goes back must not give a span that ends before it began.
        endUnixNano: wentBack ? startUnixNano : endUnixNano,
        attributes,
        links: kept,
        events,
        ...(error === undefined ? {} : { error }),
        droppedAttributes,
        droppedLinks: links.length - kept.length,
        droppedEvents,
      });
    },
  };
}

function boundedAll(attributes: Attributes, shown: Shown): Attributes {
  const entries = Object.entries(attributes).slice(0, spanLimits.attributesMax);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === "string" ? shown(value, key) : value]),
  );
}

function shownBy(redact: Redact | undefined): Shown {
  const lengthMax = spanLimits.textLengthMax;
  return (text, place) => boundedText(text, `/span/${place}`, { redact, lengthMax });
}
