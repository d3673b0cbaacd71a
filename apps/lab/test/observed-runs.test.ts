/**
 * Goal: a recording that keeps logs and spans has them again from its replay, byte for byte; while it
 * lasts it can be scraped and sends itself to a collector, in its sandbox.
 * Method: the lab in this process on the embedded broker; the built lab in a process of its own, a
 * scraper, and a server that takes what a collector would get.
 */
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { createPlace, lab } from "./lab-in-process.js";
import { labProcess, startLab } from "./lab-process.js";

const place = createPlace();
afterAll(place.remove);

const names = ["aggregate.json", "logs.jsonl", "metrics.txt", "report.json", "spans.jsonl"];
const read = (...path: readonly string[]): string =>
  readFileSync(join(place.folder, ...path), "utf8");
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

async function record(cassette: string, ...more: readonly string[]) {
  const out = ["--out", join(place.folder, cassette)];
  return lab(
    "record",
    "--messages",
    "300",
    "--cassette",
    cassette,
    ...out,
    ...more,
    ...place.options,
  );
}

test("logs and spans come again from the cassette", async () => {
  const recorded = await record("observed", "--observe");
  expect(recorded).toMatchObject({ status: 0, stderr: "" });
  expect(readdirSync(join(place.folder, "observed")).sort()).toEqual(names);
  const out = ["--out", join(place.folder, "again")];
  const replayed = await lab("replay", "--cassette", "observed", ...out, ...place.options);
  expect(replayed).toMatchObject({ status: 0, stderr: "" });
  for (const name of names) expect(read("again", name)).toBe(read("observed", name));
});

test("a log says what was out of the ordinary, and a trace leads from sending to handling", () => {
  const logs = linesOf(read("observed", "logs.jsonl"));
  expect(logs.map(({ index }) => index)).toEqual(logs.map((_, index) => index));
  expect(logs[0]).toMatchObject({ event: "run.started", fields: { messages: 300 } });
  expect(logs.at(-1)).toMatchObject({ event: "run.ended" });
  expect(logs.filter(({ event }) => event === "message.rejected").length).toBeGreaterThan(0);
  const spans = linesOf(read("observed", "spans.jsonl"));
  const created = new Map(
    spans.filter(({ name }) => name.startsWith("create ")).map((span) => [span.trace_id, span]),
  );
  const handled = spans.filter(({ name }) => name.startsWith("process "));
  expect(created.size).toBe(300);
  expect(handled.length).toBeGreaterThanOrEqual(300);
  for (const { trace_id, parent_span_id } of handled) {
    expect(created.get(trace_id)?.span_id).toBe(parent_span_id);
  }
  const report = JSON.parse(read("observed", "report.json"));
  expect(report.logs.count).toBe(logs.length);
  expect(report.spans.count).toBe(spans.length);
});

test("another line in the log is found", async () => {
  appendFileSync(join(place.folder, ".x07_rr/observed/logs.jsonl"), "{}\n");
  const { status, stderr } = await lab("verify", "--cassette", "observed", ...place.options);
  expect(status).toBe(1);
  expect(stderr).toMatch(/logs\.jsonl differs between recording and replay/);
});

test("without --observe nothing is added to the messages", async () => {
  expect((await record("plain")).status).toBe(0);
  expect(readFileSync(join(place.folder, ".x07_rr/plain/cassette.rrbin"), "latin1")).not.toContain(
    "traceparent",
  );
  expect(readdirSync(join(place.folder, "plain"))).not.toContain("spans.jsonl");
});

test("a recording is scraped while it lasts, in the sandbox", async () => {
  const port = await freePort();
  const { child, ended } = startLab([
    ...["record", "--messages", "1000000", "--cassette", "scraped", "--metrics-port", `${port}`],
    ...["--out", join(place.folder, "scraped"), ...place.options],
  ]);
  let text = "";
  while (!/lab_settled_messages_total{outcome="ack"} [1-9]/.test(text)) {
    text = await fetch(`http://127.0.0.1:${port}/metrics`, {
      headers: { accept: "application/openmetrics-text; version=1.0.0" },
    }).then(
      (response) => response.text(),
      () => new Promise<string>((resolve) => setImmediate(resolve, "")),
    );
  }
  child.kill("SIGINT");
  expect((await ended).status).toBe(130);
  expect(text).toMatch(
    /^messaging_client_sent_messages_total{.*messaging_system="memory".*} \d+$/m,
  );
  expect(text.endsWith("# EOF\n")).toBe(true);
}, 60_000);

test("a collector gets metrics, logs and spans; the replay needs none", async () => {
  const got = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = gunzipSync(Buffer.concat(parts));
    got.set(request.url ?? "", (got.get(request.url ?? "") ?? 0) + body.length);
    response.setHeader("content-type", "application/x-protobuf").end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const args = ["--cassette", "exported", ...place.options];
  try {
    const otlp = ["--otlp", `http://127.0.0.1:${port}`, "--out", join(place.folder, "exported")];
    const recorded = await labProcess(["record", "--messages", "200", ...otlp, ...args]);
    expect(recorded).toMatchObject({ status: 0, stderr: "" });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  expect([...got.keys()].sort()).toEqual(["/v1/logs", "/v1/metrics", "/v1/traces"]);
  expect(got.get("/v1/traces")).toBeGreaterThan(200 * 32);
  expect(await labProcess(["verify", ...args])).toMatchObject({ status: 0, stderr: "" });
}, 60_000);

test("a collector's address that cannot be ends the recording, the port it has opened too", async () => {
  const port = String(await freePort());
  const args = ["--cassette", "nowhere", "--metrics-port", port, "--no-sandbox", ...place.options];
  const otlp = ["--otlp", "http://user:password@127.0.0.1:4318"];
  const { status, stderr } = await labProcess(["record", ...args, ...otlp]);
  expect(stderr).toMatch(/^lab: OPTION_INVALID: /);
  expect(stderr).not.toContain("password@");
  expect(status).toBe(2);
});

test("a port that is taken is said so", async () => {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { status, stderr } = await record("taken", "--metrics-port", `${port}`);
  server.close();
  expect(stderr).toMatch(/^lab: LISTEN_FAILED: /);
  expect(status).toBe(3);
});

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
