/**
 * Who may talk to the mirror, by what a request says of itself.
 *
 * A browser lets any page open a WebSocket to any address, loopback included, and tells the page's
 * origin: one that is not the mirror's own is refused. A page may also give its own host name the
 * address of the mirror (DNS rebinding), and is then of the same origin: but the `Host` that the
 * browser sends is that name, which is none of the mirror's. An address in the `Host` cannot be
 * rebound, a name can.
 */

export interface HostRule {
  /** What the mirror was told to listen on. */
  readonly host: string;
  /** Further names that it is known by, without ports. */
  readonly allowedHosts: readonly string[];
}

/** `127.0.0.0/8`, `::1`, or `localhost`. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return name === "localhost" || name === "::1" || name === "[::1]" || isLoopbackV4(name);
}

function isLoopbackV4(name: string): boolean {
  return /^127(\.\d{1,3}){3}$/.test(name);
}

/** Whether a `Host` header names this mirror; the port is not looked at, it may be mapped. */
export function isHostAllowed(
  header: string | undefined,
  { host, allowedHosts }: HostRule,
): boolean {
  const name = hostName(header);
  if (name === undefined) return false;
  if (isLoopback(name)) return true;
  if (name === bare(host) || allowedHosts.some((allowed) => bare(allowed) === name)) return true;
  return !isLoopback(host) && isAddress(name);
}

/** Whether an `Origin` header is the mirror's own; no header is no browser. */
export function isOriginAllowed(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  if (host === undefined) return false;
  const own = host.toLowerCase();
  return origin.toLowerCase() === `http://${own}` || origin.toLowerCase() === `https://${own}`;
}

/** The token of an `Authorization: Bearer` header (RFC 6750); undefined where there is none. */
export function bearerToken(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^Bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1];
}

/** A host and a port as they stand in a URL: IPv6 addresses in brackets. */
export function authority(host: string, port: number): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The name or address of a `Host` header, lower case, without port and brackets. */
function hostName(header: string | undefined): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:/?#@\s[\]]+))(?::\d{1,5})?$/i.exec(header ?? "");
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
}

function isAddress(name: string): boolean {
  return name.includes(":") || /^\d{1,3}(\.\d{1,3}){3}$/.test(name);
}
