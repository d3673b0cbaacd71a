/**
 * Messages on their way to the brokers. Each leader has a lane: one parcel in flight, whatever is
 * published meanwhile waits and goes together. So a thousand publishes during an outage are one
 * request that is tried again, and not a thousand (kafkajs issue 1324).
 *
 * ```
 *  send -> place -> lane of its leader: | . . . . | -> parcel -> producer -> receipts
 *                                                        ^          |
 *                                                        +- again --+  as it is, until the deadline
 * ```
 *
 * A partition stays in its lane while anything of it is under way, so its order holds when its leader
 * moves.
 */
import { type Envelope, MsgError } from "@reprise/msg-core";
import { type DriverPorts, type SendOutcome, withDeadline } from "@reprise/msg-core/driver";
import type { Catalogue, Place } from "./catalogue.js";
import type { KafkaClient, StoredBatch } from "./client.js";
import { errorOf, type Failure, failureOf, isPassing } from "./failure.js";
import type { Mapping } from "./mapping.js";
import {
  createParcel,
  landParcel,
  type Parcel,
  type Posting,
  parcelLength,
  splitParcel,
} from "./parcel.js";
import { type Borrowed, createProducers } from "./producers.js";
import { backoffMs, createDeferred, pause } from "./waiting.js";

export interface Sender {
  /** Has a producer, before the first message needs it. Rejects where there is none to be had. */
  connect(): Promise<void>;
  /** The topics are known. One outcome each, in order; never rejects. */
  send(batch: readonly Envelope[]): Promise<readonly SendOutcome[]>;
  /** Answers all that is under way with `error`, and disconnects. */
  end(error: MsgError): Promise<void>;
}

export interface SenderOptions {
  readonly client: Pick<KafkaClient, "connectProducer">;
  readonly catalogue: Catalogue;
  readonly mapping: Mapping;
  readonly ports: DriverPorts;
  readonly publishTimeoutMs: number;
  readonly recordSizeMax: number;
  /** Of this driver alone: message ids begin with it. */
  readonly driverId: string;
  /** The brokers do not take what is sent, or take it again (undefined). */
  readonly trouble: (cause: MsgError | undefined) => void;
}

interface Lane {
  queue: Posting[];
  isRunning: boolean;
}

/** The lane of a partition, while anything of it is under way. */
interface Way {
  readonly lane: Lane;
  count: number;
}

const parcelCountMax = 1000;
const parcelBytesMax = 8 * 2 ** 20;
/** Attempts with a producer that reaches the brokers and gets nowhere. */
const attemptsPerProducer = 6;
/** What is known of the topics is asked for again when it is so old. */
const catalogueAgeMs = 300_000;

