/**
 * Goal: spans are what was said, bounded, ended once, and the same for the same ids and times.
 * Method: ports by hand; spans by hand; too much of everything.
 */
import {
  createSpanBuffer,
  createTraceIds,
  createTracer,
  type Redact,
  type Span,
  spanLimits,
  spanLine,
  type TracerOptions,
} from "@reprise/obs";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";

function traced(more: Partial<TracerOptions> = {}) {
  let time = 1_700_000_000_000_000_000n;
  let word = 0;
  const spans: Span[] = [];
  const tracer = createTracer({
    ids: createTraceIds(() => ++word),
    now: () => time++,
    sink: (span) => spans.push(span),
    ...more,
  });
  return { tracer, spans };
}

test("a span has its ids, times, attributes, events and error", () => {
  const { tracer, spans } = traced();
  const root = tracer.start({ name: "job", kind: "internal" });
  const child = tracer.start({
    name: "publish orders",
    kind: "producer",
    parent: root.context,
    attributes: { a: 1, b: undefined },
  });
  child.addEvent("retrying", { attempt: 2 });
  child.fail("BROKER_TIMEOUT", "no answer");
  child.end();
  expect(spans).toEqual([
    {
      name: "publish orders",
      kind: "producer",
      context: {
        traceId: "00000001000000020000000300000004",
        spanId: "0000000700000008",
        sampled: true,
        state: [],
      },
      parentSpanId: "0000000500000006",
      startUnixNano: 1_700_000_000_000_000_001n,
      endUnixNano: 1_700_000_000_000_000_003n,
      attributes: { a: 1, "error.type": "BROKER_TIMEOUT" },
      links: [],
      events: [
        {
          name: "retrying",
          timeUnixNano: 1_700_000_000_000_000_002n,
          attributes: { attempt: 2 },
        },
      ],
      error: "no answer",
      droppedAttributes: 0,
      droppedLinks: 0,
      droppedEvents: 0,
    },
  ]);
});

test("a span ends once, changes nothing afterwards, and not before it began", () => {
  const { tracer, spans } = traced();
  const span = tracer.start({ name: "a", kind: "client" });
  span.end(5n);
  span.set("late", 1);
  span.fail("late");
  span.addEvent("late");
  span.end();
  expect(spans).toHaveLength(1);
  expect(spans[0]?.endUnixNano).toBe(spans[0]?.startUnixNano);
  expect(spans[0]?.attributes).toEqual({});
});

test("what a parent did not sample stays unsampled, and its state goes on", () => {
  const { tracer } = traced();
  const parent = {
    traceId: "1".repeat(32),
    spanId: "2".repeat(16),
    sampled: false,
    state: [{ key: "a", value: "1" }],
  };
  const { context } = tracer.start({ name: "a", kind: "client", parent });
  expect(context).toMatchObject({ traceId: parent.traceId, sampled: false, state: parent.state });
});

test("attributes, links, events and texts are bounded, and what is dropped is counted", () => {
  const { tracer, spans } = traced();
  const context = { traceId: "1".repeat(32), spanId: "2".repeat(16), sampled: true, state: [] };
  const span = tracer.start({
    name: "n".repeat(2_000),
    kind: "client",
    links: Array.from({ length: spanLimits.linksMax + 3 }, () => ({ context })),
    attributes: Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`k${n}`, n])),
  });
  span.set("k0", "\ud800");
  for (let n = 0; n < 70; n++) span.addEvent("e", { text: "t".repeat(3_000) });
  span.end();
  const [ended] = spans;
  expect(ended).toMatchObject({ droppedAttributes: 6, droppedLinks: 3, droppedEvents: 6 });
  expect(ended?.name).toBe(`${"n".repeat(1_024)}[+976]`);
  expect(ended?.attributes.k0).toBe("\ufffd");
  expect(ended?.events[0]?.attributes.text).toHaveLength(1_031);
});

test("every text passes the redaction", () => {
  const redact: Redact = (text) => text.replaceAll("hunter2", "***");
  const { tracer, spans } = traced({ redact });
  const span = tracer.start({ name: "hunter2", kind: "client", attributes: { a: "hunter2" } });
  span.addEvent("e", { b: "hunter2" });
  span.fail("E", "hunter2");
  span.end();
  expect(spanLine(spans[0] as Span)).not.toContain("hunter2");
});

test("a sink that throws loses the span and is counted", () => {
  const { tracer } = traced({
    sink: () => {
      throw new Error("full");
    },
  });
  tracer.start({ name: "a", kind: "client" }).end();
  expect(tracer.lost).toBe(1);
});

describe("the buffer", () => {
  test("keeps so many spans, counts the others, and gives each once", () => {
    const buffer = createSpanBuffer(2);
    const { tracer } = traced({ sink: buffer.add });
    for (const name of ["a", "b", "c"]) tracer.start({ name, kind: "client" }).end();
    expect([buffer.size, buffer.dropped]).toEqual([2, 1]);
    expect(buffer.take().map(({ name }) => name)).toEqual(["a", "b"]);
    expect(buffer.take()).toEqual([]);
    tracer.start({ name: "d", kind: "client" }).end();
    expect(buffer.size).toBe(1);
  });
});

describe("ids", () => {
  test("are hex of full width, never all 0, and the same for the same draws", () => {
    const draw = (seed: number) => createTraceIds(seededRandom(seed));
    const [one, two] = [draw(1), draw(1)];
    for (let round = 0; round < 100; round++) {
      const id = one.traceId();
      expect(id).toMatch(/^[0-9a-f]{32}$/);
      expect(two.traceId()).toBe(id);
      expect(one.spanId()).toMatch(/^[0-9a-f]{16}$/);
      two.spanId();
    }
    const broken = createTraceIds(() => 0);
    expect([broken.traceId(), broken.spanId()]).toEqual([
      `${"0".repeat(31)}1`,
      `${"0".repeat(15)}1`,
    ]);
    expect(createTraceIds(() => -1).spanId()).toBe("f".repeat(16));
  });
});

test("two runs give the same lines", () => {
  const run = (): string => {
    const { tracer, spans } = traced();
    for (let n = 0; n < 50; n++) {
      const span = tracer.start({
        name: `n${n}`,
        kind: "consumer",
        attributes: { n, x: Number.NaN },
      });
      if (n % 7 === 0) span.fail("E");
      span.end();
    }
    return spans.map(spanLine).join("");
  };
  expect(run()).toBe(run());
  expect(run().split("\n")[1]).toBe(
    '{"attributes":{"n":1,"x":"NaN"},"end_unix_nano":"1700000000000000003","events":[],"kind":"consumer","links":[],"name":"n1","sampled":true,"span_id":"0000000b0000000c","start_unix_nano":"1700000000000000002","trace_id":"0000000700000008000000090000000a"}',
  );
});
