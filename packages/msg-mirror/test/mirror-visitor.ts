/** Visitors of a mirror for tests: a client of `ws`, a request of HTTP, and a bare socket that says what it is told. */
import { type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { type ClientOptions, WebSocket } from "ws";
import type { ServerFrame } from "../src/index.js";
import type { Mirror } from "../src/os/index.js";

export interface Visitor {
  readonly ws: WebSocket;
  /** All that came. */
  readonly frames: readonly ServerFrame[];
  /** The first frame from here on for which `wanted` holds; each frame is looked at once. */
  next<Frame extends ServerFrame>(wanted: (frame: ServerFrame) => frame is Frame): Promise<Frame>;
  say(frame: unknown): void;
  /** Resolves with the code and the reason of the end. */
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** Resolves when the connection is open; rejects with the status where it is refused. */
export function visit(mirror: Mirror, options: ClientOptions = {}): Promise<Visitor> {
  const ws = new WebSocket(`${mirror.url.replace("http", "ws")}ws`, options);
  const frames: ServerFrame[] = [];
  let looked = 0;
  let wake = (): void => {};
  ws.on("message", (data) => {
    frames.push(JSON.parse(data.toString()) as ServerFrame);
    wake();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.on("close", (code, reason) => {
      resolve({ code, reason: reason.toString() });
      wake();
    });
  });
  const next: Visitor["next"] = async (wanted) => {
    while (true) {
      while (looked < frames.length) {
        const frame = frames[looked];
        looked += 1;
        if (frame !== undefined && wanted(frame)) return frame;
      }
      if (ws.readyState === WebSocket.CLOSED) throw new Error("ended before the frame came");
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const visitor: Visitor = {
    ws,
    frames,
    next,
    say: (frame) => ws.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    closed,
  };
  return new Promise((resolve, reject) => {
    ws.on("open", () => resolve(visitor));
    ws.on("unexpected-response", (_, response) => reject(new Error(`${response.statusCode}`)));
    ws.on("error", reject);
  });
}

/** Is of this kind: for `next`. */
export function of<Kind extends ServerFrame["frame"]>(
  kind: Kind,
): (frame: ServerFrame) => frame is Extract<ServerFrame, { frame: Kind }> {
  return (frame): frame is Extract<ServerFrame, { frame: Kind }> => frame.frame === kind;
}

/** A client that has been greeted. */
export async function greeted(mirror: Mirror, options?: ClientOptions): Promise<Visitor> {
  const visitor = await visit(mirror, options);
  await visitor.next(of("hello"));
  return visitor;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** One request of HTTP; `path` as it stands. */
export function ask(
  mirror: Mirror,
  {
    method = "GET",
    path = "/",
    headers = {},
    body = "",
  }: Partial<Record<"method" | "path" | "body", string>> & {
    headers?: Record<string, string>;
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({
      host: "127.0.0.1",
      port: mirror.port,
      method,
      path,
      headers,
      agent: false,
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => {
        const { statusCode: status = 0, headers: got } = response;
        resolve({ status, headers: got, body: Buffer.concat(parts).toString() });
      });
    });
    sent.end(body);
  });
}

/** A socket that has upgraded to a WebSocket and reads nothing from then on. */
export async function stuckClient(mirror: Mirror): Promise<Socket> {
  const socket = await bareSocket(mirror);
  socket.write(handshake);
  await new Promise<void>((resolve) => {
    socket.once("data", () => resolve());
  });
  socket.pause();
  return socket;
}

export function bareSocket(mirror: Mirror): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(mirror.port, "127.0.0.1", () => resolve(socket));
    socket.once("error", reject);
  });
}

export const handshake = [
  "GET /ws HTTP/1.1",
  "Host: 127.0.0.1",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "",
  "",
].join("\r\n");
