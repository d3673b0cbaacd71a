/** Trace context in the headers of an envelope: how a trace gets from a publisher to its consumers. */
import {
  formatTraceparent,
  formatTracestate,
  parseTraceparent,
  parseTracestate,
  type TraceContext,
  type TraceProblem,
} from "./trace-context.js";

type Headers = Readonly<Record<string, string>>;

const ordinary = { enumerable: true, configurable: true, writable: true };

/** A copy of `headers` that carries `context`, in place of one they carried in any spelling. */
export function injectTrace(headers: Headers, context: TraceContext): Record<string, string> {
  const injected: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (isTraceHeader(name)) continue;
    if (name !== "__proto__") injected[name] = value;
    else Object.defineProperty(injected, name, { value, ...ordinary });
  }
  injected.traceparent = formatTraceparent(context);
  if (context.state.length > 0) injected.tracestate = formatTracestate(context.state);
  return injected;
}

export type ExtractedTrace =
  | {
      readonly ok: true;
      readonly context: TraceContext;
      /** Why the tracestate was dropped, where it was. */
      readonly stateProblem?: TraceProblem;
    }
  | { readonly ok: false; readonly problem: TraceProblem };

/** What `headers` carry. Names in any case; a header that stands there twice is worthless. */
export function extractTrace(headers: Headers): ExtractedTrace {
  const parent = only(headers, "traceparent");
  const parsed = parseTraceparent(parent);
  if (!parsed.ok) return parsed;
  const text = only(headers, "tracestate");
  if (text === undefined) return parsed;
  const { ok, ...rest } = parseTracestate(text);
  if ("state" in rest) return { ok: true, context: { ...parsed.context, state: rest.state } };
  return { ok: true, context: parsed.context, stateProblem: rest.problem };
}

/** Most headers have another length, and are not looked at further. */
function isTraceHeader(name: string): boolean {
  return (
    (name.length === 11 && lowerCase(name) === "traceparent") ||
    (name.length === 10 && lowerCase(name) === "tracestate")
  );
}

function only(headers: Headers, wanted: string): string | undefined {
  let found: string | undefined;
  for (const name of Object.keys(headers)) {
    if (name.length !== wanted.length || lowerCase(name) !== wanted) continue;
    if (found !== undefined) return "twice";
    found = headers[name];
  }
  return found;
}

/** Header names are ASCII; no locale has a say. */
function lowerCase(name: string): string {
  return name.toLowerCase();
}
