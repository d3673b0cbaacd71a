/** `lab agents`: a run of agents on a broker, kept in a cassette with its outputs. */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Driver } from "@reprise/msg-core";
import { recordingDriver, type Session } from "@reprise/msg-rr";
import { type AgentsDriver, type AgentsFacts, agentsFactsEntry } from "../agents/agents-facts.js";
import { type AgentsOutputs, runAgents } from "../agents/agents-run.js";
import { hopsMax } from "../agents/task.js";
import { profileOf } from "../driver-kinds.js";
import { takeLeftovers } from "../leftovers.js";
import { consumerGroup } from "../metrics.js";
import type { Progress } from "../run.js";
import { type Clock, createVirtualClock } from "../virtual-clock.js";
import type { AgentsMirror } from "./agents-mirror.js";
import { type AgentsScene, agentsScene } from "./agents-scene.js";
import { type Bus, withBus } from "./brokers.js";
import { type Places, placesOf, writeOutputs } from "./places.js";
import { sandboxName } from "./profiles.js";
import { pause } from "./terminal.js";

export interface AgentsOptions {
  readonly driver: AgentsDriver;
  readonly agents: number;
  readonly rounds: number;
  readonly seed: number;
  /** The port of a mirror; absent: none. */
  readonly mirror?: number;
  /** Told where the mirror is, before the run begins. */
  readonly onMirror: (url: string) => void;
  readonly cassette: string;
  readonly out: string;
  readonly root: string;
  readonly archRoot: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export interface AgentsRecording {
  readonly facts: AgentsFacts;
  readonly places: Places;
  readonly outputs: AgentsOutputs;
  readonly entries: number;
  readonly cassetteBytes: number;
  /** Messages of an earlier run that were taken away first. */
  readonly leftovers: number;
}

/**
 * Records, replacing the cassette of that name. Rejects with ABORTED when interrupted, with what the
 * broker has against it, and with MirrorError.
 */
export async function recordAgents(options: AgentsOptions): Promise<AgentsRecording> {
  const { archRoot, mirror: port } = options;
  const facts = factsOfOptions(options);
  const places = placesOf(options);
  const scene = agentsScene(facts, options);
  const { cassette, root } = places;
  const scope = { archRoot, cassette, root, mode: "rewrite", bus: busOf(facts, scene) } as const;
  if (port === undefined) {
    return await withBus(scope, (broker, session) =>
      recordOn({ broker, session, scene, options, places }),
    );
  }
  const { openAgentsMirror } = await import("./agents-mirror.js");
  const mirror = await openAgentsMirror(port, scene.post.verifier);
  try {
    options.onMirror(mirror.url);
    return await withBus(scope, (broker, session) =>
      recordOn({ broker, session, scene, options, places, mirror }),
    );
  } finally {
    await mirror.close();
  }
}

interface Studio {
  readonly broker: Driver;
  readonly session: Session;
  readonly scene: AgentsScene;
  readonly options: AgentsOptions;
  readonly places: Places;
  readonly mirror?: AgentsMirror;
}

async function recordOn(studio: Studio): Promise<AgentsRecording> {
  const { broker, session, scene, options, places, mirror } = studio;
  const { facts, signal } = scene;
  const leftovers = facts.time === "real" ? await takeLeftovers(broker, signal) : 0;
  session.append(agentsFactsEntry(facts));
  const driver = recordingDriver(broker, session);
  try {
    mirror?.watch(driver);
    const outputs = await runAgents({
      ...scene,
      driver,
      clock: clockOf(facts),
      pause: mirror === undefined ? pause : () => mirror.pace(signal),
      progress: options.progress,
    });
    writeOutputs(places.folder, outputs.files);
    writeOutputs(options.out, outputs.files);
    // Inside the session: what closing brings is part of the recording.
    await driver.close();
    const { entries } = JSON.parse(session.stats()) as { entries: number };
    const { size } = statSync(join(places.folder, "cassette.rrbin"));
    return { facts, places, outputs, entries, cassetteBytes: size, leftovers };
  } finally {
    await driver.close();
  }
}

function factsOfOptions({ driver, agents, rounds, seed }: AgentsOptions): AgentsFacts {
  const time = driver === "memory" ? "virtual" : "real";
  const endpoint = profileOf(driver);
  return { kind: "agents", driver, endpoint, agents, rounds, seed, time, sandbox: sandboxName() };
}

function busOf({ driver, endpoint, rounds, seed }: AgentsFacts, { team }: AgentsScene): Bus {
  return {
    driver,
    endpoint,
    topics: team.roster.streams,
    group: consumerGroup,
    seed,
    // A stream is in one order.
    partitions: 1,
    partitionMessagesMax: rounds * hopsMax + hopsMax,
  };
}

function clockOf({ time, seed }: AgentsFacts): Clock {
  if (time === "virtual") return createVirtualClock(seed);
  return () => Math.round(performance.now() * 1000);
}
