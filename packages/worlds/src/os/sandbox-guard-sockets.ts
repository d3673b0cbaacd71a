/**
 * TCP and Unix sockets, at the handles beneath `net`: whatever opens a connection (tls, http, http2,
 * fetch, WebSocket, a reference taken early) ends in a handle's `connect`, with the address it goes to.
 * Nothing is asked after that: the traffic of an open socket does not pass here.
 *
 * A refused connect answers with EACCES, which makes `net` go on to a name's next address; if none is
 * left, the socket's error is replaced by the refusal.
 */
import net from "node:net";
import { getSystemErrorMap } from "node:util";
import type { SandboxNetwork } from "../sandbox-policy.js";
import type { WorldError } from "../world-error.js";
import { type Endpoints, endpointText } from "./sandbox-endpoints.js";
import { keptFor } from "./sandbox-kept.js";
import type { Refuse } from "./sandbox-refusal.js";
import { standBefore } from "./sandbox-stand.js";

const { apply } = Reflect;
const later = setImmediate;

/** What libuv calls EACCES here. */
export const refusedStatus: number =
  [...getSystemErrorMap()].find(([, [name]]) => name === "EACCES")?.[0] ?? -13;

/** Whose refusal it was, until the socket's error comes. */
const refusals = keptFor<WorldError>();

export function guardSockets(
  policy: SandboxNetwork,
  { endpoints, refuse }: { readonly endpoints: Endpoints; readonly refuse: Refuse },
): void {
  const isOpen = policy.enabled && policy.allow_tcp;
  const closed = policy.enabled ? "net.allow_tcp" : "net.enabled";
  const rule = isOpen ? "net.allow_hosts" : closed;
  const check =
    (call: string): Check =>
    (address, port) =>
      isOpen && endpoints.allows(address, port)
        ? undefined
        : refuse({ call, where: endpointText(address, port), rule });
  const refusePipe = (call: string, path: unknown): WorldError =>
    refuse({ call, where: `unix:${path}`, rule: "net" });
  const { tcp, pipe } = handlePrototypes();
  guardConnects(tcp, check("net.connect"));
  guardListens(tcp, check("net.listen"));
  guardServers(check("net.listen"), (path) => refusePipe("net.listen", path));
  standBefore(pipe, ["connect"], ({ self, args }) => {
    const refusal = refusePipe("net.connect", args[1]);
    const owner = ownerOf(self);
    if (owner === undefined) throw refusal;
    // As late as the system's own answer: until then nobody listens.
    later(() => (owner as net.Socket).destroy(refusal));
    return 0;
  });
  standBefore(pipe, ["bind", "listen"], ({ self, args }, name) =>
    answerFor(self, refusePipe(`net.${name}`, args[0])),
  );
  replaceErrors();
}

/**
 * The handles are made before anything is asked of the network. Where node itself has no network they
 * may be gone at once: what is kept is what the socket was given.
 */
function handlePrototypes(): { readonly tcp: object; readonly pipe: object } {
  const of = (options: net.SocketConnectOpts): object => {
    const socket = new net.Socket();
    const held: { handle?: object | null; made?: object } = {};
    Object.defineProperty(socket, "_handle", {
      configurable: true,
      get: () => held.handle ?? null,
      set(handle: object | null) {
        held.handle = handle;
        if (handle !== null) held.made = handle;
      },
    });
    socket.on("error", () => undefined);
    socket.connect(options);
    socket.destroy();
    if (held.made === undefined) throw new Error("no handle of a socket found");
    return Object.getPrototypeOf(held.made);
  };
  return {
    tcp: of({ host: "localhost", port: 1, lookup: () => undefined }),
    pipe: of({ path: "/dev/null/none" }),
  };
}

/** `undefined` lets the call through. */
type Check = (address: unknown, port: unknown) => WorldError | undefined;

function guardConnects(tcp: object, check: Check): void {
  standBefore(tcp, ["connect", "connect6"], ({ self, args, go }) => {
    const address = args[1];
    const port = args[2];
    const refusal = check(address, port);
    return refusal === undefined ? go([args[0], address, port]) : answerFor(self, refusal);
  });
}

/** A socket may be bound before it connects; only one that is bound to an allowed endpoint may listen. */
function guardListens(tcp: object, check: Check): void {
  const bound = keptFor<{ readonly address: unknown; readonly port: unknown }>();
  standBefore(tcp, ["bind", "bind6"], ({ self, args, go }) => {
    bound.keep(self, { address: args[0], port: args[1] });
    return go();
  });
  standBefore(tcp, ["listen"], ({ self, go }) => {
    const known = bound.of(self);
    const refusal = check(known?.address, known?.port);
    return refusal === undefined ? go() : answerFor(self, refusal);
  });
}

/** Where `server.listen` ends after it has resolved its host. */
function guardServers(check: Check, refusePipe: (path: unknown) => WorldError): void {
  standBefore(net.Server.prototype, ["_listen2"], ({ self, args, go }) => {
    const [address, port, family] = args;
    const isPipe = port === -1 && family === -1;
    const refusal = isPipe ? refusePipe(address) : check(address, port);
    if (refusal === undefined) return go();
    // Called on servers, which tell of their failures so.
    process.nextTick(() => (self as net.Server).emit("error", refusal));
    return undefined;
  });
}

/** Its socket gets the refusal; who calls a handle directly, at once. */
function answerFor(handle: object, refusal: WorldError): number {
  const owner = ownerOf(handle);
  if (owner === undefined) throw refusal;
  refusals.keep(owner, refusal);
  return refusedStatus;
}

export function ownerOf(handle: object): object | undefined {
  for (const key of Object.getOwnPropertySymbols(handle)) {
    if (key.description !== "owner_symbol") continue;
    // Node's own field: the socket or server whose handle it is, if any.
    return (handle as Record<symbol, object | null | undefined>)[key] ?? undefined;
  }
  return undefined;
}

function replaceErrors(): void {
  // Inherited from streams: what is called is what a socket finds first.
  const { destroy } = net.Socket.prototype;
  net.Socket.prototype.destroy = function (error?: Error, ...rest: unknown[]) {
    const refusal = error === undefined || error === null ? undefined : refusals.of(this);
    const told = refusal === undefined ? error : withRefusal(error, refusal);
    return apply(destroy, this, [told, ...rest]);
  };
}

/** The refusal, in the place of EACCES; among the errors of other addresses, beside them. */
function withRefusal(error: unknown, refusal: WorldError): unknown {
  const { code, errors } = error as { readonly code?: unknown; readonly errors?: unknown };
  if (!Array.isArray(errors)) return code === "EACCES" ? refusal : error;
  const others = errors.filter((one) => one?.code !== "EACCES");
  if (others.length === 0) return refusal;
  return Object.assign(new AggregateError([refusal, ...others], refusal.message), {
    code: others[0]?.code,
  });
}
