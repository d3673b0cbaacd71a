/**
 * A service that records until it is killed: it publishes and consumes on the embedded broker, one
 * message in five fails, and its handler says on a second file which delivery it has, before anything
 * else. One byte on stdout for each, so that whoever kills it can choose when.
 *
 * Arguments: the root folder (with `arch/`), the second file, a seed.
 */
import { openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { consume, type Delivery, type Envelope } from "@reprise/msg-core";
import { openMemoryDriver } from "@reprise/msg-memory";
import { recordingDriver } from "@reprise/msg-rr";
import { withPolicy } from "@reprise/msg-rr/os";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";

const [root = "", handledFile = "", seed = "0"] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const handled = openSync(handledFile, "a");
const text = new TextEncoder();

function message(): Envelope {
  // Now and then a page: a long write is the one that is cut.
  const size = random() % 20 === 0 ? random() % 60_000 : random() % 300;
  return {
    topic: "orders",
    key: text.encode(`customer-${random() % 7}`),
    value: text.encode(`{"note":"${"tea ".repeat(size / 4)}"}`),
    headers: { "event-type": "order.placed" },
  };
}

function handle({ envelope, partition, position, attempt }: Delivery): void {
  writeSync(handled, `${JSON.stringify([envelope.topic, partition, position, attempt])}\n`);
  writeSync(1, ".");
  if (random() % 5 === 0) throw new Error("not today");
}

await withPolicy(
  {
    archRoot: join(root, "arch"),
    policyId: "killed_v1",
    cassette: "killed/cassette.rrbin",
    mode: random() % 2 === 0 ? "record" : "rewrite",
    root,
  },
  async (session) => {
    const driver = recordingDriver(
      openMemoryDriver({ endpoint: "killed_v1", topics: ["orders"] }),
      session,
    );
    for (;;) {
      await driver.publish(Array.from({ length: 1 + (random() % 40) }, message));
      await consume(driver, handle, {
        batchSize: 1 + (random() % 50),
        maxAttempts: 3,
        stopWhenIdle: true,
        waitMs: 0,
      });
    }
  },
);
