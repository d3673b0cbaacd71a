/**
 * A client of a mirror in a process of its own: `node mirror-guest.mjs PORT MANNER [COUNT]`. Tells its
 * parent when all its connections are greeted. Manners: `reads`; `stuck`, which never reads again;
 * `floods`, which sends subscriptions as fast as they are taken,
 * and comes again whenever it is ended.
 */
import { connect } from "node:net";
import { WebSocket } from "ws";

const [port, manner, count = "1"] = process.argv.slice(2);

/** @returns {Promise<void>} */
function stuck() {
  return new Promise((resolve) => {
    const socket = connect(Number(port), "127.0.0.1");
    const lines = [
      "GET /ws HTTP/1.1",
      "Host: 127.0.0.1",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.pause();
      resolve();
    });
  });
}

/** @returns {Promise<void>} */
function greeted() {
  return new Promise((resolve) => {
    const ws = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    ws.on("error", () => {});
    ws.once("message", () => {
      resolve();
      if (manner === "floods") flood(ws);
    });
    ws.on("message", () => {});
    if (manner === "floods") ws.on("close", () => setImmediate(greeted));
  });
}

/** @param {WebSocket} ws */
function flood(ws) {
  if (ws.readyState !== WebSocket.OPEN) return;
  for (let n = 0; n < 100; n++) ws.send('{"frame":"subscribe"}');
  ws.send('{"frame":"subscribe"}', () => setImmediate(flood, ws));
}

for (let n = 0; n < Number(count); n++) await (manner === "stuck" ? stuck() : greeted());
process.send?.("ready");
process.on("message", () => {});
