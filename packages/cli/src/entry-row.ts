/** One entry as the cells of one line. */
import { hexOf, rawText, utf8Of } from "./byte-view.js";
import { drawnText } from "./draw-text.js";
import { attemptOf, type EntryFacts, keyOf, receiptOf, resultOf, topicOf } from "./entry-facts.js";
import type { Tone } from "./ink.js";
import { compactJson, isJsonStructure } from "./json-layout.js";
import { shownTicks } from "./quantities.js";
import { safeText } from "./safe-text.js";

export type ColumnName =
  | "entry"
  | "offset"
  | "bytes"
  | "op"
  | "endpoint"
  | "topic"
  | "place"
  | "key"
  | "outcome"
  | "latency"
  | "size"
  | "value";

/** Safe to show. `-` stands for what the entry does not have. */
export type EntryRow = Readonly<Record<ColumnName, string>>;

const absent = "-";

export function rowOf(facts: EntryFacts): EntryRow {
  const { entry, operation, envelope } = facts;
  const place = receiptOf(facts);
  return {
    entry: String(facts.index),
    offset: String(facts.offset),
    bytes: String(facts.size),
    op: operation === "other" ? cell(entry.op) : operation,
    endpoint: cell(entry.key),
    topic: cell(topicOf(facts)),
    place: place === undefined ? absent : safeText(placeText(place)),
    key: cell(keyOf(facts)),
    outcome: outcomeText(facts),
    latency: entry.latencyTicks === undefined ? absent : shownTicks(entry.latencyTicks),
    size: envelope === undefined ? absent : String(envelope.value.length),
    value: cell(valueText(facts)),
  };
}

/** How a row's outcome is to be marked, if at all. */
export function toneOf(facts: EntryFacts): Tone | undefined {
  const result = resultOf(facts);
  if (facts.failure !== undefined || facts.entry.err !== 0 || result === "nack") return "bad";
  if (result === "reject") return "bad";
  if (result === "retry" || result === "stale" || result === "again") return "warning";
  return facts.notes.length > 0 ? "warning" : undefined;
}

function cell(text: string | undefined): string {
  return text === undefined || text === "" ? absent : safeText(text);
}

/** `partition/position`; the partition alone where the broker gives no position. */
function placeText({ partition, position }: { partition: number; position: string }): string {
  return position === "" ? String(partition) : `${partition}/${position}`;
}

/** The attempt and what came of it: `ok`, `1`, `2 again`, `1 ack`. */
function outcomeText(facts: EntryFacts): string {
  const attempt = attemptOf(facts);
  const words = [...(attempt === undefined ? [] : [String(attempt)]), resultOf(facts)];
  return words.filter((word) => word !== "").join(" ") || absent;
}

/** What the entry is about, as one text: the message's value, a reason, an event, or raw bytes. */
function valueText({ operation, ...facts }: EntryFacts): string {
  const { entry, envelope, settlement, event, draw } = facts;
  if (envelope !== undefined) return oneLine(envelope.value);
  if (settlement !== undefined) return settlement.reason;
  if (event !== undefined) return [event.name, event.detail].filter((part) => part).join(" ");
  if (draw !== undefined) return `${draw.call} ${drawnText(draw)}`;
  const bytes = entry.resp.length > 0 && facts.notes.length === 0 ? entry.resp : entry.req;
  return facts.notes.length > 0 ? `(unreadable) 0x${hexOf(bytes)}` : oneLine(bytes);
}

/** JSON loses the space between its tokens if it has lines; all else is as it is. */
function oneLine(bytes: Uint8Array): string {
  const text = utf8Of(bytes);
  if (text === undefined) return rawText(bytes);
  return /[\r\n\t]/.test(text) && isJsonStructure(text) ? compactJson(text) : text;
}
