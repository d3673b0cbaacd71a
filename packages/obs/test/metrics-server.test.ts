/**
 * Goal: the endpoint answers what is asked, complete and bounded, and nothing else; slow, many and
 * malformed requests do not take it down.
 * Method: a real server on a free port of the loopback address; `fetch`, and bare sockets where a
 * client misbehaves. Deadlines are the server's own, and short; the tests wait for its answer.
 */
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import {
  counter,
  createRegistry,
  gauge,
  renderOpenMetrics,
  renderPrometheusText,
} from "@reprise/obs";
import { type MetricsServer, type MetricsServerOptions, serveMetrics } from "@reprise/obs/os";
import { afterEach, describe, expect, test } from "vitest";

const servers: MetricsServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close(0)));
});

function sample(series = 1) {
  const registry = createRegistry({ sent: counter({ help: "Sent.", labels: ["topic"] }) });
  for (let n = 0; n < series; n++) registry.counter("sent").add(n, { topic: `topic-${n}` });
  return registry;
}

async function serve(options: Partial<MetricsServerOptions> = {}) {
  const registry = sample();
  const server = await serveMetrics({ registry, port: 0, ...options });
  servers.push(server);
  return { registry, server };
}

/** Everything that comes back for `text`, until the connection ends. */
function exchanged(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
  });
}

