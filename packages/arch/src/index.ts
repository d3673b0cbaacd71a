/** What a check finds, as data and as text; `@reprise/arch/os` runs one. */

export type { CheckSettings, CheckStatus, WrittenFile } from "./check.js";
export type { CodeRow } from "./codes/code-row.js";
export type { DiagnosticCode } from "./codes.js";
export { codes } from "./codes.js";
export type {
  Diagnostic,
  Location,
  PatchOperation,
  Position,
  Severity,
  Span,
  Stage,
  SuggestedPatch,
} from "./diagnostic.js";
export { githubReport } from "./report/github-report.js";
export { jsonReport } from "./report/json-report.js";
export { junitReport } from "./report/junit-report.js";
export type { Report, ReportStats } from "./report/report.js";
export { sarifReport } from "./report/sarif-report.js";
export type { ToolLimits } from "./tool-limits.js";
