/** What a repair keeps and drops, and how that is told. */
import type { JsonObject } from "@reprise/canonical-json";
import { counted, grouped, shownBytes } from "./quantities.js";
import { safeText } from "./safe-text.js";

export interface RepairPlan {
  /** The cassette, as it is to be shown. */
  readonly shown: string;
  /** Whole entries, and their bytes. */
  readonly entries: number;
  readonly bytes: number;
  /** Bytes behind them: of the entry whose end is missing; 0 where nothing is to be done. */
  readonly dropped: number;
  /** The copy, as it is to be shown; undefined for none. */
  readonly copy: string | undefined;
  readonly dryRun: boolean;
}

/** Lines for a person. */
export function planText(plan: RepairPlan): string {
  const { shown, entries, bytes, dropped, copy, dryRun } = plan;
  const size = `${counted(entries, "entry", "entries")}, ${counted(bytes, "byte")}`;
  const rows: (readonly [string, string])[] = [
    ["cassette", `${safeText(shown)}, ${shownBytes(bytes + dropped)}`],
  ];
  if (dropped === 0) {
    rows.push(["whole", size], ["result", "nothing to repair"]);
    return textOf(rows);
  }
  const kept = dryRun ? "would keep" : "kept";
  const gone = dryRun ? "would drop" : "dropped";
  rows.push([kept, size]);
  rows.push([
    gone,
    `entry ${entries}, cut short: ${counted(dropped, "byte")} from byte ${grouped(bytes)} to the end`,
  ]);
  if (copy !== undefined) rows.push([dryRun ? "would copy to" : "copy", safeText(copy)]);
  rows.push(["result", dryRun ? "nothing was changed" : "repaired"]);
  return textOf(rows);
}

function textOf(rows: readonly (readonly [name: string, text: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}\n`).join("");
}

/** One object for a machine. */
export function planAsJson(plan: RepairPlan): JsonObject {
  const { shown, entries, bytes, dropped, copy, dryRun } = plan;
  return {
    type: "repair",
    cassette: shown.toWellFormed(),
    kept: { entries, bytes },
    dropped: { bytes: dropped, offset: dropped === 0 ? null : bytes },
    copy: copy === undefined || dropped === 0 ? null : copy.toWellFormed(),
    dry_run: dryRun,
    repaired: dropped > 0 && !dryRun,
  };
}
