/*
 * Goal: a port is free when it is said to be, and one that is taken is told with who has it.
 * Method: a listener of this process.
 */
import { once } from "node:events";
import { createServer } from "node:net";
import { freePort, portOwner } from "@reprise/brokers/os";
import { expect, test } from "vitest";
import { checkPortFree, isFree } from "../src/os/ports.js";
import { rejection } from "./refusals.js";

test("a free port is of the range that no client is given", async () => {
  const port = await freePort();
  expect(port).toBeGreaterThanOrEqual(20_000);
  expect(port).toBeLessThan(30_000);
  expect(await isFree(port)).toBe(true);
  expect(portOwner(port)).toBeUndefined();
  await checkPortFree(port);
});

test("a port that is taken, and free again", async () => {
  const port = await freePort();
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  expect(await isFree(port)).toBe(false);
  const error = await rejection(checkPortFree(port));
  expect(error.code).toBe("PORT_TAKEN");
  expect(error.details.port).toBe(port);
  if (process.platform === "linux") {
    expect(error.details.owner).toContain(`, pid ${process.pid}`);
    expect(error.message).toBe(`port ${port} of 127.0.0.1 is taken by ${error.details.owner}`);
  }
  server.close();
  await once(server, "close");
  await checkPortFree(port);
});

test("one that listens everywhere has it too", async () => {
  const port = await freePort();
  const server = createServer().listen(port);
  await once(server, "listening");
  expect(await isFree(port)).toBe(false);
  server.close();
  await once(server, "close");
});
