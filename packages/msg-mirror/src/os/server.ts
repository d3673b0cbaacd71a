/**
 * The HTTP server: answers for the page, and lets WebSockets through its gate.
 *
 * The gate, in this order: the path (404), the name it was asked by (403), the origin (403), a token
 * in the `Authorization` header (401 if it is wrong), a place (503). What `ws` then finds wrong with
 * the handshake is 400. A token may also come in the first frame: browsers cannot set headers.
 * Headers are bounded in size and time, and connections in number.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { MirrorError } from "../mirror-error.js";
import type { MirrorSettings } from "../options.js";
import {
  authority,
  bearerToken,
  isHostAllowed,
  isLoopback,
  isOriginAllowed,
} from "../request-guard.js";
import type { Audience } from "./audience.js";
import { createAnswering, pathOf, refuseUpgrade, socketPath } from "./http-answers.js";
import type { PageFile } from "./page-files.js";

export interface OpenServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface ServerParts {
  readonly pages: ReadonlyMap<string, PageFile>;
  readonly audience: Audience;
}

/** Connections beside those of clients: browsers open some, and take longer to let go of them. */
const spareConnections = 64;
const headerSizeMax = 16_384;
const headersWaitMs = 10_000;

export async function openServer(
  settings: MirrorSettings,
  { pages, audience }: ServerParts,
): Promise<OpenServer> {
  const { limits, host } = settings;
  const server = createServer(
    {
      maxHeaderSize: headerSizeMax,
      headersTimeout: headersWaitMs,
      requestTimeout: headersWaitMs,
      connectionsCheckingInterval: 1000,
    },
    createAnswering(pages, settings),
  );
  server.maxConnections = limits.clientsMax + limits.strangersMax + spareConnections;
  const sockets = socketServer(settings);
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const pass = gate(request, { settings, audience });
    if (pass === "client" || pass === "stranger") {
      sockets.handleUpgrade(request, socket, head, (ws) => {
        const { remoteAddress = "?", remotePort = 0 } = request.socket;
        const address = authority(remoteAddress, remotePort);
        audience.welcome({ ws, socket, address, isIn: pass === "client" });
      });
    } else refuseUpgrade(socket, pass);
  });
  const address = await listen(server, settings);
  if (settings.token === undefined && !isLoopback(address.address)) {
    await closed(server);
    const message = `host ${host} is ${address.address}, which can be reached from other machines: expected a token`;
    throw new MirrorError("TOKEN_REQUIRED", message, { option: "token" });
  }
  return { port: address.port, close: () => closed(server) };
}

/** `ws` with nothing that grows with what a client sends: no compression, few fragments. */
function socketServer({ limits }: MirrorSettings): WebSocketServer {
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.clientFrameSizeMax,
    maxFragments: 16,
    maxBufferedChunks: 1024,
    closeTimeout: limits.patienceMs,
  };
  return new WebSocketServer(options);
}

type Pass = "client" | "stranger" | 401 | 403 | 404 | 503;

function gate(
  request: IncomingMessage,
  { settings, audience }: { settings: MirrorSettings; audience: Audience },
): Pass {
  const { host, origin, authorization } = request.headers;
  if (pathOf(request) !== socketPath) return 404;
  if (!isHostAllowed(host, settings)) return 403;
  if (!isOriginAllowed(origin, host)) return 403;
  const token = bearerToken(authorization);
  if (token !== undefined && !audience.isToken(token)) return 401;
  const isIn = !audience.needsToken || token !== undefined;
  if (!audience.hasPlace(isIn)) return 503;
  return isIn ? "client" : "stranger";
}

function listen(server: Server, { port, host }: MirrorSettings): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const address = authority(host, port);
    server.once("error", (cause) => {
      const message = `cannot listen on ${address}: ${cause.message}`;
      reject(new MirrorError("ADDRESS_UNAVAILABLE", message, { cause, address }));
    });
    server.listen({ port, host: host.replace(/^\[(.*)\]$/, "$1") }, () => {
      const bound = server.address();
      // A server that listens on a port, not on a pipe, has an address of this form.
      resolve(bound as AddressInfo);
    });
  });
}

/** Connections that became WebSockets are not ended here: they have their close frame. */
function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
