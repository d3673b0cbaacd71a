/**
 * Resolution of names: `net.allow_dns`.
 *
 * `localhost` and names that end in it need no resolver (RFC 6761, 6.3): without `allow_dns` they are
 * answered here, so that a broker that calls itself localhost is found. What a name of the policy
 * resolves to is told to the table of endpoints.
 */
import dns from "node:dns";
import { isIP } from "node:net";
import type { SandboxNetwork } from "../sandbox-policy.js";
import { isCallable } from "./ambient-guard-patch.js";
import type { Endpoints } from "./sandbox-endpoints.js";
import type { Refuse } from "./sandbox-refusal.js";
import { standBefore } from "./sandbox-stand.js";

interface Found {
  readonly address: string;
  readonly family: number;
}

const loopback: readonly Found[] = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

export function guardNames(
  policy: SandboxNetwork,
  { endpoints, refuse }: { readonly endpoints: Endpoints; readonly refuse: Refuse },
): void {
  const isOpen = policy.enabled && policy.allow_dns;
  const rule = policy.enabled ? "net.allow_dns" : "net.enabled";
  const refused = (call: string, name: unknown): Error =>
    refuse({ call, where: typeof name === "string" ? name : undefined, rule });
  /** Undefined: to be asked of the resolver. */
  const answer = (args: readonly unknown[]): readonly Found[] | Error | undefined => {
    const name = args[0];
    if (isOpen || typeof name !== "string" || name === "" || isIP(name) !== 0) return undefined;
    if (!policy.enabled || !isLoopbackName(name)) return refused("dns.lookup", name);
    const { family } = optionsOf(args[1]);
    const wanted = family === "IPv4" ? 4 : family === "IPv6" ? 6 : family;
    return loopback.filter((one) => (wanted !== 4 && wanted !== 6 ? true : one.family === wanted));
  };
  guardLookup(answer, endpoints);
  guardLookupPromise(answer, endpoints);
  if (isOpen) {
    guardServers(refuse, endpoints);
    return;
  }
  standBefore(dns, ["lookupService"], ({ args, go }) => {
    const callback = args[2];
    if (typeof callback !== "function") return go();
    process.nextTick(callback, refused("dns.lookupService", args[0]));
    return undefined;
  });
  standBefore(dns.promises, ["lookupService"], ({ args }) =>
    Promise.reject(refused("dns.lookupService", args[0])),
  );
  const { channel } = resolverPrototypes();
  const queries = Object.getOwnPropertyNames(channel).filter((name) =>
    /^(query|getHostByAddr|setServers|setLocalAddress)/.test(name),
  );
  standBefore(channel, queries, ({ args }, name) => {
    const asked = typeof args[1] === "string" ? args[1] : undefined;
    throw refused(`dns.${callOf(name)}`, asked);
  });
}

type Answer = (args: readonly unknown[]) => readonly Found[] | Error | undefined;

function guardLookup(answer: Answer, endpoints: Endpoints): void {
  standBefore(dns, ["lookup"], ({ args, go }) => {
    const callback = typeof args[1] === "function" ? args[1] : args[2];
    if (!isCallable(callback)) return go();
    const found = answer(args);
    if (found === undefined) {
      return go([args[0], optionsOf(args[1]), noting(args[0], callback, endpoints)]);
    }
    if (found instanceof Error) {
      process.nextTick(callback, found);
      return {};
    }
    const [first] = found;
    if (optionsOf(args[1]).all === true) process.nextTick(callback, null, found);
    else process.nextTick(callback, null, first?.address, first?.family);
    return {};
  });
}

/** Tells the endpoints before the program. */
function noting(
  name: unknown,
  callback: (...args: unknown[]) => unknown,
  endpoints: Endpoints,
): (...args: unknown[]) => unknown {
  return (error, found, ...rest) => {
    if (error === null && typeof name === "string") {
      endpoints.resolved(name.toLowerCase(), addressesOf(found));
    }
    return callback(error, found, ...rest);
  };
}

function guardLookupPromise(answer: Answer, endpoints: Endpoints): void {
  standBefore(dns.promises, ["lookup"], async ({ args, go }) => {
    const found = answer(args);
    if (found instanceof Error) throw found;
    if (found !== undefined) return optionsOf(args[1]).all === true ? found : found[0];
    const result = await go();
    const list: readonly unknown[] = Array.isArray(result) ? result : [result];
    if (typeof args[0] === "string") endpoints.resolved(args[0].toLowerCase(), addressesOf(list));
    return result;
  });
}

function addressesOf(found: unknown): readonly string[] {
  if (typeof found === "string") return [found];
  if (!Array.isArray(found)) return [];
  return found.map((one) => (one as Found).address);
}

/** A resolver of the program's choice is a host like any other: its endpoint must be allowed. */
function guardServers(refuse: Refuse, endpoints: Endpoints): void {
  const { channel } = resolverPrototypes();
  standBefore(channel, ["setServers"], ({ args, go }) => {
    // Rows of family, address, port, as `Resolver.setServers` makes them.
    const servers = args[0] as readonly (readonly [number, string, number])[];
    for (const [, address, port] of servers) {
      if (endpoints.allows(address, port)) continue;
      throw refuse({
        call: "dns.setServers",
        where: `${address}:${port}`,
        rule: "net.allow_hosts",
      });
    }
    return go();
  });
}

function resolverPrototypes(): { readonly channel: object } {
  const { _handle: handle } = new dns.Resolver() as unknown as { readonly _handle: object };
  return { channel: Object.getPrototypeOf(handle) };
}

/** `queryMx` asks for `resolveMx`, `getHostByAddr` for `reverse`. */
function callOf(name: string): string {
  return name === "getHostByAddr" ? "reverse" : name.replace(/^query/, "resolve");
}

function isLoopbackName(name: string): boolean {
  return /(^|\.)localhost\.?$/i.test(name);
}

/** What `dns.lookup` takes as its options: an object or a family. */
function optionsOf(value: unknown): { readonly family?: unknown; readonly all?: unknown } {
  if (typeof value === "number") return { family: value };
  return typeof value === "object" && value !== null ? value : {};
}
