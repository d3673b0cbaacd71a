/** Stages for the laws of msg-conformance: the memory driver, recorded, and its recordings, replayed. */
import type { Stage, StageGroup, Subject, SubjectLimits } from "@reprise/msg-conformance";
import { type Driver, deadLetterHeaders } from "@reprise/msg-core";
import { createMemoryBroker, openMemoryDriver } from "@reprise/msg-memory";
import { recordingDriver, replayDriver, type Session } from "@reprise/msg-rr";

const limits = { partitionMessagesMax: 1500, batchSizeMax: 1000, valueSizeMax: 70_000 };
const subjectLimits: SubjectLimits = { batchSizeMax: 1000, valueSizeMax: 70_000, roomMax: 1500 };

type Open = (endpoint: string, place: "here" | "elsewhere", opened: Opened) => Driver;

interface Opened {
  readonly topic: string;
  readonly group: string;
}

/** Each driver has an endpoint of its own, by the order in which they are opened. */
function stageOf(open: Open, end: () => void): Stage {
  let count = 0;
  const next = (place: "here" | "elsewhere", opened: Opened): Promise<Driver> => {
    count += 1;
    return Promise.resolve(open(`lab-${count}`, place, opened));
  };
  return {
    topic: "orders",
    unknownTopic: "unheard-of",
    open: (group: StageGroup) => next("here", { topic: "orders", group }),
    openElsewhere: () => next("elsewhere", { topic: "orders", group: "first" }),
    openDeadLetter: () => next("here", { topic: "orders.dead-letter", group: "letters" }),
    reasonOf: ({ headers }) => headers[deadLetterHeaders.reason],
    end: async () => end(),
  };
}

/** A stage whose drivers are recorded into `session`. */
export function recordedStage(session: Session): Stage {
  const createBroker = () => createMemoryBroker({ topics: ["orders"], limits, seed: 7 });
  const brokers = { here: createBroker(), elsewhere: createBroker() };
  return stageOf(
    (endpoint, place, { topic, group }) => {
      const broker = brokers[place];
      const driver = openMemoryDriver({ endpoint, topics: [topic], group, broker });
      return recordingDriver(driver, session);
    },
    () => session.close(),
  );
}

/** The same stage with nothing but the recording. */
export function replayedStage(session: Session): Stage {
  return stageOf(
    (endpoint) => replayDriver(session, { kind: "memory", endpoint }),
    () => undefined,
  );
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Waits turns of the event loop instead of time: nothing here has to do with time. */
async function settles(promise: Promise<unknown>, turns: number): Promise<boolean> {
  let settled = false;
  const end = (): void => {
    settled = true;
  };
  promise.then(end, end);
  for (let count = 0; count <= turns && !settled; count++) await turn();
  return settled;
}

export function subjectOf(stage: () => Stage): Subject {
  return {
    limits: subjectLimits,
    patienceMs: 10,
    quietMs: 1,
    settles,
    createAbort: () => new AbortController(),
    stage: async () => stage(),
  };
}
