/**
 * Which endpoints a policy allows, asked with the address that a socket is about to use: after every
 * resolution, however the program spelt it.
 *
 * A host of the policy that is a name stands for the addresses that the guard saw it resolve to.
 * The table has no prototype and is asked by its keys alone: nothing that a program does to `Map`,
 * `Array` or `String` changes an answer.
 */
import { canonicalAddress } from "../network-address.js";
import type { SandboxNetwork } from "../sandbox-policy.js";

export interface Endpoints {
  allows(address: unknown, port: unknown): boolean;
  /** What a lookup of a name gave. */
  resolved(name: string, addresses: readonly string[]): void;
}

type Table<Value> = Record<string, Value | undefined>;

function emptyTable<Value>(): Table<Value> {
  // A null object has no members: any record type holds.
  return Object.create(null) as Table<Value>;
}

export function endpointsOf({ allow_hosts: hosts }: SandboxNetwork): Endpoints {
  const endpoints = emptyTable<true>();
  const names = emptyTable<readonly number[]>();
  for (const { host, ports } of hosts) {
    const address = canonicalAddress(host);
    if (address === undefined) {
      const name = host.toLowerCase();
      names[name] = [...(names[name] ?? []), ...ports];
    } else {
      for (const port of ports) endpoints[`${address} ${port}`] = true;
    }
  }
  return {
    allows(address, port) {
      if (typeof address !== "string" || typeof port !== "number") return false;
      return endpoints[`${canonicalAddress(address) ?? address} ${port}`] === true;
    },
    resolved(name, addresses) {
      const ports = names[name];
      if (ports === undefined) return;
      for (const address of addresses) {
        const canonical = canonicalAddress(address) ?? address;
        for (const port of ports) endpoints[`${canonical} ${port}`] = true;
      }
    },
  };
}

export function endpointText(address: unknown, port: unknown): string {
  const host = `${address ?? "*"}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
