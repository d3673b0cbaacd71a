/** A driver that does what a test tells it to, call by call. */
import {
  createObservers,
  type Delivery,
  type Driver,
  type DriverEvent,
  type Envelope,
  MsgError,
  type Observers,
  type PollRequest,
  type Receipt,
  type Settlement,
} from "@reprise/msg-core";

export interface ScriptedDriver extends Driver {
  /** What the next calls give, in order; a promise lets a call wait. */
  readonly publishes: (readonly Receipt[] | Error | Promise<readonly Receipt[]>)[];
  readonly polls: (readonly Delivery[] | Error | Promise<readonly Delivery[]>)[];
  readonly settles: (Error | readonly Delivery[] | Promise<void>)[];
  /** The calls that reached it. */
  readonly calls: string[];
  readonly settled: Settlement[];
  tell(event: DriverEvent): void;
}

/** A settlement without a script is accepted; one with deliveries finds those stale. */
export function scriptedDriver(endpoint = "e"): ScriptedDriver {
  const observers = createObservers();
  const script: Pick<ScriptedDriver, "publishes" | "polls" | "settles" | "calls" | "settled"> = {
    publishes: [],
    polls: [],
    settles: [],
    calls: [],
    settled: [],
  };
  const next = async <Result>(list: (Result | Error | Promise<Result>)[]): Promise<Result> => {
    const given = await list.shift();
    if (given === undefined) throw new Error("the script has no more calls of this kind");
    if (given instanceof Error) throw given;
    return given as Result;
  };
  return {
    ...script,
    kind: "memory",
    endpoint,
    capabilities: {
      orderPerKey: true,
      orderAfterRetry: false,
      countsAttempts: true,
      durable: false,
    },
    observe: observers.observe,
    tell: observers.notify,
    async publish(batch) {
      script.calls.push(`publish ${batch.length}`);
      try {
        const receipts = await next<readonly Receipt[]>(script.publishes);
        for (const [index, receipt] of receipts.entries()) {
          const envelope = batch[index] ?? message();
          observers.notify({ type: "published", envelope, receipt });
        }
        return receipts;
      } catch (error) {
        refuse(observers, batch, error);
        throw error;
      }
    },
    async poll({ maxItems }: PollRequest) {
      script.calls.push(`poll ${maxItems}`);
      const deliveries = await next<readonly Delivery[]>(script.polls);
      for (const one of deliveries) observers.notify({ type: "delivered", delivery: one });
      return deliveries;
    },
    async settle(settlements) {
      script.calls.push(`settle ${settlements.length}`);
      script.settled.push(...settlements);
      const given = await script.settles.shift();
      if (given instanceof Error) throw given;
      for (const stale of given ?? []) observers.notify({ type: "stale", delivery: stale });
      for (const { delivery: one, outcome, reason, latencyTicks } of settlements) {
        if (given?.some(({ position }) => position === one.position)) continue;
        observers.notify({ type: "settled", delivery: one, outcome, reason, latencyTicks });
      }
    },
    async close() {
      script.calls.push("close");
    },
  };
}

/** As a driver tells of a publish that rejects: each message by what became of it. */
function refuse(observers: Observers, batch: readonly Envelope[], error: unknown): void {
  if (!MsgError.is(error)) return;
  for (const [index, envelope] of batch.entries()) {
    const outcome = error.details.outcomes?.[index] ?? error;
    if (MsgError.is(outcome)) observers.notify({ type: "refused", envelope, error: outcome });
    // By the contract of `publish`, an outcome that is no error is a receipt.
    else observers.notify({ type: "published", envelope, receipt: outcome as Receipt });
  }
}

const utf8 = new TextEncoder();

export interface Draft {
  readonly topic?: string;
  readonly key?: string | Uint8Array;
  readonly value?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export function message(draft: Draft = {}): Envelope {
  const { topic = "t", key = "k", value = "v", headers = {} } = draft;
  const bytes = (content: string | Uint8Array) =>
    typeof content === "string" ? utf8.encode(content) : content;
  return { topic, key: bytes(key), value: bytes(value), headers };
}

export function delivery(position: string, draft: Draft = {}): Delivery {
  return { envelope: message(draft), partition: 0, position, attempt: 1, redelivered: false };
}

export const receiptAt = (position: string, partition = 0): Receipt => ({ partition, position });

/** A promise with its ends outside. */
export function deferred<Result>(): {
  readonly promise: Promise<Result>;
  resolve(result: Result): void;
  reject(error: Error): void;
} {
  let ends: Pick<ReturnType<typeof deferred<Result>>, "resolve" | "reject"> | undefined;
  const promise = new Promise<Result>((resolve, reject) => {
    ends = { resolve, reject };
  });
  return {
    promise,
    resolve: (result) => ends?.resolve(result),
    reject: (error) => ends?.reject(error),
  };
}
