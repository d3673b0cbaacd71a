/**
 * Goal: a context goes into headers and comes out the same; headers of strangers do no harm.
 * Method: headers by hand.
 */
import { extractTrace, injectTrace, type TraceContext } from "@reprise/obs";
import { expect, test } from "vitest";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const traceparent = `00-${traceId}-${spanId}-01`;
const context: TraceContext = { traceId, spanId, sampled: true, state: [{ key: "a", value: "1" }] };

test("in and out", () => {
  const headers = injectTrace({ "content-type": "json" }, context);
  expect(headers).toEqual({ "content-type": "json", traceparent, tracestate: "a=1" });
  expect(extractTrace(headers)).toEqual({ ok: true, context });
});

test("an earlier context is replaced, in any spelling, and an earlier state does not stay", () => {
  const before = { TraceParent: "x", TRACESTATE: "old=1", traceparent: "y" };
  expect(injectTrace(before, { ...context, state: [] })).toEqual({ traceparent });
  expect(before.traceparent).toBe("y");
});

test("a header called __proto__ stays a header", () => {
  const headers = injectTrace(JSON.parse('{"__proto__":"x"}'), context);
  expect(Object.keys(headers)).toEqual(["__proto__", "traceparent", "tracestate"]);
});

test("names in any case are found, once", () => {
  expect(extractTrace({ TraceParent: traceparent })).toMatchObject({ ok: true });
  expect(extractTrace({ TraceParent: traceparent, traceparent })).toMatchObject({ ok: false });
  expect(extractTrace({ traceparent, tracestate: "a=1", Tracestate: "b=1" })).toEqual({
    ok: true,
    context: { ...context, state: [] },
    stateProblem: "form",
  });
});

test("a wrong state is dropped, a wrong parent is all lost", () => {
  expect(extractTrace({ traceparent, tracestate: "A=1" })).toEqual({
    ok: true,
    context: { ...context, state: [] },
    stateProblem: "key",
  });
  expect(extractTrace({ traceparent: "00", tracestate: "a=1" })).toEqual({
    ok: false,
    problem: "length",
  });
  expect(extractTrace({})).toEqual({ ok: false, problem: "absent" });
  const inherited: Record<string, string> = Object.create({ traceparent });
  expect(extractTrace(inherited)).toEqual({ ok: false, problem: "absent" });
});
