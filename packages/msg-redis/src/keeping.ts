/**
 * What must be done in time, whatever the program does meanwhile: confirming what is held, three times
 * before it would count as a dead consumer's, and noting how far the group is.
 */
import type { LinkContext, Timer } from "@reprise/msg-core/driver";
import type { RedisConnection } from "./connection.js";
import type { Custody, Held } from "./custody.js";
import type { Groups } from "./groups.js";
import { type Handle, type Intake, some } from "./intake.js";

export interface Keeping {
  start(): void;
  /** Now. Rejects with a CommandError. */
  confirm(connection: RedisConnection): Promise<void>;
  stop(): void;
}

export interface KeepingParts {
  readonly timer: Timer;
  readonly claimIdleMs: number;
  readonly custody: Custody;
  readonly groups: Groups;
  readonly intake: Intake;
  readonly context: Pick<LinkContext<Handle>, "revoke" | "tell">;
  readonly commands: () => RedisConnection | undefined;
}

export function createKeeping(parts: KeepingParts): Keeping {
  const { timer, claimIdleMs, custody, groups, context } = parts;
  let stopTimer: (() => void) | undefined;
  let stopped = false;
  const confirm = async (connection: RedisConnection): Promise<void> => {
    const { taken, trimmed } = await custody.confirm(connection);
    for (const [topic, ids] of byTopic(trimmed)) parts.intake.tellTrimmed(topic, ids);
    for (const [topic, ids] of byTopic(taken)) {
      const isTaken = new Set(ids);
      context.revoke(({ envelope, position }) => envelope.topic === topic && isTaken.has(position));
      context.tell("delivery.taken", `${topic}: ${ids.length} by another consumer: ${some(ids)}`);
    }
  };
  const tick = async (): Promise<void> => {
    const connection = parts.commands();
    if (connection === undefined) return;
    await confirm(connection);
    for (const { topic, count } of await groups.look(connection)) {
      context.tell("trimmed", `${topic}: ${count} that the group had not read`);
    }
  };
  const schedule = (): void => {
    if (stopped) return;
    // A look that fails is made up for by the next; whoever settles looks first where it is late.
    stopTimer = timer(Math.floor(claimIdleMs / 3), () => {
      tick().then(schedule, schedule);
    });
  };
  return {
    start: schedule,
    confirm,
    stop() {
      stopped = true;
      stopTimer?.();
    },
  };
}

function byTopic(held: readonly Held[]): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const { topic, id } of held) {
    const list = ids.get(topic);
    if (list === undefined) ids.set(topic, [id]);
    else list.push(id);
  }
  return ids;
}
