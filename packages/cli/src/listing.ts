/**
 * A cassette's listing, written as its entries come: rows in columns, pages, or lines of JSON. Each
 * call gives the text that is to be written next; little is held back.
 */
import { canonicalize, type JsonObject } from "@reprise/canonical-json";
import type { EntryFacts } from "./entry-facts.js";
import { entryAsJson } from "./entry-json.js";
import { pageOf } from "./entry-page.js";
import { type ColumnName, type EntryRow, rowOf, toneOf } from "./entry-row.js";
import { type Ink, plainInk, type Tone } from "./ink.js";
import { type ListingSummary, summaryAsJson, summaryRows } from "./listing-summary.js";
import { isolated, safeJsonText, safeText } from "./safe-text.js";
import { gap, layOut, lineOf, type TableLayout } from "./table-layout.js";
import { wrapText } from "./text-width.js";

export interface ListingOptions {
  readonly form: "rows" | "pages" | "json";
  /** The cassette, for the heading. */
  readonly title: string;
  /** Columns to fit into; absent: nothing is cut. */
  readonly width?: number;
  readonly ink?: Ink;
  /** For eyes: text that runs from right to left, and control characters in JSON, are tamed. */
  readonly terminal?: boolean;
}

export interface Listing {
  add(facts: EntryFacts): string;
  /** What was held back, and the summary; `ended` says why there is no more, if it was not the end. */
  end(summary: ListingSummary, ended?: string): string;
}

export function createListing(options: ListingOptions): Listing {
  if (options.form === "json") return createJsonListing(options);
  return options.form === "pages" ? createPageListing(options) : createRowListing(options);
}

/** One JSON object on a line: canonical, but for what a terminal would act on. */
export function jsonLine(value: JsonObject, terminal: boolean): string {
  const json = canonicalize(value);
  return `${terminal ? safeJsonText(json) : json}\n`;
}

function createJsonListing({ terminal = false }: ListingOptions): Listing {
  return {
    add: (facts) => jsonLine(entryAsJson(facts), terminal),
    end: (summary, ended) =>
      jsonLine({ ...summaryAsJson(summary), ...(ended === undefined ? {} : { ended }) }, terminal),
  };
}

function createPageListing(options: ListingOptions): Listing {
  const { title, ink = plainInk } = options;
  let heading = `${ink("heading", safeText(title))}\n\n`;
  const taken = (): string => {
    const text = heading;
    heading = "";
    return text;
  };
  return {
    add: (facts) => taken() + pageOf(facts, ink),
    end: (summary, ended) => taken() + summaryText(summary, options, notesOf(ended, [])),
  };
}

/** The rows that columns are laid out by: this many, or as many as take this much text. */
const heldRowsMax = 256;
const heldTextMax = 65_536;

interface Held {
  readonly row: EntryRow;
  readonly tone: Tone | undefined;
}

function createRowListing(options: ListingOptions): Listing {
  const { title, width, ink = plainInk, terminal = false } = options;
  let layout: TableLayout | undefined;
  let held: Held[] = [];
  let heldText = 0;

  const line = (chosen: TableLayout, { row, tone }: Held): string => {
    const paint = (name: ColumnName, text: string): string => {
      const calm = terminal ? isolated(text) : text;
      const colour = toneOfCell(name, { tone, text, op: row.op });
      return colour === undefined ? calm : ink(colour, calm);
    };
    return `${lineOf(row, chosen, paint)}\n`;
  };
  const begin = (): string => {
    const chosen = layOut(
      held.map(({ row }) => row),
      width,
    );
    layout = chosen;
    const heading = `${lineOf(headings, chosen, (_, text) => ink("heading", text))}\n`;
    const lines = held.map((one) => line(chosen, one));
    held = [];
    return lines.length === 0 ? "" : heading + lines.join("");
  };
  const titleLine = `${ink("heading", safeText(title))}\n`;

  return {
    add(facts) {
      const next = { row: rowOf(facts), tone: toneOf(facts) };
      if (layout !== undefined) return line(layout, next);
      held.push(next);
      heldText += next.row.value.length;
      return held.length >= heldRowsMax || heldText >= heldTextMax ? titleLine + begin() : "";
    },
    end(summary, ended) {
      const rows = layout === undefined ? titleLine + begin() : "";
      const notes = notesOf(ended, summary.listed === 0 ? [] : (layout?.dropped ?? []));
      return `${rows}\n${summaryText(summary, options, notes)}`;
    },
  };
}

const headings: EntryRow = {
  entry: "entry",
  offset: "offset",
  bytes: "bytes",
  op: "op",
  endpoint: "endpoint",
  topic: "topic",
  place: "place",
  key: "key",
  outcome: "outcome",
  latency: "latency",
  size: "size",
  value: "value",
};

const quietColumns: ReadonlySet<ColumnName> = new Set(["entry", "offset", "bytes", "endpoint"]);

function toneOfCell(
  name: ColumnName,
  { tone, text, op }: { tone: Tone | undefined; text: string; op: string },
): Tone | undefined {
  if (text === "-" || quietColumns.has(name)) return "quiet";
  if (name === "outcome") return tone;
  if (name === "value") return op === "event" ? "quiet" : undefined;
  return name === "op" ? "name" : undefined;
}

type Notes = readonly (readonly [name: string, text: string])[];

function notesOf(ended: string | undefined, dropped: readonly ColumnName[]): Notes {
  const notes: (readonly [string, string])[] = [];
  if (ended !== undefined) notes.push(["ended", ended]);
  if (dropped.length > 0) {
    notes.push([
      "left out",
      `${dropped.join(", ")}: a wider terminal, --full or a pipe shows them`,
    ]);
  }
  return notes;
}

/** What a name in the summary leaves free: for the row's own name, and its number. */
const countRoom = 24;

function summaryText(
  summary: ListingSummary,
  { ink = plainInk, width = Number.POSITIVE_INFINITY }: Pick<ListingOptions, "ink" | "width">,
  notes: Notes,
): string {
  const rows = [...summaryRows(summary, width - countRoom), ...notes];
  const nameWidth = Math.max(...rows.map(([name]) => name.length));
  const margin = " ".repeat(nameWidth + gap.length);
  return rows
    .map(([name, text]) => {
      const lines = wrapText(text, width - margin.length);
      return `${ink("quiet", name.padEnd(nameWidth))}${gap}${lines.join(`\n${margin}`)}\n`;
    })
    .join("");
}
