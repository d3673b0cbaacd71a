/** A check of a folder, for programs. */
import type { CheckStatus, WrittenFile } from "../check.js";
import type { Report } from "../report/report.js";
import { type RunCheckOptions, runCheck } from "./run-check.js";

export interface CheckedRepository {
  readonly report: Report;
  /** What the command would exit with. */
  readonly status: CheckStatus;
  /** Locks and baseline, where they were asked for; nothing has been written. */
  readonly writes: readonly WrittenFile[];
}

/**
 * Checks the repository at `root`. What is wrong with it is in the report; rejects only where `root`
 * is no folder, or with the reason of `signal`.
 */
export async function checkRepository(options: RunCheckOptions): Promise<CheckedRepository> {
  const { finished } = await runCheck(options);
  const { report, status, writes } = finished;
  return { report, status, writes };
}
