/**
 * Every code of the checker, with what `explain` says of it. A code that is in no table does not
 * compile; one that is in two is a failing test.
 */

import { ambientCodes } from "./codes/ambient-codes.js";
import type { CodeRow } from "./codes/code-row.js";
import { contractCodes } from "./codes/contract-codes.js";
import { graphCodes } from "./codes/graph-codes.js";
import { lockCodes } from "./codes/lock-codes.js";
import { manifestCodes } from "./codes/manifest-codes.js";
import { ruleCodes } from "./codes/rule-codes.js";

export type { CodeRow } from "./codes/code-row.js";

export type DiagnosticCode =
  | keyof typeof ambientCodes
  | keyof typeof contractCodes
  | keyof typeof graphCodes
  | keyof typeof lockCodes
  | keyof typeof manifestCodes
  | keyof typeof ruleCodes;

export const codes: Readonly<Record<DiagnosticCode, CodeRow>> = {
  ...manifestCodes,
  ...lockCodes,
  ...graphCodes,
  ...ruleCodes,
  ...ambientCodes,
  ...contractCodes,
};
