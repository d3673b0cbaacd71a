/**
 * A consumer group: who reads which partition, and how far the group is in each.
 *
 * The partitions of a topic go to its subscribers in the order in which they joined, in blocks of
 * neighbours, the first ones taking one more where the numbers do not divide (Kafka's range
 * assignment). Joining or leaving starts a new generation. A partition that keeps its owner goes on
 * undisturbed; one that moves goes back to its committed offset, and what the old owner had not
 * settled comes again at the new one.
 *
 * A group outlives its members: what it has not committed stays, and counts against the bounds.
 */
import { type Cursor, createCursor, rewind } from "./cursor.js";
import type { PartitionLog } from "./partition-log.js";
import type { Revoked } from "./revoked.js";

/** A driver, as its group sees it. */
export interface Member {
  readonly topics: readonly string[];
  readonly revoked: Revoked;
  /** The partitions it reads, in order within each topic. */
  cursors: readonly Cursor[];
  /** Called when everything has been assigned. */
  rebalanced(generation: number): void;
  /** Called when one of its partitions may have messages to hand out. */
  wake(): void;
}

export interface Group {
  /** Of each topic that a member ever subscribed to: one per partition. */
  readonly cursors: Map<string, readonly Cursor[]>;
  members: readonly Member[];
  generation: number;
}

export function createGroup(): Group {
  return { cursors: new Map(), members: [], generation: 0 };
}

/** From now on nothing is forgotten of `topic` before the group is done with it. */
export function subscribe(group: Group, topic: string, logs: readonly PartitionLog[]): void {
  if (group.cursors.has(topic)) return;
  const cursors = logs.map(createCursor);
  for (const cursor of cursors) cursor.log.cursors.push(cursor);
  group.cursors.set(topic, cursors);
}

/** The member's topics are subscribed to. Fewer than `membersMax` are in the group. */
export function join(group: Group, member: Member): void {
  rebalance(group, [...group.members, member]);
}

export function leave(group: Group, member: Member): void {
  member.cursors = [];
  rebalance(
    group,
    group.members.filter((other) => other !== member),
  );
}

function rebalance(group: Group, members: readonly Member[]): void {
  const assigned = new Map<Member, Cursor[]>(members.map((member) => [member, []]));
  for (const [topic, cursors] of group.cursors) {
    const subscribers = members.filter((member) => member.topics.includes(topic));
    for (const [partition, cursor] of cursors.entries()) {
      const turn = subscriberOf(partition, cursors.length, subscribers.length);
      const owner = subscribers[turn];
      handOver(cursor, owner);
      if (owner !== undefined) assigned.get(owner)?.push(cursor);
    }
  }
  for (const [member, cursors] of assigned) member.cursors = cursors;
  const before = group.members;
  group.members = members;
  group.generation += 1;
  // Told only when all is in place: a member may call back.
  const { generation } = group;
  for (const member of before) member.revoked.tell();
  for (const member of members) member.rebalanced(generation);
  for (const member of members) member.wake();
}

/** Blocks of `partitions / subscribers`, the first ones one longer where there is a remainder. */
function subscriberOf(partition: number, partitions: number, subscribers: number): number {
  if (subscribers === 0) return -1;
  const size = Math.floor(partitions / subscribers);
  const longer = partitions % subscribers;
  const inLonger = longer * (size + 1);
  if (partition < inLonger) return Math.floor(partition / (size + 1));
  return longer + Math.floor((partition - inLonger) / size);
}

function handOver(cursor: Cursor, owner: Member | undefined): void {
  const previous = cursor.owner;
  if (previous === owner) return;
  rewind(cursor, cursor.committed, (offset, attempt) => {
    previous?.revoked.add(cursor.log, offset, attempt);
  });
  cursor.owner = owner;
}
