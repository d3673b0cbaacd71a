/**
 * Goal: whatever is called in whatever order, nothing is lost or invented, partitions keep their
 * order, and attempts are counted right.
 * Method: random calls on three drivers of one group and one of another (fast-check prints the seed),
 * each answer checked against a model that is a few maps; at the end the groups are drained.
 */
import { type Delivery, type Driver, isLive, type Outcome } from "@reprise/msg-core";
import { createMemoryBroker, type MemoryBroker, openMemoryDriver } from "@reprise/msg-memory";
import fc from "fast-check";
import { expect, test } from "vitest";
import { message, poll, text } from "./exchange.ts";

const partitions = 3;
const nameOf = ({ partition, position }: { partition: number; position: string }): string =>
  `${partition}/${position}`;

/** What one group should see. */
class GroupModel {
  readonly done = new Set<string>();
  readonly live = new Map<string, { readonly owner: number; readonly attempt: number }>();
  readonly attempts = new Map<string, number>();
  /** Everything that was ever handed out, and is no longer settled by it: late settlements. */
  readonly takenBack = new Set<string>();
  members: number[] = [];

  owners(): readonly (number | undefined)[] {
    const size = Math.floor(partitions / this.members.length);
    const longer = partitions % this.members.length;
    const owners = this.members.flatMap((member, index) =>
      Array<number>(size + (index < longer ? 1 : 0)).fill(member),
    );
    return this.members.length === 0 ? Array(partitions).fill(undefined) : owners;
  }

  change(members: number[]): void {
    const before = this.owners();
    this.members = members;
    const after = this.owners();
    for (const [name, { owner, attempt }] of [...this.live]) {
      const partition = Number(name.split("/")[0]);
      if (before[partition] === after[partition]) continue;
      this.live.delete(name);
      this.takenBack.add(`${owner} ${name} ${attempt}`);
    }
  }

  deliver(owner: number, delivery: Delivery, logs: readonly string[][]): void {
    const { partition, position, attempt } = delivery;
    const name = nameOf(delivery);
    expect(this.owners()[partition], `owner of ${name}`).toBe(owner);
    expect(text(delivery.envelope.value)).toBe(logs[partition]?.[Number(position)]);
    expect(this.done.has(name) || this.live.has(name), `${name} is not to be delivered`).toBe(
      false,
    );
    for (let earlier = 0; earlier < Number(position); earlier++) {
      const before = `${partition}/${earlier}`;
      expect(this.done.has(before) || this.live.has(before), `${before} is skipped`).toBe(true);
    }
    expect(attempt, `attempt of ${name}`).toBe((this.attempts.get(name) ?? 0) + 1);
    expect(delivery.redelivered).toBe(attempt > 1);
    this.attempts.set(name, attempt);
    this.live.set(name, { owner, attempt });
  }

  /** What `settle` is to say of it, and what follows. */
  settle(owner: number, delivery: Delivery, outcome: Outcome): "settled" | "stale" | "unknown" {
    const name = nameOf(delivery);
    const live = this.live.get(name);
    if (live?.owner !== owner || live.attempt !== delivery.attempt) {
      const late = this.takenBack.has(`${owner} ${name} ${delivery.attempt}`);
      return late ? "stale" : "unknown";
    }
    this.live.delete(name);
    if (outcome !== "retry") {
      this.done.add(name);
      return "settled";
    }
    for (const [other, { attempt }] of [...this.live]) {
      const [partition, position] = other.split("/").map(Number);
      if (partition !== delivery.partition || Number(position) < Number(delivery.position))
        continue;
      this.live.delete(other);
      this.takenBack.add(`${owner} ${other} ${attempt}`);
    }
    return "settled";
  }
}

type Call =
  | { readonly do: "publish"; readonly keys: readonly number[] }
  | { readonly do: "poll"; readonly driver: number; readonly maxItems: number }
  | {
      readonly do: "settle";
      readonly driver: number;
      readonly pick: number;
      readonly outcome: Outcome;
    }
  | { readonly do: "reopen"; readonly driver: number };

const driverIndex = fc.integer({ min: 0, max: 3 });
const call: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("publish" as const),
      keys: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("poll" as const),
      driver: driverIndex,
      maxItems: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      driver: driverIndex,
      pick: fc.nat(),
      outcome: fc.constantFrom<Outcome>("ack", "ack", "retry", "reject"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reopen" as const), driver: driverIndex }) },
);

