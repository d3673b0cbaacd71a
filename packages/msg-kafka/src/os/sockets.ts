/**
 * The connections of one driver. kafkajs ends them when it is done with what is in flight, which may
 * be never (issues 903, 967, 1639); here they can be ended at once. What kafkajs makes of sockets has
 * to be known for that:
 *
 * - It hears "end" and "error", and not "close": an error goes with a socket that is destroyed.
 * - After "end" it strikes the broker off its list; a consumer whose list is empty gives up, and the
 *   group waits for it until its session is over. After "error" it connects again. So an end is told
 *   as an error first.
 * - It lets go of a socket that never connected whenever it looks at it, and `unref` leaves a listener
 *   there each time.
 */
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";

export interface Sockets {
  /** `lost` is told of the error that a connection ends with, or that it is not made for. */
  create(to: SocketTarget, lost?: (error: Error) => void): Socket;
  /** Ends all there are, and those to come. */
  destroy(): void;
  isDestroyed(): boolean;
}

export interface SocketTarget {
  readonly host: string;
  readonly port: number;
  /** undefined or null: no TLS. */
  readonly ssl: ConnectionOptions | undefined | null;
  readonly onConnect: () => void;
}

const keepAliveMs = 60_000;

export function createSockets(): Sockets {
  const open = new Set<Socket>();
  let isEnded = false;
  return {
    create({ host, port, ssl, onConnect }, lost) {
      if (isEnded) throw new Error("the driver is closed");
      const name = isIP(host) === 0 ? { servername: host } : {};
      const socket = ssl
        ? connectTls({ host, port, ...name, ...ssl }, onConnect)
        : connectPlain({ host, port }, onConnect);
      const unref = socket.unref.bind(socket);
      socket.unref = () => (socket.connecting || socket.destroyed ? socket : unref());
      socket.setKeepAlive(true, keepAliveMs);
      socket.setNoDelay(true);
      open.add(socket);
      socket.once("close", () => open.delete(socket));
      if (lost !== undefined) socket.once("error", lost);
      // Before the listener of kafkajs, which is added next; unless we have ended it ourselves.
      socket.once("end", () => {
        if (socket.writableEnded) return;
        socket.emit("error", new Error("the broker ended the connection"));
      });
      return socket;
    },
    destroy() {
      isEnded = true;
      for (const socket of open) socket.destroy(new Error("the driver is closed"));
    },
    isDestroyed: () => isEnded,
  };
}
