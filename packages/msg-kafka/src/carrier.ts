/**
 * Brings a parcel to its broker. It is sent again as it is, by the same producer, until each message
 * has its outcome or its time is up; where a broker refuses it, or says nothing of a part, what is left
 * goes another way.
 */
import { MsgError } from "@reprise/msg-core";
import { type DriverPorts, withDeadline } from "@reprise/msg-core/driver";
import type { Catalogue } from "./catalogue.js";
import type { StoredBatch } from "./client.js";
import { errorOf, type Failure, failureOf, isPassing } from "./failure.js";
import { createParcel, landParcel, type Parcel, type Posting, splitParcel } from "./parcel.js";
import type { Borrowed, Producers } from "./producers.js";
import { backoffMs, pause } from "./waiting.js";

export interface Carrier {
  /** Sends it until each message has its outcome; gives back what is to go another way. Never rejects. */
  carry(parcel: Parcel): Promise<readonly Posting[]>;
}

export interface CarrierOptions {
  readonly producers: Producers;
  readonly catalogue: Catalogue;
  readonly ports: DriverPorts;
  readonly publishTimeoutMs: number;
  /** The brokers do not take what is sent, or take it again (undefined). */
  readonly trouble: (cause: MsgError | undefined) => void;
  /** What everything is answered with from now on, once there is such a thing. */
  readonly ended: () => MsgError | undefined;
  /** Resolves when there is. */
  readonly stopped: Promise<unknown>;
}

/** Attempts with a producer that reaches the brokers and gets nowhere. */
const attemptsPerProducer = 6;

export function createCarrier(options: CarrierOptions): Carrier {
  return { carry: (parcel) => carry(options, parcel) };
}

async function carry(options: CarrierOptions, first: Parcel): Promise<readonly Posting[]> {
  const { producers, ports, trouble, ended, stopped } = options;
  let parcel = first;
  let borrowed = producers.borrow();
  try {
    for (let attempt = 0; ; attempt++) {
      const before = ended();
      if (before !== undefined) return landAll(parcel, before);
      let failure: Failure;
      try {
        const left = landParcel(parcel, await sendOnce(options, borrowed, parcel));
        trouble(undefined);
        if (left.length === 0) return [];
        parcel = createParcel(left);
        failure = { kind: "passing", name: "no answer", message: notStored, cause: undefined };
      } catch (error) {
        failure = failureOf(error);
      }
      const meanwhile = ended();
      if (meanwhile !== undefined) return landAll(parcel, meanwhile);
      const verdict = await judge(options, parcel, failure);
      if (verdict !== "again") {
        // What a refusal leaves is in sequence still; what is given up may be stored or not.
        if (!isRefusal(failure)) borrowed.replace();
        return verdict;
      }
      if (isPassing(failure)) trouble(errorOf(failure, "publishing"));
      if (isSpent(failure, attempt)) {
        borrowed.replace();
        borrowed.giveBack();
        borrowed = producers.borrow();
      }
      await pause(ports, backoffMs(attempt), stopped);
    }
  } finally {
    borrowed.giveBack();
  }
}

async function sendOnce(
  { ports }: CarrierOptions,
  { producer }: Borrowed,
  { batches, postings }: Parcel,
): Promise<readonly StoredBatch[]> {
  let deadline = Number.POSITIVE_INFINITY;
  for (const posting of postings) deadline = Math.min(deadline, posting.deadline);
  const ms = Math.max(1, deadline - ports.now());
  const late = (): MsgError => new MsgError("BROKER_TIMEOUT", "no answer in time");
  const sending = producer.then((ready) => ready.send(batches));
  return withDeadline(sending, { timer: ports.timer, ms, late });
}

/** "again": the same parcel, later. Otherwise it is done with, but for what is given back. */
async function judge(
  { catalogue, ports, publishTimeoutMs }: CarrierOptions,
  parcel: Parcel,
  failure: Failure,
): Promise<"again" | readonly Posting[]> {
  const { postings } = parcel;
  const [only] = postings;
  const isOne = postings.length === 1 && only !== undefined;
  const { kind } = failure;
  if ((isRefusal(failure) || kind === "unknown-topic") && !isOne) return splitParcel(parcel);
  if (isOne && isRefusal(failure)) return landAll(parcel, errorOf(failure, doing(only)));
  if (isOne && kind === "unknown-topic") {
    const gone = await goneTopic(catalogue, only.place.topic);
    if (gone !== undefined) return landAll(parcel, gone);
  } else if (kind === "unknown-topic" || isPassing(failure)) {
    void catalogue.refresh(0);
  }
  const late = postings.filter(({ deadline }) => deadline <= ports.now());
  if (late.length === 0) return "again";
  for (const posting of late) posting.land(lateError(posting, { failure, publishTimeoutMs }));
  return postings.filter(({ deadline }) => deadline > ports.now());
}

async function goneTopic(catalogue: Catalogue, topic: string): Promise<MsgError | undefined> {
  try {
    await catalogue.renew(topic);
    return undefined;
  } catch (error) {
    return MsgError.is(error) && error.code === "TOPIC_UNKNOWN" ? error : undefined;
  }
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
