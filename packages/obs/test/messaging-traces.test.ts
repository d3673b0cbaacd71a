/**
 * Goal: the spans of a messaging client have OpenTelemetry's names, kinds, parents, links and
 * attributes, and one trace leads from who created a message to who handled it.
 * Method: batches and deliveries by hand, spans by hand; then a driver in memory, twice.
 */
import { consume, type Envelope } from "@reprise/msg-core";
import { openMemoryDriver } from "@reprise/msg-memory";
import {
  createMessagingTraces,
  createTraceIds,
  createTracer,
  extractTrace,
  type MessagingTracesOptions,
  type Span,
  spanLine,
} from "@reprise/obs";
import { describe, expect, test } from "vitest";

function traced(more: Partial<MessagingTracesOptions> = {}) {
  let time = 0n;
  let word = 0;
  const spans: Span[] = [];
  const tracer = createTracer({
    ids: createTraceIds(() => ++word),
    now: () => time++,
    sink: (span) => spans.push(span),
  });
  const traces = createMessagingTraces({ tracer, system: "kafka", ...more });
  return { traces, spans, tracer };
}

const message = (topic = "orders") => ({ topic, value: new Uint8Array(3), headers: { a: "1" } });
const delivery = (headers: Record<string, string> = {}, position = "41") => ({
  envelope: { ...message(), headers },
  partition: 3,
  position,
  attempt: 1,
  redelivered: false,
});
const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const headers = { traceparent: `00-${traceId}-${spanId}-01` };
const caller = { traceId: "c".repeat(32), spanId: "d".repeat(16), sampled: true, state: [] };

describe("sending", () => {
  test("one message: its send span is its creation", () => {
    const { traces, spans } = traced({ serverAddress: "b", serverPort: 9092, clientId: "c1" });
    const send = traces.send([message()], caller);
    send.end();
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({
      name: "publish orders",
      kind: "producer",
      parentSpanId: caller.spanId,
      attributes: {
        "messaging.system": "kafka",
        "messaging.client.id": "c1",
        "messaging.operation.name": "publish",
        "messaging.operation.type": "send",
        "messaging.destination.name": "orders",
        "server.address": "b",
        "server.port": 9092,
      },
      links: [],
    });
    expect(spans[0]?.attributes).not.toHaveProperty("messaging.batch.message_count");
    expect(extractTrace(send.batch[0]?.headers ?? {})).toMatchObject({
      context: spans[0]?.context,
    });
    expect(send.batch[0]?.headers.a).toBe("1");
  });

  test("a batch: a creation for each, and a client's send that links to them", () => {
    const { traces, spans } = traced();
    const send = traces.send([message(), message()]);
    send.end();
    expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
      ["create orders", "producer"],
      ["create orders", "producer"],
      ["publish orders", "client"],
    ]);
    expect(spans[2]?.links.map(({ context }) => context)).toEqual([
      spans[0]?.context,
      spans[1]?.context,
    ]);
    expect(spans[2]?.attributes["messaging.batch.message_count"]).toBe(2);
    const carried = send.batch.map((one) => extractTrace(one.headers));
    expect(carried).toMatchObject([{ context: spans[0]?.context }, { context: spans[1]?.context }]);
  });

  test("several topics have no name in common, and an empty batch is counted as one", () => {
    const { traces, spans } = traced();
    traces.send([message("a"), message("b")]).end();
    traces.send([]).end();
    expect(spans[2]?.name).toBe("publish");
    expect(spans[2]?.attributes).not.toHaveProperty("messaging.destination.name");
    expect(spans[3]?.attributes["messaging.batch.message_count"]).toBe(0);
  });
});

describe("consuming", () => {
  test("a poll links to every creation that it can read", () => {
    const { traces, spans } = traced({ consumerGroup: "billing" });
    const deliveries = [delivery(headers), delivery({ traceparent: "nonsense" }), delivery()];
    traces.receive(deliveries, { parent: caller, startUnixNano: -7n }).end();
    expect(spans[0]).toMatchObject({
      name: "poll orders",
      kind: "client",
      parentSpanId: caller.spanId,
      startUnixNano: -7n,
      links: [{ context: { traceId, spanId } }],
      attributes: {
        "messaging.operation.type": "receive",
        "messaging.consumer.group.name": "billing",
        "messaging.batch.message_count": 3,
      },
    });
    expect(spans[0]?.links).toHaveLength(1);
  });

  test("handling goes on in the message's trace, or links to it from the caller's", () => {
    const { traces, spans } = traced();
    traces.process(delivery(headers)).end();
    traces.process(delivery(headers), caller).end();
    traces.process(delivery({}, "not a number")).end();
    expect(spans[0]).toMatchObject({
      name: "process orders",
      kind: "consumer",
      context: { traceId },
      parentSpanId: spanId,
      links: [],
      attributes: { "messaging.destination.partition.id": "3", "messaging.kafka.offset": 41 },
    });
    expect(spans[1]).toMatchObject({
      context: { traceId: caller.traceId },
      parentSpanId: caller.spanId,
      links: [{ context: { traceId, spanId } }],
    });
    expect(spans[2]).not.toHaveProperty("parentSpanId");
    expect(spans[2]?.attributes).not.toHaveProperty("messaging.kafka.offset");
  });

  test("a failure is the span's error, its type and an event", () => {
    const { traces, spans } = traced();
    const process = traces.process(delivery());
    process.fail("HANDLER_FAILED", "out of stock");
    process.end();
    const settle = traces.settle([delivery(headers)]);
    settle.fail("BROKER_TIMEOUT");
    settle.end();
    expect(spans[0]).toMatchObject({
      error: "HANDLER_FAILED",
      attributes: { "error.type": "HANDLER_FAILED" },
      events: [
        {
          name: "messaging.process.exception",
          attributes: { "exception.type": "HANDLER_FAILED", "exception.message": "out of stock" },
        },
      ],
    });
    expect(spans[1]).toMatchObject({
      name: "settle orders",
      kind: "client",
      events: [{ name: "messaging.settle.exception" }],
      links: [{ context: { traceId } }],
    });
  });
});

test("one trace through a driver in memory; a second run gives the same bytes", async () => {
  const run = async (): Promise<readonly Span[]> => {
    const { traces, spans } = traced({ system: "memory" });
    const driver = openMemoryDriver({ endpoint: "demo", topics: ["orders"] });
    const batch: Envelope[] = Array.from({ length: 5 }, (_, n) => ({
      ...message(),
      key: new Uint8Array([n]),
    }));
    const send = traces.send(batch);
    await driver.publish(send.batch);
    send.end();
    await consume(
      driver,
      (one) => {
        traces.process(one).end();
      },
      { stopWhenIdle: true },
    );
    await driver.close();
    return spans;
  };
  const spans = await run();
  const creations = spans.filter(({ name }) => name === "create orders");
  const processes = spans.filter(({ name }) => name === "process orders");
  expect(processes).toHaveLength(5);
  expect(new Set(processes.map((span) => span.parentSpanId))).toEqual(
    new Set(creations.map((span) => span.context.spanId)),
  );
  expect((await run()).map(spanLine)).toEqual(spans.map(spanLine));
});
