/**
 * A stage for sandboxed programs: the guard built from the sources, a folder with files inside and
 * outside the roots, and servers that count who came.
 */

import { createSocket } from "node:dgram";
import { once } from "node:events";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createServer, type Server } from "node:http";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server as TcpServer,
} from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SandboxPolicy } from "@reprise/worlds";
import type { SandboxExit, SandboxOptions } from "@reprise/worlds/os";
import { build } from "tsup";
import { launch } from "../src/os/sandbox-launch.js";

const source = fileURLToPath(new URL("../src/os/", import.meta.url));

/** A policy that lets nothing through but its own folders; to be changed by parts. */
export function policyWith(changes: Partial<SandboxPolicy> = {}): SandboxPolicy {
  return {
    schema_version: "x07.run-os-policy@0.1.0",
    policy_id: "escapes",
    limits: { cpu_ms: 60_000, wall_ms: 60_000, mem_bytes: 268_435_456, fds: 64, procs: 0 },
    fs: { enabled: false, read_roots: [], write_roots: [], deny_hidden: true },
    net: { enabled: false, allow_dns: false, allow_tcp: false, allow_udp: false, allow_hosts: [] },
    env: { enabled: false, allow_keys: [], deny_keys: [] },
    time: {
      enabled: true,
      allow_monotonic: true,
      allow_wall_clock: true,
      allow_sleep: true,
      max_sleep_ms: 60_000,
      allow_local_tzid: false,
    },
    process: {
      enabled: true,
      allow_spawn: false,
      max_live: 0,
      max_spawns: 0,
      allow_exec: false,
      allow_exit: true,
    },
    ...changes,
  };
}

export interface Ran extends SandboxExit {
  readonly stdout: string;
  readonly stderr: string;
}

export interface Stage {
  readonly root: string;
  /** Writes a program, in a package of its own, and gives its path. */
  program(name: string, text: string): Promise<string>;
  run(options: SandboxOptions): Promise<Ran>;
  /** The guard as it was built. */
  readonly preload: string;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "reprise-sandbox-")));
  await build({
    entry: {
      "os/index": join(source, "index.ts"),
      "os/sandbox-preload": join(source, "sandbox-preload.ts"),
    },
    outDir: join(root, "dist"),
    format: "esm",
    outExtension: () => ({ js: ".js" }),
    target: "node20",
    config: false,
    silent: true,
    // As it is shipped: what both share is one module.
    splitting: true,
  });
  const preload = join(root, "dist/os/sandbox-preload.js");
  await mkdir(join(root, "program"));
  for (const folder of ["dist", "program"]) {
    await writeFile(join(root, folder, "package.json"), '{ "type": "module" }');
  }
  return {
    root,
    preload,
    async program(name, text) {
      const path = join(root, "program", name);
      await writeFile(path, text);
      return path;
    },
    async run(options) {
      const written = { stdout: "", stderr: "" };
      const exit = await launch(
        {
          cwd: root,
          onOutput: (stream, chunk) => {
            written[stream] += Buffer.from(chunk).toString("utf8");
          },
          ...options,
        },
        preload,
      );
      return { ...exit, ...written };
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}

/** Writes files by their paths below `root`; what begins with `->` is a link. */
export async function writeTree(
  root: string,
  tree: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, text] of Object.entries(tree)) {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    if (text.startsWith("->")) await symlink(text.slice(2), path);
    else await writeFile(path, text);
  }
}

/** Every file and folder below, with what is in the files. */
export async function readTree(root: string): Promise<Readonly<Record<string, string>>> {
  const tree: Record<string, string> = {};
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    tree[path.slice(root.length + 1)] = entry.isFile() ? await readFile(path, "utf8") : "";
  }
  return tree;
}

export interface CountingServers {
  /** Speaks HTTP: answers, or redirects to a port. */
  readonly allowed: number;
  /** Another port, on IPv4 and IPv6 where the machine has it. */
  readonly forbidden: number;
  readonly udp: number;
  readonly unix: string;
  readonly abstract: string;
  /** How many came to what nobody may reach, by server. */
  arrived(): Readonly<Record<string, number>>;
  /** How many came to `allowed`. */
  welcome(): number;
  close(): Promise<void>;
}

export async function openServers(root: string): Promise<CountingServers> {
  const counts: Record<string, number> = {};
  const servers: (TcpServer | Server)[] = [];
  const counted = async (name: string, where: object): Promise<TcpServer> => {
    counts[name] = 0;
    const server = createTcpServer((socket) => {
      counts[name] = (counts[name] ?? 0) + 1;
      socket.destroy();
    });
    server.listen(where);
    await once(server, "listening");
    servers.push(server);
    return server;
  };
  let welcome = 0;
  const http = createServer((request, response) => {
    const to = new URL(request.url ?? "/", "http://x").searchParams.get("to");
    if (to === null) response.end("welcome");
    else response.writeHead(302, { location: `http://127.0.0.1:${to}/` }).end();
  });
  http.on("connection", () => {
    welcome += 1;
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  servers.push(http);
  const forbidden = portOf(await counted("tcp", { port: 0, host: "0.0.0.0" }));
  await counted("tcp6", { port: forbidden, host: "::1" }).catch(() => undefined);
  const unix = join(root, "forbidden.sock");
  await counted("unix", { path: unix });
  const abstract = `\0reprise-${process.pid}-${forbidden}`;
  if (process.platform === "linux") await counted("abstract", { path: abstract });
  const udp = createSocket("udp4");
  counts.udp = 0;
  udp.on("message", () => {
    counts.udp = (counts.udp ?? 0) + 1;
  });
  udp.bind(0, "127.0.0.1");
  await once(udp, "listening");
  return {
    allowed: portOf(http),
    forbidden,
    udp: udp.address().port,
    unix,
    abstract,
    arrived: () => counts,
    welcome: () => welcome,
    async close() {
      udp.close();
      for (const server of servers) {
        server.close();
        if ("closeAllConnections" in server) server.closeAllConnections();
        await once(server, "close");
      }
    },
  };
}

function portOf(server: TcpServer): number {
  // Of a server that listens on TCP.
  return (server.address() as AddressInfo).port;
}
