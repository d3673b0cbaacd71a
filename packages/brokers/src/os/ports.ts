/**
 * Ports of 127.0.0.1. Free ones are taken from 20,000 to 29,999, below what systems hand out to
 * outgoing connections: a client that keeps knocking while its broker is down would otherwise be
 * given the broker's own port as its source, connect to itself, and keep the broker from coming back.
 */
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { BrokersError } from "../errors.js";
import { loopback } from "../options.js";

const firstPort = 20_000;
const portCount = 10_000;
const triesMax = 100;

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries++) {
    const port = firstPort + randomInt(portCount);
    if (await isFree(port)) return port;
  }
  throw new BrokersError(
    "PORT_TAKEN",
    `expected a free port from ${firstPort} to ${firstPort + portCount - 1}, found none in ${triesMax} tries`,
  );
}

/** @throws BrokersError PORT_TAKEN, with who has it where the system tells */
export async function checkPortFree(port: number): Promise<void> {
  if (await isFree(port)) return;
  const owner = portOwner(port);
  throw new BrokersError(
    "PORT_TAKEN",
    `port ${port} of ${loopback} is taken${owner === undefined ? "" : ` by ${owner}`}`,
    { port, ...(owner === undefined ? {} : { owner }) },
  );
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host: loopback, port, exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}

/** `redis-server, pid 4711`; undefined where the system does not tell. Linux only. */
export function portOwner(port: number): string | undefined {
  const inodes = new Set([
    ...listeners("/proc/net/tcp", port),
    ...listeners("/proc/net/tcp6", port),
  ]);
  if (inodes.size === 0) return undefined;
  for (const pid of entriesOf("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const file of entriesOf(`/proc/${pid}/fd`)) {
      if (!inodes.has(linkOf(`/proc/${pid}/fd/${file}`))) continue;
      return `${textOf(`/proc/${pid}/comm`).trim()}, pid ${pid}`;
    }
  }
  return undefined;
}

const listening = "0A";

/** Links to the sockets that listen on `port`: `socket:[INODE]` (proc(5), /proc/net/tcp). */
function listeners(table: string, port: number): readonly string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return textOf(table)
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(wanted) === true && fields[3] === listening)
    .map((fields) => `socket:[${fields[9]}]`);
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
