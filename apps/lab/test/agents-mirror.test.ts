/**
 * Goal: with `--mirror` whoever looks on sees the messages live, signed and verified; the run is the
 * same; the mirror ends with it, and a port that is taken is a refusal.
 * Method: the command in this process, visitors of `ws`; the address comes from stderr.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import type { MessageFrame, ServerFrame } from "@reprise/msg-mirror";
import { afterAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createPlace, lab } from "./lab-in-process.js";
import { startLab } from "./lab-process.js";

const place = createPlace();
mkdirSync(join(place.folder, "out"));
afterAll(place.remove);

const args = (cassette: string, ...more: readonly string[]): readonly string[] => [
  ...["agents", ...place.options, "--out", join(place.folder, "out"), "--cassette", cassette],
  ...more,
];

/** A port of loopback that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Looks on until `enough` holds of the messages shown, then leaves. */
function watch(
  url: string,
  enough: (shown: readonly MessageFrame[]) => boolean,
): Promise<readonly MessageFrame[]> {
  const shown: MessageFrame[] = [];
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(`${url.replace("http", "ws")}ws`);
    ws.on("error", reject);
    ws.on("close", () => resolve(shown));
    ws.on("message", (data) => {
      const frame = JSON.parse(data.toString()) as ServerFrame;
      if (frame.frame === "message") shown.push(frame);
      if (enough(shown)) ws.close();
    });
  });
}

test("a visitor sees valid signatures, and the run is the same as without", async () => {
  const port = await freePort();
  const mirrored = args("watched", "--rounds", "40", "--seed", "7", "--mirror", `${port}`);
  const { child, ended } = startLab(mirrored);
  const url = await addressIn(child.stderr);
  expect(url).toBe(`http://127.0.0.1:${port}/`);
  const shown = await watch(
    url,
    (frames) => frames.filter(({ amp }) => amp !== undefined).length >= 12,
  );
  const states = shown.map(({ amp }) => amp?.signature);
  expect(states).toContain("valid");
  // One stray at most: the rest is what the agents say.
  expect(states.filter((state) => state === "valid").length).toBeGreaterThan(states.length / 2);
  for (const { stream, source } of shown) {
    expect(stream).toMatch(/^amp:lab:(\w+:in|global:events)$/);
    expect(source).toBe("lab_memory_v1");
  }
  child.kill("SIGINT");
  const { status, stderr } = await ended;
  expect(stderr).toContain("lab: ABORTED: interrupted");
  expect(status).toBe(130);
  await expect(fetch(url)).rejects.toThrow();
}, 120_000);

test("the cassette does not know that somebody looked on", async () => {
  const same = ["--rounds", "3", "--seed", "3", "--no-sandbox"];
  const port = await freePort();
  const { child, ended } = startLab(args("shown", ...same, "--mirror", `${port}`));
  const url = await addressIn(child.stderr);
  await watch(url, () => false);
  expect((await ended).status).toBe(0);
  await lab(...args("unseen", ...same.slice(0, 4)));
  const cassette = (name: string): Buffer =>
    readFileSync(join(place.folder, ".x07_rr", name, "cassette.rrbin"));
  expect(cassette("shown").equals(cassette("unseen"))).toBe(true);
}, 120_000);

test("a port that is taken is status 3, with what to do, before anything is recorded", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const { status, stdout, stderr } = await lab(...args("never", "--mirror", `${port}`));
    expect(stderr).toMatch(/^lab: ADDRESS_UNAVAILABLE: cannot listen on 127\.0\.0\.1:\d+/);
    expect(stderr).toContain("next: give the mirror another port");
    expect(status).toBe(3);
    expect(stdout).toBe("");
    const json = await lab(...args("never", "--mirror", `${port}`, "--json"));
    expect(JSON.parse(json.stdout).error).toMatchObject({
      code: "ADDRESS_UNAVAILABLE",
      details: { address: `127.0.0.1:${port}` },
    });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

/** What the lab says of its mirror, once it does. */
function addressIn(stderr: NodeJS.ReadableStream | null): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    stderr?.on("data", (more: string) => {
      text += more;
      const url = /the mirror shows it at (\S+)/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    stderr?.on("end", () => reject(new Error(`no mirror: ${text}`)));
  });
}
