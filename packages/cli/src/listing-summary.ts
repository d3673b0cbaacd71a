/** The end of a listing: what the entries were, counted while they passed. */
import type { JsonObject } from "@reprise/canonical-json";
import { type EntryFacts, topicOf } from "./entry-facts.js";
import { operations } from "./entry-operation.js";
import { counted, grouped, shownBytes } from "./quantities.js";
import { safeText } from "./safe-text.js";
import { fitText } from "./text-width.js";

export interface ListingSummary {
  readonly entries: number;
  readonly listed: number;
  readonly bytes: number;
  /** Entries by operation, endpoint and topic, in the order in which they were met. */
  readonly operations: ReadonlyMap<string, number>;
  readonly endpoints: ReadonlyMap<string, number>;
  readonly topics: ReadonlyMap<string, number>;
  /** Entries that carry a checksum: what is listed has been verified. */
  readonly checksummed: number;
}

export interface SummaryCounter {
  add(facts: EntryFacts, listed: boolean): void;
  summary(): ListingSummary;
}

/** Names that are counted apart; a cassette with more has them counted together. */
const namesMax = 100;
export const otherNames: string = "(other)";

export function createSummary(): SummaryCounter {
  let entries = 0;
  let listed = 0;
  let bytes = 0;
  let checksummed = 0;
  const byOperation = new Map<string, number>();
  const endpoints = new Map<string, number>();
  const topics = new Map<string, number>();
  return {
    add(facts, isListed) {
      entries += 1;
      if (isListed) listed += 1;
      bytes += facts.size;
      if (facts.checksum !== undefined) checksummed += 1;
      count(byOperation, facts.operation);
      count(endpoints, facts.entry.key);
      const topic = topicOf(facts);
      if (topic !== undefined) count(topics, topic);
    },
    summary: () => ({
      entries,
      listed,
      bytes,
      operations: new Map(
        operations
          .map((name) => [name, byOperation.get(name) ?? 0] as const)
          .filter(([, number]) => number > 0),
      ),
      endpoints,
      topics,
      checksummed,
    }),
  };
}

function count(counts: Map<string, number>, name: string): void {
  const known = counts.has(name) || counts.size < namesMax;
  const counter = known ? name : otherNames;
  counts.set(counter, (counts.get(counter) ?? 0) + 1);
}

export type Checksums = "all" | "some" | "none";

function checksumsOf({ entries, checksummed }: ListingSummary): Checksums {
  if (checksummed === 0) return "none";
  return checksummed === entries ? "all" : "some";
}

/** Names and texts, safe to show; names from the cassette are cut to so many columns. */
export function summaryRows(
  summary: ListingSummary,
  nameWidthMax: number = Number.POSITIVE_INFINITY,
): readonly (readonly [name: string, text: string])[] {
  const { entries, listed, bytes } = summary;
  const shown = listed === entries ? "" : `, ${grouped(listed)} listed`;
  return [
    ["entries", `${grouped(entries)} in ${shownBytes(bytes)}${shown}`],
    ...countsRow("operations", summary.operations, nameWidthMax),
    ...countsRow("endpoints", summary.endpoints, nameWidthMax),
    ...countsRow("topics", summary.topics, nameWidthMax),
    ...(entries === 0 ? [] : [["checksums", checksumsText(summary)] as const]),
  ];
}

function countsRow(
  name: string,
  counts: ReadonlyMap<string, number>,
  nameWidthMax: number,
): readonly (readonly [string, string])[] {
  const shown = [...counts].map(
    ([one, number]) => `${fitText(safeText(one), nameWidthMax)} ${grouped(number)}`,
  );
  return shown.length === 0 ? [] : [[name, shown.join(", ")]];
}

function checksumsText(summary: ListingSummary): string {
  const { entries, checksummed } = summary;
  switch (checksumsOf(summary)) {
    case "all":
      return entries === 1 ? "verified" : `all ${grouped(entries)} verified`;
    case "some":
      return `${grouped(checksummed)} verified, ${counted(entries - checksummed, "entry", "entries")} without`;
    case "none":
      return "none: a changed byte would not be noticed";
  }
}

export function summaryAsJson(summary: ListingSummary): JsonObject {
  const { entries, listed, bytes, checksummed } = summary;
  return {
    type: "summary",
    entries,
    listed,
    bytes,
    operations: Object.fromEntries(summary.operations),
    endpoints: Object.fromEntries(summary.endpoints),
    topics: Object.fromEntries(summary.topics),
    checksummed,
    checksums: checksumsOf(summary),
  };
}
