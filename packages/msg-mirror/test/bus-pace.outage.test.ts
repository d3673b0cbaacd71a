/**
 * Goal: nobody who looks on slows the bus by more than the mirror's share of the processor, and
 * nobody who misbehaves by more than one who does not.
 * Method: batches through the memory driver, a turn of the event loop after each, in the same
 * process as the mirror: unobserved, with nobody there, with a client that reads, one that never
 * reads, one that floods and comes again; the clients are another process where they would take this one's time. The
 * runs take turns, and the best of each is compared, since the machine has other things to do; the
 * bounds are wide, the figures are printed.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { openMemoryDriver } from "@reprise/msg-memory";
import { expect, test } from "vitest";
import { type Mirror, startMirror } from "../src/os/index.js";

const text = new TextEncoder();
const batch = Array.from({ length: 100 }, (_, n) => ({
  topic: "orders",
  key: text.encode(`customer-${n}`),
  value: text.encode(JSON.stringify({ n, note: "x".repeat(200) })),
  headers: { "content-type": "application/json" },
}));
const batches = 300;

/** Messages a second through publish, poll and settle. */
async function pace(mirror: Mirror | undefined): Promise<number> {
  const driver = openMemoryDriver({ endpoint: "pace", topics: ["orders"] });
  if (mirror !== undefined) driver.observe(mirror.observer({ source: "pace" }));
  const begin = performance.now();
  for (let n = 0; n < batches; n++) {
    await driver.publish(batch);
    const deliveries = await driver.poll({ maxItems: batch.length });
    await driver.settle(deliveries.map((delivery) => ({ delivery, outcome: "ack" as const })));
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
  const seconds = (performance.now() - begin) / 1000;
  await driver.close();
  return (batches * batch.length) / seconds;
}

type Manner = "reads" | "stuck" | "floods";

interface Guest {
  leave(): Promise<void>;
}

/** A client in a process of its own; resolves when the mirror has it. */
async function invite(mirror: Mirror, manner: Manner): Promise<Guest> {
  const program = fileURLToPath(new URL("mirror-guest.mjs", import.meta.url));
  const child = fork(program, [String(mirror.port), manner], { execArgv: [] });
  await once(child, "message");
  return {
    async leave() {
      const gone = once(child, "exit");
      child.kill();
      await gone;
    },
  };
}

test("the bus keeps its pace, whoever looks on", async () => {
  const best: Record<string, number> = {};
  const note = (name: string, rate: number) => {
    best[name] = Math.max(best[name] ?? 0, rate);
  };
  for (let round = 0; round < 4; round++) {
    note("unobserved", await pace(undefined));
    const mirror = await startMirror();
    note("nobody there", await pace(mirror));
    for (const manner of ["reads", "stuck", "floods"] as const) {
      const guest = await invite(mirror, manner);
      note(manner, await pace(mirror));
      await guest.leave();
    }
    await mirror.close();
  }
  const shares = Object.fromEntries(
    Object.entries(best).map(([name, rate]) => [name, rate / (best.unobserved ?? 1)]),
  );
  console.info(
    Object.entries(best)
      .map(([name, rate]) => `${name}: ${Math.round(rate)}/s (${(shares[name] ?? 0).toFixed(2)})`)
      .join("; "),
  );
  expect(shares["nobody there"]).toBeGreaterThan(0.7);
  expect(shares.reads).toBeGreaterThan(0.15);
  expect(shares.stuck).toBeGreaterThan(0.5 * (shares.reads ?? 1));
  expect(shares.floods).toBeGreaterThan(0.25 * (shares.reads ?? 1));
});
