/**
 * Commits of one lease, one at a time: whoever settles while one is under way shares the next one.
 * A commit is tried again until it is accepted, the lease is over (stale), or its time is up.
 */
import { MsgError } from "@reprise/msg-core";
import { type DriverPorts, withDeadline } from "@reprise/msg-core/driver";
import type { OffsetToCommit } from "./client.js";
import { errorOf, type Failure, failureOf } from "./failure.js";
import { type Held, type Lease, openOffset } from "./lease.js";
import type { Progress } from "./progress.js";
import { backoffMs, pause } from "./waiting.js";

export type CommitResult = "accepted" | "stale";

export interface Commits {
  /** Commits what is dirty now. Rejects with BROKER_TIMEOUT, BROKER_REFUSED. */
  flush(): Promise<CommitResult>;
}

export interface CommitsOptions {
  readonly lease: Lease;
  readonly isCurrent: () => boolean;
  /** Settled when the driver closes, or the lease ends. */
  readonly ended: Promise<unknown>;
  readonly ports: DriverPorts;
  readonly settleTimeoutMs: number;
  readonly driverId: string;
}

export function createCommits(options: CommitsOptions): Commits {
  const { lease, isCurrent, ended, ports, settleTimeoutMs, driverId } = options;
  let running: Promise<CommitResult> | undefined;
  let waiting: Promise<CommitResult> | undefined;

  const attempt = async (offsets: readonly OffsetToCommit[], ms: number): Promise<void> => {
    const late = (): MsgError => new MsgError("BROKER_TIMEOUT", "committing: no answer in time");
    const { tools } = lease;
    // Nothing is dirty before a batch has come.
    if (tools === undefined) return;
    await withDeadline(tools.commit(offsets), { timer: ports.timer, ms, late });
  };

  const commit = async (): Promise<CommitResult> => {
    const started = ports.now();
    for (let attempts = 0; ; attempts++) {
      if (!isCurrent()) return "stale";
      const dirty = takeDirty(lease);
      if (dirty.length === 0) return "accepted";
      const offsets = dirty.map(({ held, progress }) => openOffset(held, progress, driverId));
      const left = settleTimeoutMs - (ports.now() - started);
      let failure: Failure;
      try {
        await attempt(offsets, Math.max(1, left));
        return "accepted";
      } catch (error) {
        failure = failureOf(error);
      }
      for (const { held } of dirty) held.isDirty = true;
      const waitMs = backoffMs(attempts);
      const isLate = ports.now() - started + waitMs >= settleTimeoutMs;
      if (isLate || failure.kind === "denied" || failure.kind === "login") {
        const code = isLate ? { code: "BROKER_TIMEOUT" as const } : undefined;
        throw errorOf(failure, `settling, within ${settleTimeoutMs} ms`, code?.code);
      }
      await pause(ports, waitMs, ended);
    }
  };

  const start = (): Promise<CommitResult> => {
    const started = commit().finally(() => {
      if (running === started) running = undefined;
    });
    running = started;
    return started;
  };

  return {
    flush() {
      if (running === undefined) return start();
      // It may have begun before the caller's settlements: theirs is the next one.
      waiting ??= running.then(
        () => next(),
        () => next(),
      );
      return waiting;
    },
  };

  function next(): Promise<CommitResult> {
    waiting = undefined;
    return start();
  }
}

interface Dirty {
  readonly held: Held;
  readonly progress: Progress;
}

function takeDirty({ held }: Lease): readonly Dirty[] {
  const dirty: Dirty[] = [];
  for (const one of held.values()) {
    if (!one.isDirty || one.progress === undefined) continue;
    one.isDirty = false;
    dirty.push({ held: one, progress: one.progress });
  }
  return dirty;
}
