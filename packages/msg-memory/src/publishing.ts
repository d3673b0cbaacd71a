/**
 * Publishing: a batch goes in as a whole, or waits as a whole until there is room in every partition
 * it touches. A batch that waits holds back later ones of the same partitions, so that order is kept,
 * and no others: a topic that is full must not stop the handler that empties it from publishing
 * elsewhere.
 */
import { type Envelope, encodeEnvelope, MsgError, type Receipt } from "@reprise/msg-core";
import { type BrokerSettings, waitingPublishesMax } from "./options.js";
import { type Amount, addAmount, append, hasRoom, type PartitionLog } from "./partition-log.js";
import { placeOf, type Topics } from "./topics.js";

/** One call of `publish`. Exactly one of the callbacks is called, once. */
export interface PublishRequest {
  readonly batch: readonly Envelope[];
  /** The messages are in the log; nobody has been woken yet. */
  accepted(receipts: readonly Receipt[]): void;
  refused(error: MsgError): void;
}

export interface Publishing {
  /** Accepts, or keeps `request` waiting. Throws (LIMIT_EXCEEDED, ...) with no callback called. */
  publish(request: PublishRequest): void;
  /** Gives up those of `requests` that wait; what was behind them may pass. */
  cancel(requests: Iterable<PublishRequest>, error: MsgError): void;
  /** Lets in what fits now. Called after trimming. */
  roomMade(): void;
}

interface Message {
  readonly log: PartitionLog;
  readonly bytes: Uint8Array;
}

interface Planned {
  readonly request: PublishRequest;
  readonly messages: readonly Message[];
  readonly amounts: ReadonlyMap<PartitionLog, Amount>;
}

/** A request whose messages are in the log. */
interface Appended {
  readonly planned: Planned;
  readonly receipts: readonly Receipt[];
}

export function createPublishing(
  settings: BrokerSettings,
  topics: Topics,
  wake: (logs: Iterable<PartitionLog>) => void,
): Publishing {
  const { limits } = settings;
  /** In the order in which they came. */
  const waiting = new Map<PublishRequest, Planned>();

  const fits = ({ amounts }: Planned, held: ReadonlySet<PartitionLog>): boolean => {
    for (const [log, amount] of amounts) {
      if (held.has(log) || !hasRoom(log, amount, limits)) return false;
    }
    return true;
  };

  /** What those that wait hold back. */
  let heldByAll = new Set<PartitionLog>();
  const roomMade = (): void => {
    heldByAll = new Set();
    const appended: Appended[] = [];
    for (const [request, planned] of waiting) {
      if (fits(planned, heldByAll)) {
        waiting.delete(request);
        appended.push({ planned, receipts: appendAll(planned) });
      } else {
        hold(heldByAll, planned);
      }
    }
    tell(appended, wake);
  };

  return {
    publish(request) {
      const planned = plan(request, settings, topics);
      if (fits(planned, heldByAll)) {
        tell([{ planned, receipts: appendAll(planned) }], wake);
        return;
      }
      if (waiting.size >= waitingPublishesMax) {
        const message = `${waitingPublishesMax} publishes are waiting for room already`;
        throw new MsgError("QUEUE_FULL", message, { limit: waitingPublishesMax });
      }
      waiting.set(request, planned);
      hold(heldByAll, planned);
    },
    cancel(requests, error) {
      const cancelled = [...requests].filter((request) => waiting.delete(request));
      if (cancelled.length === 0) return;
      for (const request of cancelled) request.refused(error);
      roomMade();
    },
    roomMade,
  };
}

/** Callers call back: they hear only when every list here is in order. */
function tell(appended: readonly Appended[], wake: (logs: Iterable<PartitionLog>) => void): void {
  for (const { planned, receipts } of appended) planned.request.accepted(receipts);
  for (const { planned } of appended) wake(planned.amounts.keys());
}

function hold(held: Set<PartitionLog>, { amounts }: Planned): void {
  for (const log of amounts.keys()) held.add(log);
}

function appendAll({ messages }: Planned): readonly Receipt[] {
  return messages.map(({ log, bytes }) => ({
    partition: log.partition,
    position: String(append(log, bytes)),
  }));
}

/** Throws what is wrong with the batch, before anything is changed but the keyless turn. */
function plan(request: PublishRequest, settings: BrokerSettings, topics: Topics): Planned {
  const { batch } = request;
  const { batchSizeMax, valueSizeMax } = settings.limits;
  if (batch.length > batchSizeMax) {
    const message = `batch has ${batch.length} messages, at most ${batchSizeMax}`;
    throw new MsgError("LIMIT_EXCEEDED", message, { limit: batchSizeMax, actual: batch.length });
  }
  const encoded = batch.map((envelope) => {
    const topic = topics(envelope.topic);
    const size = envelope.value.length;
    if (size > valueSizeMax) {
      const message = `value is ${size} bytes, at most ${valueSizeMax}`;
      throw new MsgError("VALUE_TOO_LONG", message, { limit: valueSizeMax, actual: size });
    }
    return { topic, key: envelope.key, bytes: encodeEnvelope(envelope) };
  });
  const amounts = new Map<PartitionLog, Amount>();
  const messages = encoded.map(({ topic, key, bytes }) => {
    const log = placeOf(topic, key);
    checkFits(log, addAmount(amounts, log, bytes.length), settings);
    return { log, bytes };
  });
  return { request, messages, amounts };
}

/** Throws LIMIT_EXCEEDED for what would wait for ever. */
function checkFits(log: PartitionLog, amount: Amount, { limits }: BrokerSettings): void {
  const { partitionMessagesMax, partitionBytesMax } = limits;
  if (amount.messages <= partitionMessagesMax && amount.bytes <= partitionBytesMax) return;
  const where = `for partition ${log.partition} of ${log.topic}`;
  if (amount.messages > partitionMessagesMax) {
    const message = `batch has ${amount.messages} messages ${where}, at most ${partitionMessagesMax}`;
    const details = { limit: partitionMessagesMax, actual: amount.messages };
    throw new MsgError("LIMIT_EXCEEDED", message, details);
  }
  const message = `batch has ${amount.bytes} bytes ${where}, at most ${partitionBytesMax}`;
  const details = { limit: partitionBytesMax, actual: amount.bytes };
  throw new MsgError("LIMIT_EXCEEDED", message, details);
}
