/**
 * Goal: a run of agents ends with what the bus has against it, at once and not retried; what comes twice
 * is applied once; and no agent touches the world.
 * Method: runs on the embedded broker, through drivers that fail, lose and repeat.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseJson } from "@reprise/canonical-json";
import { nodeSignatures } from "@reprise/msg-amp/os";
import { type Delivery, type Driver, type Envelope, MsgError } from "@reprise/msg-core";
import { createMemoryBroker, openMemoryDriver } from "@reprise/msg-memory";
import { expect, test } from "vitest";
import type { AgentsFacts } from "../src/agents/agents-facts.js";
import { type AgentsOutputs, runAgents } from "../src/agents/agents-run.js";
import { createPost } from "../src/agents/post.js";
import { createLabMetrics } from "../src/metrics.js";
import { teamOf } from "./agent-stage.js";
import { repositoryArch } from "./lab-in-process.js";

const rounds = 10;
const seed = 7;
const document = parseJson(
  readFileSync(join(repositoryArch, "obs/metrics/registry.x07metrics.json"), "utf8"),
);
const facts: AgentsFacts = {
  ...{ kind: "agents", driver: "memory", endpoint: "lab_memory_v1" },
  ...{ agents: 5, rounds, seed, time: "virtual", sandbox: "none" },
};

function open(): Driver {
  const topics = teamOf().roster.streams;
  const broker = createMemoryBroker({ topics, seed, partitions: 1 });
  return openMemoryDriver({ endpoint: facts.endpoint, topics, group: "lab-agents", broker });
}

/** Runs on `driver`; `worlds` counts what was done in the world of handlers. */
async function runOn(driver: Driver, worlds = { count: 0 }): Promise<AgentsOutputs> {
  const team = teamOf({ rounds, seed });
  const stop = new AbortController();
  try {
    return await runAgents({
      driver,
      facts,
      team,
      post: createPost({ roster: team.roster, seed, signatures: nodeSignatures }),
      metrics: createLabMetrics(document, facts),
      signal: stop.signal,
      stop: () => stop.abort(),
      pause: async () => undefined,
      inWorld(body) {
        worlds.count += 1;
        return body();
      },
    });
  } finally {
    await driver.close();
  }
}

test("every answer is made in the world of handlers", async () => {
  const worlds = { count: 0 };
  const { summary, counts } = await runOn(open(), worlds);
  // The beginning, each message that was applied, and each that an agent was too busy for.
  expect(worlds.count).toBe(1 + counts.valid - counts.repeated + summary.retried);
});

test.each([1, 2, 20])(
  "a bus that refuses publish %i ends the run with its reason",
  async (last) => {
    const inner = open();
    let calls = 0;
    const refusing: Driver = {
      ...inner,
      publish(batch, options) {
        calls += 1;
        if (calls < last) return inner.publish(batch, options);
        return Promise.reject(new MsgError("QUEUE_FULL", "no room"));
      },
    };
    await expect(runOn(refusing)).rejects.toMatchObject({ code: "QUEUE_FULL" });
    expect(calls).toBe(last);
  },
);

test("a message that is lost is missed", async () => {
  const inner = open();
  let calls = 0;
  const losing: Driver = {
    ...inner,
    publish(batch, options) {
      calls += 1;
      if (calls !== 5) return inner.publish(batch, options);
      return Promise.resolve(batch.map(() => ({ partition: 0, position: "lost" })));
    },
  };
  await expect(runOn(losing)).rejects.toMatchObject({
    code: "BROKER_TIMEOUT",
    message: expect.stringContaining("1 messages are not settled"),
  });
});

test("a bus that stores every message twice changes nothing of what is applied", async () => {
  const inner = open();
  const doubling: Driver = {
    ...inner,
    async publish(batch: readonly Envelope[], options) {
      await inner.publish(batch, options);
      return await inner.publish(batch, options);
    },
  };
  const applied = (outputs: AgentsOutputs) => {
    const { by_type, causality, rounds: ended } = JSON.parse(outputs.files["aggregate.json"] ?? "");
    return { by_type, causality, ended };
  };
  const doubled = await runOn(doubling);
  expect(applied(doubled)).toEqual(applied(await runOn(open())));
  expect(doubled.counts.repeated).toBeGreaterThan(50);
});

test("what was handled, and comes again because its ack was lost, is not answered twice", async () => {
  const inner = open();
  let refused = 0;
  let published = 0;
  const forgetful: Driver = {
    ...inner,
    async publish(batch, options) {
      published += batch.length;
      return await inner.publish(batch, options);
    },
    settle: (settlements) =>
      inner.settle(
        settlements.map((settlement) => {
          const isFirst = settlement.delivery.attempt === 1 && settlement.outcome === "ack";
          if (!isFirst || !isGoal(settlement.delivery)) return settlement;
          refused += 1;
          return { delivery: settlement.delivery, outcome: "retry", reason: "the ack was lost" };
        }),
      ),
  };
  const { counts } = await runOn(forgetful);
  const plain = await runOn(open());
  expect(refused).toBeGreaterThan(0);
  expect(counts.repeated).toBe(plain.counts.repeated + refused);
  expect(published).toBe(plain.counts.handled);
});

function isGoal({ envelope }: Delivery): boolean {
  return envelope.headers["amp-type"] === "GOAL.SET";
}
