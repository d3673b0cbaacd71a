/** Codes of the contract files. */

import { type BudgetCode, budgetCodes } from "./budget-codes.js";
import type { CodeRow } from "./code-row.js";
import { type CrossCheckCode, crossCheckCodes } from "./cross-check-codes.js";
import { type GroupCode, groupCodes } from "./group-codes.js";
import { type RrFileCode, rrFileCodes } from "./rr-file-codes.js";
import { type RrIndexCode, rrIndexCodes } from "./rr-index-codes.js";

export type ContractCode = BudgetCode | CrossCheckCode | GroupCode | RrFileCode | RrIndexCode;

export const contractCodes: Readonly<Record<ContractCode, CodeRow>> = {
  ...rrIndexCodes,
  ...rrFileCodes,
  ...budgetCodes,
  ...groupCodes,
  ...crossCheckCodes,
};
