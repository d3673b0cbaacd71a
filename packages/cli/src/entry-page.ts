/** One entry on lines of its own: every field, values whole. */
import { hexDump, utf8Of } from "./byte-view.js";
import { drawnText } from "./draw-text.js";
import {
  attemptOf,
  type EntryFacts,
  receiptOf,
  resultOf,
  topicOf,
  unreadPartsOf,
} from "./entry-facts.js";
import { extraAsJson, sameBytes } from "./entry-json.js";
import { toneOf } from "./entry-row.js";
import type { Ink } from "./ink.js";
import { indentedJson, isJsonStructure } from "./json-layout.js";
import { counted, grouped, shownTicks } from "./quantities.js";
import { safeText } from "./safe-text.js";

/** A name and the lines that belong to it. */
type Field = readonly [name: string, ...lines: string[]];

const nameWidth = 12;
const margin = "  ";

/** The entry's lines; each ends with a newline, and an empty one comes last. */
export function pageOf(facts: EntryFacts, ink: Ink): string {
  const { index, offset, size } = facts;
  const title = `entry ${index}, at byte ${grouped(offset)}, ${counted(size, "byte")}`;
  const fields = [
    ...what(facts),
    ...message(facts),
    ...record(facts, ink),
    ...raw(facts),
    ...rest(facts),
  ];
  const lines = fields.flatMap(([name, ...texts]) =>
    texts.map((text, at) => {
      const shownName = (at === 0 ? name : "").padEnd(nameWidth);
      return `${margin}${at === 0 ? ink("quiet", shownName) : shownName}${text}`.trimEnd();
    }),
  );
  const notes = facts.notes.map((note) => {
    const text = `${"note".padEnd(nameWidth)}${safeText(note)}`;
    return `${margin}${ink("warning", text)}`;
  });
  return `${[ink("heading", title), ...lines, ...notes].join("\n")}\n\n`;
}

function what({ entry, operation, driver }: EntryFacts): readonly Field[] {
  const name = operation === "other" ? safeText(entry.op) : `${operation} (${safeText(entry.op)})`;
  return [
    ["operation", name],
    ["kind", safeText(entry.kind)],
    ...(driver === undefined ? [] : [["driver", driver] as const]),
    ["endpoint", safeText(entry.key)],
  ];
}

function message(facts: EntryFacts): readonly Field[] {
  const { envelope } = facts;
  const topic = topicOf(facts);
  const fields: Field[] = topic === undefined ? [] : [["topic", safeText(topic)]];
  if (envelope === undefined) return fields;
  const headers = Object.entries(envelope.headers).map(
    ([name, value]) => `${safeText(name)} = ${safeText(value)}`,
  );
  if (headers.length > 0) fields.push(["headers", ...headers]);
  return [
    ...fields,
    ["key", ...bytesLines(envelope.key)],
    ["value", ...bytesLines(envelope.value)],
  ];
}

function record(facts: EntryFacts, ink: Ink): readonly Field[] {
  const { entry, handover, settlement, event, draw, failure } = facts;
  const fields: Field[] = [];
  const add = (name: string, ...lines: readonly string[]): number => fields.push([name, ...lines]);
  const place = receiptOf(facts);
  if (place !== undefined) {
    const position = place.position === "" ? "" : `, position ${safeText(place.position)}`;
    add(
      facts.receipt === undefined ? "place" : "receipt",
      `partition ${place.partition}${position}`,
    );
  }
  if (handover !== undefined) {
    const again = handover.redelivered ? ", redelivered" : "";
    const batch = `${handover.batchIndex + 1} of ${handover.batchSize} in its batch`;
    add("handover", `attempt ${handover.attempt}${again}, ${batch}`);
  }
  if (settlement !== undefined) add("attempt", String(attemptOf(facts)));
  const result = resultOf(facts);
  const outcome =
    settlement === undefined || !facts.stale ? result : `${settlement.outcome}, stale`;
  const tone = toneOf(facts);
  if (outcome !== "") add("outcome", tone === undefined ? outcome : ink(tone, outcome));
  if (settlement !== undefined && settlement.reason !== "")
    add("reason", safeText(settlement.reason));
  if (failure !== undefined) {
    add("failure", safeText(failure.message));
    add("scope", failure.scope);
  }
  if (event !== undefined) {
    add("event", safeText(event.name));
    if (event.detail !== "") add("detail", ...textLines(event.detail));
  }
  if (draw !== undefined) {
    add("call", safeText(draw.call));
    add("drawn", drawnText(draw));
  }
  add("err", String(entry.err));
  if (entry.latencyTicks !== undefined) {
    add("latency", latencyText(entry.latencyTicks));
  }
  return fields;
}

function latencyText(ticks: number): string {
  return ticks < 1000 ? shownTicks(ticks) : `${shownTicks(ticks)} (${grouped(ticks)} us)`;
}

/** What was not decoded, as bytes. */
function raw(facts: EntryFacts): readonly Field[] {
  const { entry, exchange } = facts;
  const unread = unreadPartsOf(facts);
  const fields: Field[] = [];
  if (unread.req) fields.push(["req", ...bytesLines(entry.req)]);
  if (unread.resp) fields.push(["resp", ...bytesLines(entry.resp)]);
  if (exchange === undefined) return fields;
  const { ack, ackTag, op, driverKind, envelope, endpoint } = exchange;
  fields.push(["resp tags", `op ${op}, driver ${driverKind}, ack ${ackTag}`]);
  if (endpoint !== entry.key) fields.push(["resp name", safeText(endpoint)]);
  if (!sameBytes(envelope, entry.req)) fields.push(["resp message", ...bytesLines(envelope)]);
  if (unread.ack) fields.push(["ack", ...bytesLines(ack)]);
  return fields;
}

function rest(facts: EntryFacts): readonly Field[] {
  const { checksum, extra } = facts;
  return [
    ["sizes", `req ${grouped(facts.entry.req.length)}, resp ${grouped(facts.entry.resp.length)}`],
    ["checksum", checksum === undefined ? "none" : `${checksum}, verified`],
    ...(extra.length === 0
      ? []
      : [["extra", ...textLines(JSON.stringify(extra.map(extraAsJson)))] as const]),
  ];
}

function bytesLines(bytes: Uint8Array): readonly string[] {
  const size = counted(bytes.length, "byte");
  if (bytes.length === 0) return ["empty"];
  const text = utf8Of(bytes);
  if (text === undefined) return [`${size}, binary`, ...hexDump(bytes)];
  if (!isJsonStructure(text)) return [`${safeText(text)} (${size})`];
  return [`${size}, JSON`, ...textLines(text)];
}

/** Indented where it is JSON; one line otherwise. */
function textLines(text: string): readonly string[] {
  if (!isJsonStructure(text)) return [safeText(text)];
  return indentedJson(text).split("\n").map(safeText);
}
