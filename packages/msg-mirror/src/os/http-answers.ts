/**
 * What the mirror answers to plain HTTP: the page's files and `/healthz`, to GET and HEAD, and
 * nothing that says anything of the messages. The page may run its own script, talk to its own
 * origin, and nothing else: no inline code, no frames around it, and no text can become markup
 * (Trusted Types).
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type HostRule, isHostAllowed } from "../request-guard.js";
import type { PageFile } from "./page-files.js";

/** Where the WebSocket is. */
export const socketPath = "/ws";

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const headers: OutgoingHttpHeaders = {
  "content-security-policy": policy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cache-control": "no-store",
};

const plain = "text/plain; charset=utf-8";

interface Answer {
  readonly status: number;
  readonly file: PageFile;
  readonly headers?: OutgoingHttpHeaders;
}

export type Answering = (request: IncomingMessage, response: ServerResponse) => void;

export function createAnswering(pages: ReadonlyMap<string, PageFile>, rule: HostRule): Answering {
  const healthz = fileOf('{"status":"ok"}\n', "application/json");
  const answerTo = (request: IncomingMessage): Answer => {
    if (!isHostAllowed(request.headers.host, rule)) {
      return { status: 403, file: fileOf("this mirror has another name\n", plain) };
    }
    const path = pathOf(request);
    const file = path === "/healthz" ? healthz : pages.get(path);
    if (file === undefined) {
      if (path !== socketPath) return { status: 404, file: fileOf("not found\n", plain) };
      const upgrade = { upgrade: "websocket", connection: "upgrade" };
      return { status: 426, file: fileOf("expected a WebSocket\n", plain), headers: upgrade };
    }
    if (request.method === "GET" || request.method === "HEAD") return { status: 200, file };
    const allow = { allow: "GET, HEAD" };
    return { status: 405, file: fileOf("expected GET or HEAD\n", plain), headers: allow };
  };

  return (request, response) => {
    const answer = answerTo(request);
    const { type, bytes } = answer.file;
    const length = { "content-type": type, "content-length": bytes.length };
    // What is sent with a request is not read; the connection ends, so that it need not be.
    const end = hasBody(request) ? { connection: "close" } : undefined;
    response.writeHead(answer.status, { ...headers, ...length, ...answer.headers, ...end });
    // To HEAD, node sends no body.
    response.end(bytes);
  };
}

/** Refuses an upgrade, before there is a WebSocket. */
export function refuseUpgrade(socket: Duplex, status: 400 | 401 | 403 | 404 | 503): void {
  const lines = [
    `HTTP/1.1 ${status} ${reasons[status]}`,
    "connection: close",
    "content-length: 0",
    ...(status === 401 ? ["www-authenticate: Bearer"] : []),
    ...(status === 503 ? ["retry-after: 5"] : []),
  ];
  socket.on("error", () => socket.destroy());
  socket.end(`${lines.join("\r\n")}\r\n\r\n`, () => socket.destroy());
}

const reasons = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  503: "Service Unavailable",
} as const;

export function pathOf(request: IncomingMessage): string {
  return (request.url ?? "").split("?", 1)[0] ?? "";
}

function fileOf(text: string, type: string): PageFile {
  return { type, bytes: new TextEncoder().encode(text) };
}

function hasBody({ headers: sent }: IncomingMessage): boolean {
  return sent["transfer-encoding"] !== undefined || (sent["content-length"] ?? "0") !== "0";
}
