/** A TCP proxy on loopback between a driver and its broker, whose connections a test can break. */
import { connect, createServer, type Server, type Socket } from "node:net";

export interface ProxyOptions {
  readonly targetPort: number;
  /** Sees every chunk before it is passed on; "drop" keeps it back, "reset" ends the connection. */
  readonly onData?: (chunk: Uint8Array, from: "client" | "server", pair: ProxyPair) => DataFate;
}

export type DataFate = "pass" | "drop" | "reset" | undefined;

/** One connection: its two sockets. */
export interface ProxyPair {
  readonly client: Socket;
  readonly server: Socket;
  /** Ends both with a reset, as a dying machine or firewall does. */
  reset(): void;
}

export interface Proxy {
  readonly port: number;
  /** Those that are open, the oldest first. */
  readonly connections: readonly ProxyPair[];
  /** How many there have been. */
  readonly accepted: number;
  /** Ends all that are open with a reset. New ones are still taken. */
  reset(): void;
  /** Nothing is passed on, either way; new connections are taken and hear nothing. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

export async function startProxy({ targetPort, onData }: ProxyOptions): Promise<Proxy> {
  const pairs = new Set<ProxyPair>();
  let accepted = 0;
  let isPaused = false;

  const server = createServer((client) => {
    accepted += 1;
    const upstream = connect(targetPort, "127.0.0.1");
    const pair: ProxyPair = {
      client,
      server: upstream,
      reset() {
        pairs.delete(pair);
        resetNow(client);
        resetNow(upstream);
      },
    };
    pairs.add(pair);
    join(pair, { from: "client", onData, forget: () => pairs.delete(pair) });
    join(pair, { from: "server", onData, forget: () => pairs.delete(pair) });
    if (isPaused) pauseBoth(pair);
  });
  await listen(server);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");

  return {
    port: address.port,
    get connections() {
      return [...pairs];
    },
    get accepted() {
      return accepted;
    },
    reset() {
      for (const pair of [...pairs]) pair.reset();
    },
    pause() {
      isPaused = true;
      for (const pair of pairs) pauseBoth(pair);
    },
    resume() {
      isPaused = false;
      for (const pair of pairs) {
        pair.client.resume();
        pair.server.resume();
      }
    },
    close() {
      for (const pair of [...pairs]) pair.reset();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

interface Joining {
  readonly from: "client" | "server";
  readonly onData: ProxyOptions["onData"];
  readonly forget: () => void;
}

function join(pair: ProxyPair, { from, onData, forget }: Joining): void {
  const source = pair[from];
  const target = from === "client" ? pair.server : pair.client;
  source.setNoDelay(true);
  source.on("data", (chunk: Uint8Array) => {
    const fate = onData?.(chunk, from, pair) ?? "pass";
    if (fate === "reset") pair.reset();
    // A write after the other side's end is that side's business.
    else if (fate === "pass" && target.writable && !target.write(chunk)) {
      source.pause();
      target.once("drain", () => source.resume());
    }
  });
  source.on("end", () => target.end());
  source.on("error", () => target.destroy());
  source.on("close", () => {
    forget();
    target.destroy();
  });
}

/** Alone, the first would wait for what is being written, or for a connection that is being made. */
function resetNow(socket: Socket): void {
  socket.resetAndDestroy();
  socket.destroy();
}

function pauseBoth({ client, server }: ProxyPair): void {
  client.pause();
  server.pause();
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve());
  });
}
