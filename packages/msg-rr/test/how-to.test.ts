/**
 * Goal: what docs/how-to/accept-a-change.md and the README show is what a user sees.
 * Method: the service of the how-to is recorded and changed in each of its ways; the page must hold
 * the errors, word for word. The README's example is the one that CI runs.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { consume, type Driver } from "@reprise/msg-core";
import { openMemoryDriver } from "@reprise/msg-memory";
import { checkAllUsed, createMemoryStore, type MemoryStore, sessionDriver } from "@reprise/msg-rr";
import { expect, test } from "vitest";
import { type Options, sessionOn } from "./sessions.ts";

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");
const page = read("../../../docs/how-to/accept-a-change.md");
const acceptHint = "run the same command once with REPRISE_MODE=rewrite";

const utf8 = new TextEncoder();

async function send(driver: Driver, key: string, order: object): Promise<void> {
  const value = utf8.encode(JSON.stringify(order));
  const headers = { "content-type": "application/json" };
  await driver.publish([{ topic: "orders", key: utf8.encode(key), value, headers }]);
}

/** What the service of the how-to does, with what may change. */
interface Service {
  readonly total?: number;
  readonly reversed?: boolean;
  readonly paid?: boolean;
  readonly fails?: boolean;
}

async function serve(driver: Driver, service: Service): Promise<void> {
  const { total = 1200, reversed = false, paid = true, fails = false } = service;
  const steps = [
    () => send(driver, "ada", { customer: "ada", total }),
    ...(paid ? [() => send(driver, "ada", { customer: "ada", paid: true })] : []),
  ];
  for (const step of reversed ? steps.reverse() : steps) await step();
  await consume(
    driver,
    () => {
      if (fails) throw new Error("out of stock");
    },
    { limit: 2, batchSize: 2 },
  );
}

async function run(store: MemoryStore, service: Service, options: Options): Promise<string> {
  const session = sessionOn(store, { acceptHint, ...options });
  const driver = await sessionDriver(session, {
    kind: "memory",
    endpoint: "shop",
    open: () => openMemoryDriver({ endpoint: "shop", topics: ["orders"] }),
  });
  try {
    await serve(driver, service);
    if (options.mode !== "record") checkAllUsed(session);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    session.close();
  }
}

test.each<[string, Service]>([
  ["another value", { total: 1300 }],
  ["another order", { reversed: true }],
  ["another outcome", { fails: true }],
  ["one message less", { paid: false }],
])("%s is shown as it is", async (_, service) => {
  const store = createMemoryStore();
  expect(await run(store, {}, { mode: "record" })).toBe("");
  expect(await run(store, {}, {})).toBe("");
  const message = await run(store, service, {});
  expect(message).not.toBe("");
  expect(page).toContain(`\n${message}\n`);
});

test("what the page says of volatile members holds", async () => {
  const store = createMemoryStore();
  await run(store, {}, { mode: "record" });
  const matching = { order: "any", volatile: ["/value/total"] } as const;
  expect(page).toContain('"order": "any"');
  expect(page).toContain('"volatile": ["/value/total"]');
  expect(await run(store, { total: 7, reversed: true }, { matching })).toBe("");
});

test("the README's example is the one that CI runs", () => {
  const readme = read("../README.md");
  const [, example] = /^```js\n(.*?)^```$/ms.exec(readme) ?? [];
  expect(example).toBe(read("../../../examples/01-record-and-replay.mjs"));
});
