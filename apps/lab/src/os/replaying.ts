/** What replays of every kind of run have in common: the cassette, its facts, and the driver made of it. */
import type { Driver, DriverKind } from "@reprise/msg-core";
import { type EntryTable, replayDriver, type Session } from "@reprise/msg-rr";
import { withPolicy } from "@reprise/msg-rr/os";
import type { Progress } from "../run.js";
import { type Places, placesOf } from "./places.js";

export interface ReplayRunOptions {
  readonly cassette: string;
  readonly root: string;
  readonly archRoot: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export interface Replayed<Facts, Outputs> {
  readonly facts: Facts;
  readonly places: Places;
  readonly outputs: Outputs;
  readonly entries: number;
  /** What the run took: milliseconds. */
  readonly runMs: number;
}

/** A kind of run: the command that records it, what it was, and how to run it again. */
export interface ReplayKind<Facts, Outputs> {
  readonly command: string;
  readonly factsOf: (recorded: EntryTable) => Facts;
  readonly run: (again: {
    readonly facts: Facts;
    readonly driver: Driver;
    readonly session: Session;
  }) => Promise<Outputs>;
}

/** Allows what any driver has recorded, in the solve-rr world only. */
const policyId = "lab_replay_v1";

/** Replays strictly, every entry's checksum required. Rejects with ABORTED when interrupted. */
export async function replaying<
  Facts extends { readonly driver: DriverKind; readonly endpoint: string },
  Outputs,
>(
  options: ReplayRunOptions,
  { command, factsOf, run }: ReplayKind<Facts, Outputs>,
): Promise<Replayed<Facts, Outputs>> {
  const places = placesOf(options);
  // arch-allow E_ARCH_RR_WORLD_VIOLATION: a replay is of the world solve-rr, though OS code opens it
  return await withPolicy(
    {
      archRoot: options.archRoot,
      policyId,
      cassette: places.cassette,
      root: places.root,
      mode: "replay",
      requireChecksums: true,
      acceptHint: `${command} --cassette ${options.cassette}`,
    },
    async (session) => {
      const facts = factsOf(session.recorded);
      const driver = replayDriver(session, { kind: facts.driver, endpoint: facts.endpoint });
      try {
        const started = performance.now();
        const outputs = await run({ facts, driver, session });
        const runMs = performance.now() - started;
        return { facts, places, outputs, entries: session.recorded.count, runMs };
      } finally {
        await driver.close();
      }
    },
  );
}
