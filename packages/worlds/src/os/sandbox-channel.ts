/**
 * What the launcher tells the guard, over a pipe that it opens for that: one line of JSON. No variable
 * and no argument, so that none that is left lying around can say something else.
 */
import { readSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import type { SandboxPolicy } from "../sandbox-policy.js";
import type { SandboxRoots } from "./sandbox-roots.js";

/** The descriptor of the pipe in the program. */
export const channelFd = 3;

export interface SandboxOrders {
  readonly policy: SandboxPolicy;
  readonly roots: SandboxRoots;
  /** The names that the environment may hold. */
  readonly variables: readonly string[];
}

export function encodeOrders(orders: SandboxOrders): string {
  return `${JSON.stringify(orders)}\n`;
}

const chunkSize = 65_536;
/** A policy at all its bounds has some 6 MB. */
const ordersSizeMax = 64 * 1024 * 1024;

/** Throws what the file system throws where there is no pipe: then nothing runs. */
export function readOrders(): SandboxOrders {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = Buffer.alloc(chunkSize);
    const count = readSync(channelFd, chunk);
    size += count;
    chunks.push(chunk.subarray(0, count));
    if (count === 0 || size > ordersSizeMax) throw new Error("the sandbox has no orders");
    if (chunk[count - 1] === 10) break;
  }
  // Written by `encodeOrders` of the same copy of this package.
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as SandboxOrders;
}

/** Tells the launcher that the guard is in place. */
export function tellReady(): void {
  writeSync(channelFd, "ready\n");
}

/** A program whose launcher is gone, with its clock and its limits, ends. */
export function watchLauncher(): void {
  const { reallyExit } = process as unknown as { reallyExit(code: number): never };
  const channel = new Socket({ fd: channelFd, readable: true, writable: false });
  const end = (): void => reallyExit.call(process, 1);
  channel.on("end", end).on("error", end).resume().unref();
}
