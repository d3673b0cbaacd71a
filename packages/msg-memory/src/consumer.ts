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
  type Observers,
  type PollRequest,
  type Settlement,
  settledEvent,
} from "@reprise/msg-core";
import { createCopies, createWaitingPolls, inRange, waitMsMax } from "@reprise/msg-core/driver";
import type { BrokerCore } from "./broker.js";
import { attemptOf, type Cursor, goOn, isReady } from "./cursor.js";
import { join, leave, type Member } from "./group.js";
import { type MemoryProfile, membersMax, pollItemsMax } from "./options.js";
import { type PartitionLog, read } from "./partition-log.js";
import { createRandom, type Random } from "./random.js";
import { createRevoked } from "./revoked.js";
import type { Step } from "./settling.js";

export interface Consumer {
  poll(request: PollRequest): Promise<readonly Delivery[]>;
  settle(settlements: readonly Settlement[]): void;
  /** Waiting polls get none; what is unsettled goes back to the group. */
  close(): void;
}

type Told = Pick<Observers, "isObserved" | "notify">;

/** Throws LIMIT_EXCEEDED, TOPIC_UNKNOWN. */
export function createConsumer(
  core: BrokerCore,
  profile: MemoryProfile,
  observers: Told,
): Consumer {
  const { notify } = observers;
  const { topics = [], timer } = profile;
  const group = core.subscribe(profile.group ?? profile.endpoint, topics);
  const waiting = createWaitingPolls(timer);
  const copy = createCopies();
  let random: Random | undefined;

  const tellLag = createTellLag(observers);
  const tell = (deliveries: readonly Delivery[]): void => {
    for (const delivery of deliveries) notify({ type: "delivered", delivery });
    if (deliveries.length > 0) tellLag(member.cursors);
  };
  const member: Member = {
    topics,
    revoked: createRevoked({
      observers,
      deliveryOf: (log, offset, attempt) => deliveryOf({ log, offset, attempt }, copy),
    }),
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
  return deliveryOf({ log, offset: next, attempt }, copy);
}

interface Delivered {
  readonly log: PartitionLog;
  readonly offset: number;
  readonly attempt: number;
}

function deliveryOf(
  { log, offset, attempt }: Delivered,
  copy: (bytes: Uint8Array) => Uint8Array,
): Delivery {
  return {
    // A copy: what a handler does to the bytes must not reach the next delivery.
    envelope: decodeEnvelope(copy(read(log, offset))),
    partition: log.partition,
    position: String(offset),
    attempt,
    redelivered: attempt > 1,
  };
}

/**
 * Tells how much lies behind what was handed out of each partition, where that is not what was told
 * last. Looks at partitions, not at messages.
 */
function createTellLag({ isObserved, notify }: Told): (cursors: readonly Cursor[]) => void {
  const told = new WeakMap<Cursor, number>();
  return (cursors) => {
    if (!isObserved()) return;
    for (const cursor of cursors) {
      const { topic, partition, end } = cursor.log;
      const messages = end - cursor.next;
      // One that has never had a message is not worth an event.
      if (messages === (told.get(cursor) ?? (end === 0 ? 0 : undefined))) continue;
      told.set(cursor, messages);
      notify({ type: "lag", topic, partition, messages });
    }
  };
}

function eventOf({ settlement, live }: Step): DriverEvent {
  const { delivery, latencyTicks } = settlement;
  return live === undefined ? { type: "stale", delivery } : settledEvent(settlement, latencyTicks);
}
