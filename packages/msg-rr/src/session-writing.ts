/** What a session writes: checked against policy and budgets, sealed, as one run of bytes. */
import { MsgError } from "@reprise/msg-core";
import { type Budgets, checkBudget, checkEntryBudgets, checkKeyBudget } from "./budgets.js";
import type { CassetteEntry } from "./cassette-entry.js";
import type { CassetteStore } from "./cassette-store.js";
import type { Checksum } from "./checksum.js";
import { planSealedFrame } from "./entry-frame.js";
import type { EntryTable } from "./entry-table.js";
import { createSealedRun } from "./sealed-frame.js";

/** What a policy says of operations; absent: anything goes. */
export interface Allowances {
  readonly id: string;
  readonly opsAllowed?: readonly string[];
  readonly kindsAllowed?: readonly string[];
}

/** Throws POLICY_REFUSED. */
export function checkAllowed(policy: Allowances, kind: string, op: string): void {
  if (policy.kindsAllowed?.includes(kind) === false) {
    const allowed = policy.kindsAllowed.join(", ");
    const message = `policy ${policy.id} does not allow kind ${kind}; kinds_allowed: ${allowed}`;
    throw new MsgError("POLICY_REFUSED", message);
  }
  if (policy.opsAllowed?.includes(op) === false) {
    const allowed = policy.opsAllowed.join(", ");
    const message = `policy ${policy.id} does not allow ${op}; ops_allowed: ${allowed}`;
    throw new MsgError("POLICY_REFUSED", message);
  }
}

export interface WritingOptions {
  readonly policy: Allowances & { readonly budgets: Budgets };
  readonly store: CassetteStore;
  readonly checksum: Checksum;
  /** What the cassette holds already; entries go on behind it. Absent: it is replaced. */
  readonly existing: EntryTable | undefined;
}

export interface Writing {
  append(entries: readonly CassetteEntry[]): void;
  appendedCount(): number;
}

export function createWriting({ policy, store, checksum, existing }: WritingOptions): Writing {
  const { budgets } = policy;
  const run = createSealedRun(checksum);
  let replacing = existing === undefined;
  let count = existing?.count ?? 0;
  let size = existing?.bytes.length ?? 0;
  let last = existing?.lastChecksum ?? 0;
  let appendedCount = 0;

  return {
    append(entries) {
      run.clear();
      let newSize = size;
      let previous = last;
      for (let index = 0; index < entries.length; index++) {
        // Within bounds: the cast holds.
        const entry = entries[index] as CassetteEntry;
        checkAllowed(policy, entry.kind, entry.op);
        const plan = planSealedFrame(entry);
        newSize += plan.size;
        checkEntry(budgets, entry, count + index);
        checkBudget(budgets, { budget: "maxCassetteBytes", actual: newSize });
        previous = run.add(plan, previous);
      }
      if (entries.length === 0) return;
      if (replacing) store.replace(run.bytes());
      else store.append(run.bytes());
      replacing = false;
      count += entries.length;
      appendedCount += entries.length;
      size = newSize;
      last = previous;
    },
    appendedCount: () => appendedCount,
  };
}

/** Throws BUDGET_REQ, BUDGET_RESP, BUDGET_KEY, BUDGET_ENTRIES. */
function checkEntry(budgets: Budgets, { req, resp, key }: CassetteEntry, at: number): void {
  checkEntryBudgets(budgets, { req: req.length, resp: resp.length, key: 0 }, at);
  checkKeyBudget(budgets, key, at);
  checkBudget(budgets, { budget: "maxEntries", actual: at + 1 });
}
