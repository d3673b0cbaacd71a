/** A stage while a trial is on it: it knows what was opened, and closes it. */
import type { Driver, Envelope } from "@reprise/msg-core";
import type { StageGroup, Subject } from "./subject.js";

/** A message in the dead letter; its topic does not matter. */
export interface DeadLetter {
  readonly envelope: Envelope;
  readonly reason: string | undefined;
}

export interface TrialStage {
  readonly topic: string;
  readonly unknownTopic: string | undefined;
  /** Default: the first group. */
  open(group?: StageGroup): Promise<Driver>;
  openElsewhere(): Promise<Driver>;
  /** What came to the dead letter, `count` or fewer: as many as come with patience. */
  deadLetters(count: number): Promise<readonly DeadLetter[]>;
  /** Closes all. What a driver's `close` says is not asked here. */
  end(): Promise<void>;
}

export async function openStage(subject: Subject): Promise<TrialStage> {
  const stage = await subject.stage();
  const opened: Driver[] = [];
  const kept = async (opening: Promise<Driver>): Promise<Driver> => {
    const driver = await opening;
    opened.push(driver);
    return driver;
  };
  let letters: Promise<Driver> | undefined;
  return {
    topic: stage.topic,
    unknownTopic: stage.unknownTopic,
    open: (group = "first") => kept(stage.open(group)),
    openElsewhere: () => kept(stage.openElsewhere()),
    async deadLetters(count) {
      letters ??= kept(stage.openDeadLetter());
      const reader = await letters;
      const found: DeadLetter[] = [];
      while (found.length < count) {
        const maxItems = count - found.length;
        const deliveries = await reader.poll({ maxItems, waitMs: subject.patienceMs });
        if (deliveries.length === 0) break;
        await reader.settle(deliveries.map((delivery) => ({ delivery, outcome: "ack" })));
        for (const { envelope } of deliveries) {
          found.push({ envelope, reason: stage.reasonOf(envelope) });
        }
      }
      return found;
    },
    async end() {
      for (const driver of opened) {
        await subject.settles(driver.close({ deadlineMs: subject.patienceMs }), subject.patienceMs);
      }
      await stage.end?.();
    },
  };
}
