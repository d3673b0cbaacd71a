/**
 * What goes to one broker in one request: messages of several topics and partitions, each partition's
 * in the order in which they were published. A parcel is sent again as it is or not at all: brokers
 * know a batch of an idempotent producer by its first sequence number and its length.
 */
import type { Receipt } from "@reprise/msg-core";
import type { SendOutcome } from "@reprise/msg-core/driver";
import type { Place } from "./catalogue.js";
import type { PlacedRecord, StoredBatch, TopicRecords } from "./client.js";

/** One message on its way. */
export interface Posting {
  readonly place: Place;
  readonly record: PlacedRecord;
  /** Its bytes in a batch of records, or a little more. */
  readonly size: number;
  /** Milliseconds of the driver's clock. */
  readonly deadline: number;
  /**
   * A broker refused something it was sent with: those of one token go together, as they did, and
   * with nothing else. What of them is stored already, the broker knows again.
   */
  together: object | undefined;
  land(outcome: SendOutcome): void;
}

export interface Parcel {
  readonly postings: readonly Posting[];
  readonly batches: readonly TopicRecords[];
}

export interface ParcelLimits {
  readonly countMax: number;
  readonly bytesMax: number;
  /** Of one partition: what a topic takes as one batch. */
  readonly batchBytesMax: number;
}

/** How many postings from the front of `queue` go together: at least one, if there is any. */
export function parcelLength(queue: readonly Posting[], limits: ParcelLimits): number {
  const token = queue[0]?.together;
  if (token !== undefined) {
    const end = queue.findIndex(({ together }) => together !== token);
    return end < 0 ? queue.length : end;
  }
  const sizes = new Map<Place, number>();
  let bytes = 0;
  let count = 0;
  for (const { place, size, together } of queue) {
    const batchBytes = (sizes.get(place) ?? 0) + size;
    bytes += size;
    const isFull =
      count >= limits.countMax || bytes > limits.bytesMax || batchBytes > limits.batchBytesMax;
    if (count > 0 && (isFull || together !== undefined)) break;
    sizes.set(place, batchBytes);
    count += 1;
  }
  return count;
}

/**
 * The postings of a parcel that was refused, to be sent in parts: each partition's as they were, or,
 * where there is one partition, each alone.
 */
export function splitParcel({ postings }: Parcel): readonly Posting[] {
  const byPlace = new Map<Place, Posting[]>();
  for (const posting of postings) {
    const some = byPlace.get(posting.place);
    if (some === undefined) byPlace.set(posting.place, [posting]);
    else some.push(posting);
  }
  for (const some of byPlace.values()) {
    const token = {};
    for (const posting of some) posting.together = byPlace.size > 1 ? token : {};
  }
  return [...byPlace.values()].flat();
}

export function createParcel(postings: readonly Posting[]): Parcel {
  const topics = new Map<string, PlacedRecord[]>();
  for (const { place, record } of postings) {
    const { topic } = place;
    const messages = topics.get(topic);
    if (messages === undefined) topics.set(topic, [record]);
    else messages.push(record);
  }
  return { postings, batches: [...topics].map(([topic, messages]) => ({ topic, messages })) };
}

/**
 * Gives each posting its receipt from what brokers say they have stored, and gives those back of which
 * they say nothing. A partition that was stored twice (its leader moved in between) counts once: where
 * it was stored first.
 */
export function landParcel(parcel: Parcel, stored: readonly StoredBatch[]): readonly Posting[] {
  const bases = new Map<string, number>();
  for (const { topic, partition, baseOffset } of stored) {
    const name = `${partition} ${topic}`;
    bases.set(name, Math.min(baseOffset, bases.get(name) ?? baseOffset));
  }
  const counters = new Map<Place, { offset: number }>();
  const left: Posting[] = [];
  for (const posting of parcel.postings) {
    const { place } = posting;
    let counter = counters.get(place);
    if (counter === undefined) {
      const base = bases.get(`${place.partition} ${place.topic}`) ?? -1;
      counter = { offset: base };
      counters.set(place, counter);
    }
    if (counter.offset < 0) {
      left.push(posting);
      continue;
    }
    const receipt: Receipt = { partition: place.partition, position: String(counter.offset) };
    counter.offset += 1;
    posting.land(receipt);
  }
  return left;
}
