/** The files that a run writes, and that its replay has to write again. */
import type { RunFacts } from "./run-facts.js";

export type OutputName =
  | "aggregate.json"
  | "metrics.txt"
  | "report.json"
  | "logs.jsonl"
  | "spans.jsonl";

/** Their texts; logs and spans where the run kept them. */
export type OutputFiles = Readonly<Partial<Record<OutputName, string>>>;

const always: readonly OutputName[] = ["aggregate.json", "metrics.txt", "report.json"];

export function outputNamesOf({ observe }: Pick<RunFacts, "observe">): readonly OutputName[] {
  return observe === true ? [...always, "logs.jsonl", "spans.jsonl"] : always;
}
