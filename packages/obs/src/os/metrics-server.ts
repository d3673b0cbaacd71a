/**
 * An endpoint that Prometheus, or anything like it, scrapes: `GET` or `HEAD` on one path.
 *
 * It listens on the loopback address unless it is told otherwise: metrics name topics and hosts, and
 * there is no login here. Every answer is complete before it is sent, and bounded in size; requests
 * are bounded in number and in time, so that a slow reader costs a connection and nothing else.
 *
 * | request | answer |
 * |---|---|
 * | another path | 404 |
 * | another method | 405, with Allow |
 * | Accept that rules out every format | 406 |
 * | more than `concurrentMax` at a time | 503, with Retry-After |
 * | metrics that cannot be rendered, or are too large | 500 |
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { ObsError } from "../errors.js";
import { allowsGzip, negotiateMetricsFormat } from "../negotiation.js";
import { type AnyRegistry, metricsOf } from "../registry.js";

export interface MetricsServerOptions {
  readonly registry: AnyRegistry;
  /** 0: one that is free. */
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default /metrics. */
  readonly path?: string;
  /** Requests answered at a time. Default 8. */
  readonly concurrentMax?: number;
  /** What a request, its answer included, may take. Default 10,000. */
  readonly timeoutMs?: number;
  /** Bytes of an exposition before compression. Default 67,108,864. */
  readonly bodySizeMax?: number;
  /** Called before each exposition: to set gauges that are only looked up. */
  readonly collect?: () => void;
}

export interface MetricsServer {
  readonly url: string;
  readonly port: number;
  /** Answers what is being asked, at most until `deadlineMs` (default 1,000), and lets go of the port. */
  close(deadlineMs?: number): Promise<void>;
}

const connectionsMax = 64;
const headerSizeMax = 16_384;
const compress = promisify(gzip);

/** Resolves when it listens. Rejects with OPTION_INVALID, LISTEN_FAILED, REGISTRY_UNKNOWN. */
export async function serveMetrics(options: MetricsServerOptions): Promise<MetricsServer> {
  const { registry, port, host = "127.0.0.1", timeoutMs = 10_000 } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ObsError(
      "OPTION_INVALID",
      `port is ${port}, expected a whole number from 0 to 65535`,
    );
  }
  metricsOf(registry);
  const { path = "/metrics", concurrentMax = 8 } = options;
  let answering = 0;
  const server = createServer({ maxHeaderSize: headerSizeMax }, (request, response) => {
    const refused = refusalOf(request, path);
    if (refused !== undefined) return refuse(response, refused);
    if (answering >= concurrentMax) return refuse(response, [503, { "retry-after": "1" }]);
    answering += 1;
    let isOver = false;
    const over = (): void => {
      if (!isOver) answering -= 1;
      isOver = true;
    };
    response.once("close", over);
    // A reader that does not read holds its place until here, and no longer.
    const timer = setTimeout(() => response.destroy(), timeoutMs);
    response.once("close", () => clearTimeout(timer));
    answer(request, response, options).catch(() => {
      if (response.headersSent) response.destroy();
      else refuse(response, [500, {}]);
    });
  });
  server.maxConnections = connectionsMax;
  server.headersTimeout = timeoutMs;
  server.requestTimeout = timeoutMs;
  await listening(server, { port, host });
  // A TCP server has this kind of address.
  const bound = server.address() as AddressInfo;
  const shown = bound.family === "IPv6" ? `[${bound.address}]` : bound.address;
  return {
    url: `http://${shown}:${bound.port}${path}`,
    port: bound.port,
    close: (deadlineMs = 1_000) => closed(server, deadlineMs),
  };
}

type Refused = readonly [status: number, headers: Readonly<Record<string, string>>];

function refusalOf({ method = "", url = "" }: IncomingMessage, path: string): Refused | undefined {
  const [asked = ""] = url.split("?", 1);
  if (asked !== path) return [404, {}];
  return method === "GET" || method === "HEAD" ? undefined : [405, { allow: "GET, HEAD" }];
}

function refuse(response: ServerResponse, [status, headers]: Refused): void {
  // What else the request holds is not read: the connection ends with the answer.
  response.writeHead(status, { ...headers, connection: "close", "content-length": 0 });
  response.end();
}

async function answer(
  { headers, method }: IncomingMessage,
  response: ServerResponse,
  { registry, collect, bodySizeMax = 67_108_864 }: MetricsServerOptions,
): Promise<void> {
  const format = negotiateMetricsFormat(headers.accept);
  if (format === undefined) return refuse(response, [406, {}]);
  collect?.();
  const text = Buffer.from(format.render(registry), "utf8");
  if (text.length > bodySizeMax) return refuse(response, [500, {}]);
  const isCompressed = allowsGzip(String(headers["accept-encoding"] ?? ""));
  const body = isCompressed ? await compress(text) : text;
  response.writeHead(200, {
    "cache-control": "no-store",
    "content-length": body.length,
    "content-type": format.contentType,
    vary: "accept, accept-encoding",
    "x-content-type-options": "nosniff",
    ...(isCompressed ? { "content-encoding": "gzip" } : {}),
  });
  response.end(method === "HEAD" ? undefined : body);
}

function listening(
  server: Server,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      const message = `cannot listen on ${host}, port ${port}: ${cause.message}`;
      reject(new ObsError("LISTEN_FAILED", message, { cause }));
    });
    server.listen(port, host, resolve);
  });
}

function closed(server: Server, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), deadlineMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
