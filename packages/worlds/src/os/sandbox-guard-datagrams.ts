/**
 * UDP: refused without `net.allow_udp`; with it, what is sent, connected to or bound must be in
 * `net.allow_hosts`, by the address that the handle is given. A port that the system picks may be bound,
 * since every answer comes from where something was sent.
 */
import dgram from "node:dgram";
import type { SandboxNetwork } from "../sandbox-policy.js";
import { type Endpoints, endpointText } from "./sandbox-endpoints.js";
import { ownerOf, refusedStatus } from "./sandbox-guard-sockets.js";
import type { Refuse } from "./sandbox-refusal.js";
import { standBefore } from "./sandbox-stand.js";

export function guardDatagrams(
  policy: SandboxNetwork,
  { endpoints, refuse }: { readonly endpoints: Endpoints; readonly refuse: Refuse },
): void {
  const isOpen = policy.enabled && policy.allow_udp;
  const rule = policy.enabled ? "net.allow_udp" : "net.enabled";
  if (!isOpen) {
    standBefore(dgram.Socket.prototype, ["bind", "connect", "send", "sendto"], (_, name) => {
      throw refuse({ call: `dgram.${name}`, rule });
    });
  }
  const refusal = (call: string, address: unknown, port: unknown): Error | undefined => {
    const where = endpointText(address, port);
    if (!isOpen) return refuse({ call, where, rule });
    if (endpoints.allows(address, port)) return undefined;
    return refuse({ call, where, rule: "net.allow_hosts" });
  };
  const udp = udpPrototype();
  standBefore(udp, ["bind", "bind6"], ({ self, args, go }) => {
    if (isOpen && args[1] === 0) return go();
    return answer(self, refusal("dgram.bind", args[0], args[1]), go);
  });
  standBefore(udp, ["connect", "connect6"], ({ self, args, go }) =>
    answer(self, refusal("dgram.connect", args[0], args[1]), go),
  );
  standBefore(udp, ["send", "send6"], ({ self, args, go }) => {
    // Of a socket that is connected no address is given.
    if (isOpen && args.length === 4) return go();
    return answer(self, refusal("dgram.send", args[4], args[3]), go);
  });
}

function answer(handle: object, refusal: Error | undefined, go: () => unknown): unknown {
  if (refusal === undefined) return go();
  const owner = ownerOf(handle);
  if (owner === undefined) throw refusal;
  // The owner of such a handle is a socket.
  process.nextTick(() => (owner as dgram.Socket).emit("error", refusal));
  return refusedStatus;
}

function udpPrototype(): object {
  const socket = dgram.createSocket("udp4");
  const symbol = Object.getOwnPropertySymbols(socket).find(
    ({ description }) => description === "state symbol",
  );
  // Node's own field; where it is not, nothing would be guarded, and nothing may run.
  const state = (socket as unknown as Record<symbol, { readonly handle: object } | undefined>)[
    symbol ?? Symbol()
  ];
  if (state === undefined) throw new Error("no handle of a datagram socket found");
  const prototype: object = Object.getPrototypeOf(state.handle);
  socket.close();
  return prototype;
}