export function createSender(options: SenderOptions): Sender {
  const { client, catalogue, mapping, ports, publishTimeoutMs, recordSizeMax } = options;
  const producers = createProducers(client);
  const lanes = new Map<number, Lane>();
  const ways = new Map<Place, Way>();
  const stopped = createDeferred();
  const limits = {
    countMax: parcelCountMax,
    bytesMax: parcelBytesMax,
    batchBytesMax: recordSizeMax,
  };
  let ended: MsgError | undefined;
  let sequence = 0;

  const wayOf = (place: Place): Way => {
    const known = ways.get(place);
    if (known !== undefined) return known;
    let lane = lanes.get(place.leader);
    if (lane === undefined) {
      lane = { queue: [], isRunning: false };
      lanes.set(place.leader, lane);
    }
    const way = { lane, count: 0 };
    ways.set(place, way);
    return way;
  };

  const post = (posting: Posting): void => {
    const way = wayOf(posting.place);
    way.count += 1;
    way.lane.queue.push(posting);
    if (way.lane.isRunning) return;
    way.lane.isRunning = true;
    // After the caller's turn: what is published together goes together.
    Promise.resolve(way.lane).then(run);
  };
  const landed = (place: Place): void => {
    const way = ways.get(place);
    if (way === undefined) return;
    way.count -= 1;
    if (way.count === 0) ways.delete(place);
  };

  /** One at a time for each lane; ends when its queue does. Never rejects. */
  const run = async (lane: Lane): Promise<void> => {
    void catalogue.refresh(catalogueAgeMs);
    while (lane.queue.length > 0) {
      const postings = lane.queue.splice(0, parcelLength(lane.queue, limits));
      const back = await carry(createParcel(postings));
      if (back.length > 0) lane.queue = [...back, ...lane.queue];
    }
    lane.isRunning = false;
  };

  /** Sends a parcel until each message has its outcome; gives back what is to go another way. */
  const carry = async (first: Parcel): Promise<readonly Posting[]> => {
    let parcel = first;
    let borrowed = producers.borrow();
    try {
      for (let attempt = 0; ; attempt++) {
        if (ended !== undefined) return landAll(parcel, ended);
        let failure: Failure;
        try {
          const left = landParcel(parcel, await sendOnce(borrowed, parcel));
          options.trouble(undefined);
          if (left.length === 0) return [];
          parcel = createParcel(left);
          failure = { kind: "passing", name: "no answer", message: notStored, cause: undefined };
        } catch (error) {
          failure = failureOf(error);
        }
        if (ended !== undefined) return landAll(parcel, ended);
        const verdict = await judge(parcel, failure);
        if (verdict !== "again") {
          // What a refusal leaves is in sequence still; what is given up may be stored or not.
          if (!isRefusal(failure)) borrowed.replace();
          return verdict;
        }
        if (isPassing(failure)) options.trouble(errorOf(failure, "publishing"));
        if (isSpent(failure, attempt)) {
          borrowed.replace();
          borrowed.giveBack();
          borrowed = producers.borrow();
        }
        await pause(ports, backoffMs(attempt), stopped.promise);
      }
    } finally {
      borrowed.giveBack();
    }
  };

  const sendOnce = async (
    { producer }: Borrowed,
    { batches, postings }: Parcel,
  ): Promise<readonly StoredBatch[]> => {
    let deadline = Number.POSITIVE_INFINITY;
    for (const posting of postings) deadline = Math.min(deadline, posting.deadline);
    const ms = Math.max(1, deadline - ports.now());
    const late = (): MsgError => new MsgError("BROKER_TIMEOUT", "no answer in time");
    const sending = producer.then((ready) => ready.send(batches));
    return withDeadline(sending, { timer: ports.timer, ms, late });
  };

  /** "again": the same parcel, later. Otherwise it is done with, but for what is given back. */
  const judge = async (parcel: Parcel, failure: Failure): Promise<"again" | readonly Posting[]> => {
    const { postings } = parcel;
    const [only] = postings;
    const isOne = postings.length === 1 && only !== undefined;
    const { kind } = failure;
    if ((isRefusal(failure) || kind === "unknown-topic") && !isOne) return splitParcel(parcel);
    if (isOne && isRefusal(failure)) return landAll(parcel, errorOf(failure, doing(only)));
    if (isOne && kind === "unknown-topic") {
      const gone = await goneTopic(only.place.topic);
      if (gone !== undefined) return landAll(parcel, gone);
    } else if (kind === "unknown-topic" || isPassing(failure)) {
      void catalogue.refresh(0);
    }
    const late = postings.filter(({ deadline }) => deadline <= ports.now());
    if (late.length === 0) return "again";
    for (const posting of late) posting.land(lateError(posting, { failure, publishTimeoutMs }));
    return postings.filter(({ deadline }) => deadline > ports.now());
  };

  const goneTopic = async (topic: string): Promise<MsgError | undefined> => {
    try {
      await catalogue.renew(topic);
      return undefined;
    } catch (error) {
      return MsgError.is(error) && error.code === "TOPIC_UNKNOWN" ? error : undefined;
    }
  };

  const postingOf = (envelope: Envelope, land: (outcome: SendOutcome) => void): Posting => {
    const topic = catalogue.find(envelope.topic);
    if (topic === undefined) throw new MsgError("TOPIC_UNKNOWN", `${envelope.topic} is unknown`);
    const place = topic.placeOf(envelope.key);
    const id = `${options.driverId}.${(sequence++).toString(36)}`;
    const { key, value, headers, size } = mapping.recordOf(envelope, id);
    return {
      place,
      record: { key, value, headers, partition: place.partition },
      size,
      deadline: ports.now() + publishTimeoutMs,
      together: undefined,
      land(outcome) {
        landed(place);
        land(outcome);
      },
    };
  };

  return {
    async connect() {
      const borrowed = producers.borrow();
      try {
        await borrowed.producer;
      } finally {
        borrowed.giveBack();
      }
    },
    send(batch) {
      return new Promise((resolve) => {
        const outcomes: SendOutcome[] = new Array(batch.length);
        let left = batch.length;
        const land = (index: number, outcome: SendOutcome): void => {
          outcomes[index] = outcome;
          left -= 1;
          if (left === 0) resolve(outcomes);
        };
        if (left === 0) resolve([]);
        for (const [index, envelope] of batch.entries()) {
          if (ended !== undefined) {
            land(index, ended);
            continue;
          }
          try {
            post(postingOf(envelope, (outcome) => land(index, outcome)));
          } catch (error) {
            land(index, MsgError.is(error) ? error : errorOf(failureOf(error), "publishing"));
          }
        }
      });
    },
    async end(error) {
      ended ??= error;
      stopped.resolve();
      for (const lane of lanes.values()) {
        for (const posting of lane.queue.splice(0)) posting.land(error);
      }
      await producers.end();
    },
  };
}

const notStored = "the brokers did not say that they have stored it";

/** The broker, or kafkajs, will not take it, and would not later. */
function isRefusal({ kind }: Failure): boolean {
  return kind === "refused" || kind === "denied" || kind === "codec";
}

/** Another producer is needed: this one's sequence is off, or it gets nowhere. */
function isSpent({ kind }: Failure, attempt: number): boolean {
  if (kind === "sequence" || kind === "unknown-topic") return true;
  return kind !== "connection" && attempt % attemptsPerProducer === attemptsPerProducer - 1;
}

function landAll({ postings }: Parcel, error: MsgError): readonly Posting[] {
  for (const posting of postings) posting.land(error);
  return [];
}

function doing({ place: { topic, partition } }: Posting): string {
  return `publishing to ${topic}, partition ${partition}`;
}

function lateError(
  posting: Posting,
  { failure, publishTimeoutMs }: { readonly failure: Failure; readonly publishTimeoutMs: number },
): MsgError {
  const code = failure.kind === "login" ? "AUTHENTICATION_FAILED" : "BROKER_TIMEOUT";
  const what = `${doing(posting)}, not confirmed within ${publishTimeoutMs} ms, stored or not`;
  return errorOf(failure, what, code);
}
