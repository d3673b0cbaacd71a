/** What a policy allows a cassette to be. All are counts or bytes, 0 or more. */
import { MsgError, type MsgErrorCode } from "@reprise/msg-core";

export interface Budgets {
  readonly maxCassetteBytes: number;
  readonly maxEntries: number;
  readonly maxReqBytes: number;
  readonly maxRespBytes: number;
  readonly maxKeyBytes: number;
}

/** The largest cassette at all, whatever the policy says: as much as one array of bytes holds. */
export const cassetteBytesMax: number = 2 ** 32 - 1;

const codes: Readonly<Record<keyof Budgets, readonly [MsgErrorCode, string]>> = {
  maxCassetteBytes: ["BUDGET_BYTES", "cassette"],
  maxEntries: ["BUDGET_ENTRIES", "number of entries"],
  maxReqBytes: ["BUDGET_REQ", "req"],
  maxRespBytes: ["BUDGET_RESP", "resp"],
  maxKeyBytes: ["BUDGET_KEY", "key"],
};

/** Throws the budget's own code when `actual` is over it; `entry` is where, for entries. */
export function checkBudget(
  budgets: Budgets,
  { budget, actual, entry }: { budget: keyof Budgets; actual: number; entry?: number },
): void {
  const limit =
    budget === "maxCassetteBytes"
      ? Math.min(budgets.maxCassetteBytes, cassetteBytesMax)
      : budgets[budget];
  if (actual <= limit) return;
  const [code, what] = codes[budget];
  const place = entry === undefined ? "" : `cassette entry ${entry}: `;
  const unit = budget === "maxEntries" ? "" : " bytes";
  const message = `${place}${what} is ${actual}${unit}, at most ${limit} by the policy's budget`;
  throw new MsgError(code, message, { limit, actual, ...(entry === undefined ? {} : { entry }) });
}

const encoder = new TextEncoder();
/** The most bytes that one UTF-16 unit takes in UTF-8. */
const unitSizeMax = 3;

/** The same for a key, which is measured in UTF-8 bytes: only where it may be too long. */
export function checkKeyBudget(budgets: Budgets, key: string, entry?: number): void {
  if (key.length * unitSizeMax <= budgets.maxKeyBytes) return;
  const actual = encoder.encode(key).length;
  const place = entry === undefined ? {} : { entry };
  checkBudget(budgets, { budget: "maxKeyBytes", actual, ...place });
}

/** The sizes of one entry's parts against their budgets, in X07's order. */
export function checkEntryBudgets(
  budgets: Budgets,
  { req, resp, key }: { readonly req: number; readonly resp: number; readonly key: number },
  entry: number,
): void {
  if (req > budgets.maxReqBytes) {
    checkBudget(budgets, { budget: "maxReqBytes", actual: req, entry });
  }
  if (resp > budgets.maxRespBytes) {
    checkBudget(budgets, { budget: "maxRespBytes", actual: resp, entry });
  }
  if (key > budgets.maxKeyBytes) {
    checkBudget(budgets, { budget: "maxKeyBytes", actual: key, entry });
  }
}
