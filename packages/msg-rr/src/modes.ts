/** The five modes of a session, and the two ways of matching. X07's names and numbers are in files. */

export type Mode = "off" | "record" | "replay" | "record-missing" | "rewrite";

/** `lookup` takes the first unused entry of a kind, op and key; `transcript` goes entry by entry. */
export type MatchMode = "lookup" | "transcript";

export interface ModeRow {
  readonly x07: string;
  readonly number: number;
  /** What the mode does: reads the file when opened, answers `next`, accepts `append`. */
  readonly loads: boolean;
  readonly replays: boolean;
  readonly appends: boolean;
}

export const modes: Readonly<Record<Mode, ModeRow>> = {
  off: { x07: "off", number: 0, loads: false, replays: false, appends: false },
  record: { x07: "record_v1", number: 1, loads: false, replays: false, appends: true },
  replay: { x07: "replay_v1", number: 2, loads: true, replays: true, appends: false },
  "record-missing": {
    x07: "record_missing_v1",
    number: 3,
    loads: true,
    replays: true,
    appends: true,
  },
  rewrite: { x07: "rewrite_v1", number: 4, loads: false, replays: false, appends: true },
};

export const matchModes: Readonly<Record<MatchMode, { x07: string; number: number }>> = {
  lookup: { x07: "lookup_v1", number: 0 },
  transcript: { x07: "transcript_v1", number: 1 },
};

const modesByName = {
  off: "off",
  record_v1: "record",
  replay_v1: "replay",
  record_missing_v1: "record-missing",
  rewrite_v1: "rewrite",
} as const;

/** The mode that X07 calls `name`. */
export function modeOf(name: keyof typeof modesByName): Mode {
  return modesByName[name];
}

/** Whether `name` is one of our names for a mode. */
export function isMode(name: string): name is Mode {
  return Object.hasOwn(modes, name);
}
