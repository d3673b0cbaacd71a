/**
 * Goal: A16: no amqplib that drops confirm callbacks (before 1.0.5), reports a false success (before
 * 2.2.1) or can be made to run out of memory (before 2.3.0) is accepted.
 * Method: the range of package.json, and what is installed.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const text = (file: string | URL): { version?: string; peerDependencies?: object } =>
  JSON.parse(readFileSync(file, "utf8"));

test("A16: amqplib is at least 2.3.1", () => {
  const { peerDependencies } = text(new URL("../package.json", import.meta.url));
  expect(peerDependencies).toMatchObject({ amqplib: ">=2.3.1 <3" });
  const folder = dirname(createRequire(import.meta.url).resolve("amqplib"));
  const [major = 0, minor = 0, patch = 0] = (text(join(folder, "package.json")).version ?? "")
    .split(".")
    .map(Number);
  expect(major).toBe(2);
  expect(minor * 1000 + patch).toBeGreaterThanOrEqual(3001);
});
