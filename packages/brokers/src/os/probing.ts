/** Asks a port of this machine, with a connection of its own each time. */
import { connect, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { loopback } from "../options.js";
import type { Probe } from "../probe-bytes.js";

export interface ProbedPort {
  readonly port: number;
  /** Over TLS, whoever the certificate names: it is asked for an answer, nothing is entrusted to it. */
  readonly secure: boolean;
  readonly probe: Probe;
}

/** An answer of a broker that is up is on its way at once. */
const answerMs = 1000;
/** Of a Kafka with ten thousand partitions, some 400 KiB. */
const answerBytesMax = 1_048_576;

/** Whether the port answers as the probe expects; at the latest after a second. */
export function answersAt({ port, secure, probe }: ProbedPort): Promise<boolean> {
  return new Promise((resolve) => {
    let answer: Buffer = Buffer.alloc(0);
    const socket = open(port, secure, () => socket.write(probe.question));
    const finish = (result: boolean): void => {
      clearTimeout(deadline);
      socket.destroy();
      resolve(result);
    };
    const deadline = setTimeout(() => finish(false), answerMs);
    // One that asks for a certificate of ours has answered: it speaks TLS, so it is up.
    socket.on("error", (error) => finish(secure && /alert|CERTIFICATE/i.test(error.message)));
    socket.on("close", () => finish(false));
    socket.on("data", (bytes) => {
      answer = Buffer.concat([answer, bytes]);
      const verdict = probe.verdict(answer);
      if (verdict !== undefined || answer.length > answerBytesMax) finish(verdict === true);
    });
  });
}

function open(port: number, secure: boolean, connected: () => void): Socket {
  if (!secure) return connect({ host: loopback, port }, connected);
  return connectSecurely({ host: loopback, port, rejectUnauthorized: false }, connected);
}

/** Whether anything accepts connections there. */
export function acceptsAt(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: loopback, port });
    const finish = (result: boolean): void => {
      clearTimeout(deadline);
      socket.destroy();
      resolve(result);
    };
    const deadline = setTimeout(() => finish(false), answerMs);
    socket.on("connect", () => finish(true));
    socket.on("error", () => finish(false));
  });
}
