/**
 * Goal: what cannot work is refused within its deadline, by a typed error that says what to do.
 * Method: nothing there, something else there, a name that nobody has, a message that is too large.
 */
import { createServer, type Server, type Socket } from "node:net";
import { afterAll, expect, test } from "vitest";
import { openKafkaDriver } from "../src/os/index.js";
import { expectNoLeaks, message, useBroker } from "./broker-stand.ts";
import { profileAt } from "./kafka-brokers.ts";

expectNoLeaks();
const stand = useBroker();
const servers: Server[] = [];
const sockets = new Set<Socket>();

afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

/** A server that says that to whoever connects. */
async function serve(greet: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    greet(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const connectTimeoutMs = 1500;

async function refusedAt(port: number): Promise<unknown> {
  const started = performance.now();
  const profile = profileAt(`127.0.0.1:${port}`);
  const error = await openKafkaDriver({ profile, connectTimeoutMs }).catch((e: unknown) => e);
  // What the machine is slow by, beside it.
  expect(performance.now() - started).toBeLessThan(connectTimeoutMs + 3000);
  return error;
}

test("nothing is there: BROKER_UNREACHABLE, with the address", async () => {
  const port = await serve(() => undefined);
  const [server] = servers.splice(0);
  await new Promise((resolve) => server?.close(resolve));
  const error = await refusedAt(port);
  expect(error).toMatchObject({
    code: "BROKER_UNREACHABLE",
    message: expect.stringContaining(`127.0.0.1:${port}`),
  });
});

test.each([
  ["that says nothing", (): void => undefined],
  ["that hangs up", (socket: Socket) => void socket.destroy()],
  ["of another kind", (socket: Socket) => void socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")],
  ["that talks too much", (socket: Socket) => void socket.write(Buffer.alloc(1000, 0x41))],
])("a server %s", async (_, greet) => {
  const error = await refusedAt(await serve(greet));
  expect(error).toMatchObject({ code: expect.stringMatching(/^BROKER_(UNREACHABLE|TIMEOUT)$/) });
  expect(error).toMatchObject({ message: expect.stringContaining("127.0.0.1:") });
});

test("a broker without TLS, spoken to with it", async () => {
  const { security: _, ...profile } = profileAt(`127.0.0.1:${stand.broker().port}`);
  const opening = openKafkaDriver({ profile, connectTimeoutMs });
  await expect(opening).rejects.toMatchObject({
    code: expect.stringMatching(/^BROKER_(UNREACHABLE|TIMEOUT)$/),
  });
});

test("a topic that there is not, to read and to publish to", async () => {
  await expect(stand.open({ topics: ["nowhere"] })).rejects.toMatchObject({
    code: "TOPIC_UNKNOWN",
    message: expect.stringContaining("create it"),
  });
  const driver = await stand.open();
  await expect(driver.publish([message("nowhere", "v")])).rejects.toMatchObject({
    code: "TOPIC_UNKNOWN",
  });
  await expect(driver.publish([message("no name!", "v")])).rejects.toMatchObject({
    code: "TOPIC_UNKNOWN",
  });
  const topic = await stand.createTopic();
  expect((await driver.publish([message(topic, "v")])).length).toBe(1);
});

test("a message that is too large: for the driver, and for the topic", async () => {
  const topic = await stand.createTopic({ config: { "max.message.bytes": "5000" } });
  const driver = await stand.open();
  const large = (size: number) => message(topic, "x".repeat(size));
  await expect(driver.publish([large(2_000_000)])).rejects.toMatchObject({
    code: "VALUE_TOO_LONG",
  });
  const outcomes = driver.publish([large(10), large(6000), large(20)]);
  await expect(outcomes).rejects.toMatchObject({
    code: "PUBLISH_INCOMPLETE",
    details: {
      outcomes: [{ position: "0" }, { code: "BROKER_REFUSED" }, { position: "0" }],
    },
  });
});

test("limits of headers and keys count too", async () => {
  const topic = await stand.createTopic();
  const driver = await stand.open();
  const headers = { long: "x".repeat(1_100_000) };
  await expect(driver.publish([{ ...message(topic, "v"), headers }])).rejects.toMatchObject({
    code: "LIMIT_EXCEEDED",
  });
});
