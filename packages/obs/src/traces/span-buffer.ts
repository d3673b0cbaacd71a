/** Finished spans, kept until someone takes them; what finds the buffer full is dropped and counted. */
import type { Span } from "./span.js";

export interface SpanBuffer {
  /** For a tracer's `sink`. */
  readonly add: (span: Span) => void;
  /** All spans, in the order in which they ended; the buffer is empty then. */
  take(): readonly Span[];
  readonly size: number;
  readonly dropped: number;
}

/** `spansMax`: default 10,000. */
export function createSpanBuffer(spansMax = 10_000): SpanBuffer {
  let spans: Span[] = [];
  let dropped = 0;
  return {
    add(span) {
      if (spans.length < spansMax) spans.push(span);
      else dropped += 1;
    },
    take() {
      const taken = spans;
      spans = [];
      return taken;
    },
    get size() {
      return spans.length;
    },
    get dropped() {
      return dropped;
    },
  };
}
