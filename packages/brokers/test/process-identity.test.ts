/*
 * Goal: a process is known again, and a pid whose process is gone, or is another by now, is never
 * taken for it and never signalled.
 * Method: real processes of our own; another moment of birth stands for a recycled pid.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { endProcess } from "../src/os/detached-process.js";
import { identityOf, isSameProcess, signalProcess } from "../src/os/process-identity.js";

async function sleeper(script = "setInterval(() => {}, 1e6); console.log('up')") {
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  await once(child.stdout, "data");
  const identity = identityOf(child.pid ?? 0);
  if (identity === undefined) throw new Error("the process has no identity");
  return { child, identity, exited: once(child, "exit") };
}

test("it is the same while it lives, and gone afterwards", async () => {
  const { child, identity, exited } = await sleeper();
  expect(identityOf(identity.pid)).toEqual(identity);
  expect(isSameProcess(identity)).toBe(true);
  child.kill("SIGKILL");
  await exited;
  expect(identityOf(identity.pid)).toBeUndefined();
  expect(isSameProcess(identity)).toBe(false);
  expect(signalProcess(identity, "SIGKILL")).toBe(false);
});

test("two processes are two", async () => {
  const [one, two] = [await sleeper(), await sleeper()];
  expect(one.identity).not.toEqual(two.identity);
  for (const { child, exited } of [one, two]) {
    child.kill("SIGKILL");
    await exited;
  }
});

test("a recycled pid is not signalled", async () => {
  const { child, identity, exited } = await sleeper();
  const earlier = { pid: identity.pid, birth: `${identity.birth}0` };
  expect(isSameProcess(earlier)).toBe(false);
  expect(signalProcess(earlier, "SIGKILL")).toBe(false);
  expect(await endProcess(earlier)).toBe(true);
  expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  expect(await endProcess(identity)).toBe(true);
  await exited;
  expect(child.signalCode).toBe("SIGTERM");
});

test("a paused one is ended too", async () => {
  const { child, identity, exited } = await sleeper();
  signalProcess(identity, "SIGSTOP");
  expect(isSameProcess(identity)).toBe(true);
  expect(await endProcess(identity)).toBe(true);
  await exited;
  expect(child.signalCode).toBe("SIGTERM");
});

test("a zombie is gone", async () => {
  // The shell's child ends, and nobody asks for its status.
  const script = "sleep 0 & echo $!; exec sleep 1000";
  const parent = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
  const exited = once(parent, "exit");
  const [line] = await once(parent.stdout, "data");
  const pid = Number(String(line));
  while (identityOf(pid) !== undefined) await new Promise((resolve) => setImmediate(resolve));
  expect(identityOf(pid)).toBeUndefined();
  parent.kill("SIGKILL");
  await exited;
});
