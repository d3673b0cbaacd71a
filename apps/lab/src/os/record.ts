/** `lab record`: a run on a broker, kept in a cassette with its outputs. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { type Driver, MsgError } from "@reprise/msg-core";
import { createMemoryBroker, openMemoryDriver } from "@reprise/msg-memory";
import { recordingDriver } from "@reprise/msg-rr";
import { withPolicy } from "@reprise/msg-rr/os";
import { type Progress, type RunOutputs, run } from "../run.js";
import { factsEntry, type RunFacts } from "../run-facts.js";
import { createVirtualClock } from "../virtual-clock.js";
import { workloadTopic } from "../workload.js";
import { readMetricsDocument, readTopics } from "./contracts.js";
import { type Places, placesOf, writeOutputs } from "./places.js";
import { pause } from "./terminal.js";

export interface RecordOptions {
  readonly driver: string;
  readonly messages: number;
  readonly seed: number;
  readonly cassette: string;
  readonly out: string;
  readonly root: string;
  readonly archRoot: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export interface Recording {
  readonly facts: RunFacts;
  readonly places: Places;
  readonly outputs: RunOutputs;
  readonly entries: number;
  readonly cassetteBytes: number;
}

export const policyId = "lab_memory_v1";

/** Records, replacing the cassette of that name. Rejects with ABORTED when interrupted. */
export async function record(options: RecordOptions): Promise<Recording> {
  const { archRoot, signal, progress } = options;
  const facts = factsOfOptions(options);
  const places = placesOf(options);
  const metricsDocument = readMetricsDocument(archRoot);
  const topics = readTopics(archRoot);
  return await withPolicy(
    { archRoot, policyId, cassette: places.cassette, root: places.root, mode: "rewrite" },
    async (session) => {
      session.append(factsEntry(facts));
      const driver = recordingDriver(openDriver(facts, [...topics.topics.keys()]), session);
      try {
        const clock = createVirtualClock(facts.seed);
        const outputs = await run({
          driver,
          facts,
          metricsDocument,
          clock,
          signal,
          progress,
          pause,
        });
        writeOutputs(places.folder, outputs.files);
        writeOutputs(options.out, outputs.files);
        const { entries } = JSON.parse(session.stats()) as { entries: number };
        const { size } = statSync(join(places.folder, "cassette.rrbin"));
        return { facts, places, outputs, entries, cassetteBytes: size };
      } finally {
        await driver.close();
      }
    },
  );
}

function factsOfOptions({ driver, messages, seed }: RecordOptions): RunFacts {
  if (driver !== "memory") {
    const message = `driver ${driver} is not part of this version of the lab; it has: memory`;
    throw new MsgError("SESSION_CONFIG", message);
  }
  return { driver, endpoint: policyId, messages, seed, time: "virtual" };
}

function openDriver({ endpoint, messages, seed }: RunFacts, topics: readonly string[]): Driver {
  const broker = createMemoryBroker({
    topics: topics.filter((topic) => !topic.endsWith(".dead-letter")),
    seed,
    // The workload is published before it is consumed: there must be room for all of it.
    limits: { partitionMessagesMax: Math.max(1, messages), partitionBytesMax: 2 ** 31 - 1 },
  });
  return openMemoryDriver({ endpoint, topics: [workloadTopic], group: "lab", broker });
}
