/**
 * Goal: a thousand clients at a time see every message, in order, from frames made once; a thousand
 * that never read are all ended, in bounded memory; one more than may be is refused.
 * Method: clients of `ws` in this process, which counts what each got; stuck ones in another process.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { startMirror } from "../src/os/index.js";
import { greeted, of, visit } from "./mirror-visitor.js";

const clients = 1000;
const entry = (n: number, text = "") =>
  ({ direction: "added", stream: "s", id: `${n}`, message: { n, text } }) as const;

test("a thousand clients see a hundred messages each; the next one is refused", async () => {
  const mirror = await startMirror({ limits: { clientsMax: clients, heartbeatMs: 60_000 } });
  const visitors = [];
  for (let n = 0; n < clients; n++) visitors.push(await greeted(mirror));
  await expect(visit(mirror)).rejects.toThrow("503");
  const begin = performance.now();
  for (let n = 0; n < 100; n++) mirror.watchStreams(entry(n));
  for (const visitor of visitors) {
    for (let n = 0; n < 100; n++) expect((await visitor.next(of("message"))).id).toBe(`${n}`);
  }
  const seconds = (performance.now() - begin) / 1000;
  console.info(
    `100 messages to ${clients} clients, both ends in one process: ${seconds.toFixed(2)} s`,
  );
  expect(mirror.missed).toBe(0);
  await mirror.close();
});

test("a thousand clients that never read: all are ended, and a turn of the loop stays short", async () => {
  const limits = { clientsMax: clients + 1, patienceMs: 500, messagesPerSecondMax: 1_000_000 };
  const mirror = await startMirror({ limits: { ...limits, bufferBytesMax: 2 ** 19 } });
  const program = fileURLToPath(new URL("mirror-guest.mjs", import.meta.url));
  const child = fork(program, [String(mirror.port), "stuck", String(clients)], { execArgv: [] });
  await once(child, "message");
  const reader = await greeted(mirror);
  const before = process.memoryUsage.rss();
  let longest = 0;
  let most = before;
  let sent = 0;
  const text = "x".repeat(60_000);
  while (mirror.clients().length > 1) {
    mirror.watchStreams(entry(sent, text));
    const begin = performance.now();
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    longest = Math.max(longest, performance.now() - begin);
    expect((await reader.next(of("message"))).id).toBe(`${sent}`);
    sent += 1;
    most = Math.max(most, process.memoryUsage.rss());
  }
  const mebibytes = Math.round((most - before) / 2 ** 20);
  console.info(
    `ended after ${sent} messages; longest turn ${Math.round(longest)} ms; +${mebibytes} MiB`,
  );
  expect(mirror.missed).toBe(0);
  // Frames are shared: a thousand full buffers are not a thousand times the bound (512 MiB).
  expect(mebibytes).toBeLessThan(300);
  child.kill();
  await vi.waitFor(() => expect(mirror.clients()).toHaveLength(1), { timeout: 20_000 });
  await mirror.close();
});
