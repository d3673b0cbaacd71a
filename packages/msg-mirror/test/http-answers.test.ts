/**
 * Goal: plain HTTP gets the page and nothing else, with the headers that keep the page safe.
 * Method: requests by hand, the bad ones included; the page's own references are followed.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Mirror, startMirror } from "../src/os/index.js";
import { ask, bareSocket } from "./mirror-visitor.js";

let mirror: Mirror;
beforeAll(async () => {
  mirror = await startMirror();
});
afterAll(() => mirror.close());

test("the page, and every file that it names, from here and nowhere else", async () => {
  const page = await ask(mirror);
  expect(page).toMatchObject({
    status: 200,
    headers: { "content-type": "text/html; charset=utf-8" },
  });
  const looked = new Set<string>();
  const wanted = [...page.body.matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, path]) => path ?? "");
  while (wanted.length > 0) {
    const path = wanted.pop() ?? "";
    expect(path).toMatch(/^\/[a-z-]+\.(js|css|svg)$/);
    if (looked.has(path)) continue;
    looked.add(path);
    const file = await ask(mirror, { path });
    expect(file.status, path).toBe(200);
    for (const [, name] of file.body.matchAll(/^import .* from "\.(\/[^"]+)";$/gm))
      wanted.push(name ?? "");
    expect(file.body, path).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  }
  expect(looked.size).toBeGreaterThanOrEqual(10);
  expect(page.body).not.toMatch(/<style|style=|onclick|<script(?![^>]* src=)/);
});

test.each(["/", "/main.js", "/healthz", "/nothing", "/ws"])(
  "%s has the security headers",
  async (path) => {
    const { headers } = await ask(mirror, { path });
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "x-frame-options": "DENY",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    });
    const policy = headers["content-security-policy"];
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ]) {
      expect(policy).toContain(rule);
    }
    expect(policy).not.toContain("unsafe");
  },
);

test("healthz says ok and nothing more", async () => {
  expect(await ask(mirror, { path: "/healthz?x=1" })).toMatchObject({
    status: 200,
    headers: { "content-type": "application/json" },
    body: '{"status":"ok"}\n',
  });
});

test("HEAD is GET without a body", async () => {
  const [get, head] = [await ask(mirror), await ask(mirror, { method: "HEAD" })];
  expect(head.body).toBe("");
  expect(head.status).toBe(200);
  expect(head.headers["content-length"]).toBe(String(Buffer.byteLength(get.body)));
});

test.each([
  "/index.html",
  "/../package.json",
  "/..%2fpackage.json",
  "/page/main.js",
  "//",
  "/main.js/",
  "/constructor",
  "/__proto__",
])("%s is 404", async (path) => {
  expect(await ask(mirror, { path })).toMatchObject({ status: 404, body: "not found\n" });
});

test.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])(
  "%s is 405, and says what is allowed",
  async (method) => {
    const body = method === "OPTIONS" ? "" : "x".repeat(100_000);
    expect(await ask(mirror, { method, body }).catch(({ code }) => code)).toMatchObject({
      status: 405,
      headers: { allow: "GET, HEAD" },
    });
  },
);

test("the socket's path without an upgrade is 426", async () => {
  expect(await ask(mirror, { path: "/ws" })).toMatchObject({
    status: 426,
    headers: { upgrade: "websocket" },
  });
});

test.each(["evil.example", "127.0.0.1.evil.example", "192.168.0.7"])(
  "Host %s is 403",
  async (host) => {
    for (const path of ["/", "/healthz", "/main.js"]) {
      expect(await ask(mirror, { path, headers: { host } })).toMatchObject({ status: 403 });
    }
  },
);

test("what is not HTTP is answered with 400 and ended", async () => {
  const socket = await bareSocket(mirror);
  socket.write("HELLO\r\n\r\n");
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part as Buffer);
  expect(Buffer.concat(parts).toString()).toMatch(/^HTTP\/1\.1 400 /);
});

test("headers that are too long are refused", async () => {
  expect(await ask(mirror, { headers: { long: "x".repeat(20_000) } })).toMatchObject({
    status: 431,
  });
});