describe("answers", () => {
  test("the oldest format, or the one that is asked for", async () => {
    const { registry, server } = await serve();
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/metrics`);
    const plain = await fetch(server.url);
    expect(plain.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await plain.text()).toBe(renderPrometheusText(registry));
    const accept = "application/openmetrics-text; version=1.0.0; escaping=allow-utf8";
    const open = await fetch(`${server.url}?name=x`, { headers: { accept } });
    expect(open.headers.get("content-type")).toBe(
      "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
    );
    expect(open.headers.get("cache-control")).toBe("no-store");
    expect(await open.text()).toBe(renderOpenMetrics(registry));
  });

  test("gzip where it is allowed, and its length", async () => {
    const registry = sample(500);
    const { server } = await serve({ registry });
    const zipped = await fetch(server.url, { headers: { "accept-encoding": "gzip" } });
    expect(zipped.headers.get("content-encoding")).toBe("gzip");
    expect(await zipped.text()).toBe(renderPrometheusText(registry));
    expect(Number(zipped.headers.get("content-length"))).toBeLessThan(10_000);
    const plain = await fetch(server.url, { headers: { "accept-encoding": "identity" } });
    expect(plain.headers.get("content-encoding")).toBe(null);
  });

  test("HEAD is GET without the text", async () => {
    const { registry, server } = await serve();
    const head = await fetch(server.url, {
      method: "HEAD",
      headers: { "accept-encoding": "identity" },
    });
    expect(head.status).toBe(200);
    expect(Number(head.headers.get("content-length"))).toBe(renderPrometheusText(registry).length);
    expect(await head.text()).toBe("");
  });

  test("gauges that are looked up when asked", async () => {
    const registry = createRegistry({ level: gauge({ help: "" }) });
    const { server } = await serve({ registry, collect: () => registry.gauge("level").set(7) });
    expect(await (await fetch(server.url)).text()).toContain("level 7.0");
  });

  test.each<[string, RequestInit & { readonly path?: string }, number]>([
    ["another path", { path: "/" }, 404],
    ["a path behind it", { path: "/metrics/x" }, 404],
    ["an encoded path", { path: "/%6detrics" }, 404],
    ["POST", { method: "POST", body: "x" }, 405],
    ["DELETE", { method: "DELETE" }, 405],
    ["OPTIONS", { method: "OPTIONS" }, 405],
    ["nothing that there is", { headers: { accept: "text/plain;q=0" } }, 406],
  ])("%s is refused", async (_, { path = "/metrics", ...init }, status) => {
    const { server } = await serve();
    const response = await fetch(new URL(path, server.url), init);
    expect(response.status).toBe(status);
    expect(response.headers.get("allow")).toBe(status === 405 ? "GET, HEAD" : null);
    expect(await response.text()).toBe("");
  });

  test("metrics that are too large, or cannot be rendered, are 500 and say nothing", async () => {
    const large = await serve({ registry: sample(1_000), bodySizeMax: 1_000 });
    expect((await fetch(large.server.url)).status).toBe(500);
    const broken = await serve({
      collect: () => {
        throw new Error("secret detail");
      },
    });
    const response = await fetch(broken.server.url);
    expect([response.status, await response.text()]).toEqual([500, ""]);
    expect((await fetch(large.server.url, { method: "HEAD" })).status).toBe(500);
  });
});

describe("bad clients", () => {
  test("a request that is none, or whose headers never end, loses its connection", async () => {
    const { server } = await serve({ timeoutMs: 50 });
    expect(await exchanged(server.port, "\u0000\u0001nonsense\r\n\r\n")).toContain(" 400 ");
    expect(
      await exchanged(server.port, `GET /metrics HTTP/1.1\r\nx: ${"y".repeat(20_000)}\r\n`),
    ).toContain(" 431 ");
    expect((await fetch(server.url)).status).toBe(200);
  });

  test("a reader that never reads holds its place no longer than the time it has", async () => {
    // More than the buffers of both ends hold.
    const wide = createRegistry(
      Object.fromEntries(
        Array.from({ length: 40 }, (_, n) => [`m${n}`, counter({ help: "x", labels: ["a"] })]),
      ),
    );
    for (let n = 0; n < 40; n++) {
      for (let s = 0; s < 250; s++) wide.counter(`m${n}`).add(1, { a: `${s}${"x".repeat(900)}` });
    }
    const { server } = await serve({ registry: wide, concurrentMax: 1, timeoutMs: 2_000 });
    const socket = connect(server.port, "127.0.0.1");
    const ended = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => undefined);
    socket.write("GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n");
    await new Promise((resolve) => socket.once("readable", resolve));
    const busy = await fetch(server.url);
    expect([busy.status, busy.headers.get("retry-after")]).toEqual([503, "1"]);
    // The server closes it, which shows once what was sent has been read.
    const untilFree = async (): Promise<number> => {
      const { status, body } = await fetch(server.url, { method: "HEAD" });
      await body?.cancel();
      return status === 503 ? untilFree() : status;
    };
    expect(await untilFree()).toBe(200);
    socket.resume();
    await ended;
  });

  test("many at once are answered or told to come again", async () => {
    const { server } = await serve({ registry: sample(5_000), concurrentMax: 2 });
    const answers = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const response = await fetch(server.url);
        await response.text();
        return response.status;
      }),
    );
    expect(new Set(answers).size).toBeGreaterThanOrEqual(1);
    expect(answers.every((status) => status === 200 || status === 503)).toBe(true);
    expect(answers).toContain(200);
    expect((await fetch(server.url)).status).toBe(200);
  });
});

describe("opening and closing", () => {
  test.each([-1, 1.5, 65_536, Number.NaN])("port %s is refused", async (port) => {
    await expect(serveMetrics({ registry: sample(), port })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      fault: "caller",
    });
  });

  test("a port that is taken is the environment's fault, and may be free later", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const { port } = holder.address() as AddressInfo;
    await expect(serveMetrics({ registry: sample(), port })).rejects.toMatchObject({
      code: "LISTEN_FAILED",
      fault: "environment",
      retryable: true,
      cause: { code: "EADDRINUSE" },
    });
    await new Promise((resolve) => holder.close(resolve));
  });

  test("a registry of nobody's is refused before anything is opened", async () => {
    await expect(serveMetrics({ registry: { metricNames: [] }, port: 0 })).rejects.toMatchObject({
      code: "REGISTRY_UNKNOWN",
    });
  });

  test("close lets go of the port, whoever is still connected, and may be called again", async () => {
    const { server } = await serve();
    await (await fetch(server.url)).text();
    const idle = connect(server.port, "127.0.0.1");
    await new Promise((resolve) => idle.once("connect", resolve));
    const ended = new Promise((resolve) => idle.once("close", resolve));
    await server.close(10);
    await server.close(10);
    await ended;
    await expect(fetch(server.url)).rejects.toThrow();
  });
});
