/*
 * Goal: a question is answered yes or no within its time, whatever is at the other end.
 * Method: listeners of this process that answer well, badly, in pieces, not at all, or hang up.
 */
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { freePort } from "@reprise/brokers/os";
import { afterEach, expect, test } from "vitest";
import { acceptsAt, answersAt } from "../src/os/probing.js";
import { redisProbe } from "../src/probe-bytes.js";

let server: Server | undefined;
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server?.close();
});

async function listening(onSocket: (socket: Socket) => void): Promise<number> {
  const port = await freePort();
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onSocket(socket);
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  return port;
}

const ask = (port: number): Promise<boolean> =>
  answersAt({ port, secure: false, probe: redisProbe() });

test("an answer in pieces, to the question", async () => {
  const port = await listening((socket) => {
    socket.on("data", (bytes) => {
      expect(bytes.toString()).toBe("PING\r\n");
      socket.write("+PO", () => socket.write("NG\r\n"));
    });
  });
  expect(await ask(port)).toBe(true);
  expect(await acceptsAt(port)).toBe(true);
});

test.each<[string, (socket: Socket) => void]>([
  ["a wrong answer", (socket) => socket.write("-LOADING\r\n")],
  ["one that hangs up", (socket) => socket.destroy()],
  ["one that ends in the middle", (socket) => socket.end("+PON")],
  ["one that never stops", (socket) => socket.write("x".repeat(2_000_000))],
  ["one that says nothing", () => {}],
])("no: %s", async (_, onSocket) => {
  expect(await ask(await listening(onSocket))).toBe(false);
});

test("nobody is there", async () => {
  const port = await freePort();
  expect([await ask(port), await acceptsAt(port)]).toEqual([false, false]);
});
