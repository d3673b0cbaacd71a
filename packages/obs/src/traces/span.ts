/** A finished span, as data: what OTLP and OpenTelemetry's API take. */
import type { TraceContext } from "./trace-context.js";

/** Source: OTLP, `Span.SpanKind`. */
export type SpanKind = "internal" | "server" | "client" | "producer" | "consumer";

export type AttributeValue = string | number | boolean;

export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface SpanLink {
  readonly context: TraceContext;
  readonly attributes?: Attributes;
}

export interface SpanEvent {
  readonly name: string;
  readonly timeUnixNano: bigint;
  readonly attributes: Attributes;
}

export interface Span {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: TraceContext;
  readonly parentSpanId?: string;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly attributes: Attributes;
  readonly links: readonly SpanLink[];
  readonly events: readonly SpanEvent[];
  /** Absent: not set. */
  readonly error?: string;
  /** What did not fit into the span's limits. */
  readonly droppedAttributes: number;
  readonly droppedLinks: number;
  readonly droppedEvents: number;
}

/** The maxima of one span; what exceeds them is dropped and counted. */
export const spanLimits: {
  readonly attributesMax: number;
  readonly textLengthMax: number;
  readonly linksMax: number;
  readonly eventsMax: number;
} = { attributesMax: 64, textLengthMax: 1_024, linksMax: 1_000, eventsMax: 64 };
