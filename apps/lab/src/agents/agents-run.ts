/**
 * A run of agents: goals go in, and their messages go round until every round has ended and every
 * message is settled. The same code runs on a broker, while recording, and on a cassette.
 *
 * What an agent says is published before what it heard is settled: a crash in between means an answer
 * twice, under the same op_id, and never none. Each op_id is applied once.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { createAmpOnce } from "@reprise/msg-amp";
import {
  type ConsumeSummary,
  consume,
  type Delivery,
  type Disposition,
  type Driver,
  type Envelope,
  MsgError,
} from "@reprise/msg-core";
import type { LabMetrics } from "../metrics.js";
import { outputsOf } from "../outputs.js";
import type { Progress, RunOutputs } from "../run.js";
import type { Clock } from "../virtual-clock.js";
import type { AgentsFacts } from "./agents-facts.js";
import { type ChronicleCounts, createChronicle } from "./chronicle.js";
import type { Post } from "./post.js";
import type { Agent, Roster } from "./roster.js";
import type { Speech } from "./speech.js";
import { hopsMax, lanesMax } from "./task.js";
import type { Team } from "./team.js";

export interface AgentsRun {
  readonly driver: Driver;
  readonly facts: AgentsFacts;
  readonly team: Team;
  readonly post: Post;
  readonly metrics: LabMetrics;
  /** Measures the handlers; absent in a replay, which has the recorded times. */
  readonly clock?: Clock;
  readonly signal: AbortSignal;
  /** Ends the run through `signal`: where what an agent says cannot be published, nothing goes on. */
  readonly stop: () => void;
  /** Called before each message is handled. */
  readonly pause: () => Promise<void>;
  /** Runs an agent in the world of handlers. */
  readonly inWorld: <Result>(body: () => Result) => Result;
  /** Called as rounds end. */
  readonly progress?: (progress: Progress) => void;
}

export interface AgentsOutputs extends RunOutputs {
  readonly counts: ChronicleCounts;
}

const maxAttempts = 3;
const batchSize = 100;
/** A broker that brings nothing for so long has lost what is missing. */
const patienceMs = 60_000;

/** Rejects with what the driver rejects with, and with ABORTED by `signal`. The driver is left open. */
export async function runAgents(job: AgentsRun): Promise<AgentsOutputs> {
  const { driver, facts, team, post, metrics, clock, signal, progress } = job;
  const chronicle = createChronicle();
  const pending = createPending();
  const failure: { error?: unknown } = {};
  const send = async (speeches: readonly Speech[]): Promise<void> => {
    if (speeches.length === 0) return;
    const envelopes = speeches.map(post.seal);
    pending.add(envelopes);
    await driver.publish(envelopes, { signal }).catch((error: unknown) => {
      throw signal.aborted ? interrupted() : error;
    });
  };
  const handle = handlerOf(job, {
    chronicle,
    async send(speeches) {
      try {
        await send(speeches);
      } catch (error) {
        failure.error = error;
        job.stop();
        throw error;
      }
    },
  });
  const stopObserving = driver.observe((event) => {
    metrics.observe(event);
    if (event.type !== "settled" || event.outcome === "retry") return;
    pending.done(event.delivery.envelope);
    progress?.({ phase: "consume", done: chronicle.counts().ended, total: facts.rounds });
  });
  let summary: ConsumeSummary = nothingConsumed;
  try {
    if (signal.aborted) throw interrupted();
    await send(job.inWorld(team.open));
    while (pending.count() > 0) {
      const more = await consume(driver, handle, {
        limit: pending.count(),
        maxAttempts,
        batchSize,
        stopWhenIdle: true,
        waitMs: patienceMs,
        signal,
        ...(clock === undefined ? {} : { clock }),
      });
      summary = sumOf(summary, more);
      if (failure.error !== undefined) throw failure.error;
      if (more.ended === "aborted") throw interrupted();
      if (more.ended !== "limit") throw missing(pending.count());
    }
  } finally {
    stopObserving();
  }
  const run: JsonValue = { ...facts };
  const outputs = outputsOf({ run, summary, aggregate: chronicle.result(), metrics });
  return { ...outputs, counts: chronicle.counts() };
}

interface Surroundings {
  readonly chronicle: ReturnType<typeof createChronicle>;
  readonly send: (speeches: readonly Speech[]) => Promise<void>;
}

function handlerOf(
  { team, post, pause, inWorld }: AgentsRun,
  { chronicle, send }: Surroundings,
): (delivery: Delivery) => Promise<Disposition> {
  const once = createAmpOnce({ window: lanesMax * hopsMax * 100 });
  return async ({ envelope, attempt }) => {
    await pause();
    const heard = post.open(envelope);
    if (heard.state !== "valid") {
      // No retry makes a signature valid.
      chronicle.handled(envelope, heard.state);
      return { outcome: "reject", reason: heard.reason };
    }
    const { message } = heard;
    const agent = agentAt(team.roster, envelope);
    const outcome = await once.run(message, async () => {
      await send(inWorld(() => team.answer(agent, message, attempt)));
      chronicle.applied(envelope, message);
    });
    chronicle.handled(envelope, heard.state);
    if (outcome === "repeated") chronicle.repeated();
    return { outcome: "ack" };
  };
}

function agentAt(roster: Roster, { topic }: Envelope): Agent {
  const agent = roster.readerOf(topic);
  if (agent === undefined) throw new Error(`no agent reads ${topic}`);
  return agent;
}

/** Messages that were published and are not settled, by key: the op_id, however malformed the rest is. */
function createPending(): {
  add(envelopes: readonly Envelope[]): void;
  done(envelope: Envelope): void;
  count(): number;
} {
  const copies = new Map<string, number>();
  const decoder = new TextDecoder("utf-8");
  let count = 0;
  return {
    add(envelopes) {
      for (const { key } of envelopes) {
        const name = decoder.decode(key);
        copies.set(name, (copies.get(name) ?? 0) + 1);
        count += 1;
      }
    },
    done({ key }) {
      const name = decoder.decode(key);
      const left = copies.get(name);
      // A broker may bring a message once more than it was published.
      if (left === undefined) return;
      count -= 1;
      if (left === 1) copies.delete(name);
      else copies.set(name, left - 1);
    },
    count: () => count,
  };
}

const nothingConsumed: ConsumeSummary = {
  delivered: 0,
  acked: 0,
  retried: 0,
  rejected: 0,
  duplicates: 0,
  ended: "limit",
};

function sumOf(left: ConsumeSummary, right: ConsumeSummary): ConsumeSummary {
  return {
    delivered: left.delivered + right.delivered,
    acked: left.acked + right.acked,
    retried: left.retried + right.retried,
    rejected: left.rejected + right.rejected,
    duplicates: left.duplicates + right.duplicates,
    ended: right.ended,
  };
}

function missing(count: number): MsgError {
  const message = `${count} messages are not settled, and none came for ${patienceMs} ms`;
  return new MsgError("BROKER_TIMEOUT", message);
}

function interrupted(): MsgError {
  return new MsgError("ABORTED", "interrupted");
}
