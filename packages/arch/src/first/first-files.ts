/** What `init` writes, and what it says of it. */
import { parseJson } from "@reprise/canonical-json";
import type { CheckStatus } from "../check.js";
import type { Diagnostic } from "../diagnostic.js";
import { documentText } from "../document-layout.js";
import type { Manifest, ManifestNode } from "../documents/manifest.js";
import type { Ink } from "../report/ink.js";
import { counted, tallyOf } from "../report/report.js";
import { isSolve } from "../rules/external-capability.js";

/** The manifest's text. */
export function manifestText(manifest: Manifest): string {
  return documentText(parseJson(JSON.stringify(manifest), { numbers: "lexeme" }));
}

export interface FirstSummary {
  readonly manifest: Manifest;
  readonly written: readonly string[];
  readonly modules: number;
  readonly status: CheckStatus;
  readonly diagnostics: readonly Diagnostic[];
}

export function firstSummary(
  { manifest, written, modules, status, diagnostics }: FirstSummary,
  ink: Ink,
): string {
  const solve = manifest.nodes.filter(({ world }) => isSolve(world));
  const system = manifest.nodes.filter(
    ({ world, trust_zone }) => !isSolve(world) && trust_zone !== "test_only",
  );
  const development = manifest.nodes.filter(({ trust_zone }) => trust_zone === "test_only");
  const rows = [
    ["pure", solve, "nothing in them reaches the system: from now on nothing may"],
    ["with the system", system, "they may reach anything"],
    ["tests and tools", development, "they may reach anything"],
  ] as const;
  const lines = [
    `${ink.strong("found")} ${counted(modules, "module")} in ${counted(manifest.nodes.length, "node")}`,
    ...rows
      .filter(([, nodes]) => nodes.length > 0)
      .map(([name, nodes, says]) => `  ${name}: ${idsOf(nodes)} (${says})`),
    ...cycleLines(manifest),
    ...written.map((path) => `${ink.strong("wrote")} ${path}`),
    ...verdict(status, diagnostics, ink),
  ];
  return `${lines.join("\n")}\n`;
}

/** A rule that would not hold today is left out; that is said, so that nobody takes it for granted. */
function cycleLines({ rules }: Manifest): readonly string[] {
  const scopes = rules.flatMap((rule) => (rule.kind === "deny_cycles_v1" ? [rule.scope] : []));
  return (["nodes", "modules"] as const)
    .filter((scope) => !scopes.includes(scope))
    .map((scope) => `  cycles between ${scope}: there are some, so they are not forbidden yet`);
}

const idsShownMax = 12;

function idsOf(nodes: readonly ManifestNode[]): string {
  const shown = nodes.slice(0, idsShownMax).map(({ id }) => id);
  const more = nodes.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function verdict(
  status: CheckStatus,
  diagnostics: readonly Diagnostic[],
  ink: Ink,
): readonly string[] {
  if (status === 0)
    return [`${ink.strong("the check passes:")} what is there now is what is allowed`];
  const { errors } = tallyOf(diagnostics);
  const counts = new Map<string, number>();
  for (const { code, severity } of diagnostics) {
    if (severity === "error") counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [
    `${ink.error(`the check finds ${counted(errors, "error")}`)} that no manifest can allow:`,
    ...[...counts].sort().map(([code, count]) => `  ${String(count).padStart(5)}  ${code}`),
    `${ink.strong("next:")} reprise-arch check shows each; reprise-arch check --write-baseline tolerates them until somebody mends them`,
  ];
}
