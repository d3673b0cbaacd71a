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
 */
import { type Envelope, MsgError } from "@reprise/msg-core";
import type { DriverPorts, SendOutcome } from "@reprise/msg-core/driver";
import { createCarrier } from "./carrier.js";
import type { Catalogue } from "./catalogue.js";
import type { KafkaClient } from "./client.js";
import { errorOf, failureOf } from "./failure.js";
import { createLanes, type Lanes } from "./lanes.js";
import type { Mapping } from "./mapping.js";
import type { Posting } from "./parcel.js";
import { createProducers } from "./producers.js";
import { createDeferred } from "./waiting.js";

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

interface State extends SenderOptions {
  readonly lanes: Lanes;
  ended: MsgError | undefined;
  /** Messages so far. */
  count: number;
}

const parcelCountMax = 1000;
const parcelBytesMax = 8 * 2 ** 20;
/** What is known of the topics is asked for again when it is so old. */
const catalogueAgeMs = 300_000;

export function createSender(options: SenderOptions): Sender {
  const { client, catalogue, recordSizeMax } = options;
  const producers = createProducers(client);
  const stopped = createDeferred();
  const ended = (): MsgError | undefined => state.ended;
  const carrier = createCarrier({ ...options, producers, ended, stopped: stopped.promise });
  const lanes = createLanes({
    limits: { countMax: parcelCountMax, bytesMax: parcelBytesMax, batchBytesMax: recordSizeMax },
    woken: () => void catalogue.refresh(catalogueAgeMs),
    carry: carrier.carry,
  });
  const state: State = { ...options, lanes, ended: undefined, count: 0 };
  return {
    async connect() {
      const borrowed = producers.borrow();
      try {
        await borrowed.producer;
      } finally {
        borrowed.giveBack();
      }
    },
    send: (batch) => send(state, batch),
    async end(error) {
      state.ended ??= error;
      stopped.resolve();
      lanes.end(error);
      await producers.end();
    },
  };
}

function send(state: State, batch: readonly Envelope[]): Promise<readonly SendOutcome[]> {
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
      if (state.ended !== undefined) {
        land(index, state.ended);
        continue;
      }
      try {
        state.lanes.post(postingOf(state, envelope, (outcome) => land(index, outcome)));
      } catch (error) {
        land(index, MsgError.is(error) ? error : errorOf(failureOf(error), "publishing"));
      }
    }
  });
}

function postingOf(
  state: State,
  envelope: Envelope,
  land: (outcome: SendOutcome) => void,
): Posting {
  const { catalogue, mapping, lanes, ports, publishTimeoutMs, driverId } = state;
  const topic = catalogue.find(envelope.topic);
  if (topic === undefined) throw new MsgError("TOPIC_UNKNOWN", `${envelope.topic} is unknown`);
  const place = topic.placeOf(envelope.key);
  const id = `${driverId}.${(state.count++).toString(36)}`;
  const { key, value, headers, size } = mapping.recordOf(envelope, id);
  return {
    place,
    record: { key, value, headers, partition: place.partition },
    size,
    deadline: ports.now() + publishTimeoutMs,
    together: undefined,
    land(outcome) {
      lanes.landed(place);
      land(outcome);
    },
  };
}
