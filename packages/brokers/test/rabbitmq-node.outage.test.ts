/*
 * Goal: a RabbitMQ of ours keeps what it confirmed through SIGKILL, is silent when paused, comes back
 * on its port, listens on loopback only, and two of them run side by side without epmd.
 * Method: real ones, in folders of the test; amqplib publishes and gets.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSameProcess, type RunningBroker, startBroker } from "@reprise/brokers/os";
import { connect } from "amqplib";
import { afterAll, afterEach, expect, test } from "vitest";
import { answersAt } from "../src/os/probing.js";
import { amqpProbe } from "../src/probe-bytes.js";
import { listeningAddresses } from "./listening-addresses.js";
import { rejection } from "./refusals.js";

const root = mkdtempSync(join(tmpdir(), "reprise-rabbitmq-"));
const started: RunningBroker[] = [];

async function start(name: string, config: Record<string, string> = {}): Promise<RunningBroker> {
  const broker = await startBroker({ kind: "amqp", folder: join(root, name), config });
  started.push(broker);
  return broker;
}

afterEach(async () => {
  for (const broker of started.splice(0)) await broker.stop();
});
afterAll(() => rmSync(root, { recursive: true }));

const url = ({ port }: RunningBroker): string => `amqp://guest:guest@127.0.0.1:${port}`;

/**
 * Declares the queue, and has RabbitMQ write down that there is one: killed within about two seconds of
 * the declaration, RabbitMQ 3.10 may have forgotten the queue, and the confirmed messages with it.
 */
async function declare(broker: RunningBroker): Promise<void> {
  const connection = await connect(url(broker));
  const channel = await connection.createChannel();
  await channel.assertQueue("kept", { durable: true });
  await connection.close();
  await broker.stop();
  await broker.restart();
}

/** Resolves when RabbitMQ has confirmed it. */
async function publish(broker: RunningBroker, text: string): Promise<void> {
  const connection = await connect(url(broker));
  const channel = await connection.createConfirmChannel();
  await channel.checkQueue("kept");
  channel.sendToQueue("kept", Buffer.from(text), { persistent: true });
  await channel.waitForConfirms();
  await connection.close();
}

async function getAll(broker: RunningBroker): Promise<readonly string[]> {
  const connection = await connect(url(broker));
  const channel = await connection.createChannel();
  const texts: string[] = [];
  for (let got = await channel.get("kept"); got !== false; got = await channel.get("kept")) {
    texts.push(got.content.toString());
  }
  await connection.close();
  return texts;
}

test("killed, it has what it confirmed; paused, it is silent; stopped, it is gone", async () => {
  const broker = await start("one");
  const { port } = broker;
  const probe = { port, secure: false, probe: amqpProbe() };
  await declare(broker);
  for (const round of ["1", "2", "3"]) {
    await publish(broker, round);
    const { identity } = broker;
    await broker.kill();
    expect(isSameProcess(identity)).toBe(false);
    expect(await answersAt(probe)).toBe(false);
    await broker.restart();
    expect(broker.port).toBe(port);
  }
  expect(await getAll(broker)).toEqual(["1", "2", "3"]);
  await broker.pause();
  expect(broker.isAlive()).toBe(true);
  expect(await answersAt(probe)).toBe(false);
  await broker.resume();
  expect(await answersAt(probe)).toBe(true);
  await broker.stop();
  expect(broker.isAlive()).toBe(false);
  await broker.restart();
  expect(await getAll(broker)).toEqual(["1", "2", "3"]);
});

test("two side by side, on loopback only, with nothing but themselves", async () => {
  const [one, two] = await Promise.all([start("first"), start("second")]);
  await Promise.all([declare(one), declare(two)]);
  await publish(one, "of one");
  await publish(two, "of two");
  await one.kill();
  expect(await getAll(two)).toEqual(["of two"]);
  const addresses = listeningAddresses(two.pid);
  expect(addresses).toHaveLength(2);
  for (const address of addresses) expect(address).toMatch(/^127\.0\.0\.1:/);
  const names = readdirSync(join(root, "second", "data"));
  expect(names.some((name) => name.startsWith("reprise-"))).toBe(true);
});

test("configuration of the caller: little memory, and everything is blocked", async () => {
  const broker = await start("small", { "vm_memory_high_watermark.absolute": "1MB" });
  const connection = await connect(url(broker));
  const blocked = new Promise<string>((resolve) => connection.on("blocked", resolve));
  const channel = await connection.createChannel();
  await channel.assertQueue("any");
  channel.sendToQueue("any", Buffer.from("x"));
  expect(await blocked).toMatch(/memory/);
  connection.on("error", () => {});
  await broker.kill();
});

test("a line that RabbitMQ does not know ends it, and its own words are told", async () => {
  const error = await rejection(start("unknown", { "no.such.option": "1" }));
  expect(error.code).toBe("BROKER_EXITED");
  expect(error.details.logTail).toContain("no.such.option");
});
