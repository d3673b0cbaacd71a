/** A fault for each law of waiting, publishing, closing and observing. */
import { type Delivery, MsgError } from "@reprise/msg-core";
import {
  asking,
  encode,
  handing,
  never,
  publishing,
  type Sabotage,
  settling,
  telling,
} from "./sabotage.ts";

const waiting: readonly Sabotage[] = [
  {
    id: "poll-waits",
    fault: "does not wait where no limit is given",
    change: asking((request) => ({ waitMs: 0, ...request })),
  },
  {
    id: "poll-gives-up",
    fault: "takes a wait of 0 for none given",
    change: asking(({ waitMs, ...request }) =>
      waitMs === undefined || waitMs === 0 ? request : { ...request, waitMs },
    ),
  },
  {
    id: "abort-poll",
    fault: "does not look at the signal of a poll",
    change: asking(({ signal: _, ...request }) => request),
  },
];

const limits: readonly Sabotage[] = [
  {
    id: "limit-batch",
    fault: "splits a batch that is too long",
    change: (driver) => ({
      ...driver,
      async publish(batch, options) {
        if (batch.length <= 1000) return driver.publish(batch, options);
        const first = await driver.publish(batch.slice(0, 1000), options);
        return [...first, ...(await driver.publish(batch.slice(1000), options))];
      },
    }),
  },
  {
    id: "limit-value",
    fault: "cuts a value that is too long",
    change: publishing((batch) =>
      batch.map((envelope) => ({ ...envelope, value: envelope.value.slice(0, 70_000) })),
    ),
  },
  {
    id: "limit-topic",
    fault: "sends what it knows a topic for",
    change: publishing((batch) => batch.filter(({ topic }) => topic === "orders")),
  },
  {
    id: "limit-headers",
    fault: "mends headers",
    change: publishing((batch) =>
      batch.map((envelope) => {
        const mended = Object.entries(envelope.headers).map(([name, value]) => [
          encode(name).length === name.length ? name : "mended",
          value.toWellFormed(),
        ]);
        return { ...envelope, headers: Object.fromEntries(mended) };
      }),
    ),
  },
  {
    id: "limit-poll",
    fault: "asks for one message where none were asked for",
    change: asking((request) => ({
      ...request,
      maxItems: Math.max(1, Math.floor(request.maxItems) || 1),
    })),
  },
  {
    id: "empty-calls",
    fault: "refuses to publish nothing",
    change: publishing((batch) => {
      if (batch.length > 0) return batch;
      throw new MsgError("LIMIT_EXCEEDED", "batch is empty");
    }),
  },
];

const publishes: readonly Sabotage[] = [
  {
    id: "backpressure",
    fault: "loses the receipts of a publish that had to wait",
    change: (driver) => ({
      ...driver,
      async publish(batch, options) {
        let settled = false;
        const published = driver.publish(batch, options).finally(() => {
          settled = true;
        });
        for (let turn = 0; turn < 10 && !settled; turn++) await Promise.resolve();
        if (settled) return published;
        await published;
        return [];
      },
    }),
  },
  {
    id: "abort-publish",
    fault: "looks at the signal only before it publishes",
    change: (driver) => ({
      ...driver,
      publish: (batch, options) =>
        driver.publish(batch, options?.signal?.aborted === true ? options : {}),
    }),
  },
  {
    id: "close-ends-publish",
    fault: "leaves a waiting publish alone when it closes",
    change: (driver) => {
      let closed = false;
      return {
        ...driver,
        async publish(batch, options) {
          const late = closed;
          return driver.publish(batch, options).catch((error: unknown) => {
            if (late || !closed) throw error;
            return never();
          });
        },
        async close() {
          closed = true;
          await driver.close();
        },
      };
    },
  },
];

const closing: readonly Sabotage[] = [
  {
    id: "close-twice",
    fault: "refuses to close while it closes",
    change: (driver) => {
      let busy = false;
      return {
        ...driver,
        async close() {
          if (busy) throw new MsgError("CLOSED", "closing already");
          busy = true;
          await driver.close().finally(() => {
            busy = false;
          });
        },
      };
    },
  },
  {
    id: "closed-calls",
    fault: "takes settlements in silence when it is closed",
    change: (driver) => ({
      ...driver,
      async settle(all) {
        await driver.settle(all).catch((error: unknown) => {
          if (!MsgError.is(error) || error.code !== "CLOSED") throw error;
        });
      },
    }),
  },
  {
    id: "close-ends-poll",
    fault: "leaves a waiting poll alone when it closes",
    change: (driver) => {
      let closed = false;
      return {
        ...driver,
        async poll(request) {
          const late = closed;
          const batch = await driver.poll(request);
          return closed && !late ? never() : batch;
        },
        async close() {
          closed = true;
          await driver.close();
        },
      };
    },
  },
  {
    id: "close-gives-back",
    fault: "says `redelivered` only of what this very driver delivered before",
    change: handing(
      () => new Set<string>(),
      (batch, state) =>
        batch.map((one) => {
          const name = `${one.partition} ${one.position}`;
          const redelivered = one.redelivered && state.has(name);
          state.add(name);
          return { ...one, redelivered };
        }),
    ),
  },
  {
    id: "close-in-handler",
    fault: "acks at its close what is in hand, if it has settled nothing so far",
    change: (driver) => {
      const inHand: Delivery[] = [];
      let settledSome = false;
      return {
        ...driver,
        async poll(request) {
          const batch = await driver.poll(request);
          inHand.push(...batch);
          return batch;
        },
        async settle(all) {
          settledSome = true;
          await driver.settle(all);
        },
        async close() {
          const lost = settledSome ? [] : inHand.splice(0);
          if (lost.length > 0) {
            await driver.settle(lost.map((one) => ({ delivery: one, outcome: "ack" })));
          }
          await driver.close();
        },
      };
    },
  },
  {
    id: "close-after-work",
    fault: "keeps three acks back while there is more to poll, and loses them",
    change: settling((all, known) =>
      all.length === 3 && known.delivered.size < known.published && known.published === 4
        ? []
        : all,
    ),
  },
];

const observing: readonly Sabotage[] = [
  {
    id: "observed",
    fault: "observes each delivery twice",
    change: telling((observer, event) => {
      observer(event);
      if (event.type === "delivered") observer(event);
    }),
  },
  {
    id: "observed-refusal",
    fault: "does not observe refusals",
    change: telling((observer, event) => {
      if (event.type !== "refused") observer(event);
    }),
  },
  {
    id: "observed-calls",
    fault: "tells of the calls that succeed only",
    change: telling((observer, event) => {
      if (event.type !== "operation" || event.error === undefined) observer(event);
    }),
  },
  {
    id: "observed-revoked",
    fault: "tells of a delivery that is settled as of one that is taken back",
    change: telling((observer, event) => {
      observer(event);
      if (event.type !== "settled") return;
      observer({ type: "revoked", delivery: event.delivery });
    }),
  },
  {
    id: "observer-stops",
    fault: "goes on telling an observer that was taken off",
    change: (driver) => ({
      ...driver,
      observe(observer) {
        driver.observe(observer);
        return () => undefined;
      },
    }),
  },
  {
    id: "observer-throws",
    fault: "passes over the failure of an observer",
    change: telling((observer, event) => {
      try {
        observer(event);
      } catch {
        // That is the fault.
      }
    }),
  },
  { id: "identity", fault: "has no name", change: (driver) => ({ ...driver, endpoint: "" }) },
];

export const callFaults: readonly Sabotage[] = [
  ...waiting,
  ...limits,
  ...publishes,
  ...closing,
  ...observing,
];
