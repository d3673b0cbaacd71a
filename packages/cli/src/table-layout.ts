/**
 * Columns for a width. A listing is written as it is read, so the columns are laid out by its first
 * rows and stay: a later cell that is wider is cut on a terminal, and pushes the rest of its line to
 * the right where nothing may be cut. Numbers are never cut.
 */
import type { ColumnName, EntryRow } from "./entry-row.js";
import { fitText, textWidth } from "./text-width.js";

export interface Column {
  readonly name: ColumnName;
  readonly width: number;
}

export interface TableLayout {
  readonly columns: readonly Column[];
  /** Columns that there was no room for. */
  readonly dropped: readonly ColumnName[];
  /** Columns of the terminal; undefined where nothing is cut. */
  readonly width: number | undefined;
}

interface ColumnRule {
  readonly name: ColumnName;
  readonly min: number;
  readonly number?: true;
  /** The widest it gets where the width is limited, and where it is short. */
  readonly max: number;
  readonly maxShort: number;
}

const rules: readonly ColumnRule[] = [
  { name: "entry", min: 5, max: 10, maxShort: 10, number: true },
  { name: "offset", min: 7, max: 12, maxShort: 12, number: true },
  { name: "bytes", min: 5, max: 9, maxShort: 9, number: true },
  { name: "op", min: 7, max: 24, maxShort: 12 },
  { name: "endpoint", min: 8, max: 20, maxShort: 12 },
  { name: "topic", min: 6, max: 24, maxShort: 10 },
  { name: "place", min: 5, max: 18, maxShort: 7 },
  { name: "key", min: 6, max: 24, maxShort: 10 },
  { name: "outcome", min: 7, max: 20, maxShort: 10 },
  { name: "latency", min: 7, max: 10, maxShort: 10, number: true },
  { name: "size", min: 4, max: 9, maxShort: 9, number: true },
];

/** What goes first where there is no room. */
const dropOrder: readonly ColumnName[] = ["bytes", "offset", "size", "endpoint", "latency"];

/** What stands between two columns. */
export const gap: string = "  ";
/** The value says most: other columns are cut, and left out, until it has this much. */
const valueWidthMin = 20;

/** Lays out by `rows`, the first of the listing; `width` undefined: nothing is cut or left out. */
export function layOut(rows: readonly EntryRow[], width: number | undefined): TableLayout {
  const natural = rules.map((rule) => ({ rule, width: naturalWidth(rule, rows) }));
  if (width === undefined) {
    const columns = natural.map(({ rule, width }) => ({ name: rule.name, width }));
    return { columns: [...columns, { name: "value", width: 0 }], dropped: [], width };
  }
  const atMost = (limit: "max" | "maxShort"): Column[] =>
    natural.map(({ rule, width }) => ({ name: rule.name, width: Math.min(width, rule[limit]) }));
  const candidates = dropOrder.concat("value").flatMap((_, count) => {
    const dropped = dropOrder.slice(0, count);
    return [atMost("max"), atMost("maxShort")].map((columns) => ({
      dropped,
      columns: columns.filter(({ name }) => !dropped.includes(name)),
    }));
  });
  const roomy = candidates.find(({ columns }) => width - usedBy(columns) >= valueWidthMin);
  // There is always a last one.
  const { columns, dropped } = roomy ?? (candidates.at(-1) as (typeof candidates)[number]);
  const left = Math.max(1, width - usedBy(columns));
  return { columns: [...columns, { name: "value", width: left }], dropped, width };
}

function naturalWidth({ name, min }: ColumnRule, rows: readonly EntryRow[]): number {
  return rows.reduce((widest, row) => Math.max(widest, textWidth(row[name])), min);
}

function usedBy(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + width + gap.length, 0);
}

const numbers: ReadonlySet<ColumnName> = new Set(
  rules.filter(({ number }) => number === true).map(({ name }) => name),
);

/** Gives a cell its look, once it has its width. */
export type Paint = (name: ColumnName, text: string) => string;

/** One line, without the newline. `paint` may add what takes no room. */
export function lineOf(
  cells: Readonly<Record<ColumnName, string>>,
  { columns, width }: TableLayout,
  paint: Paint,
): string {
  let line = "";
  let used = 0;
  for (const { name, width: columnWidth } of columns) {
    const last = name === "value";
    const room = last && width !== undefined ? Math.max(1, width - used) : columnWidth;
    const cut = width !== undefined && !numbers.has(name);
    const text = cut ? fitText(cells[name], room) : cells[name];
    const textColumns = textWidth(text);
    const padding = last ? "" : " ".repeat(Math.max(0, columnWidth - textColumns));
    line += numbers.has(name) ? padding + paint(name, text) : paint(name, text) + padding;
    if (last) break;
    line += gap;
    used += Math.max(columnWidth, textColumns) + gap.length;
  }
  return line;
}
