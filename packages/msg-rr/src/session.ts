/**
 * A session: one policy, one cassette, one mode, for one scope.
 *
 * ```
 *                 loads   next                                append
 * off             no      MODE_NO_REPLAY                      MODE_NO_APPEND
 * record          no      MODE_NO_REPLAY                      to the end of the cassette
 * replay          yes     lookup: first unused of its bucket  MODE_NO_APPEND
 *                         transcript: the one at the cursor
 * record-missing  yes     the same                            to the end; not matched this session
 * rewrite         no      MODE_NO_REPLAY                      the first one replaces the cassette
 * ```
 *
 * `next` is X07's matching, which never compares the request. Strict replay goes by `recorded`,
 * `isUsed` and `use` instead, so that both account for every entry in one place.
 */
import { MsgError } from "@reprise/msg-core";
import { type Budgets, checkKeyBudget } from "./budgets.js";
import type { CassetteEntry } from "./cassette-entry.js";
import type { CassetteStore } from "./cassette-store.js";
import { type Checksum, crc32 } from "./checksum.js";
import { type EntryTable, loadEntryTable } from "./entry-table.js";
import { type MatchMode, type Mode, matchModes, modes } from "./modes.js";
import { defaultMatching, type Matching } from "./policy.js";
import type { Sanitizer } from "./sanitizer.js";
import { createSessionEnd } from "./session-end.js";
import { createUsage } from "./session-matching.js";
import { checkAllowed, createWriting } from "./session-writing.js";

export interface SessionPolicy {
  readonly id: string;
  readonly matchMode: MatchMode;
  readonly budgets: Budgets;
  /** Operations and kinds that may be recorded or replayed; absent: all. */
  readonly opsAllowed?: readonly string[];
  readonly kindsAllowed?: readonly string[];
}

export interface SessionOptions {
  readonly policy: SessionPolicy;
  readonly mode: Mode;
  readonly store: CassetteStore;
  /** Strict compares what is published and settled with the recording; default strict. */
  readonly strictness?: "strict" | "lenient";
  readonly matching?: Matching;
  readonly sanitizer?: Sanitizer;
  /** Every entry must carry a checksum. Default: all of them or none. */
  readonly requireChecksums?: boolean;
  /** A faster CRC-32, if there is one. */
  readonly checksum?: Checksum;
  /** What to do to accept a change, for messages. */
  readonly acceptHint?: string;
}

export interface Session {
  readonly mode: Mode;
  readonly policy: SessionPolicy;
  readonly strictness: "strict" | "lenient";
  readonly matching: Matching;
  readonly sanitizer: Sanitizer | undefined;
  readonly acceptHint: string;
  /** What was loaded: empty unless the mode replays. */
  readonly recorded: EntryTable;
  /** The next entry for these. Throws MODE_NO_REPLAY, BUDGET_KEY, POLICY_REFUSED, NO_MATCH, KIND_MISMATCH, OP_MISMATCH. */
  next(kind: string, op: string, key: string): CassetteEntry;
  /** The entry at a transcript's cursor, or -1 at its end; the cursor stays. */
  cursor(): number;
  isUsed(entry: number): boolean;
  /** Marks a recorded entry as replayed; in a transcript the cursor goes behind it. */
  use(entry: number): void;
  /** Writes entries, all at once. Throws MODE_NO_APPEND, CASSETTE_ENTRY_INVALID, POLICY_REFUSED, a budget's code. */
  append(...entries: readonly CassetteEntry[]): void;
  /** X07's one-line account of the session, as JSON. */
  stats(): string;
  /** Throws SESSION_CLOSED once the session has ended. */
  checkOpen(): void;
  /** `told` is called when the session ends, or soon if it has ended; the result takes it back. */
  whenClosed(told: () => void): () => void;
  /**
   * Ends the session: `next`, `use` and `append` throw SESSION_CLOSED from now on; what it was can
   * still be read. May be called again.
   */
  close(): void;
}

/**
 * Opens a session. Throws CASSETTE_UNAVAILABLE (replay without a cassette), CASSETTE_TRUNCATED,
 * CASSETTE_ENTRY_INVALID, CASSETTE_CHECKSUM, or the code of a budget.
 */
export function openSession(options: SessionOptions): Session {
  const { policy, mode, store, checksum = crc32 } = options;
  const { budgets, matchMode } = policy;
  const row = modes[mode];
  const nothing = loadEntryTable(new Uint8Array(0), { budgets, checksum });
  const existing = mode === "off" || mode === "rewrite" ? nothing : loadExisting(options, checksum);
  const recorded = row.loads ? existing : nothing;
  const usage = createUsage(recorded, matchMode);
  const writing = createWriting({
    policy,
    store,
    checksum,
    existing: mode === "rewrite" ? undefined : existing,
  });
  const end = createSessionEnd();

  return {
    mode,
    policy,
    strictness: options.strictness ?? "strict",
    matching: options.matching ?? defaultMatching,
    sanitizer: options.sanitizer,
    acceptHint: options.acceptHint ?? `record it again (mode "rewrite")`,
    recorded,
    next(kind, op, key) {
      end.check();
      if (!row.replays) {
        throw new MsgError("MODE_NO_REPLAY", `a session in mode ${mode} does not replay`);
      }
      checkKeyBudget(budgets, key);
      checkAllowed(policy, kind, op);
      return recorded.entry(usage.take({ kind, op, key }));
    },
    cursor: usage.cursor,
    isUsed: usage.isUsed,
    use(entry) {
      end.check();
      usage.use(entry);
    },
    append(...entries) {
      end.check();
      if (!row.appends) {
        throw new MsgError("MODE_NO_APPEND", `a session in mode ${mode} does not record`);
      }
      writing.append(entries);
    },
    stats() {
      const appended = writing.appendedCount();
      const shown = mode === "rewrite" && appended > 0 ? modes.record : row;
      return (
        `{"v":1,"mode":${shown.number},"match_mode":${matchModes[matchMode].number},` +
        `"cassettes":1,"entries":${recorded.count + appended},` +
        `"used":${usage.usedCount()},"bytes":${recorded.bytes.length}}`
      );
    },
    checkOpen: end.check,
    whenClosed: end.whenClosed,
    close() {
      if (end.close()) store.close();
    },
  };
}

/**
 * The cassette as it is. A recording goes on behind it, so it is read then too: budgets count what
 * is there, and the checksum continues.
 */
function loadExisting(options: SessionOptions, checksum: Checksum): EntryTable {
  const { mode, store, policy, strictness = "strict" } = options;
  const bytes = store.load(policy.budgets.maxCassetteBytes);
  if (bytes === undefined && mode === "replay") {
    const message = `there is no cassette ${store.name} to replay: record it first`;
    throw new MsgError("CASSETTE_UNAVAILABLE", message);
  }
  const table = loadEntryTable(bytes ?? new Uint8Array(0), { budgets: policy.budgets, checksum });
  const { checksummed, count } = table;
  const required = options.requireChecksums ?? (strictness === "strict" && checksummed > 0);
  if (required && checksummed < count) {
    const entry = table.firstUnsealed;
    const offset = table.offset(entry);
    throw new MsgError(
      "CASSETTE_CHECKSUM",
      `cassette entry ${entry}, at byte ${offset}, carries no checksum ` +
        `(${count - checksummed} of ${count} entries do not): it was changed, ` +
        "or written by another tool (a lenient session takes it)",
      { entry, offset },
    );
  }
  return table;
}
