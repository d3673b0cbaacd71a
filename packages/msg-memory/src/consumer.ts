/**
 * One driver's share of a group: what `poll` hands out, and the polls that wait.
 *
 * A poll takes messages one at a time from a partition drawn among those that have any, so that
 * each seed is another legal interleaving: order within a partition is kept, order between them is
 * not promised by any broker.
 */
import {
  type Delivery,
  type DriverEvent,
  decodeEnvelope,
  MsgError,
  type PollRequest,
  type Settlement,
} from "@reprise/msg-core";
import { createCopies, createWaitingPolls, inRange, waitMsMax } from "@reprise/msg-core/driver";
import type { BrokerCore } from "./broker.js";
import { attemptOf, type Cursor, goOn, isReady } from "./cursor.js";
import { join, leave, type Member } from "./group.js";
import { type MemoryProfile, membersMax, pollItemsMax } from "./options.js";
import { read } from "./partition-log.js";
import { createRandom, type Random } from "./random.js";
import { createRevoked } from "./revoked.js";
import type { Step } from "./settling.js";

export interface Consumer {
  poll(request: PollRequest): Promise<readonly Delivery[]>;
  settle(settlements: readonly Settlement[]): void;
  /** Waiting polls get none; what is unsettled goes back to the group. */
  close(): void;
}

type Notify = (event: DriverEvent) => void;

/** Throws LIMIT_EXCEEDED, TOPIC_UNKNOWN. */
export function createConsumer(core: BrokerCore, profile: MemoryProfile, notify: Notify): Consumer {
  const { topics = [], timer } = profile;
  const group = core.subscribe(profile.group ?? profile.endpoint, topics);
  const waiting = createWaitingPolls(timer);
  const copy = createCopies();
  let random: Random | undefined;

  const tell = (deliveries: readonly Delivery[]): void => {
    for (const delivery of deliveries) notify({ type: "delivered", delivery });
  };
  const member: Member = {
    topics,
    revoked: createRevoked(),
    cursors: [],
    rebalanced(generation) {
      const count = member.cursors.length;
      const detail = `generation ${generation}: ${count} partitions`;
      notify({ type: "broker", name: "rebalanced", detail });
    },
    wake() {
      const draw = random;
      if (draw === undefined) return;
      waiting.serve((maxItems) => takeReady(member.cursors, maxItems, { draw, copy }), tell);
    },
  };
  const joined = (): Random => {
    if (random !== undefined) return random;
    inRange("members of the group", group.members.length + 1, { max: membersMax });
    random = createRandom(core.seed, group.generation);
    join(group, member);
    return random;
  };

  return {
    async poll(request) {
      const { maxItems, waitMs, signal } = request;
      inRange("maxItems", maxItems, { max: pollItemsMax });
      if (waitMs !== undefined) inRange("waitMs", waitMs, { min: 0, max: waitMsMax });
      if (topics.length === 0) {
        throw new MsgError("TOPIC_UNKNOWN", "poll: the profile names no topics to read");
      }
      if (signal?.aborted === true) return [];
      // First: joining is what gives it partitions.
      const draw = joined();
      const deliveries = takeReady(member.cursors, maxItems, { draw, copy });
      tell(deliveries);
      const waitedOut = waitMs === 0 || (waitMs !== undefined && timer === undefined);
      return deliveries.length > 0 || waitedOut ? deliveries : waiting.wait(request);
    },
    settle(settlements) {
      core.settle({ group, member, settled: (step) => notify(eventOf(step)) }, settlements);
    },
    close() {
      waiting.end();
      if (random !== undefined) leave(group, member);
    },
  };
}

/** At most `maxItems` messages; the cursors go past them. */
function takeReady(
  cursors: readonly Cursor[],
  maxItems: number,
  { draw, copy }: { readonly draw: Random; readonly copy: (bytes: Uint8Array) => Uint8Array },
): readonly Delivery[] {
  const ready = cursors.filter(isReady);
  const deliveries: Delivery[] = [];
  while (deliveries.length < maxItems) {
    const drawn = ready.length > 1 ? draw(ready.length) : 0;
    const cursor = ready[drawn];
    if (cursor === undefined) break;
    deliveries.push(take(cursor, copy));
    if (isReady(cursor)) continue;
    const last = ready.pop();
    if (last !== undefined && drawn < ready.length) ready[drawn] = last;
  }
  return deliveries;
}

function take(cursor: Cursor, copy: (bytes: Uint8Array) => Uint8Array): Delivery {
  const { log, next } = cursor;
  const attempt = attemptOf(cursor, next);
  goOn(cursor);
  return {
    // A copy: what a handler does to the bytes must not reach the next delivery.
    envelope: decodeEnvelope(copy(read(log, next))),
    partition: log.partition,
    position: String(next),
    attempt,
    redelivered: attempt > 1,
  };
}

function eventOf({ settlement, live }: Step): DriverEvent {
  const { delivery, outcome, reason, latencyTicks } = settlement;
  if (live === undefined) return { type: "stale", delivery };
  return { type: "settled", delivery, outcome, reason, latencyTicks };
}
