/** A fault for each law of delivery, content, settling and rejection. */
import type { Delivery, Envelope } from "@reprise/msg-core";
import { MsgError } from "@reprise/msg-core";
import type { Change } from "./memory-harness.ts";
import {
  asking,
  decode,
  encode,
  handing,
  nameOf,
  none,
  publishing,
  type Sabotage,
  settling,
  telling,
  withEnvelope,
} from "./sabotage.ts";

const delivery: readonly Sabotage[] = [
  {
    id: "no-loss",
    fault: "gives a receipt for the last of seven messages and does not send it",
    change: (driver) => ({
      ...driver,
      async publish(batch, options) {
        const receipts = await driver.publish(batch.length === 7 ? batch.slice(1) : batch, options);
        return batch.length === 7 ? [{ partition: 0, position: "" }, ...receipts] : receipts;
      },
    }),
  },
  {
    id: "no-invention",
    fault: "hands the sixtieth message out again when there is nothing else",
    change: handing(
      () => ({ count: 0, last: [] as readonly Delivery[] }),
      (batch, state) => {
        state.count += batch.length;
        if (batch.length > 0) state.last = batch.slice(-1);
        return batch.length === 0 && state.count === 60 ? state.last : batch;
      },
    ),
  },
  {
    id: "order-per-key",
    fault: "turns a full poll round",
    change: handing(none, (batch) => (batch.length === 100 ? [...batch].reverse() : batch)),
  },
  {
    id: "receipts",
    fault: "gives the receipts of a large batch in the order in which they came back",
    change: (driver) => ({
      ...driver,
      async publish(batch, options) {
        const receipts = await driver.publish(batch, options);
        return batch.length < 1000 ? receipts : [...receipts].reverse();
      },
    }),
  },
  {
    id: "max-items",
    fault: "gives eight where seven were asked for",
    change: asking((request) => (request.maxItems === 7 ? { ...request, maxItems: 8 } : request)),
  },
  {
    id: "groups",
    fault: "gives the second group only every second message",
    change: (driver, group) =>
      group === "second"
        ? handing(none, (batch) => batch.filter((_, index) => index % 2 === 0))(driver, group)
        : driver,
  },
  {
    id: "durable",
    fault: "says that it is durable",
    change: (driver) => ({ ...driver, capabilities: { ...driver.capabilities, durable: true } }),
  },
];

const content: readonly Sabotage[] = [
  {
    id: "any-bytes",
    fault: "sends values as text",
    change: publishing((batch) =>
      batch.map((envelope) => ({ ...envelope, value: encode(decode(envelope.value)) })),
    ),
  },
  {
    id: "headers",
    fault: "drops headers whose value is empty",
    change: publishing((batch) =>
      batch.map((envelope) => ({
        ...envelope,
        headers: Object.fromEntries(Object.entries(envelope.headers).filter(([, value]) => value)),
      })),
    ),
  },
  {
    id: "bytes-kept",
    fault: "hands the same bytes out again at a redelivery",
    change: handing(
      () => new Map<string, Envelope>(),
      (batch, state) =>
        batch.map((again) => {
          const name = `${again.partition} ${again.position}`;
          const envelope = state.get(name) ?? again.envelope;
          state.set(name, envelope);
          return { ...again, envelope };
        }),
    ),
  },
];

const settlements: readonly Sabotage[] = [
  {
    id: "retry",
    fault: "forgets `redelivered` at the third attempt",
    change: handing(none, (batch) =>
      batch.map((again) => (again.attempt > 2 ? { ...again, redelivered: false } : again)),
    ),
  },
  {
    id: "retry-order",
    fault: "observes a late settlement as a settlement",
    change: telling((observer, event) => {
      if (event.type !== "stale") observer(event);
      else observer({ ...event, type: "settled", outcome: "ack", reason: "", latencyTicks: 0 });
    }),
  },
  {
    id: "ack-is-final",
    fault: "loses an ack that comes out of order",
    change: settling((all) =>
      all.length === 1 && all[0]?.outcome === "ack" && all[0].delivery.position === "1" ? [] : all,
    ),
  },
  {
    id: "unsettled-stays",
    fault: "hands out again what is not settled yet",
    change: (driver) => {
      const unsettled = new Map<string, Delivery>();
      return {
        ...driver,
        async poll(request) {
          const batch = await driver.poll(request);
          if (batch.length === 0) return [...unsettled.values()];
          for (const one of batch) unsettled.set(nameOf(one), one);
          return batch;
        },
        async settle(all) {
          await driver.settle(all);
          const retried = all.some(({ outcome }) => outcome === "retry");
          for (const name of unsettled.keys()) {
            if (retried || all.some((one) => nameOf(one.delivery) === name)) unsettled.delete(name);
          }
        },
      };
    },
  },
  {
    id: "settle-twice",
    fault: "takes a second settlement in silence",
    change: settling((all, known) => all.filter((one) => !known.settled.has(nameOf(one.delivery)))),
  },
  {
    id: "settle-unknown",
    fault: "takes a settlement of nothing in silence",
    change: settling((all, known) =>
      all.filter((one) => known.delivered.has(nameOf(one.delivery))),
    ),
  },
  {
    id: "settle-by-name",
    fault: "knows deliveries by identity",
    change: settling((all, known) => {
      const same = all.every(
        (one) => (known.delivered.get(nameOf(one.delivery)) ?? one.delivery) === one.delivery,
      );
      if (!same) throw new MsgError("DELIVERY_UNKNOWN", "not the same object");
      return all;
    }),
  },
];

/** What a reader of the dead letter finds. */
const letters =
  (edit: (letter: Delivery) => Delivery): Change =>
  (driver, group) =>
    group === "letters" ? handing(none, (batch) => batch.map(edit))(driver, group) : driver;

const deadLetter: readonly Sabotage[] = [
  {
    id: "reject",
    fault: "copies a rejected message without its key",
    change: letters((letter) => withEnvelope(letter, { key: new Uint8Array(0) })),
  },
  {
    id: "any-reason",
    fault: "keeps the first hundred characters of a reason",
    change: letters((letter) => {
      const { headers } = letter.envelope;
      const cut = Object.entries(headers).map(([name, value]) => [name, value.slice(0, 100)]);
      return withEnvelope(letter, { headers: Object.fromEntries(cut) });
    }),
  },
  {
    id: "poison",
    fault: "drops a rejected message that was delivered before",
    change: settling((all) =>
      all.map((one) =>
        one.outcome === "reject" && one.delivery.redelivered ? { ...one, outcome: "ack" } : one,
      ),
    ),
  },
];

export const messageFaults: readonly Sabotage[] = [
  ...delivery,
  ...content,
  ...settlements,
  ...deadLetter,
];
