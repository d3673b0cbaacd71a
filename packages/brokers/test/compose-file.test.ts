/*
 * Goal: compose.yaml pins what it runs, is reachable from this machine only, waits until a broker is
 * healthy, and has the services and ports that `reprise brokers` asks for.
 * Method: the file through a YAML parser; each service held against the Compose specification's form
 * of what it uses.
 */
import { readFileSync } from "node:fs";
import { brokerKinds, defaultPorts } from "@reprise/brokers";
import { expect, test } from "vitest";
import { parse } from "yaml";

const file = new URL("../../../compose.yaml", import.meta.url);

interface Service {
  readonly image: string;
  readonly ports: readonly string[];
  readonly mem_limit: string;
  readonly command?: readonly string[];
  readonly healthcheck: {
    readonly test: readonly string[];
    readonly interval: string;
    readonly timeout: string;
    readonly retries: number;
  };
}

// The shape is what the tests below are about: a wrong one fails them.
const { services } = parse(readFileSync(file, "utf8")) as { services: Record<string, Service> };

test("a service for each broker, and no other", () => {
  expect(Object.keys(services)).toEqual([...brokerKinds]);
});

test.each(Object.entries(services))("%s", (name, service) => {
  const { image, ports, mem_limit: memory, healthcheck } = service;
  expect(image, "a full version").toMatch(/^[a-z0-9./-]+:v?\d+\.\d+\.\d+(-[a-z-]+)?$/);
  expect(memory).toMatch(/^\d+[mg]$/);
  for (const port of ports) expect(port, "loopback only").toMatch(/^127\.0\.0\.1:(\d+):\1$/);
  const { [name as "kafka"]: port } = defaultPorts;
  expect(ports[0]).toBe(`127.0.0.1:${port}:${port}`);
  expect(healthcheck.test[0]).toMatch(/^CMD(-SHELL)?$/);
  expect(healthcheck.test.length).toBeGreaterThan(1);
  expect([healthcheck.interval, healthcheck.timeout]).toEqual([
    expect.stringMatching(/^\d+s$/),
    expect.stringMatching(/^\d+s$/),
  ]);
  expect(healthcheck.retries).toBeGreaterThan(0);
});

test("every argument is text: YAML reads a bare yes as a boolean in some parsers", () => {
  for (const { command = [] } of Object.values(services)) {
    for (const word of command) expect(typeof word).toBe("string");
  }
});

test("Kafka sends its clients to this machine; Redis keeps what it acknowledged", () => {
  expect(services.kafka?.command).toContain("--advertise-kafka-addr=clients://127.0.0.1:9092");
  expect(services.redis?.command?.join(" ")).toContain("--appendonly yes --appendfsync always");
});
