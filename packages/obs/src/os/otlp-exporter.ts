/**
 * Sends metrics, traces and logs to an OpenTelemetry collector: OTLP over HTTP.
 *
 * Requests wait in one queue of bounded length and size and are sent one at a time, in order. What
 * fails for a reason that may pass is sent again after a while, a few times; what does not fit, is
 * refused, or fails for good, is dropped, counted, and told to `onProblem`. Exporting never throws
 * and never holds the program up.
 */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { ObsError } from "../errors.js";
import type { LogRecord } from "../logs/log-record.js";
import type { OtlpSource } from "../otlp/otlp-common.js";
import { encodeOtlpJson } from "../otlp/otlp-json.js";
import { encodeOtlpProtobuf } from "../otlp/otlp-protobuf.js";
import { otlpLogs, otlpMetrics, otlpTraces } from "../otlp/otlp-requests.js";
import { type OtlpRecord, type OtlpSignal, requestSchemas } from "../otlp/otlp-schema.js";
import type { AnyRegistry } from "../registry.js";
import type { Span } from "../traces/span.js";
import { createExportQueue, type ExportItem, type ExportQueueOptions } from "./export-queue.js";
import { fetchTransport, livePorts, type OtlpPorts } from "./otlp-transport.js";

export interface OtlpExporterOptions extends OtlpSource {
  /** Such as `http://127.0.0.1:4318`: `/v1/metrics` and so on are added. No credentials in it. */
  readonly url: string;
  /** Default `protobuf`. */
  readonly encoding?: "json" | "protobuf";
  /** Sent with each request: credentials, for instance. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default true. */
  readonly compress?: boolean;
  /** Another spelling of metric names: `semanticName`. */
  readonly nameOf?: (name: string) => string;
  /** When counting began. */
  readonly startTimeUnixNano: bigint;
  /** For one attempt. Default 10,000. */
  readonly timeoutMs?: number;
  /** How often a request is tried. Default 5. */
  readonly attemptsMax?: number;
  /** Waits between attempts: the first (default 1,000) and the longest (30,000). Milliseconds. */
  readonly backoff?: { readonly firstMs: number; readonly mostMs: number };
  /** Requests that may wait. Default 64. */
  readonly queueMax?: number;
  /** Bytes that may wait, as encoded. Default 67,108,864. */
  readonly queueSizeMax?: number;
  /** Bytes of one request, as encoded. Default 4,194,304. Spans and logs are divided to fit. */
  readonly bodySizeMax?: number;
  readonly onProblem?: (problem: OtlpProblem) => void;
  /** Default: this machine's clock, timers, randomness and `fetch`. */
  readonly ports?: OtlpPorts;
}

export interface OtlpProblem {
  readonly signal: OtlpSignal;
  readonly reason: "queue-full" | "too-large" | "refused" | "given-up" | "partial" | "closed";
  /** Data points, spans or records that are lost; of metrics, requests. */
  readonly lost: number;
  /** For people. */
  readonly message: string;
}

export interface OtlpExporter {
  /** All metrics as they are now. */
  exportMetrics(registry: AnyRegistry): void;
  exportSpans(spans: readonly Span[]): void;
  exportLogs(records: readonly LogRecord[]): void;
  /** Resolves when what waits now is sent or lost. */
  flush(): Promise<void>;
  /**
   * Sends what waits, at most until `deadlineMs` (default 5,000), drops what is left and ends.
   * Resolves when that is done. May be called again.
   */
  close(deadlineMs?: number): Promise<void>;
  /** Requests taken whole or in part, and what was lost: items, and of metrics requests. */
  readonly sent: number;
  readonly lost: number;
}

const compressed = promisify(gzip);

/** Throws OPTION_INVALID. */
export function createOtlpExporter(options: OtlpExporterOptions): OtlpExporter {
  const { encoding = "protobuf", bodySizeMax = 4_194_304 } = options;
  const ports = options.ports ?? livePorts;
  let lost = 0;
  const problem = (found: OtlpProblem): void => {
    lost += found.lost;
    try {
      options.onProblem?.(found);
    } catch {
      // Whoever is told must not be able to stop the export.
    }
  };
  const queue = createExportQueue({ ...options, send: senderOf(options), ports, problem });
  const outlet: Outlet = {
    bodySizeMax,
    encode: (signal, message) =>
      encoding === "json"
        ? new TextEncoder().encode(encodeOtlpJson(requestSchemas[signal], message))
        : encodeOtlpProtobuf(requestSchemas[signal], message),
    add: queue.add,
    tooLarge(signal, size) {
      const message = `request is ${size} bytes, at most ${bodySizeMax}`;
      problem({ signal, reason: "too-large", lost: 1, message });
    },
  };
  return {
    exportMetrics(registry) {
      const { nameOf, startTimeUnixNano } = options;
      const timeUnixNano = BigInt(Math.round(ports.nowMs())) * 1_000_000n;
      const naming = nameOf === undefined ? {} : { nameOf };
      divide(outlet, "metrics", {
        items: [registry],
        build: () =>
          otlpMetrics(registry, { ...options, timeUnixNano, startTimeUnixNano, ...naming }),
      });
    },
    exportSpans: (items) =>
      divide(outlet, "traces", { items, build: (some) => otlpTraces(some, options) }),
    exportLogs: (items) =>
      divide(outlet, "logs", { items, build: (some) => otlpLogs(some, options) }),
    flush: queue.flush,
    close: queue.close,
    get sent() {
      return queue.sent;
    },
    get lost() {
      return lost;
    },
  };
}

function senderOf(options: OtlpExporterOptions): ExportQueueOptions["send"] {
  const { encoding = "protobuf", compress: isCompressed = true } = options;
  const base = baseOf(options.url);
  const transport = options.ports?.transport ?? fetchTransport;
  return async (item, signal) =>
    transport({
      url: `${base}/v1/${item.signal}`,
      headers: {
        ...options.headers,
        "content-type": encoding === "json" ? "application/json" : "application/x-protobuf",
        ...(isCompressed ? { "content-encoding": "gzip" } : {}),
      },
      body: isCompressed ? await compressed(item.body) : item.body,
      signal,
    });
}

interface Outlet {
  readonly bodySizeMax: number;
  encode(signal: OtlpSignal, message: OtlpRecord): Uint8Array;
  add(item: ExportItem): void;
  tooLarge(signal: OtlpSignal, size: number): void;
}

interface Divisible<Item> {
  readonly items: readonly Item[];
  readonly build: (items: readonly Item[]) => OtlpRecord;
}

/** Halves, until each fits: to encode again is rare, and cheaper than to measure first. */
function divide<Item>(outlet: Outlet, signal: OtlpSignal, { items, build }: Divisible<Item>): void {
  if (items.length === 0) return;
  const body = outlet.encode(signal, build(items));
  if (body.length <= outlet.bodySizeMax) outlet.add({ signal, body, count: items.length });
  else if (items.length === 1) outlet.tooLarge(signal, body.length);
  else {
    const middle = items.length >> 1;
    divide(outlet, signal, { items: items.slice(0, middle), build });
    divide(outlet, signal, { items: items.slice(middle), build });
  }
}

function baseOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new ObsError("OPTION_INVALID", "url of the collector is not an http or https URL");
  }
  if (url.username !== "" || url.password !== "") {
    throw new ObsError("OPTION_INVALID", "url of the collector has credentials: use headers");
  }
  if (url.search !== "" || url.hash !== "") {
    throw new ObsError("OPTION_INVALID", "url of the collector has a query or a fragment");
  }
  return url.href.replace(/\/+$/, "");
}
