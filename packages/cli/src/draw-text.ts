/** What was drawn, to be read: a time where the call asks for one, nanoseconds, or bytes. */
import type { JsonObject } from "@reprise/canonical-json";
import type { Draw } from "@reprise/msg-rr";
import { isCalendar } from "@reprise/worlds";
import { hexOf } from "./byte-view.js";
import { grouped } from "./quantities.js";

/** The value alone: the call is told apart. */
export function drawnText(draw: Draw): string {
  if (draw.kind === "entropy")
    return draw.bytes.length === 0 ? "nothing" : `0x${hexOf(draw.bytes)}`;
  return timeOf(draw) ?? `${draw.ns < 0n ? "-" : ""}${grouped(absolute(draw.ns))} ns`;
}

/** Nanoseconds are a text: they are more than a JSON number keeps. */
export function drawAsJson(draw: Draw): JsonObject {
  const { call } = draw;
  if (draw.kind === "entropy") return { call, bytes: hexOf(draw.bytes) };
  const time = timeOf(draw);
  return { call, ns: String(draw.ns), ...(time === undefined ? {} : { time }) };
}

function absolute(ns: bigint): bigint {
  return ns < 0n ? -ns : ns;
}

const nsPerMs = 1_000_000n;
/** As far as a Date goes, either way. */
const msMax = 8_640_000_000_000_000n;

function timeOf({ call, ns }: Draw & { readonly kind: "clock" }): string | undefined {
  const ms = ns / nsPerMs;
  if (!isCalendar(call) || absolute(ms) > msMax) return undefined;
  return new Date(Number(ms)).toISOString();
}
