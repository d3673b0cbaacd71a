/** What a session writes: checked against policy and budgets, sealed, as one run of bytes. */
import { MsgError } from "@reprise/msg-core";
import { type Budgets, checkBudget } from "./budgets.js";
import type { CassetteEntry } from "./cassette-entry.js";
import type { CassetteStore } from "./cassette-store.js";
import type { Checksum } from "./checksum.js";
import { concat } from "./document.js";
import { type EntryTable, utf8Length } from "./entry-table.js";
import { sealedFrame } from "./sealed-frame.js";

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
  let replacing = existing === undefined;
  let count = existing?.count ?? 0;
  let size = existing?.bytes.length ?? 0;
  let last = existing?.lastChecksum ?? 0;
  let appendedCount = 0;

  return {
    append(entries) {
      const frames: Uint8Array[] = [];
      let frameSize = size;
      let previous = last;
      for (const [index, entry] of entries.entries()) {
        checkAllowed(policy, entry.kind, entry.op);
        const frame = sealedFrame(entry, { checksum, previous });
        frameSize += frame.bytes.length;
        checkBudgets(policy.budgets, entry, { at: count + index, size: frameSize });
        frames.push(frame.bytes);
        previous = frame.checksum;
      }
      const bytes = concat(frames);
      if (replacing) store.replace(bytes);
      else store.append(bytes);
      replacing = false;
      count += entries.length;
      appendedCount += entries.length;
      size = frameSize;
      last = previous;
    },
    appendedCount: () => appendedCount,
  };
}

function checkBudgets(
  budgets: Budgets,
  entry: CassetteEntry,
  { at, size }: { at: number; size: number },
): void {
  checkBudget(budgets, { budget: "maxReqBytes", actual: entry.req.length, entry: at });
  checkBudget(budgets, { budget: "maxRespBytes", actual: entry.resp.length, entry: at });
  checkBudget(budgets, { budget: "maxKeyBytes", actual: utf8Length(entry.key), entry: at });
  checkBudget(budgets, { budget: "maxEntries", actual: at + 1 });
  checkBudget(budgets, { budget: "maxCassetteBytes", actual: size });
}