/** The broker beside its model. Drivers 0 to 2 are of one group, 3 of another. */
class Run {
  readonly broker: MemoryBroker;
  readonly drivers: Driver[];
  /** The identity of each driver: a new one when it is reopened. */
  readonly ids = [0, 1, 2, 3];
  readonly handed: Delivery[][] = [[], [], [], []];
  readonly groups = [new GroupModel(), new GroupModel()] as const;
  readonly logs: string[][] = Array.from({ length: partitions }, () => []);
  rejected = 0;
  count = 0;

  constructor(seed: number) {
    this.broker = createMemoryBroker({ partitions, seed });
    this.drivers = this.ids.map((index) => this.open(index));
  }

  open(index: number): Driver {
    const group = index === 3 ? "other" : "shared";
    return openMemoryDriver({ endpoint: "lab", topics: ["orders"], group, broker: this.broker });
  }

  at(index: number) {
    const driver = this.drivers[index];
    const handed = this.handed[index];
    const id = this.ids[index];
    if (driver === undefined || handed === undefined || id === undefined) throw new Error("index");
    return { driver, handed, id, model: this.groups[index === 3 ? 1 : 0] };
  }

  async publish(keys: readonly number[]): Promise<void> {
    const batch = keys.map((key) => message(String(this.count++), key === 0 ? "" : `k${key}`));
    const receipts = await this.at(0).driver.publish(batch);
    for (const [index, { partition, position }] of receipts.entries()) {
      expect(Number(position)).toBe(this.logs[partition]?.length);
      this.logs[partition]?.push(text(batch[index]?.value ?? new Uint8Array()));
    }
  }

  async poll(index: number, maxItems: number): Promise<number> {
    const { driver, handed, id, model } = this.at(index);
    if (!model.members.includes(id)) model.change([...model.members, id]);
    const batch = await poll(driver, maxItems);
    for (const delivery of batch) model.deliver(id, delivery, this.logs);
    handed.push(...batch);
    return batch.length;
  }

  async settle(index: number, pick: number, outcome: Outcome): Promise<void> {
    const { driver, handed, id, model } = this.at(index);
    const delivery = handed[pick % Math.max(1, handed.length)];
    if (delivery === undefined) return;
    const heard: string[] = [];
    const stop = driver.observe((event) => {
      if (!isLive(event)) heard.push(event.type);
    });
    const expected = model.settle(id, delivery, outcome);
    const got = await driver.settle([{ delivery, outcome }]).then(
      () => heard[0],
      () => "unknown",
    );
    stop();
    expect(got, `${outcome} of ${nameOf(delivery)}`).toBe(expected);
    if (expected === "settled" && outcome === "reject") this.rejected += 1;
  }

  async reopen(index: number): Promise<void> {
    const { driver, id, model } = this.at(index);
    await driver.close();
    if (model.members.includes(id)) model.change(model.members.filter((member) => member !== id));
    this.drivers[index] = this.open(index);
    this.ids[index] = Math.max(...this.ids) + 1;
    this.handed[index] = [];
  }

  /** Everything that is not done comes once more, in order, and then nothing does. */
  async drain(): Promise<void> {
    for (const index of [1, 2, 0, 3]) await this.reopen(index);
    for (const index of [0, 3]) {
      while ((await this.poll(index, 100)) > 0) {
        const { driver, id, model, handed } = this.at(index);
        const batch = handed.splice(0);
        for (const delivery of batch) model.settle(id, delivery, "ack");
        await driver.settle(batch.map((delivery) => ({ delivery, outcome: "ack" })));
      }
      expect(this.at(index).model.done.size).toBe(this.count);
    }
    const topics = [this.broker.deadLetterTopic("orders")];
    const reader = openMemoryDriver({ endpoint: "reader", topics, broker: this.broker });
    expect(await poll(reader, 10_000)).toHaveLength(this.rejected);
  }
}

async function perform(run: Run, { ...call }: Call): Promise<unknown> {
  if (call.do === "publish") return run.publish(call.keys);
  if (call.do === "poll") return run.poll(call.driver, call.maxItems);
  if (call.do === "settle") return run.settle(call.driver, call.pick, call.outcome);
  return run.reopen(call.driver);
}

test("random calls agree with the model", async () => {
  const calls = fc.array(call, { minLength: 20, maxLength: 120, size: "max" });
  const property = fc.asyncProperty(fc.integer(), calls, async (seed, sequence) => {
    const run = new Run(seed);
    for (const one of sequence) await perform(run, one);
    await run.drain();
  });
  await fc.assert(property, { numRuns: 150 });
});
