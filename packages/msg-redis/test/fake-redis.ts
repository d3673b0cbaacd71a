/** A server that speaks RESP and says what a test has it say: for what no Redis at hand can be. */
import { createServer, type Socket } from "node:net";

export type Said = string | number | null | Error | readonly Said[];

export interface FakeRedis {
  readonly port: number;
  /** All commands so far, their words. */
  readonly commands: readonly (readonly string[])[];
  close(): Promise<void>;
}

/** `answer` gives the reply to each command; undefined: none, ever. */
export async function startFakeRedis(
  answer: (command: readonly string[]) => Said | undefined,
): Promise<FakeRedis> {
  const commands: (readonly string[])[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let unread = "";
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      unread += text;
      for (;;) {
        const read = readCommand(unread);
        if (read === undefined) return;
        unread = read.rest;
        commands.push(read.command);
        const said = answer(read.command);
        if (said !== undefined) socket.write(encode(said), "latin1");
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    commands,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function readCommand(text: string): { command: readonly string[]; rest: string } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (head === null) return undefined;
  let at = head[0].length;
  const command: string[] = [];
  for (let word = 0; word < Number(head[1]); word++) {
    const length = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (length === null) return undefined;
    const start = at + length[0].length;
    at = start + Number(length[1]) + 2;
    if (text.length < at) return undefined;
    command.push(text.slice(start, at - 2));
  }
  return { command, rest: text.slice(at) };
}

function encode(said: Said): string {
  if (said === null) return "$-1\r\n";
  if (typeof said === "number") return `:${said}\r\n`;
  if (typeof said === "string") return `$${said.length}\r\n${said}\r\n`;
  if (said instanceof Error) return `-${said.message}\r\n`;
  return `*${said.length}\r\n${said.map(encode).join("")}`;
}

/** What a Redis of that version says to what every connection asks first. */
export function greeting(version: string): (command: readonly string[]) => Said | undefined {
  return ([name, first]) => {
    if (name === "INFO") return `redis_version:${version}\r\nrole:master\r\nloading:0\r\n`;
    if (name === "CLIENT") return first === "ID" ? 7 : "OK";
    if (name === "XGROUP") return "OK";
    if (name === "XINFO" || name === "XPENDING") return [];
    if (name === "EVAL") return ["0-0", [], []];
    return undefined;
  };
}
